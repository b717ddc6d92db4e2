/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-facts.h"

#include <string.h>

/* How a field of `data` counts in a figure. */
typedef struct
{
  const char *figure;
  const char *field;
} Counted;

static const Counted contact_counted[] = {
  { "by_register", "register" },
  { "by_origin", "origin" },
  { "by_public", "public" },
  { "by_setting", "setting" },
  { "by_theme", "themes" },
  { "by_school_theme", "school_themes" },
  { "by_action", "actions" },
  { "by_conflict_mode", "conflict_mode" },
  { "by_campaign", "campaign" },
  { "by_result", "result" },
  { "by_age", "ages" },
  { "by_gender", "genders" },
  { "people", "people" },
  { "minutes", "minutes" },
  { NULL },
};

static const Counted observation_counted[] = {
  { "by_kind", "kind" },
  { "by_subject", "subject" },
  { NULL },
};

static gboolean
is_one_of (const char *code, const char *const *codes)
{
  return code != NULL && g_strv_contains (codes, code);
}

/* A code counts 1, each of several counts 1, a number counts as many, and each number of an object under its code. */
static void
visit_value (const char *figure, json_t *value, AltmFactVisit visit, gpointer data)
{
  const char *code;
  json_t *each;
  gsize i;

  if (json_is_string (value))
    visit (figure, json_string_value (value), 1, FALSE, data);
  else if (json_is_integer (value))
    visit (figure, "", json_integer_value (value), FALSE, data);
  json_array_foreach (value, i, each)
    if (json_is_string (each))
      visit (figure, json_string_value (each), 1, FALSE, data);
  json_object_foreach (value, code, each)
    visit (figure, code, json_integer_value (each), FALSE, data);
}

static void
visit_fields (const Counted *counted, json_t *record, AltmFactVisit visit, gpointer data)
{
  for (; counted->figure != NULL; counted++)
    visit_value (counted->figure, json_object_get (record, counted->field), visit, data);
}

/* The newsletter's four processes; what is none of them is "autre". */
static const char *
find_process (json_t *record)
{
  static const char *const families[] = { "enfant", "parent_famille", NULL };
  static const char *const own[] = { "espace_public", "bureau_poste", NULL };
  const char *channel = altm_json_get_string (record, "channel");

  if (g_strcmp0 (channel, "telephone") == 0)
    return is_one_of (altm_json_get_string (record, "public"), families) ? "telephone_familles" : "telephone_habitants";
  return is_one_of (channel, own) ? channel : "autre";
}

static void
visit_contact (json_t *record, AltmFactVisit visit, gpointer data)
{
  if (g_strcmp0 (altm_json_get_string (record, "result"), "injoignable") == 0)
    {
      visit ("attempts", "", 1, FALSE, data);
      return;
    }
  visit ("interventions", "", 1, FALSE, data);
  visit ("by_process", find_process (record), 1, FALSE, data);
  visit_fields (contact_counted, record, visit, data);
}

/**
 * altm_facts_is_most:
 * @code: of client flow
 *
 * Returns: whether the highest of it counts, instead of the sum
 */
gboolean
altm_facts_is_most (const char *code)
{
  static const char *const maxima[] = { "file_max", "attente_max_min", NULL };

  return is_one_of (code, maxima);
}

/* Tablets of one office add up, but for what is a maximum. */
static void
visit_flow (json_t *record, AltmFactVisit visit, gpointer data)
{
  const char *code;
  json_t *count;

  visit ("slots", "", 1, FALSE, data);
  json_object_foreach (json_object_get (record, "counts"), code, count)
    visit ("flow", code, json_integer_value (count), altm_facts_is_most (code), data);
}

static void
visit_observation (json_t *record, AltmFactVisit visit, gpointer data)
{
  visit ("observations", "", 1, FALSE, data);
  visit_fields (observation_counted, record, visit, data);
}

static const struct
{
  const char *type;
  void (*visit) (json_t *record, AltmFactVisit visit, gpointer data);
} visits[] = {
  { "contact", visit_contact },
  { "flow", visit_flow },
  { "observation", visit_observation },
};

/* A mediator's team is the one that the lists of the record's day name. */
static const char *
find_team (const AltmLine *line, AltmLists *lists)
{
  json_t *mediator = lists != NULL && line->by != NULL ? altm_lists_find_mediator (lists, line->by) : NULL;
  const char *team = mediator != NULL ? altm_json_get_string (mediator, "team") : NULL;

  return team != NULL ? team : "";
}

static const char *
find_place (const AltmLine *line)
{
  const char *office = altm_json_get_string (line->data, "office");

  if (office != NULL)
    return office;
  return line->place != NULL ? line->place : "";
}

/**
 * altm_facts_read:
 * @time: when the figures say that it was, microseconds since 1970-01-01 UTC
 * @zone: Europe/Paris
 * @lists: (nullable): those that the line names, %NULL where HQ has not got them
 * @facts: (out caller-allocates): under what the record counts
 */
void
altm_facts_read (const AltmLine *line, gint64 time, GTimeZone *zone, AltmLists *lists, AltmFacts *facts)
{
  gboolean is_flow = strcmp (line->type, "flow") == 0;
  const char *channel = is_flow ? "bureau_poste" : altm_json_get_string (line->data, "channel");

  facts->moment = altm_calendar_read (zone, time);
  facts->hour = is_flow ? facts->moment.hour : -1;
  facts->place = find_place (line);
  facts->channel = channel != NULL ? channel : "";
  facts->team = find_team (line, lists);
}

/**
 * altm_facts_visit:
 *
 * Calls @visit with all that the record counts in, by the rules of the trade: an intervention is a contact that reached
 * someone; one whose result is `injoignable` is an attempt, and nothing else; people are those of interventions; flow
 * adds up but for its maxima. Interventions, attempts, people and flow are separate figures.
 */
void
altm_facts_visit (const AltmLine *line, AltmFactVisit visit, gpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (visits); i++)
    if (strcmp (visits[i].type, line->type) == 0)
      visits[i].visit (line->data, visit, data);
}
