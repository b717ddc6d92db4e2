/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-summary.h"

#include <glib/gi18n.h>

#include "altm-format.h"
#include "altm-problem.h"
#include "altm-time.h"

/* How a record of each type is told in two lines. @title and @details return (transfer full). */
typedef struct
{
  const char *type;
  char *(*title) (AltmSession *session, json_t *data);
  char *(*details) (AltmSession *session, json_t *data);
} Teller;

static const char *
label_of (AltmSession *session, const char *list, json_t *data, const char *field)
{
  const char *label = altm_session_get_label (session, list, altm_json_get_string (data, field));

  return label == NULL ? "" : label;
}

static char *
join (const char *first, const char *second)
{
  const char *parts[] = { first, second, NULL };

  return altm_format_join (parts);
}

static char *
contact_title (AltmSession *session, json_t *data)
{
  json_t *themes = json_object_get (data, "themes");
  const char *theme = json_string_value (json_array_get (themes, 0));

  return join (label_of (session, "registre", data, "register"),
               theme == NULL ? "" : altm_session_get_label (session, "theme", theme));
}

static char *
contact_details (AltmSession *session, json_t *data)
{
  int people = altm_json_get_integer (data, "people", 0);
  g_autofree char *met = g_strdup_printf (ngettext ("%d person", "%d people", people), people);

  const char *parts[] = { label_of (session, "public", data, "public"), met, label_of (session, "resultat", data, "result"),
                          NULL };

  return altm_format_join (parts);
}

static char *
referral_title (AltmSession *session, json_t *data)
{
  const char *id = altm_json_get_string (data, "structure");
  json_t *structure = NULL;
  const char *name = label_of (session, "structure_type", data, "structure_type");

  if (id != NULL)
    structure = altm_lists_find_structure (altm_session_get_lists (session), id);
  if (structure != NULL)
    name = altm_json_get_string (structure, "name");
  return g_strdup_printf (_("Referral → %s"), name);
}

static char *
referral_details (AltmSession *session, json_t *data)
{
  const char *reference = altm_json_get_string (data, "reference");
  g_autofree char *told = NULL;

  if (reference == NULL)
    return g_strdup (label_of (session, "orientation_statut", data, "status"));
  told = g_strdup_printf (_("ref. %s"), reference);
  return join (told, label_of (session, "orientation_statut", data, "status"));
}

static char *
flow_title (AltmSession *session, json_t *data)
{
  const char *office = altm_json_get_string (data, "office");

  return g_strdup_printf (_("Post office · %s"), altm_session_get_place_name (session, office));
}

static char *
flow_details (AltmSession *session, json_t *data)
{
  json_t *counts = json_object_get (data, "counts");
  int clients = altm_json_get_integer (counts, "entres", 0);

  return g_strdup_printf (ngettext ("%d client", "%d clients", clients), clients);
}

static char *
observation_title (AltmSession *session, json_t *data)
{
  gboolean is_incident = g_strcmp0 (altm_json_get_string (data, "kind"), "incident") == 0;

  return join (is_incident ? _("Incident") : _("Watch"),
               label_of (session, is_incident ? "incident" : "veille_technique", data, "subject"));
}

static char *
observation_details (AltmSession *session, json_t *data)
{
  return g_strdup (label_of (session, "urgence", data, "urgency"));
}

static char *
shift_title (AltmSession *session, json_t *data)
{
  return join (_("Shift"), label_of (session, "canal", data, "channel"));
}

static char *
shift_details (AltmSession *session, json_t *data)
{
  gint64 end = 0;
  g_autofree char *clock = NULL;

  if (json_object_get (data, "ended") == NULL
      || !altm_time_parse (altm_json_get_string (data, "ended"), &end))
    return g_strdup ("");
  clock = altm_format_time (end);
  return g_strdup_printf (_("until %s"), clock);
}

static const Teller tellers[] = {
  { "contact", contact_title, contact_details },
  { "referral", referral_title, referral_details },
  { "flow", flow_title, flow_details },
  { "observation", observation_title, observation_details },
  { "shift", shift_title, shift_details },
};

static const Teller *
find_teller (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tellers); i++)
    if (g_strcmp0 (tellers[i].type, type) == 0)
      return &tellers[i];
  return NULL;
}

