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
                       " SELECT device, ?2 || '-' || device, 'referral', ?3 FROM"
                       " (SELECT device FROM journal WHERE id = ?1 UNION"
                       "  SELECT notes.device FROM journal JOIN notes ON notes.line = journal.n WHERE journal.id = ?1)",
                       "sss", referral, id, body);
}

/* @item: (transfer full): one of HQ's news about a record, to one device */
static gboolean
tell (AltmSql *sql, gint64 device, json_t *item, GError **error)
{
  g_autoptr(json_t) owned = item;
  g_autofree char *body = altm_json_write (item);

  return altm_sql_run (sql, error, "INSERT INTO news (device, id, kind, body) VALUES (?, ?, ?, ?)", "isss", device,
                       altm_json_get_string (item, "id"), altm_json_get_string (item, "kind"), body);
}

/**
 * altm_hq_news_tell_accepted:
 * @device: its number
 * @record: a record of which HQ took a revision after all
 * @now: when it did, microseconds since 1970-01-01 UTC
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_news_tell_accepted (AltmSql *sql, gint64 device, const char *record, gint64 rev, gint64 now, GError **error)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *at = altm_time_format (now, utc);
  g_autofree char *id = g_strdup_printf ("accepted-%s-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, record, rev,
                                         now, device);

  return tell (sql, device,
               json_pack ("{s:s, s:s, s:s, s:s, s:I}", "id", id, "kind", "accepted", "at", at, "record", record, "rev",
                          (json_int_t) rev),
               error);
}

/**
 * altm_hq_news_ask_correction:
 * @device: its number
 * @record: what is to be corrected, or withdrawn
 * @reason: the name of a problem, or `twin`
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_news_ask_correction (AltmSql *sql, gint64 device, const char *record, const char *reason, gint64 now, GError **error)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *at = altm_time_format (now, utc);
  g_autofree char *id = g_strdup_printf ("correction-%s-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, record, now, device);

  return tell (sql, device,
               json_pack ("{s:s, s:s, s:s, s:s, s:s}", "id", id, "kind", "correction", "at", at, "record", record, "reason",
                          reason),
               error);
}
