/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-retention.h"

#include <string.h>

#include "altm-hq-derive.h"

/* The latest that any revision of a record was: as the figures have it, and not before HQ received it, for a tablet's clock
 * that had fallen back would have its record go at once. @contact is of a referral. */
static gint64
find_last_line (AltmSql *sql, const char *id, char **contact, GError **error)
{
  g_autoptr(AltmRows) rows = altm_sql_query (sql, error, "SELECT bytes, skew, received_at FROM journal WHERE id = ? ORDER BY rev", "s", id);
  gint64 last = 0;

  while (altm_sql_step (sql, rows, error))
    {
      g_auto(AltmLine) line = { NULL };

      if (!altm_line_read (&line, sqlite3_column_blob (rows, 0), (gsize) sqlite3_column_bytes (rows, 0), NULL))
        continue;
      last = MAX (last, MAX (sqlite3_column_int64 (rows, 2),
                             altm_hq_derive_time (&line, sqlite3_column_int64 (rows, 1), sqlite3_column_int64 (rows, 2))));
      if (contact != NULL && strcmp (line.type, "referral") == 0)
        {
          g_free (*contact);
          *contact = g_strdup (altm_json_get_string (line.data, "contact"));
        }
    }
  return last;
}

/* Of a referral also when its contact was, and when HQ last said what became of it. */
static gint64
find_last_contact (AltmSql *sql, const char *id, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autofree char *contact = NULL;
  gint64 last = find_last_line (sql, id, &contact, &problem);

  if (problem == NULL && contact != NULL)
    last = MAX (last, find_last_line (sql, contact, NULL, &problem));
  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return G_MAXINT64;
    }
  return MAX (last, altm_sql_get_integer (sql, 0, "SELECT MAX (at) FROM referral_words WHERE referral = ?", "s", id));
}

/**
 * altm_hq_retention_find_now:
 * @now: microseconds since 1970-01-01 UTC, by HQ's own clock
 *
 * Returns: @now, or what the tablets' clocks had last come to where that is earlier: what goes for good by itself does so only
 *   when both say that it is time, and not where HQ's clock was set years ahead
 */
gint64
altm_hq_retention_find_now (AltmSql *sql, gint64 now)
{
  return MIN (now, altm_sql_get_integer (sql, 0, "SELECT MAX (last_seen + skew) FROM devices", ""));
}

/**
 * altm_hq_retention_find:
 * @now: microseconds since 1970-01-01 UTC
 * @most: how many at most
 *
 * Returns: (transfer full) (element-type utf8): records of which a sealed part, also one that was removed since, has to go: two
 *   years after the last contact with the person (CNIL, délibération 2023-095), or %NULL with an %ALTM_STORE_ERROR
 */
GPtrArray *
altm_hq_retention_find (AltmSql *sql, gint64 now, guint most, GError **error)
{
  gint64 limit = altm_sql_get_integer (sql, 0, "SELECT 1000000 * unixepoch (?, 'unixepoch', '-2 years')", "i", now / G_USEC_PER_SEC);
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) problem = NULL;
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem, "SELECT id, received_at FROM sealed JOIN journal ON n = line ORDER BY line", "");

  /* Lines come in the order of their arrival: what came later than the limit is not looked at. */
  while (problem == NULL && ids->len < most && altm_sql_step (sql, rows, &problem) && sqlite3_column_int64 (rows, 1) < limit)
    if (g_hash_table_add (seen, g_strdup (altm_rows_text (rows, 0))) &&
        find_last_contact (sql, altm_rows_text (rows, 0), &problem) < limit)
      g_ptr_array_add (ids, g_strdup (altm_rows_text (rows, 0)));
  if (problem == NULL && altm_sql_check (sql, &problem))
    return g_steal_pointer (&ids);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
