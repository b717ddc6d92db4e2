/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-referrals.h"

#include <string.h>

#include "altm-calendar.h"
#include "altm-follow-up.h"
#include "altm-hq-news.h"
#include "altm-time.h"

G_DEFINE_QUARK (altm-hq-referrals-error-quark, altm_hq_referrals_error)

static gboolean
fail (GError **error, AltmHqReferralsError code, const char *why)
{
  g_set_error_literal (error, ALTM_HQ_REFERRALS_ERROR, code, why);
  return FALSE;
}

/**
 * altm_hq_referrals_say:
 *
 * Sets a referral's status, in a transaction of the caller's: it counts from now on, until a tablet brings another, and
 * reaches every tablet that brought a revision of it as news (PROTOCOL, `referral`).
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_HQ_REFERRALS_ERROR or an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_referrals_say (AltmHqStore *store, const AltmHqWord *word, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);

  if (!altm_lists_has_code (altm_hq_store_get_lists (store, 0), "orientation_statut", word->status))
    return fail (error, ALTM_HQ_REFERRALS_ERROR_STATUS, "no such status; nothing was changed");
  if (!altm_sql_get_integer (sql, 0, "SELECT 1 FROM referrals WHERE id = ?", "s", word->referral))
    return fail (error, ALTM_HQ_REFERRALS_ERROR_UNKNOWN, "there is no such referral, or it was withdrawn; nothing was changed");
  return altm_sql_run (sql, error,
                       "INSERT INTO referral_words (referral, status, rev, at, who)"
                       " SELECT ?1, ?2, MAX (rev), ?3, ?4 FROM journal WHERE id = ?1",
                       "ssis", word->referral, word->status, word->now, word->who) &&
         altm_sql_run (sql, error, "UPDATE referrals SET status = ? WHERE id = ?", "ss", word->status, word->referral) &&
         altm_hq_news_tell_status (sql, word->referral, word->status, word->now, error);
}

static json_t *
describe (AltmRows *row, GTimeZone *zone)
{
  g_autofree char *at = altm_time_format (sqlite3_column_int64 (row, 1), zone);

  return json_pack ("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:s, s:s, s:s}", "id", altm_rows_text (row, 0), "at", at,
                    "status", altm_rows_text (row, 2), "due", altm_rows_text (row, 3), "theme", altm_rows_text (row, 4),
                    "structure", altm_rows_text (row, 5), "structure_type", altm_rows_text (row, 6), "reference",
                    altm_rows_text (row, 7), "place", altm_rows_text (row, 8), "channel", altm_rows_text (row, 9), "team",
                    altm_rows_text (row, 10));
}

/* `open` is every status after which somebody has to ask again. */
static gboolean
takes_status (const char *wanted, const char *status)
{
  if (wanted == NULL)
    return TRUE;
  return strcmp (wanted, "open") == 0 ? !altm_follow_up_is_closed (status) : strcmp (wanted, status) == 0;
}

/**
 * altm_hq_referrals_list:
 * @status: (nullable): of this status alone, or `open`: of those that are not closed, altm_follow_up_is_closed()
 * @most: how many at most
 *
 * Returns: (transfer full): an array of referrals, those that are due first, then by their time: {"id", "at" (Europe/Paris),
 *   "status", "due", "theme", "structure", "structure_type", "reference", "place", "channel", "team"}, or %NULL with an
 *   %ALTM_STORE_ERROR
 */
json_t *
altm_hq_referrals_list (AltmHqStore *store, const AltmFilter *filter, const char *status, guint most, GError **error)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(json_t) referrals = json_array ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem,
    "SELECT id, time, status, due, theme, structure, structure_type, reference, place, channel, team FROM referrals"
    " WHERE time >= ? AND time < ? ORDER BY IFNULL (due, date (time / 1000000, 'unixepoch', ?)), time DESC",
    "iis", altm_calendar_find_instant (paris, filter->from), altm_calendar_find_instant (paris, filter->to),
    "+" G_STRINGIFY (ALTM_FOLLOW_UP_DAYS) " days");

  while (json_array_size (referrals) < most && altm_sql_step (sql, rows, &problem))
    if (takes_status (status, altm_rows_text (rows, 2)) &&
        altm_filter_takes (filter, altm_rows_text (rows, 8), altm_rows_text (rows, 9), altm_rows_text (rows, 10)))
      json_array_append_new (referrals, describe (rows, paris));
  if (problem == NULL)
    return g_steal_pointer (&referrals);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
