/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-news.h"

#include "altm-json.h"
#include "altm-time.h"

/**
 * altm_hq_news_order:
 * @device_id: whom it is for
 * @kind: `wipe` or `pin-reset`
 * @now: when it was ordered, microseconds since 1970-01-01 UTC
 *
 * Puts an order into a device's news. Its id is made of what it says, so that the same order that is
 * told again after a restore is known to the device.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_news_order (AltmSql *sql, const char *device_id, const char *kind, gint64 now, GError **error)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *at = altm_time_format (now, utc);
  g_autofree char *id = g_strdup_printf ("%s-%s-%" G_GINT64_FORMAT, kind, device_id, now);
  g_autoptr(json_t) item = json_pack ("{s:s, s:s, s:s}", "id", id, "kind", kind, "at", at);
  g_autofree char *body = altm_json_write (item);

  return altm_sql_run (sql, error,
                       "INSERT OR IGNORE INTO news (device, id, kind, body)"
                       " SELECT n, ?2, ?3, ?4 FROM devices WHERE device_id = ?1",
                       "ssss", device_id, id, kind, body);
}

/**
 * altm_hq_news_tell_status:
 * @referral: a record
 * @status: a code of `orientation_statut`
 * @now: when HQ said so, microseconds since 1970-01-01 UTC
 *
 * Puts a referral's status into the news of every device that brought a revision of it.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_news_tell_status (AltmSql *sql, const char *referral, const char *status, gint64 now, GError **error)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *at = altm_time_format (now, utc);
  g_autofree char *id = g_strdup_printf ("referral-%s-%" G_GINT64_FORMAT, referral, now);
  g_autoptr(json_t) item = json_pack ("{s:s, s:s, s:s, s:s, s:s}", "id", id, "kind", "referral", "at", at, "record", referral,
                                      "status", status);
  g_autofree char *body = altm_json_write (item);

  return altm_sql_run (sql, error,
                       "INSERT INTO news (device, id, kind, body)"
                       " SELECT DISTINCT notes.device, ?2 || '-' || notes.device, 'referral', ?3 FROM journal"
                       " JOIN notes ON notes.line = journal.n WHERE journal.id = ?1",
                       "sss", referral, id, body);
}
