/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-due-words.h"

#include <glib/gi18n.h>

#include "altm-format.h"

/* From so many days on, the day is easier to tell by its name. */
#define FAR 7

/**
 * altm_due_words_title:
 *
 * Returns: (transfer none): the structure's name, else the label of its type
 */
const char *
altm_due_words_title (AltmSession *session, const AltmFollowUp *referral)
{
  json_t *structure = referral->structure == NULL ? NULL
                                                  : altm_lists_find_structure (altm_session_get_lists (session),
                                                                               referral->structure);
  const char *label;

  if (structure != NULL)
    return altm_json_get_string (structure, "name");
  label = altm_session_get_label (session, "structure_type", referral->structure_type);
  return label != NULL ? label : _("Organisation");
}

/**
 * altm_due_words_details:
 *
 * Returns: (transfer full): how it stands, the code that the person was given, and the place, as "Sent · K7P · Monod"
 */
char *
altm_due_words_details (AltmSession *session, const AltmFollowUp *referral)
{
  const char *place = altm_session_get_place_name (session, referral->place);
  const char *status = altm_session_get_label (session, "orientation_statut", referral->status);
  const char *parts[] = { status == NULL ? "" : status, referral->reference == NULL ? "" : referral->reference,
                          place == NULL ? "" : place, NULL };

  return altm_format_join (parts);
}

/**
 * altm_due_words_day:
 *
 * Returns: (transfer full): as "Tuesday 24 November"
 */
char *
altm_due_words_day (const GDate *day)
{
  /* At noon it is the same day in whichever zone. */
  g_autoptr (GDateTime) noon = g_date_time_new_local (g_date_get_year (day), g_date_get_month (day),
                                                      g_date_get_day (day), 12, 0, 0);

  return altm_format_day (g_date_time_to_unix (noon) * G_USEC_PER_SEC);
}

static char *
tell_overdue (AltmSession *session, const AltmFollowUp *referral)
{
  return g_strdup_printf (ngettext ("%d day late", "%d days late", -referral->days), -referral->days);
}

static char *
tell_today (AltmSession *session, const AltmFollowUp *referral)
{
  return g_strdup (_("to follow up today"));
}

static char *
tell_later (AltmSession *session, const AltmFollowUp *referral)
{
  g_autofree char *day = NULL;

  if (referral->days == 1)
    return g_strdup (_("to follow up tomorrow"));
  if (referral->days < FAR)
    return g_strdup_printf (ngettext ("to follow up in %d day", "to follow up in %d days", referral->days),
                            referral->days);
  day = altm_due_words_day (&referral->due);
  /* Translators: %s is a day, as "Tuesday 24 November". */
  return g_strdup_printf (_("to follow up on %s"), day);
}

/* In the middle of a sentence. */
static char *
tell_status (AltmSession *session, const char *status)
{
  const char *label = altm_session_get_label (session, "orientation_statut", status);
  gunichar first;
  GString *told;

  if (label == NULL || *label == '\0')
    return g_strdup ("");
  first = g_utf8_get_char (label);
  told = g_string_new (NULL);
  g_string_append_unichar (told, g_unichar_tolower (first));
  g_string_append (told, g_utf8_next_char (label));
  return g_string_free (told, FALSE);
}

static char *
tell_closed (AltmSession *session, const AltmFollowUp *referral)
{
  return tell_status (session, referral->status);
}

/* How each kind is told: by a sign, a word, and then a colour. */
static const struct
{
  char *(*tell) (AltmSession *session, const AltmFollowUp *referral);
  const char *icon;
  const char *class;
} kinds[] = {
  [ALTM_FOLLOW_UP_OVERDUE] = { tell_overdue, "dialog-warning-symbolic", "problem" },
  [ALTM_FOLLOW_UP_TODAY] = { tell_today, "alarm-symbolic", "waiting" },
  [ALTM_FOLLOW_UP_LATER] = { tell_later, "x-office-calendar-symbolic", "hint" },
  [ALTM_FOLLOW_UP_CLOSED] = { tell_closed, "object-select-symbolic", "received" },
};

/**
 * altm_due_words_due:
 *
 * Returns: (transfer full): when to follow it up, as "3 days late"; what became of it where it is closed
 */
char *
altm_due_words_due (AltmSession *session, const AltmFollowUp *referral)
{
  return kinds[referral->kind].tell (session, referral);
}

const char *
altm_due_words_icon (AltmFollowUpKind kind)
{
  return kinds[kind].icon;
}

const char *
altm_due_words_class (AltmFollowUpKind kind)
{
  return kinds[kind].class;
}

/**
 * altm_due_words_hq:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full) (nullable): what HQ said last, and when, as "Headquarters: taken on (yesterday 15:33)"
 */
char *
altm_due_words_hq (AltmSession *session, const AltmFollowUp *referral, gint64 now)
{
  g_autofree char *status = NULL;
  g_autofree char *moment = NULL;

  if (referral->hq_status == NULL)
    return NULL;
  status = tell_status (session, referral->hq_status);
  moment = altm_format_moment (referral->hq_time, now);
  if (referral->is_hq_newer)
    /* Translators: a referral's status, and when it was set. */
    return g_strdup_printf (_("Headquarters: %1$s (%2$s)"), status, moment);
  /* Translators: a referral's status, and when it was set. */
  return g_strdup_printf (_("Headquarters had noted: %1$s (%2$s)"), status, moment);
}
