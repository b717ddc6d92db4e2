/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-record-fields.h"

#include <glib/gi18n.h>

#include "altm-format.h"
#include "altm-record-type.h"
#include "altm-time.h"

/* What the fields are called for people, private ones too. A field that is not here is told by
 * the record's title already, or names another record. */
static const struct
{
  const char *name;
  const char *label;
} labels[] = {
  { "channel", N_("Channel") },
  { "ended", N_("Ended") },
  { "partners", N_("With") },
  { "register", N_("Kind of activity") },
  { "origin", N_("At whose request") },
  { "public", N_("Who") },
  { "people", N_("People") },
  { "ages", N_("Ages") },
  { "genders", N_("Women and men") },
  { "setting", N_("Setting") },
  { "themes", N_("Themes") },
  { "school_themes", N_("Themes at school") },
  { "conflict_mode", N_("How the conflict was handled") },
  { "actions", N_("What was done") },
  { "campaign", N_("Campaign") },
  { "result", N_("Result") },
  { "minutes", N_("Minutes") },
  { "structure", N_("Organisation") },
  { "structure_type", N_("Kind of organisation") },
  { "theme", N_("Theme") },
  { "mode", N_("How") },
  { "status", N_("Status") },
  { "due", N_("To follow up on") },
  { "consent", N_("Agreement to pass the name on") },
  { "consent_of", N_("Who agreed") },
  { "reference", N_("Code given to the person") },
  { "slot", N_("Quarter of an hour") },
  { "counts", N_("Counted") },
  { "what", N_("What") },
  { "where", N_("Where exactly") },
  { "urgency", N_("Urgency") },
  { "reported_to", N_("Reported to") },
  { "note", N_("Note") },
  { "name", N_("Name") },
  { "phone", N_("Telephone") },
  { "purpose", N_("What it is about") },
};

/**
 * altm_record_field_label:
 * @name: of a field, private or not
 *
 * Returns: (nullable) (transfer none): what it is called for people, translated
 */
const char *
altm_record_field_label (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    if (g_str_equal (labels[i].name, name))
      return _(labels[i].label);
  return NULL;
}

static char *
tell_nothing (AltmSession *session, const AltmField *field, json_t *value)
{
  return NULL;
}

static char *
tell_code (AltmSession *session, const AltmField *field, json_t *value)
{
  return g_strdup (altm_session_get_label (session, field->list, json_string_value (value)));
}

static char *
join_lines (GPtrArray *lines)
{
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

static char *
tell_codes (AltmSession *session, const AltmField *field, json_t *value)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  size_t i;
  json_t *code;

  json_array_foreach (value, i, code)
    g_ptr_array_add (lines, (gpointer) altm_session_get_label (session, field->list, json_string_value (code)));
  return join_lines (lines);
}

static char *
tell_counts (AltmSession *session, const AltmField *field, json_t *value)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  const char *code;
  json_t *count;

  json_object_foreach (value, code, count)
    /* Translators: what was counted, and how many. */
    g_ptr_array_add (lines, g_strdup_printf (_("%1$s: %2$d"), altm_session_get_label (session, field->list, code),
                                             (int) json_integer_value (count)));
  return join_lines (lines);
}

static char *
tell_integer (AltmSession *session, const AltmField *field, json_t *value)
{
  return g_strdup_printf ("%d", (int) json_integer_value (value));
}

static char *
tell_text (AltmSession *session, const AltmField *field, json_t *value)
{
  return g_strdup (json_string_value (value));
}

static char *
tell_boolean (AltmSession *session, const AltmField *field, json_t *value)
{
  return g_strdup (json_is_true (value) ? _("yes") : _("no"));
}

static char *
tell_time (AltmSession *session, const AltmField *field, json_t *value)
{
  gint64 time = 0;

  if (!altm_time_parse (json_string_value (value), &time))
    return NULL;
  return altm_format_moment (time, g_get_real_time ());
}

static char *
tell_slot (AltmSession *session, const AltmField *field, json_t *value)
{
  gint64 time = 0;

  return altm_time_parse (json_string_value (value), &time) ? altm_format_slot (time) : NULL;
}

static char *
tell_structure (AltmSession *session, const AltmField *field, json_t *value)
{
  json_t *structure = altm_lists_find_structure (altm_session_get_lists (session), json_string_value (value));
  const char *name = altm_json_get_string (structure, "name");

  return g_strdup (name != NULL ? name : json_string_value (value));
}

static char *
tell_names (AltmSession *session, const AltmField *field, json_t *value)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  size_t i;
  json_t *name;

  json_array_foreach (value, i, name)
    g_ptr_array_add (lines, (gpointer) json_string_value (name));
  return join_lines (lines);
}

static char *(*const tellers[ALTM_N_FIELD_KINDS]) (AltmSession *session, const AltmField *field, json_t *value) = {
  [ALTM_FIELD_CODE] = tell_code,         [ALTM_FIELD_CODES] = tell_codes,      [ALTM_FIELD_COUNTS] = tell_counts,
  [ALTM_FIELD_INTEGER] = tell_integer,   [ALTM_FIELD_TEXT] = tell_text,        [ALTM_FIELD_CLEAR_TEXT] = tell_text,
  [ALTM_FIELD_BOOLEAN] = tell_boolean,   [ALTM_FIELD_TIME] = tell_time,        [ALTM_FIELD_DATE] = tell_text,
  [ALTM_FIELD_SLOT] = tell_slot,         [ALTM_FIELD_RECORD] = tell_nothing,   [ALTM_FIELD_OFFICE] = tell_nothing,
  [ALTM_FIELD_STRUCTURE] = tell_structure, [ALTM_FIELD_CAMPAIGN] = tell_text,  [ALTM_FIELD_NAMES] = tell_names,
  [ALTM_FIELD_REFERENCE] = tell_text,
};

static void
visit_field (AltmSession *session, const AltmField *field, json_t *value, AltmFieldVisit visit, gpointer data)
{
  const char *label = altm_record_field_label (field->name);
  g_autofree char *text = NULL;

  if (value == NULL || json_is_null (value) || label == NULL)
    return;
  text = tellers[field->kind](session, field, value);
  if (text != NULL && *text != '\0')
    visit (label, text, data);
}

/**
 * altm_record_fields_visit:
 * @line: a record's revision
 * @visit: called for each field that it has, in the order of its type: figures and choices, never
 *   private text
 */
void
altm_record_fields_visit (AltmSession *session, const AltmLine *line, AltmFieldVisit visit, gpointer data)
{
  const AltmRecordType *type = altm_record_type_find (line->type);
  const char *place = altm_session_get_place_name (session, line->place);

  if (place != NULL)
    visit (_("Place"), place, data);
  for (const AltmField *field = type == NULL ? NULL : type->fields; field != NULL && field->name != NULL; field++)
    visit_field (session, field, json_object_get (line->data, field->name), visit, data);
}
