/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-derive.h"

#include <string.h>

#include "altm-hq-private.h"
#include "altm-time.h"

#define SKEW_TAKEN (48 * G_TIME_SPAN_HOUR)

/**
 * altm_hq_derive_correct:
 * @time: by the device's clock
 * @skew: that clock less HQ's
 * @received_at: HQ's clock; all in microseconds
 *
 * Returns: when the figures say it was (PROTOCOL, A line): @time where the clock was within 48 hours of HQ's, else @time
 *   corrected by the skew; never later than it was received where it is more than 48 hours ahead
 */
gint64
altm_hq_derive_correct (gint64 time, gint64 skew, gint64 received_at)
{
  if (ABS (skew) > SKEW_TAKEN)
    time -= skew;
  return time > received_at + SKEW_TAKEN ? received_at : time;
}

/**
 * altm_hq_derive_time:
 *
 * Returns: altm_hq_derive_correct() of the line's own time, or of its slot's
 */
gint64
altm_hq_derive_time (const AltmLine *line, gint64 skew, gint64 received_at)
{
  gint64 time = line->time;

  if (strcmp (line->type, "flow") == 0)
    altm_time_parse (altm_json_get_string (line->data, "slot"), &time);
  return altm_hq_derive_correct (time, skew, received_at);
}

static gboolean
insert_record (AltmRollups *rollups, AltmSql *sql, gint64 n, const AltmHqArrival *arrival, gboolean has_private, gint64 time,
               GError **error)
{
  const AltmLine *line = &arrival->line;

  return altm_sql_run (sql, error, "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)", "isiiii", n, line->type, time,
                       (gint64) line->is_deleted, (gint64) arrival->is_known, (gint64) has_private) &&
         (rollups == NULL || !arrival->is_known || line->is_deleted || altm_rollups_add (rollups, n, line, time, error));
}

/**
 * altm_hq_derive_first:
 * @n: its line in the journal
 * @time: as altm_hq_derive_time()
 *
 * Derives a record from its first and only revision.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_derive_first (AltmRollups *rollups, AltmSql *sql, gint64 n, const AltmHqArrival *arrival, gint64 time,
                      GError **error)
{
  return insert_record (rollups, sql, n, arrival, arrival->line.private_text != NULL, time, error);
}

/**
 * altm_hq_derive_forget:
 * @rollups: (nullable): as for altm_hq_derive_record()
 * @id: a record
 *
 * Removes the row that stands for a record so far, and all that was counted of it.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_derive_forget (AltmRollups *rollups, AltmSql *sql, const char *id, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT line, bytes, time, is_known AND NOT is_deleted FROM journal JOIN records ON line = n WHERE id = ?",
                    "s", id);
  g_auto(AltmLine) line = { NULL };
  gboolean was_counted = FALSE;
  gint64 n = 0, time = 0;

  if (altm_sql_step (sql, rows, &problem))
    {
      n = sqlite3_column_int64 (rows, 0);
      time = sqlite3_column_int64 (rows, 2);
      was_counted = sqlite3_column_int (rows, 3) &&
                    altm_line_read (&line, sqlite3_column_blob (rows, 1), (gsize) sqlite3_column_bytes (rows, 1), NULL);
    }
  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  return altm_sql_run (sql, error, "DELETE FROM records WHERE line = ?", "i", n) &&
         (rollups == NULL || !was_counted || altm_rollups_remove (rollups, n, &line, time, error));
}

/**
 * altm_hq_derive_record:
 * @rollups: (nullable): where it counts, %NULL where all is counted afterwards
 * @id: a record of the journal
 *
 * Makes a record's row anew from its highest revision.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_derive_record (AltmHqStore *store, AltmRollups *rollups, const char *id, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, error, "SELECT n, bytes, skew, received_at FROM journal WHERE id = ? ORDER BY rev DESC LIMIT 1",
                    "s", id);
  g_auto(AltmHqArrival) arrival = { NULL };
  g_auto(AltmHqPrivate) private = { NULL };

  if (!altm_sql_step (sql, rows, error))
    return FALSE;
  altm_hq_arrival_read (&arrival, store, sqlite3_column_blob (rows, 1), (gsize) sqlite3_column_bytes (rows, 1));
  return altm_hq_private_find (sql, id, arrival.line.rev, &private, error) && altm_hq_derive_forget (rollups, sql, id, error) &&
         insert_record (rollups, sql, sqlite3_column_int64 (rows, 0), &arrival, private.sealed != NULL,
                        altm_hq_derive_time (&arrival.line, sqlite3_column_int64 (rows, 2), sqlite3_column_int64 (rows, 3)),
                        error);
}

static gboolean
derive_records (AltmHqStore *store, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(AltmRows) rows = NULL;
  g_autoptr(GError) problem = NULL;

  if (altm_sql_run (sql, &problem, "DELETE FROM records", ""))
    rows = altm_sql_query (sql, &problem, "SELECT DISTINCT id FROM journal", "");
  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    altm_hq_derive_record (store, NULL, altm_rows_text (rows, 0), &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
derive_and_count (AltmHqStore *store, GError **error)
{
  g_autoptr(AltmRollups) rollups = altm_rollups_new (store, error);

  return rollups != NULL && derive_records (store, error) && altm_rollups_recount (rollups, error);
}

/**
 * altm_hq_derive_all:
 *
 * Makes everything that is derived anew from the journal, in one transaction.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR; all is as before then
 */
gboolean
altm_hq_derive_all (AltmHqStore *store, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);

  return altm_sql_begin (sql, error) && altm_sql_end (sql, derive_and_count (store, error), error);
}
