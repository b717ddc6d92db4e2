/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-log.h"

#include "altm-hq-lines.h"
#include "altm-store.h"
#include "altm-time.h"

/**
 * altm_hq_log_add:
 * @sql: HQ's store; the caller may have a transaction open
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_log_add (AltmSql *sql, const AltmHqEntry *entry, GError **error)
{
  return altm_sql_run (sql, error, "INSERT INTO log (at, who, what, subject, detail, why) VALUES (?, ?, ?, ?, ?, ?)",
                       "isssss", entry->at, entry->who, entry->what, entry->subject, entry->detail, entry->why);
}

static json_t *
describe_entry (AltmRows *row, GTimeZone *zone)
{
  g_autofree char *at = altm_time_format (sqlite3_column_int64 (row, 0), zone);

  return json_pack ("{s:s, s:s, s:s, s:s?, s:s?, s:s?}", "at", at, "who", altm_rows_text (row, 1), "what",
                    altm_rows_text (row, 2), "subject", altm_rows_text (row, 3), "detail", altm_rows_text (row, 4),
                    "why", altm_rows_text (row, 5));
}

/**
 * altm_hq_log_write:
 * @from: first instant, microseconds since 1970-01-01 UTC
 * @to: first instant after
 * @output: where the lines go
 *
 * Writes the entries in their order as NDJSON; `at` is UTC, what an entry has not is null.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR or %G_FILE_ERROR
 */
gboolean
altm_hq_log_write (AltmSql *sql, gint64 from, gint64 to, FILE *output, GError **error)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT at, who, what, subject, detail, why FROM log WHERE at >= ? AND at < ? ORDER BY at, n",
                    "ii", from, to);

  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    {
      g_autoptr(json_t) entry = describe_entry (rows, utc);

      altm_hq_lines_write (entry, output, &problem);
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_hq_log_read:
 * @from: first instant, microseconds since 1970-01-01 UTC
 * @to: first instant after
 * @most: how many entries at most, the last ones
 *
 * Returns: (transfer full): an array of entries as altm_hq_log_write() writes them, the last first, each with the "reference" of
 *   the referral that it is about: the log itself holds none, so that what was erased is not named by it. %NULL with an
 *   %ALTM_STORE_ERROR
 */
json_t *
altm_hq_log_read (AltmSql *sql, gint64 from, gint64 to, guint most, GError **error)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(json_t) entries = json_array ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT at, who, what, subject, detail, why, (SELECT reference FROM referrals WHERE id = subject) FROM log"
                    " WHERE at >= ? AND at < ? ORDER BY at DESC, n DESC LIMIT ?",
                    "iii", from, to, (gint64) most);

  while (altm_sql_step (sql, rows, &problem))
    {
      json_t *entry = describe_entry (rows, utc);

      json_object_set_new (entry, "reference", altm_rows_text (rows, 6) != NULL ? json_string (altm_rows_text (rows, 6)) : json_null ());
      json_array_append_new (entries, entry);
    }
  if (problem == NULL)
    return g_steal_pointer (&entries);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static gboolean
carry_row (AltmSql *to, AltmRows *row, GError **error)
{
  return altm_sql_run (to, error,
                       "INSERT INTO log (at, who, what, subject, detail, why)"
                       " SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM log WHERE at = ?1 AND who = ?2"
                       " AND what = ?3 AND subject IS ?4 AND detail IS ?5 AND why IS ?6)",
                       "isssss", sqlite3_column_int64 (row, 0), altm_rows_text (row, 1), altm_rows_text (row, 2),
                       altm_rows_text (row, 3), altm_rows_text (row, 4), altm_rows_text (row, 5));
}

/**
 * altm_hq_log_carry:
 * @from: a store whose place another takes; what can't be read of it is left out
 * @to: the one that takes its place
 *
 * Takes over the entries that @to has not: a backup that is put back must not make anything undone.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR of @to
 */
gboolean
altm_hq_log_carry (AltmSql *from, AltmSql *to, GError **error)
{
  g_autoptr(GError) unread = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (from, &unread, "SELECT at, who, what, subject, detail, why FROM log NOT INDEXED ORDER BY n", "");

  while (unread == NULL && altm_sql_step (from, rows, &unread))
    if (!carry_row (to, rows, error))
      return FALSE;
  return TRUE;
}
