/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-test.h"

#include "altm-calendar.h"
#include "altm-counts.h"
#include "altm-mask.h"
#include "altm-paper.h"
#include "altm-throttle.h"

#define DAY (24 * 60 * 60)

/* Against GLib's own calendar, every hour and a bit of three years, in which the clocks change six times. */
static void
moments_are_those_of_paris (void)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  g_autoptr(GDateTime) begin = g_date_time_new_utc (1970, 1, 1, 0, 0, 0);

  for (gint64 seconds = -400 * (gint64) DAY; seconds < 60 * 366 * (gint64) DAY; seconds += 3607 * 5)
    {
      AltmMoment moment = altm_calendar_read (paris, seconds * G_USEC_PER_SEC + 999999);
      g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (seconds);
      g_autoptr(GDateTime) local = g_date_time_to_timezone (utc, paris);
      g_autoptr(GDateTime) midnight = g_date_time_new_utc (g_date_time_get_year (local), g_date_time_get_month (local),
                                                           g_date_time_get_day_of_month (local), 0, 0, 0);

      g_assert_cmpint (moment.hour, ==, g_date_time_get_hour (local));
      g_assert_cmpint (moment.weekday, ==, g_date_time_get_day_of_week (local) - 1);
      g_assert_cmpint (moment.day, ==, g_date_time_difference (midnight, begin) / G_TIME_SPAN_DAY);
    }
}

static void
a_day_begins_at_its_first_instant (void)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");

  for (int day = 18000; day < 21000; day++)
    {
      gint64 instant = altm_calendar_find_instant (paris, day);

      g_assert_cmpint (altm_calendar_read (paris, instant).day, ==, day);
      g_assert_cmpint (altm_calendar_read (paris, instant - 1).day, ==, day - 1);
    }
}

static void
spans_follow_each_other (void)
{
  static const struct
  {
    AltmSpan span;
    const char *day;
    const char *start;
    const char *next;
  } cases[] = {
    { ALTM_SPAN_DAY, "2026-11-27", "2026-11-27", "2026-11-28" },   { ALTM_SPAN_WEEK, "2026-11-27", "2026-11-23", "2026-11-30" },
    { ALTM_SPAN_WEEK, "2026-11-23", "2026-11-23", "2026-11-30" },  { ALTM_SPAN_WEEK, "2026-11-29", "2026-11-23", "2026-11-30" },
    { ALTM_SPAN_WEEK, "2027-01-01", "2026-12-28", "2027-01-04" },  { ALTM_SPAN_MONTH, "2026-12-31", "2026-12-01", "2027-01-01" },
    { ALTM_SPAN_MONTH, "2028-02-29", "2028-02-01", "2028-03-01" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      int day, start;
      g_autofree char *first = NULL, *next = NULL;

      g_assert_true (altm_calendar_parse_day (cases[i].day, &day));
      start = altm_calendar_find_start (cases[i].span, day);
      first = altm_calendar_format_day (start);
      next = altm_calendar_format_day (altm_calendar_find_next (cases[i].span, start));
      g_assert_cmpstr (first, ==, cases[i].start);
      g_assert_cmpstr (next, ==, cases[i].next);
    }
}

static void
the_year_before_has_the_same_days (void)
{
  static const char *const cases[][2] = {
    { "2026-11-27", "2025-11-27" }, { "2028-02-29", "2027-02-28" }, { "2029-03-01", "2028-03-01" }, { "2026-01-01", "2025-01-01" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      int day;
      g_autofree char *before = NULL;

      g_assert_true (altm_calendar_parse_day (cases[i][0], &day));
      before = altm_calendar_format_day (altm_calendar_find_year_before (day));
      g_assert_cmpstr (before, ==, cases[i][1]);
    }
}

/* What was counted, in whichever order and by whichever steps, gives the same bytes. */
static void
counts_are_packed_alike (void)
{
  static const gint64 numbers[] = { 1, 127, 128, 16383, 16384, G_MAXINT32, G_MAXINT64 / 2 };
  g_autoptr(GArray) up = altm_counts_new (), down = altm_counts_new (), back = altm_counts_new ();
  g_autoptr(GBytes) one = NULL, other = NULL, again = NULL;
  gsize length;
  const guint8 *bytes;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    altm_counts_add (up, i * 100, numbers[i]);
  for (guint i = G_N_ELEMENTS (numbers); i-- > 0;)
    {
      altm_counts_add (down, i * 100, numbers[i] + 5);
      altm_counts_add (down, i * 100 + 1, 3);
    }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      altm_counts_add (down, i * 100, -5);
      altm_counts_add (down, i * 100 + 1, -3);
    }
  one = altm_counts_pack (up);
  other = altm_counts_pack (down);
  g_assert_true (g_bytes_equal (one, other));
  bytes = g_bytes_get_data (one, &length);
  g_assert_true (altm_counts_unpack (back, bytes, length));
  again = altm_counts_pack (back);
  g_assert_true (g_bytes_equal (one, again));
}

static void
nothing_is_packed_as_nothing (void)
{
  g_autoptr(GArray) counts = altm_counts_new ();

  altm_counts_add (counts, 7, 2);
  altm_counts_add (counts, 7, -2);
  g_assert_null (altm_counts_pack (counts));
  g_assert_true (altm_counts_unpack (counts, NULL, 0));
}

static void
other_bytes_are_no_counts (void)
{
  static const guint8 cases[][12] = {
    { 0x01 }, { 0x81 }, { 0x01, 0x80 }, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 },
  };
  static const gsize lengths[] = { 1, 1, 2, 12 };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GArray) counts = altm_counts_new ();

      g_assert_false (altm_counts_unpack (counts, cases[i], lengths[i]));
    }
}

