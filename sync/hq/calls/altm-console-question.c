/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-question.h"

#include <string.h>

#include "altm-calendar.h"

/**
 * altm_question_get_value:
 * @query: the names and values behind the question mark
 *
 * Returns: (transfer none) (nullable): what stands there under this name; %NULL where it is empty
 */
const char *
altm_question_get_value (GHashTable *query, const char *name)
{
  const char *value = g_hash_table_lookup (query, name);

  return value != NULL && *value != '\0' ? value : NULL;
}

/**
 * altm_console_get_value:
 *
 * Returns: (transfer none) (nullable): altm_question_get_value() of the call's query
 */
const char *
altm_console_get_value (const AltmConsoleCall *call, const char *name)
{
  return altm_question_get_value (call->query, name);
}

/* Neighbourhoods that lie in several communes have the code of the first, and all their names: "Lyon ; Vénissieux". */
static gboolean
lies_in (json_t *place, json_t *commune)
{
  const char *communes = altm_json_get_string (place, "commune"), *name = altm_json_get_string (commune, "name");
  g_auto(GStrv) names = g_strsplit (communes != NULL ? communes : "", " ; ", -1);

  return name != NULL && g_strv_contains ((const char *const *) names, name);
}

/* A territory is one of the places' `territory`, or a commune, `insee:CODE`; an `insee:` place lies in its commune. */
static gboolean
is_in (AltmLists *lists, json_t *place, const char *territory)
{
  const char *insee = altm_json_get_string (place, "insee");

  if (!g_str_has_prefix (territory, "insee:"))
    return g_strcmp0 (altm_json_get_string (place, "territory"), territory) == 0;
  return g_strcmp0 (altm_lists_fold_arrondissement (insee), territory + strlen ("insee:")) == 0 ||
         lies_in (place, altm_lists_find_place (lists, territory));
}

static GHashTable *
find_places (AltmLists *lists, const char *territory, const char *place)
{
  GHashTable *places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  json_t *each;
  gsize i;

  if (place != NULL)
    {
      g_hash_table_add (places, g_strdup (place));
      return places;
    }
  json_array_foreach (altm_lists_get_places (lists), i, each)
    if (is_in (lists, each, territory) && altm_json_get_string (each, "id") != NULL)
      g_hash_table_add (places, g_strdup (altm_json_get_string (each, "id")));
  return places;
}

/* Who is bound to teams sees these alone, also where another is asked for. */
static GHashTable *
find_teams (json_t *bound, const char *team)
{
  gboolean is_bound = json_array_size (bound) > 0;
  GHashTable *teams;
  json_t *each;
  gsize i;

  if (!is_bound && team == NULL)
    return NULL;
  teams = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!is_bound)
    g_hash_table_add (teams, g_strdup (team));
  else
    json_array_foreach (bound, i, each)
      if (json_is_string (each) && (team == NULL || strcmp (json_string_value (each), team) == 0))
        g_hash_table_add (teams, g_strdup (json_string_value (each)));
  return teams;
}

static gboolean
read_days (GHashTable *query, AltmFilter *filter)
{
  const char *from = altm_question_get_value (query, "from"), *to = altm_question_get_value (query, "to");
  int last = ALTM_FILTER_LAST - 1;

  filter->from = ALTM_FILTER_FIRST;
  if ((from != NULL && !altm_calendar_parse_day (from, &filter->from)) ||
      (to != NULL && !altm_calendar_parse_day (to, &last)))
    return FALSE;
  filter->to = last + 1;
  return TRUE;
}

/**
 * altm_question_read:
 * @self: (out caller-allocates): what `from`, `to` (days, both included), `territory`, `place`, `channel` and `team` take
 * @query: the names and values behind the question mark; has to outlive @self
 * @teams: (nullable): an array of the teams that whoever asks may see; all where it is empty
 *
 * Returns: whether the days are days
 */
gboolean
altm_question_read (AltmConsoleQuestion *self, AltmHqStore *store, GHashTable *query, json_t *teams)
{
  AltmLists *lists = altm_hq_store_get_lists (store, 0);
  const char *territory = altm_question_get_value (query, "territory"), *place = altm_question_get_value (query, "place");

  *self = (AltmConsoleQuestion) { { 0 } };
  if (!read_days (query, &self->filter))
    return FALSE;
  if (territory != NULL || place != NULL)
    self->places = find_places (lists, territory, place);
  self->teams = find_teams (teams, altm_question_get_value (query, "team"));
  self->filter.places = self->places;
  self->filter.teams = self->teams;
  self->filter.channel = altm_question_get_value (query, "channel");
  return TRUE;
}

/**
 * altm_console_question_read:
 * @self: (out caller-allocates): as altm_question_read(), of what the account may see: a manager their own teams alone
 *
 * Returns: whether the days are days
 */
gboolean
altm_console_question_read (AltmConsoleQuestion *self, const AltmConsoleCall *call)
{
  gboolean is_bound = call->account.role == ALTM_ROLE_MANAGER;

  return altm_question_read (self, call->store, call->query, is_bound ? call->account.teams : NULL);
}

void
altm_console_question_clear (AltmConsoleQuestion *self)
{
  g_clear_pointer (&self->places, g_hash_table_unref);
  g_clear_pointer (&self->teams, g_hash_table_unref);
}
