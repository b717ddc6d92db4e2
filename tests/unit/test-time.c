/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-test.h"
#include "altm-time.h"

static void
instants_are_read_with_their_offset (void)
{
  static const struct
  {
    const char *text;
    gint64 time;
  } cases[] = {
    { "1970-01-01T00:00:00Z", 0 },
    { "2026-11-24T17:12:03Z", G_GINT64_CONSTANT (1795540323000000) },
    { "2026-11-24T18:12:03+01:00", G_GINT64_CONSTANT (1795540323000000) },
    { "2026-11-24T18:12:03.123+01:00", G_GINT64_CONSTANT (1795540323123000) },
    { "2026-11-24T18:12:03.123456+01:00", G_GINT64_CONSTANT (1795540323123456) },
    { "2026-11-24T12:12:03.5-05:00", G_GINT64_CONSTANT (1795540323500000) },
    { "2026-11-24T22:57:03+05:45", G_GINT64_CONSTANT (1795540323000000) },
    { "2026-11-25T00:12:03+07:00", G_GINT64_CONSTANT (1795540323000000) },
    { "2028-02-29T00:00:00Z", G_GINT64_CONSTANT (1835395200000000) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 time = -1;

      g_test_message ("%s", cases[i].text);
      g_assert_true (altm_time_parse (cases[i].text, &time));
      g_assert_cmpint (time, ==, cases[i].time);
      g_assert_true (altm_time_parse (cases[i].text, NULL));
    }
}

static void
what_is_no_instant_is_refused (void)
{
  static const char *const texts[] = {
    NULL, "", "2026-11-24", "2026-11-24T18:12:03", "2026-11-24 18:12:03Z", "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-31T00:00:00Z", "2026-11-24T25:00:00Z",
    "2026-11-24T18:60:00Z", "2026-11-24T18:12:62Z", "20261124T181203Z", "2026-W48-2T18:12:03Z",
    "2026-328T18:12:03Z", "2026-11-24T18:12:03+25:00", "2026-11-24T18:12:03Zx", "x2026-11-24T18:12:03Z",
    "2026-11-24T18:12:03.000000000000000000000Z", "today", "2026-11-24T18:12Z", "2026-11-24T18Z",
    "2026-11-24T18:12:03+01", "2026-11-24T18:12:03+0100", "2026-11-24T18:12:03+01:61", "2026-11-24T18:12:03.Z",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_test_message ("%s", texts[i]);
      g_assert_false (altm_time_parse (texts[i], NULL));
    }
}

static void
the_offset_written_is_the_seasons (void)
{
  static const struct
  {
    gint64 seconds;
    const char *text;
  } cases[] = {
    { 1795540323, "2026-11-24T18:12:03.007+01:00" }, { 1782136800, "2026-06-22T16:00:00.007+02:00" },
    { 1774745999, "2026-03-29T01:59:59.007+01:00" }, { 1774746000, "2026-03-29T03:00:00.007+02:00" },
    { 1792889999, "2026-10-25T02:59:59.007+02:00" }, { 1792890000, "2026-10-25T02:00:00.007+01:00" },
  };
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 time = cases[i].seconds * G_USEC_PER_SEC + 7999, back = 0;
      g_autofree char *text = altm_time_format (time, paris);

      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_true (altm_time_parse (text, &back));
      g_assert_cmpint (back, ==, time / 1000 * 1000);
    }
}

static void
utc_is_written_as_an_offset (void)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *text = altm_time_format (ALTM_TEST_NOW, utc);

  g_assert_cmpstr (text, ==, "2026-11-24T17:12:03.123+00:00");
}

static void
a_slot_is_the_start_of_its_quarter (void)
{
  static const struct
  {
    gint64 after;
    const char *text;
  } cases[] = {
    { 0, "2026-11-24T17:00:00Z" },
    { ALTM_SLOT - 1, "2026-11-24T17:00:00Z" },
    { ALTM_SLOT, "2026-11-24T17:15:00Z" },
    { 3 * ALTM_SLOT + 1, "2026-11-24T17:45:00Z" },
    { 28 * ALTM_SLOT, "2026-11-25T00:00:00Z" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 start = G_GINT64_CONSTANT (1795539600000000);
      g_autofree char *text = altm_time_format_slot (start + cases[i].after);
      gint64 time = -1;

      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_true (altm_time_parse (text, &time));
      g_assert_cmpint (time % ALTM_SLOT, ==, 0);
    }
}

static void
a_day_begins_at_its_zones_midnight (void)
{
  static const struct
  {
    const char *text;
    gint64 seconds;
  } cases[] = {
    { "2026-11-24", 1795474800 }, { "2026-03-29", 1774738800 }, { "2026-03-30", 1774821600 },
    { "2026-10-25", 1792879200 }, { "2026-10-26", 1792969200 }, { "2028-02-29", 1835391600 },
  };
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 time = -1;

      g_test_message ("%s", cases[i].text);
      g_assert_true (altm_date_parse (cases[i].text, paris, &time));
      g_assert_cmpint (time, ==, cases[i].seconds * G_USEC_PER_SEC);
      g_assert_true (altm_date_parse (cases[i].text, paris, NULL));
    }
}

static void
what_is_no_day_is_refused (void)
{
  static const char *const texts[] = {
    NULL, "", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00", "2026-1-01", "2026-01-1",
    "26-01-01", "2026-01-01 ", " 026-01-01", "+026-01-01", "-026-01-01", "2026- 1- 1", "2026-+1-+1",
    "2026-01-1-", "2026-1--01", "-2026-1-01", "2026/01/01",
    "01-01-2026", "2026-01-0x", "20260101", "2026-01-01T00:00:00Z",
  };
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_test_message ("%s", texts[i]);
      g_assert_false (altm_date_parse (texts[i], utc, NULL));
    }
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/time/parse", instants_are_read_with_their_offset);
  g_test_add_func ("/time/parse/bad", what_is_no_instant_is_refused);
  g_test_add_func ("/time/format/seasons", the_offset_written_is_the_seasons);
  g_test_add_func ("/time/format/utc", utc_is_written_as_an_offset);
  g_test_add_func ("/time/slot", a_slot_is_the_start_of_its_quarter);
  g_test_add_func ("/time/date", a_day_begins_at_its_zones_midnight);
  g_test_add_func ("/time/date/bad", what_is_no_day_is_refused);
  return g_test_run ();
}
