/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-calendar.h"

#include "altm-time.h"

#define HOUR (60 * 60)
#define DAY (24 * HOUR)
#define WEEK 7

/* 1970-01-01 by GDate's count, and its day of the week. */
#define FIRST_JULIAN 719163
#define FIRST_WEEKDAY 3

static gint64
divide_down (gint64 number, gint64 by)
{
  return number / by - (number % by < 0 ? 1 : 0);
}

/**
 * altm_calendar_read:
 * @zone: Europe/Paris
 * @time: microseconds since 1970-01-01 UTC
 */
AltmMoment
altm_calendar_read (GTimeZone *zone, gint64 time)
{
  gint64 seconds = divide_down (time, G_USEC_PER_SEC);
  int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, seconds);
  gint64 local = seconds + g_time_zone_get_offset (zone, MAX (interval, 0));
  gint64 day = divide_down (local, DAY);

  return (AltmMoment) { (int) day, (int) (((day + FIRST_WEEKDAY) % WEEK + WEEK) % WEEK), (int) ((local - day * DAY) / HOUR) };
}

static void
set_date (GDate *date, int day)
{
  g_date_clear (date, 1);
  g_date_set_julian (date, (guint32) MAX (day + FIRST_JULIAN, 1));
}

static int
count_days (const GDate *date)
{
  return (int) g_date_get_julian (date) - FIRST_JULIAN;
}

/**
 * altm_calendar_find_instant:
 * @zone: Europe/Paris
 * @day: counted from 1970-01-01
 *
 * Returns: when the day begins, in microseconds since 1970-01-01 UTC
 */
gint64
altm_calendar_find_instant (GTimeZone *zone, int day)
{
  gint64 local = (gint64) day * DAY;
  int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_STANDARD, local);

  return (local - g_time_zone_get_offset (zone, MAX (interval, 0))) * G_USEC_PER_SEC;
}

/**
 * altm_calendar_parse_day:
 * @date: (nullable): a day, YYYY-MM-DD
 * @day: (out): counted from 1970-01-01
 *
 * Returns: whether it is one
 */
gboolean
altm_calendar_parse_day (const char *date, int *day)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  gint64 time;

  if (!altm_date_parse (date, utc, &time))
    return FALSE;
  *day = (int) divide_down (time / G_USEC_PER_SEC, DAY);
  return TRUE;
}

/**
 * altm_calendar_find_start:
 * @day: counted from 1970-01-01
 *
 * Returns: the first day of the span in which the day is
 */
int
altm_calendar_find_start (AltmSpan span, int day)
{
  GDate date;

  set_date (&date, day);
  if (span == ALTM_SPAN_WEEK)
    return day - ((int) g_date_get_weekday (&date) - G_DATE_MONDAY);
  if (span == ALTM_SPAN_MONTH)
    g_date_set_day (&date, 1);
  return count_days (&date);
}

/**
 * altm_calendar_find_next:
 * @start: the first day of a span
 *
 * Returns: the first day of the span that follows
 */
int
altm_calendar_find_next (AltmSpan span, int start)
{
  static const int days[] = { 1, WEEK };
  GDate date;

  if (span != ALTM_SPAN_MONTH)
    return start + days[span];
  set_date (&date, start);
  g_date_add_months (&date, 1);
  return count_days (&date);
}

/**
 * altm_calendar_find_year_before:
 *
 * Returns: the same day of the year before; of 29 February, 28 February
 */
int
altm_calendar_find_year_before (int day)
{
  GDate date;

  set_date (&date, day);
  g_date_subtract_years (&date, 1);
  return count_days (&date);
}

/**
 * altm_calendar_format_day:
 *
 * Returns: (transfer full): YYYY-MM-DD
 */
char *
altm_calendar_format_day (int day)
{
  GDate date;

  set_date (&date, day);
  return g_strdup_printf ("%04d-%02d-%02d", (int) g_date_get_year (&date), (int) g_date_get_month (&date),
                          (int) g_date_get_day (&date));
}
