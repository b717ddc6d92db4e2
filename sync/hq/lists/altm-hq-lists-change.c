/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-lists-change.h"

#include "altm-hq-log.h"
#include "altm-time.h"

/* Entries whose keys the history tells of one change. */
#define MOST_NAMED 20

G_DEFINE_QUARK (altm-hq-lists-error-quark, altm_hq_lists_error)

/**
 * altm_hq_lists_read:
 * @form: {"list", "base", "rows", "lines", "whole", "new"}
 * @change: (out caller-allocates): the same; its parts belong to @form
 *
 * Returns: whether it is one
 */
gboolean
altm_hq_lists_read (json_t *form, AltmListChange *change)
{
  json_t *row;
  gsize i;

  *change = (AltmListChange) { altm_json_get_string (form, "list"),        altm_json_get_integer (form, "base", 0),
                               json_object_get (form, "rows"),             json_object_get (form, "lines"),
                               json_is_true (json_object_get (form, "whole")), json_is_true (json_object_get (form, "new")) };
  json_array_foreach (change->rows, i, row)
    if (!json_is_object (row))
      return FALSE;
  return change->list != NULL && json_is_array (change->rows);
}

/**
 * altm_hq_lists_plan:
 * @root: (out) (optional): as altm_list_plan()
 *
 * What a change would do, looked at with the newest lists.
 *
 * Returns: (transfer full): the plan of altm_list_plan(), or %NULL with %ALTM_HQ_LISTS_ERROR_LIST or _STALE
 */
json_t *
altm_hq_lists_plan (AltmHqStore *store, const AltmListChange *change, json_t **root, GError **error)
{
  AltmLists *newest = altm_hq_store_get_lists (store, 0);

  if (altm_list_kind_find (newest, change->list) == NULL)
    {
      g_set_error (error, ALTM_HQ_LISTS_ERROR, ALTM_HQ_LISTS_ERROR_LIST, "there is no such list: %s", change->list);
      return NULL;
    }
  if (altm_lists_get_version (newest) != change->base)
    {
      g_set_error (error, ALTM_HQ_LISTS_ERROR, ALTM_HQ_LISTS_ERROR_STALE,
                   "the lists have been changed since: the newest version is %" G_GINT64_FORMAT "; nothing was changed",
                   altm_lists_get_version (newest));
      return NULL;
    }
  return altm_list_plan (newest, change, root);
}

static void
name_keys (json_t *keys, json_t *entries)
{
  json_t *entry;
  gsize i;

  json_array_foreach (entries, i, entry)
    if (json_array_size (keys) < MOST_NAMED)
      json_array_append (keys, json_object_get (entry, "key"));
}

static gint64
count (json_t *plan, const char *part)
{
  return (gint64) json_array_size (json_object_get (plan, part));
}

static gboolean
note_change (AltmSql *sql, const AltmListChange *change, json_t *plan, gint64 version, gint64 now, GError **error)
{
  static const char *const parts[] = { "added", "changed", "retired", "restored" };
  g_autoptr(json_t) keys = json_array ();
  g_autofree char *text = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    name_keys (keys, json_object_get (plan, parts[i]));
  text = altm_json_write (keys);
  return altm_sql_run (sql, error, "INSERT INTO list_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "iisiiiis", version, now,
                       change->list, count (plan, "added"), count (plan, "changed"), count (plan, "retired"),
                       count (plan, "restored"), text);
}

static gint64
count_all (json_t *plan)
{
  return count (plan, "added") + count (plan, "changed") + count (plan, "retired") + count (plan, "restored");
}

static gboolean
add_version (AltmHqStore *store, const AltmListChange *change, const char *who, json_t *plan, json_t *root, gint64 now,
             GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, count_all (plan));
  const AltmHqEntry entry = { now, who, "lists-changed", change->list, number, NULL };

  return altm_hq_versions_add (altm_hq_store_get_versions (store), root, error) &&
         note_change (sql, change, plan, altm_json_get_integer (root, "version", 0), now, error) &&
         altm_hq_log_add (sql, &entry, error);
}

static gboolean
refuse_entries (json_t *plan, GError **error)
{
  json_t *first = json_array_get (json_object_get (plan, "errors"), 0);
  const char *key = altm_json_get_string (first, "key"), *field = altm_json_get_string (first, "field");

  if (first == NULL)
    return FALSE;
  g_set_error (error, ALTM_HQ_LISTS_ERROR, ALTM_HQ_LISTS_ERROR_ENTRIES, "%s: %s: %s; nothing was changed", key != NULL ? key : "",
               field != NULL ? field : "", altm_json_get_string (first, "problem"));
  return TRUE;
}

/**
 * altm_hq_lists_change:
 * @who: for the access log
 * @now: microseconds since 1970-01-01 UTC
 *
 * Makes the next version of the lists, whole or not at all. A change that changes nothing makes none.
 *
 * Returns: (transfer full): the number of the version that is the newest then, or %NULL with %ALTM_HQ_LISTS_ERROR_LIST,
 *   _STALE, _ENTRIES or an %ALTM_STORE_ERROR
 */
char *
altm_hq_lists_change (AltmHqStore *store, const AltmListChange *change, const char *who, gint64 now, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(json_t) root = NULL;
  g_autoptr(json_t) plan = altm_hq_lists_plan (store, change, &root, error);

  if (plan == NULL || refuse_entries (plan, error))
    return NULL;
  if (count_all (plan) > 0 &&
      !(altm_sql_begin (sql, error) && altm_sql_end (sql, add_version (store, change, who, plan, root, now, error), error) &&
        altm_hq_store_reload_lists (store, error)))
    return NULL;
  return g_strdup_printf ("%" G_GINT64_FORMAT, altm_lists_get_version (altm_hq_store_get_lists (store, 0)));
}

static json_t *
describe_change (AltmRows *row, GTimeZone *utc)
{
  g_autofree char *at = altm_time_format (sqlite3_column_int64 (row, 1), utc);
  json_t *keys = json_loads (altm_rows_text (row, 7), 0, NULL);

  return json_pack ("{s:I, s:s, s:s, s:i, s:i, s:i, s:i, s:o?, s:s?}", "version", (json_int_t) sqlite3_column_int64 (row, 0), "at",
                    at, "list", altm_rows_text (row, 2), "added", sqlite3_column_int (row, 3), "changed",
                    sqlite3_column_int (row, 4), "retired", sqlite3_column_int (row, 5), "restored",
                    sqlite3_column_int (row, 6), "keys", keys, "who", altm_rows_text (row, 8));
}

/**
 * altm_hq_lists_tell_changes:
 * @list: (nullable): of this list alone
 * @most: how many at most, the last ones
 *
 * Who made a change is known as long as the access log knows it.
 *
 * Returns: (transfer full): an array of {"version", "at", "list", "added", "changed", "retired", "restored", "keys", "who"},
 *   the last first, or %NULL with an %ALTM_STORE_ERROR
 */
json_t *
altm_hq_lists_tell_changes (AltmSql *sql, const char *list, guint most, GError **error)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(json_t) changes = json_array ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT version, c.at, list, added, changed, retired, restored, keys,"
                    " (SELECT who FROM log WHERE log.at = c.at AND what = 'lists-changed' AND subject = list)"
                    " FROM list_changes c WHERE ?1 IS NULL OR list = ?1 ORDER BY version DESC LIMIT ?2",
                    "si", list, (gint64) most);

  while (altm_sql_step (sql, rows, &problem))
    json_array_append_new (changes, describe_change (rows, utc));
  if (problem == NULL)
    return g_steal_pointer (&changes);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
