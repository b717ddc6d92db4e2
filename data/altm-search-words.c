/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-search-words.h"

#include "altm-record-type.h"

/* What people call the types of records, in the languages of the lists. */
static const char *const type_words[][2] = {
  { "shift", "shift service vacation" },
  { "contact", "contact intervention" },
  { "referral", "referral orientation" },
  { "flow", "flow flux post office bureau de poste clients" },
  { "observation", "observation" },
};

/* As they are typed in, in either language; the C library's need its locales to be there. */
static const char *const weekdays[] = {
  "lundi monday", "mardi tuesday", "mercredi wednesday", "jeudi thursday", "vendredi friday", "samedi saturday",
  "dimanche sunday",
};
static const char *const months[] = {
  "janvier january", "février february", "mars march", "avril april", "mai may", "juin june",
  "juillet july", "août august", "septembre september", "octobre october", "novembre november", "décembre december",
};

static void
add (GString *words, const char *text)
{
  if (text != NULL)
    g_string_append_printf (words, "%s ", text);
}

static void
add_code (GString *words, AltmLists *lists, const char *list, const char *code)
{
  if (list == NULL || code == NULL)
    return;
  add (words, altm_lists_get_label (lists, list, code, "fr"));
  add (words, altm_lists_get_label (lists, list, code, "en"));
  add (words, altm_lists_get_short_label (lists, list, code, "fr"));
  add (words, altm_lists_get_short_label (lists, list, code, "en"));
}

static void
add_place (GString *words, AltmLists *lists, const char *id)
{
  json_t *place = altm_lists_find_place (lists, id);

  add (words, altm_json_get_string (place, "name"));
  add (words, altm_json_get_string (place, "commune"));
}

static void
add_structure (GString *words, AltmLists *lists, const char *id)
{
  json_t *structure = altm_lists_find_structure (lists, id);

  add (words, altm_json_get_string (structure, "name"));
  add (words, altm_json_get_string (structure, "commune"));
}

static void
add_codes (GString *words, AltmLists *lists, const char *list, json_t *codes)
{
  size_t i;
  json_t *code;

  json_array_foreach (codes, i, code)
    add_code (words, lists, list, json_string_value (code));
}

static void
add_campaign (GString *words, AltmLists *lists, const char *code)
{
  json_t *campaign = altm_lists_find_campaign (lists, code);

  add (words, altm_json_get_string (campaign, "label_fr"));
  add (words, altm_json_get_string (campaign, "label_en"));
}

/* No figures, and no free text. */
static void
add_field (GString *words, AltmLists *lists, const AltmField *field, json_t *value)
{
  const char *text = json_string_value (value);

  if (field->kind == ALTM_FIELD_CODE)
    add_code (words, lists, field->list, text);
  else if (field->kind == ALTM_FIELD_CODES)
    add_codes (words, lists, field->list, value);
  else if (field->kind == ALTM_FIELD_STRUCTURE)
    add_structure (words, lists, text);
  else if (field->kind == ALTM_FIELD_OFFICE)
    add_place (words, lists, text);
  else if (field->kind == ALTM_FIELD_CAMPAIGN)
    add_campaign (words, lists, text);
  else if (field->kind == ALTM_FIELD_REFERENCE)
    add (words, text);
}

/* The list of an observation's subject hangs on its kind. */
static void
add_subject (GString *words, AltmLists *lists, json_t *data)
{
  const char *kind = altm_json_get_string (data, "kind");

  add (words, kind);
  add (words, g_strcmp0 (kind, "veille") == 0 ? "watch" : NULL);
  add_code (words, lists, g_strcmp0 (kind, "incident") == 0 ? "incident" : "veille_technique",
            altm_json_get_string (data, "subject"));
}

static void
add_day (GString *words, gint64 time, GTimeZone *zone)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = g_date_time_to_timezone (utc, zone);
  int day = g_date_time_get_day_of_month (local);

  g_string_append_printf (words, "%s %d %s %s %d", weekdays[g_date_time_get_day_of_week (local) - 1], day,
                          day == 1 ? "1er" : "", months[g_date_time_get_month (local) - 1], g_date_time_get_year (local));
}

/**
 * altm_search_words:
 * @line: a revision of a record
 * @zone: whose days are meant
 *
 * Returns: (transfer full): by what it can be found: the labels of its codes in each language of the lists, names of its
 *   place and its structure, its day; never private text, nor what was typed in
 */
char *
altm_search_words (const AltmLine *line, AltmLists *lists, GTimeZone *zone)
{
  const AltmRecordType *type = altm_record_type_find (line->type);
  GString *words = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (type_words); i++)
    if (g_strcmp0 (type_words[i][0], line->type) == 0)
      add (words, type_words[i][1]);
  add (words, line->is_deleted ? "withdrawn retirée" : NULL);
  add_place (words, lists, line->place);
  for (const AltmField *field = type == NULL ? NULL : type->fields; field != NULL && field->name != NULL; field++)
    add_field (words, lists, field, json_object_get (line->data, field->name));
  if (g_strcmp0 (line->type, "observation") == 0)
    add_subject (words, lists, line->data);
  add_day (words, line->time, zone);
  return g_string_free (words, FALSE);
}
