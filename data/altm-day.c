/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-day.h"

#include "altm-store-private.h"

/* The instant at which the day of @now begins, or the one @days later: days are of 23, 24 or 25 hours. */
static gint64
find_midnight (gint64 now, int days, GTimeZone *zone)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (now / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = g_date_time_to_timezone (utc, zone);
  g_autoptr(GDateTime) day = g_date_time_add_days (local, days);
  g_autoptr(GDateTime) midnight = g_date_time_new (zone, g_date_time_get_year (day), g_date_time_get_month (day),
                                                   g_date_time_get_day_of_month (day), 0, 0, 0);

  return g_date_time_to_unix (midnight) * G_USEC_PER_SEC;
}

static gint64
count_records (AltmStore *store, const char *type, gint64 from, gint64 to)
{
  return altm_sql_get_integer (altm_store_get_sql (store), 0,
                               "SELECT COUNT (*) FROM lines WHERE is_latest AND time >= ? AND time < ? AND type = ?"
                               " AND NOT is_deleted",
                               "iis", from, to, type);
}

/**
 * altm_day_load:
 * @now: microseconds since 1970-01-01 UTC
 * @zone: whose day it is
 * @day: (out caller-allocates): what was recorded since midnight; zero where it cannot be read
 */
void
altm_day_load (AltmStore *store, gint64 now, GTimeZone *zone, AltmDay *day)
{
  gint64 from = find_midnight (now, 0, zone), to = find_midnight (now, 1, zone);

  day->contacts = count_records (store, "contact", from, to);
  day->referrals = count_records (store, "referral", from, to);
  day->clients = altm_sql_get_integer (altm_store_get_sql (store), 0,
                                       "SELECT COALESCE (SUM (count), 0) FROM flow_counts WHERE code = 'entres'"
                                       " AND slot >= ? AND slot < ?",
                                       "ii", from, to);
}
