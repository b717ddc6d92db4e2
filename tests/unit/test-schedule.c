/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-schedule.h"
#include "altm-test.h"

#define SECONDS(n) ((gint64) ((n) * G_USEC_PER_SEC))
#define NOW SECONDS (1000)

static AltmSchedule
failed (guint times, gint64 most_seconds, double chance)
{
  AltmSchedule self = { 0 };

  for (guint i = 0; i < times; i++)
    {
      altm_schedule_begin (&self, NOW);
      altm_schedule_note_failure (&self, most_seconds, 0, chance, NOW);
    }
  return self;
}

static void
news_are_asked_for_every_quarter_of_an_hour (void)
{
  AltmSchedule self = { 0 };

  altm_schedule_begin (&self, NOW);
  g_assert_cmpint (self.due, ==, 0);
  altm_schedule_note_success (&self, NOW);
  g_assert_cmpint (self.due, ==, NOW + SECONDS (900));
}

static void
what_is_queued_is_sent_within_seconds (void)
{
  AltmSchedule self = { 0 };

  altm_schedule_note_queued (&self, NOW);
  g_assert_cmpint (self.due, ==, NOW + SECONDS (2));
  /* One after the other does not put it off. */
  altm_schedule_note_queued (&self, NOW + SECONDS (1));
  g_assert_cmpint (self.due, ==, NOW + SECONDS (2));
  altm_schedule_begin (&self, NOW);
  altm_schedule_note_success (&self, NOW);
  altm_schedule_note_queued (&self, NOW);
  g_assert_cmpint (self.due, ==, NOW + SECONDS (2));
}

static void
after_a_failure_what_is_queued_waits (void)
{
  AltmSchedule self = failed (12, ALTM_SCHEDULE_MOST_BACKOFF, 0.5);

  altm_schedule_note_queued (&self, NOW);
  g_assert_cmpint (self.due, ==, NOW + SECONDS (450));
}

