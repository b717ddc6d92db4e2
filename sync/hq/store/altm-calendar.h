/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AltmMoment: an instant by the clocks of Europe/Paris.
 * @day: counted from 1970-01-01
 * @weekday: 0 for Monday
 * @hour: 0 to 23
 */
typedef struct
{
  int day;
  int weekday;
  int hour;
} AltmMoment;

/** AltmSpan: what is counted by: a day, a week from Monday on, a month; as in the table `cells`. */
typedef enum
{
  ALTM_SPAN_DAY,
  ALTM_SPAN_WEEK,
  ALTM_SPAN_MONTH,
  ALTM_N_SPANS,
} AltmSpan;

AltmMoment altm_calendar_read (GTimeZone *zone, gint64 time);
gint64 altm_calendar_find_instant (GTimeZone *zone, int day);
gboolean altm_calendar_parse_day (const char *date, int *day);
int altm_calendar_find_year_before (int day);
char *altm_calendar_format_day (int day);
int altm_calendar_find_start (AltmSpan span, int day);
int altm_calendar_find_next (AltmSpan span, int start);

G_END_DECLS
