/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-sessions.h"

#include <sodium.h>

#define LIFETIME (12 * G_TIME_SPAN_HOUR)
#define IDLE_TIME G_TIME_SPAN_HOUR
#define SEEN_TIME (5 * G_TIME_SPAN_MINUTE)

/**
 * altm_hq_sessions_begin:
 * @account: who has signed in
 * @sha256: of the session's token
 * @now: microseconds since 1970-01-01 UTC
 *
 * A session ends after 12 hours, or after one hour in which nothing was asked. Those that are over go.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_sessions_begin (AltmSql *sql, gint64 account, const guint8 *sha256, gint64 now, GError **error)
{
  return altm_sql_run (sql, error, "DELETE FROM sessions WHERE began_at < ? OR seen_at < ?", "ii", now - LIFETIME,
                       now - IDLE_TIME) &&
         altm_sql_run (sql, error, "INSERT INTO sessions VALUES (?, ?, ?, ?)", "hiii", sha256, account, now, now);
}

/**
 * altm_hq_sessions_find:
 * @now: microseconds since 1970-01-01 UTC
 * @account: (out caller-allocates): whose session it is, without its password
 * @is_stale: (out): whether altm_hq_sessions_see() is due
 *
 * Returns: whether there is one that goes on
 */
gboolean
altm_hq_sessions_find (AltmSql *sql, const guint8 *sha256, gint64 now, AltmHqAccount *account, gboolean *is_stale)
{
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, NULL,
                    "SELECT seen_at, name FROM sessions JOIN accounts ON accounts.n = account"
                    " WHERE token = ? AND began_at >= ? AND seen_at >= ? AND closed_at IS NULL",
                    "hii", sha256, now - LIFETIME, now - IDLE_TIME);

  *account = (AltmHqAccount) { 0 };
  if (!altm_sql_step (sql, rows, NULL))
    return FALSE;
  *is_stale = sqlite3_column_int64 (rows, 0) < now - SEEN_TIME;
  if (!altm_hq_accounts_find (sql, altm_rows_text (rows, 1), account))
    return FALSE;
  g_clear_pointer (&account->password, g_free);
  return TRUE;
}

/**
 * altm_hq_sessions_see:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Notes that the session is in use.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_sessions_see (AltmSql *sql, const guint8 *sha256, gint64 now, GError **error)
{
  return altm_sql_run (sql, error, "UPDATE sessions SET seen_at = ? WHERE token = ?", "ih", now, sha256);
}

gboolean
altm_hq_sessions_end (AltmSql *sql, const guint8 *sha256, GError **error)
{
  return altm_sql_run (sql, error, "DELETE FROM sessions WHERE token = ?", "h", sha256);
}
