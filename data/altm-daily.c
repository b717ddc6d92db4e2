/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-daily.h"

#include "altm-follow-up.h"

/**
 * altm_daily_is_to_tell:
 * @told: (nullable): the day on which it was told last, YYYY-MM-DD
 * @number: how many there are
 * @now: microseconds since 1970-01-01 UTC
 * @zone: in which the day and the hour are told
 *
 * Returns: whether they are to be told now: once a day, from %ALTM_DAILY_HOUR on
 */
gboolean
altm_daily_is_to_tell (const char *told, guint number, gint64 now, GTimeZone *zone)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (now / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = g_date_time_to_timezone (utc, zone);
  g_autofree char *today = altm_follow_up_format_day (now, 0, zone);

  return number > 0 && g_date_time_get_hour (local) >= ALTM_DAILY_HOUR && g_strcmp0 (told, today) < 0;
}

/**
 * altm_daily_count_late:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: how many records wait to be sent, where the oldest has waited for %ALTM_DAILY_LATE; 0 before
 */
gint64
altm_daily_count_late (const AltmOutboxSummary *summary, gint64 now)
{
  gboolean is_late = summary->oldest != 0 && now - summary->oldest >= ALTM_DAILY_LATE;

  return is_late ? summary->waiting : 0;
}