static void
few_people_are_masked (void)
{
  static const struct
  {
    const char *counts;
    const char *masked;
    gboolean is_safe;
  } cases[] = {
    { "{}", "{}", TRUE },
    { "{'a':0,'b':12}", "{'a':0,'b':12}", TRUE },
    { "{'a':5,'b':12}", "{'a':5,'b':12}", TRUE },
    /* One that is masked alone is the sum less the others. */
    { "{'a':4,'b':12,'c':9}", "{'a':null,'b':12,'c':null}", TRUE },
    { "{'a':4,'b':3,'c':9}", "{'a':null,'b':null,'c':9}", TRUE },
    /* Two that are 2 together tell of 2 people. */
    { "{'a':1,'b':1,'c':9,'d':0}", "{'a':null,'b':null,'c':null,'d':0}", TRUE },
    /* Four that are 5 together are hardly more than 1 each, and five are 1 each. */
    { "{'a':1,'b':1,'c':2,'d':1,'e':70}", "{'a':null,'b':null,'c':null,'d':null,'e':null}", TRUE },
    { "{'a':1,'b':1,'c':1,'d':1,'e':1,'f':30,'g':70}", "{'a':null,'b':null,'c':null,'d':null,'e':null,'f':null,'g':70}", TRUE },
    { "{'a':1,'b':1,'c':1,'d':1,'e':1}", "{'a':null,'b':null,'c':null,'d':null,'e':null}", FALSE },
    { "{'a':4,'b':2}", "{'a':null,'b':null}", TRUE },
    { "{'a':4,'b':1}", "{'a':null,'b':null}", FALSE },
    { "{'a':3}", "{'a':null}", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(json_t) counts = altm_test_json (cases[i].counts);
      g_autoptr(json_t) table = altm_mask_table (counts);

      g_assert_true (altm_mask_counts (counts) == cases[i].is_safe);
      altm_test_assert_json (counts, cases[i].masked);
      g_assert_true (cases[i].is_safe ? json_equal (table, counts) : json_is_null (table));
    }
}

/* Where no sum is told, nothing else has to go with them. */
static void
few_are_masked_alone_where_no_sum_is_told (void)
{
  g_autoptr(json_t) counts = altm_test_json ("{'a':0,'b':1,'c':4,'d':5,'e':70}");

  altm_mask_few (counts);
  altm_test_assert_json (counts, "{'a':0,'b':null,'c':null,'d':5,'e':70}");
}

/* A channel that is made of processes does not stand beside them. */
static void
activities_are_one_table (void)
{
  g_autoptr(json_t) processes = altm_test_json ("{'telephone_habitants':7,'telephone_familles':2,'espace_public':9,'autre':6}");
  g_autoptr(json_t) channels = altm_test_json ("{'telephone':9,'espace_public':9,'habitat':4,'ecole':2}");
  g_autoptr(json_t) activities = altm_paper_join_activities (processes, channels);

  altm_test_assert_json (activities, "{'telephone_habitants':7,'telephone_familles':2,'espace_public':9,'habitat':4,'ecole':2}");
}

static void
a_name_waits_longer_each_time (void)
{
  AltmThrottle *throttle = altm_throttle_new ();
  gint64 now = 1000 * G_TIME_SPAN_DAY;
  static const gint64 waits[] = { 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900 };

  for (gsize i = 0; i < G_N_ELEMENTS (waits); i++)
    {
      altm_throttle_note (throttle, "claire", now);
      g_assert_cmpint (altm_throttle_find_wait (throttle, "claire", now), ==, waits[i] * G_TIME_SPAN_SECOND);
      now += waits[i] * G_TIME_SPAN_SECOND;
      g_assert_cmpint (altm_throttle_find_wait (throttle, "claire", now), ==, 0);
    }
  g_assert_cmpint (altm_throttle_find_wait (throttle, "paul", now), ==, 0);
  altm_throttle_forget (throttle, "claire");
  altm_throttle_note (throttle, "claire", now);
  g_assert_cmpint (altm_throttle_find_wait (throttle, "claire", now), ==, 0);
  altm_throttle_free (throttle);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/figures/calendar/paris", moments_are_those_of_paris);
  g_test_add_func ("/figures/calendar/day", a_day_begins_at_its_first_instant);
  g_test_add_func ("/figures/calendar/spans", spans_follow_each_other);
  g_test_add_func ("/figures/calendar/year-before", the_year_before_has_the_same_days);
  g_test_add_func ("/figures/counts/alike", counts_are_packed_alike);
  g_test_add_func ("/figures/counts/nothing", nothing_is_packed_as_nothing);
  g_test_add_func ("/figures/counts/other-bytes", other_bytes_are_no_counts);
  g_test_add_func ("/figures/mask", few_people_are_masked);
  g_test_add_func ("/figures/mask-few", few_are_masked_alone_where_no_sum_is_told);
  g_test_add_func ("/figures/activities", activities_are_one_table);
  g_test_add_func ("/figures/throttle", a_name_waits_longer_each_time);
  return g_test_run ();
}
