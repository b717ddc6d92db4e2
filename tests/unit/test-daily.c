/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-daily.h"
#include "altm-test.h"
#include "altm-time.h"

#define PARIS "Europe/Paris"

static gint64
at (const char *text)
{
  gint64 time = 0;

  g_assert_true (altm_time_parse (text, &time));
  return time;
}

/* Once a day from 8 o'clock on, also on the days of 23 and 25 hours, and only where something is due. */
static void
it_is_told_once_a_day (void)
{
  static const struct
  {
    const char *told;
    guint number;
    const char *now;
    gboolean is_to_tell;
  } cases[] = {
    { NULL, 2, "2026-11-24T07:59:59+01:00", FALSE },        { NULL, 2, "2026-11-24T08:00:00+01:00", TRUE },
    { NULL, 2, "2026-11-24T23:59:59+01:00", TRUE },         { NULL, 0, "2026-11-24T09:00:00+01:00", FALSE },
    { "2026-11-23", 2, "2026-11-24T08:00:00+01:00", TRUE }, { "2026-11-24", 2, "2026-11-24T08:00:00+01:00", FALSE },
    { "2026-11-24", 5, "2026-11-24T20:00:00+01:00", FALSE }, { "2026-11-24", 2, "2026-11-25T00:30:00+01:00", FALSE },
    { "2026-11-25", 2, "2026-11-24T20:00:00+01:00", FALSE }, /* a clock that was set back */
    { "2026-10-24", 1, "2026-10-25T06:30:00Z", FALSE },     { "2026-10-24", 1, "2026-10-25T07:00:00Z", TRUE },
    { "2026-03-28", 1, "2026-03-29T05:59:00Z", FALSE },     { "2026-03-28", 1, "2026-03-29T06:00:00Z", TRUE },
  };
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier (PARIS);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (altm_daily_is_to_tell (cases[i].told, cases[i].number, at (cases[i].now), zone), ==,
                     cases[i].is_to_tell);
}

/* The oldest decides; a clock that was set back makes nothing late. */
static void
what_waited_for_three_days_is_late (void)
{
  static const struct
  {
    const char *oldest;
    gint64 waiting;
    gint64 late;
  } cases[] = {
    { NULL, 0, 0 },
    { "2026-11-24T10:00:00Z", 4, 0 },
    { "2026-11-21T10:00:01Z", 4, 0 },
    { "2026-11-21T10:00:00Z", 4, 4 },
    { "2026-10-01T10:00:00Z", 1, 1 },
    { "2026-12-24T10:00:00Z", 4, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AltmOutboxSummary summary = { .waiting = cases[i].waiting };

      if (cases[i].oldest != NULL)
        summary.oldest = at (cases[i].oldest);
      g_assert_cmpint (altm_daily_count_late (&summary, at ("2026-11-24T10:00:00Z")), ==, cases[i].late);
    }
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/daily/told", it_is_told_once_a_day);
  g_test_add_func ("/daily/late", what_waited_for_three_days_is_late);
  return g_test_run ();
}
