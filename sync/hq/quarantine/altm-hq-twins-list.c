/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-twins-list.h"

#include "altm-hq-quarantine-list.h"
#include "altm-hq-twins.h"
#include "altm-time.h"

static json_t *
describe_time (gint64 time)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *text = time != 0 ? altm_time_format (time, utc) : NULL;

  return text != NULL ? json_string (text) : json_null ();
}

/* One of two: its id, its bytes and its device's name stand in this order from @column on. */
static json_t *
describe_one (AltmHqStore *store, AltmRows *row, int column)
{
  g_autoptr(GBytes) bytes = altm_rows_bytes (row, column + 1);

  return json_pack ("{s:s, s:o, s:s}", "id", altm_rows_text (row, column), "line",
                    altm_hq_quarantine_describe_line (store, bytes, FALSE), "tablet", altm_rows_text (row, column + 2));
}

/* Whom one would ask, or has asked, to withdraw the second. */
static json_t *
describe_asked (AltmSql *sql, const char *id)
{
  g_autofree char *name =
    altm_sql_get_text (sql, "SELECT name FROM devices WHERE n = ?", "i", altm_hq_twins_find_device (sql, id));

  return name != NULL ? json_string (name) : json_null ();
}

/* @row: as altm_hq_twins_list() asks */
static json_t *
describe (AltmHqStore *store, AltmRows *row)
{
  return json_pack ("{s:o, s:o, s:s, s:o, s:s?, s:o}", "one", describe_one (store, row, 0), "other", describe_one (store, row, 3),
                    "state", altm_rows_text (row, 6), "settled_at", describe_time (sqlite3_column_int64 (row, 7)), "settled_by",
                    altm_rows_text (row, 8), "asks", describe_asked (altm_hq_store_get_sql (store), altm_rows_text (row, 3)));
}

static gboolean
is_of (json_t *line, GHashTable *teams)
{
  const char *team = altm_json_get_string (line, "team");

  return teams == NULL || (team != NULL && g_hash_table_contains (teams, team));
}

/**
 * altm_hq_twins_list:
 * @teams: (nullable): names of teams of which alone one may see records: both have to be of them
 * @most: how many at most
 *
 * Returns: (transfer full): an array of likely twins, the latest first: {"one", "other", "state": `waiting` or `asked`,
 *   "settled_at", "settled_by", "asks"}; each of both is {"id", "line", "tablet"}, `one` the one that came first, `line` as
 *   altm_hq_quarantine_describe_line(); `asks` names the tablet that can be asked to withdraw the other, if any. %NULL with an
 *   %ALTM_STORE_ERROR
 */
json_t *
altm_hq_twins_list (AltmHqStore *store, GHashTable *teams, guint most, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autofree char *mediators = altm_hq_quarantine_list_mediators (store, teams);
  g_autoptr(json_t) twins = json_array ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem,
    "SELECT one, one_bytes, mine.name, other, other_bytes, theirs.name, state, settled_at, settled_by FROM twins"
    " JOIN devices AS mine ON mine.n = one_device JOIN devices AS theirs ON theirs.n = other_device"
    " WHERE " ALTM_HQ_IS_BY ("one_bytes", "?1") " AND " ALTM_HQ_IS_BY ("other_bytes", "?1") " ORDER BY minute DESC",
    "s", mediators);

  while (json_array_size (twins) < most && altm_sql_step (sql, rows, &problem))
    {
      g_autoptr(json_t) pair = describe (store, rows);

      if (is_of (json_object_get (json_object_get (pair, "one"), "line"), teams) &&
          is_of (json_object_get (json_object_get (pair, "other"), "line"), teams))
        json_array_append (twins, pair);
    }
  if (problem == NULL)
    return g_steal_pointer (&twins);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/**
 * altm_hq_twins_may_see:
 * @teams: (nullable): as for altm_hq_twins_list()
 *
 * Returns: whether the two are likely twins of these teams
 */
gboolean
altm_hq_twins_may_see (AltmHqStore *store, GHashTable *teams, const char *one, const char *other)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, NULL, "SELECT one_bytes, other_bytes FROM twins WHERE one = ? AND other = ?", "ss", one, other);
  gboolean may_see = altm_sql_step (sql, rows, NULL);

  for (int column = 0; may_see && column < 2; column++)
    {
      g_autoptr(GBytes) bytes = altm_rows_bytes (rows, column);
      g_autoptr(json_t) line = altm_hq_quarantine_describe_line (store, bytes, FALSE);

      may_see = is_of (line, teams);
    }
  return may_see;
}