static void
waits_double_with_full_jitter_up_to_the_bound (void)
{
  static const struct
  {
    guint failures;
    gint64 most_seconds;
    gint64 bound;
  } cases[] = { { 1, 900, 5 },     { 2, 900, 10 },     { 3, 900, 20 },          { 8, 900, 640 },  { 9, 900, 900 },
                { 50, 900, 900 }, { 100000, 900, 900 }, { 6, 120, 120 }, { 1, 120, 5 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AltmSchedule most = failed (cases[i].failures, cases[i].most_seconds, 1);
      AltmSchedule half = failed (cases[i].failures, cases[i].most_seconds, 0.5);
      AltmSchedule least = failed (cases[i].failures, cases[i].most_seconds, 0);

      g_assert_cmpint (most.due, ==, NOW + SECONDS (cases[i].bound));
      g_assert_cmpint (half.due, ==, NOW + SECONDS (cases[i].bound * 0.5));
      g_assert_cmpint (least.due, ==, NOW + SECONDS (1));
    }
}

static void
one_success_ends_the_backoff (void)
{
  AltmSchedule self = failed (20, ALTM_SCHEDULE_MOST_BACKOFF, 1);

  altm_schedule_begin (&self, NOW);
  altm_schedule_note_success (&self, NOW);
  altm_schedule_begin (&self, NOW);
  altm_schedule_note_failure (&self, ALTM_SCHEDULE_MOST_BACKOFF, 0, 1, NOW);
  g_assert_cmpint (self.due, ==, NOW + SECONDS (5));
}

/* A thousand tablets that were told the same do not come back as one. */
static void
what_hq_asks_for_is_waited_for_and_up_to_as_long_again (void)
{
  static const struct
  {
    gint64 retry_after;
    double chance;
    gint64 wait;
  } cases[] = { { 30, 0, 30 },  { 30, 1, 60 },    { 30, 0.5, 45 },       { 2, 1, 7 },
                { 600, 1, 1200 }, { 86400, 0, 900 }, { G_MAXINT64, 1, 1800 }, { -7, 1, 5 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AltmSchedule self = { 0 };

      altm_schedule_begin (&self, NOW);
      altm_schedule_note_failure (&self, ALTM_SCHEDULE_MOST_BACKOFF, cases[i].retry_after, cases[i].chance, NOW);
      g_assert_cmpint (self.due, ==, NOW + SECONDS (cases[i].wait));
    }
}

static void
a_network_wakes_it_within_5_seconds (void)
{
  static const double chances[] = { 0, 0.5, 1 };
  static const gint64 delays[] = { 0, SECONDS (0.1), SECONDS (3), SECONDS (60), SECONDS (800) };

  for (gsize i = 0; i < G_N_ELEMENTS (chances) * G_N_ELEMENTS (delays); i++)
    {
      AltmSchedule self = failed (20, ALTM_SCHEDULE_MOST_BACKOFF, 1);
      gint64 returned = NOW + delays[i % G_N_ELEMENTS (delays)];

      altm_schedule_note_network (&self, chances[i / G_N_ELEMENTS (delays)], returned);
      g_assert_cmpint (self.due, >, returned);
      g_assert_cmpint (self.due, <=, returned + SECONDS (5));
      /* And what failed on the old one no longer counts. */
      altm_schedule_begin (&self, self.due);
      altm_schedule_note_failure (&self, ALTM_SCHEDULE_MOST_BACKOFF, 0, 1, NOW);
      g_assert_cmpint (self.due, ==, NOW + SECONDS (5));
    }
}

static void
tablets_of_one_hall_are_spread (void)
{
  AltmSchedule one = failed (20, ALTM_SCHEDULE_MOST_BACKOFF, 1);
  AltmSchedule other = one;

  altm_schedule_note_network (&one, 0, NOW + SECONDS (60));
  altm_schedule_note_network (&other, 1, NOW + SECONDS (60));
  g_assert_cmpint (other.due - one.due, >=, SECONDS (1));
}

static void
a_network_never_puts_a_try_off (void)
{
  AltmSchedule self = failed (1, ALTM_SCHEDULE_MOST_BACKOFF, 0);

  altm_schedule_note_network (&self, 1, NOW + SECONDS (0.5));
  g_assert_cmpint (self.due, ==, NOW + SECONDS (1));
}

/* Ten signals a second for a minute, and a try that fails at once each time. */
static void
a_network_that_flaps_is_asked_on_every_4_seconds (void)
{
  AltmSchedule self = failed (1, ALTM_SCHEDULE_MOST_BACKOFF, 1);
  int tries = 0;

  for (gint64 now = NOW; now < NOW + SECONDS (60); now += SECONDS (0.1))
    {
      altm_schedule_note_network (&self, 0, now);
      if (now < self.due)
        continue;
      tries++;
      altm_schedule_begin (&self, now);
      altm_schedule_note_failure (&self, ALTM_SCHEDULE_MOST_BACKOFF, 0, 1, now);
    }
  g_assert_cmpint (tries, >=, 12);
  g_assert_cmpint (tries, <=, 15);
}

static void
a_network_is_no_reason_to_come_before_hq_asked_for_it (void)
{
  AltmSchedule self = { 0 };

  altm_schedule_begin (&self, NOW);
  altm_schedule_note_failure (&self, ALTM_SCHEDULE_MOST_BACKOFF, 60, 1, NOW);
  altm_schedule_note_network (&self, 0, NOW + SECONDS (10));
  g_assert_cmpint (self.due, ==, NOW + SECONDS (120));
  altm_schedule_note_network (&self, 0, NOW + SECONDS (61));
  g_assert_cmpint (self.due, ==, NOW + SECONDS (62));
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/schedule/news", news_are_asked_for_every_quarter_of_an_hour);
  g_test_add_func ("/schedule/queued", what_is_queued_is_sent_within_seconds);
  g_test_add_func ("/schedule/queued/failed", after_a_failure_what_is_queued_waits);
  g_test_add_func ("/schedule/backoff", waits_double_with_full_jitter_up_to_the_bound);
  g_test_add_func ("/schedule/backoff/ends", one_success_ends_the_backoff);
  g_test_add_func ("/schedule/retry-after", what_hq_asks_for_is_waited_for_and_up_to_as_long_again);
  g_test_add_func ("/schedule/network", a_network_wakes_it_within_5_seconds);
  g_test_add_func ("/schedule/network/spread", tablets_of_one_hall_are_spread);
  g_test_add_func ("/schedule/network/never-later", a_network_never_puts_a_try_off);
  g_test_add_func ("/schedule/network/flaps", a_network_that_flaps_is_asked_on_every_4_seconds);
  g_test_add_func ("/schedule/network/busy", a_network_is_no_reason_to_come_before_hq_asked_for_it);
  return g_test_run ();
}