/**
 * altm_summary_title:
 *
 * Returns: (transfer full): what the record is, as "Conflict · Neighbours"
 */
char *
altm_summary_title (AltmSession *session, AltmJournalEntry *entry)
{
  const Teller *teller = find_teller (altm_journal_entry_get_record_type (entry));
  json_t *data = altm_journal_entry_get_data (entry);

  if (teller == NULL || data == NULL)
    return g_strdup (_("Record"));
  return teller->title (session, data);
}

/**
 * altm_summary_details:
 *
 * Returns: (transfer full): whether it was withdrawn, when it was, and what came of it
 */
char *
altm_summary_details (AltmSession *session, AltmJournalEntry *entry, gint64 now)
{
  const Teller *teller = find_teller (altm_journal_entry_get_record_type (entry));
  json_t *data = altm_journal_entry_get_data (entry);
  g_autofree char *moment = altm_format_moment (altm_journal_entry_get_time (entry), now);
  g_autofree char *told = NULL;

  told = teller == NULL || data == NULL ? g_strdup ("") : teller->details (session, data);
  return altm_format_join (
    (const char *[]){ altm_journal_entry_is_deleted (entry) ? _("withdrawn") : "", moment, told, NULL });
}

/**
 * altm_summary_record:
 * @line: not withdrawn; only its type and its data are looked at
 *
 * Returns: (transfer full): what it is and what came of it, as "Conflict · Neighbours · 2 people"
 */
char *
altm_summary_record (AltmSession *session, const AltmLine *line)
{
  const Teller *teller = find_teller (line->type);
  g_autofree char *title = NULL;
  g_autofree char *details = NULL;

  if (teller == NULL)
    return g_strdup (_("Record"));
  title = teller->title (session, line->data);
  details = teller->details (session, line->data);
  return join (title, details);
}

/**
 * altm_summary_shown_state:
 * @reason: (nullable): why HQ refused it, or wants it corrected
 *
 * Returns: as what it is shown: what HQ holds and wants corrected stands out as what it refused does
 */
AltmState
altm_summary_shown_state (AltmState state, const char *reason)
{
  return state == ALTM_STATE_ACKNOWLEDGED && reason != NULL ? ALTM_STATE_QUARANTINED : state;
}

/**
 * altm_summary_state_icon:
 * @is_deleted: whether the record was withdrawn
 */
const char *
altm_summary_state_icon (AltmState state, gboolean is_deleted)
{
  static const char *const icons[] = {
    [ALTM_STATE_QUEUED] = "document-open-recent-symbolic",
    [ALTM_STATE_ACKNOWLEDGED] = "object-select-symbolic",
    [ALTM_STATE_QUARANTINED] = "dialog-warning-symbolic",
  };

  return is_deleted && state != ALTM_STATE_QUARANTINED ? "action-unavailable-symbolic" : icons[state];
}

/**
 * altm_summary_tell_state:
 * @reason: (nullable): why HQ refused it, or wants it corrected
 * @is_deleted: whether the record was withdrawn
 *
 * Returns: (transfer full): where a record is, as "waiting", "withdrawn · waiting" or "refused: too long"
 */
char *
altm_summary_tell_state (AltmState state, const char *reason, gboolean is_deleted)
{
  if (is_deleted)
    {
      g_autofree char *told = altm_summary_tell_state (state, reason, FALSE);

      return join (_("withdrawn"), told);
    }
  if (state == ALTM_STATE_QUEUED)
    return g_strdup (_("waiting"));
  if (state == ALTM_STATE_ACKNOWLEDGED && reason != NULL)
    return g_strdup_printf (_("to correct: %s"), _(altm_problem_find (reason)->title));
  if (state == ALTM_STATE_ACKNOWLEDGED)
    return g_strdup (_("received"));
  return g_strdup_printf (_("refused: %s"), _(altm_problem_find (reason)->title));
}

/**
 * altm_summary_state:
 *
 * Returns: (transfer full): where the record is
 */
char *
altm_summary_state (AltmJournalEntry *entry)
{
  return altm_summary_tell_state (altm_journal_entry_get_state (entry), altm_journal_entry_get_reason (entry),
                                  FALSE);
}
