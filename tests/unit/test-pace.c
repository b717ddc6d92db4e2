/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-pace.h"
#include "altm-test.h"

#define SECONDS(n) ((gint64) ((n) * G_USEC_PER_SEC))

/* A line, without a socket: so long for a batch of so many bytes. */
typedef struct
{
  double round_trip; /* seconds */
  double bytes_per_second;
} Line;

static const Line line_2g = { 0.8, 5000 };

static gint64
time_of (const Line *line, gsize bytes)
{
  return SECONDS (line->round_trip + (double) bytes / line->bytes_per_second);
}

/* Sends full batches; returns how long the last one took. */
static gint64
send_batches (AltmPace *pace, const Line *line, int n)
{
  gint64 elapsed = 0;

  for (int i = 0; i < n; i++)
    {
      gsize bytes = pace->bytes;

      elapsed = time_of (line, bytes);
      altm_pace_note_receipt (pace, bytes, elapsed);
    }
  return elapsed;
}

static void
the_first_batch_suits_2g (void)
{
  AltmPace pace;
  gint64 elapsed;

  altm_pace_init (&pace);
  elapsed = time_of (&line_2g, pace.bytes);
  g_assert_cmpint (elapsed, >=, SECONDS (2));
  g_assert_cmpint (elapsed, <=, SECONDS (5));
  /* A day of 60 records is one batch. */
  g_assert_cmpuint (pace.bytes, >=, 60 * 90);
  g_assert_cmpuint (altm_pace_get_plain (&pace), >=, 60 * 400);
}

static void
batches_come_to_take_2_to_5_seconds (void)
{
  static const Line lines[] = { { 0.8, 5000 },   { 0.8, 2500 },    { 0.3, 20000 },    { 2, 10000 },
                                { 0.1, 125000 }, { 0.05, 500000 }, { 0.03, 2000000 }, { 0.8, 1200 } };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      AltmPace pace;
      gint64 elapsed;

      altm_pace_init (&pace);
      elapsed = send_batches (&pace, &lines[i], 12);
      g_test_message ("%g bytes/s: %" G_GSIZE_FORMAT " bytes in %" G_GINT64_FORMAT " µs", lines[i].bytes_per_second,
                      pace.bytes, elapsed);
      g_assert_cmpint (elapsed, >=, SECONDS (2));
      g_assert_cmpint (elapsed, <=, SECONDS (5));
    }
}

static void
it_doubles_on_a_fast_line_up_to_an_end (void)
{
  AltmPace pace;
  gsize before;

  altm_pace_init (&pace);
  before = pace.bytes;
  altm_pace_note_receipt (&pace, before, SECONDS (0.1));
  g_assert_cmpuint (pace.bytes, ==, 2 * before);
  for (int i = 0; i < 40; i++)
    altm_pace_note_receipt (&pace, pace.bytes, 0);
  g_assert_cmpuint (pace.bytes, ==, 16 * 1024 * 1024);
}

/* Five lines in a round trip of a second say nothing of what 200 would take. */
static void
a_small_batch_says_nothing_unless_it_was_slow (void)
{
  AltmPace pace;
  gsize before;

  altm_pace_init (&pace);
  before = pace.bytes;
  altm_pace_note_receipt (&pace, 400, SECONDS (0.9));
  g_assert_cmpuint (pace.bytes, ==, before);
  altm_pace_note_receipt (&pace, 400, SECONDS (4.9));
  g_assert_cmpuint (pace.bytes, ==, before);
  altm_pace_note_receipt (&pace, 4000, SECONDS (6));
  g_assert_cmpuint (pace.bytes, <, before);
}

static void
it_follows_a_line_that_becomes_slow (void)
{
  static const Line fast = { 0.05, 1000000 };
  AltmPace pace;

  altm_pace_init (&pace);
  send_batches (&pace, &fast, 12);
  g_assert_cmpuint (pace.bytes, >, 1000000);
  send_batches (&pace, &line_2g, 2);
  g_assert_cmpint (time_of (&line_2g, pace.bytes), <=, SECONDS (5));
  g_assert_cmpint (time_of (&line_2g, pace.bytes), >=, SECONDS (2));
}

static void
cuts_make_it_smaller_down_to_an_end (void)
{
  AltmPace pace;
  gsize before;

  altm_pace_init (&pace);
  before = pace.bytes;
  altm_pace_note_cut (&pace, before, SECONDS (0.1));
  g_assert_cmpuint (pace.bytes, ==, before / 2);
  for (int i = 0; i < 40; i++)
    altm_pace_note_cut (&pace, pace.bytes, 0);
  g_assert_cmpuint (pace.bytes, ==, 2048);

  /* One that hung for a minute was far too large. */
  pace.bytes = 1000000;
  altm_pace_note_cut (&pace, 1000000, SECONDS (60));
  g_assert_cmpuint (pace.bytes, ==, 50000);
}

static void
lines_are_counted_as_they_are_sent (void)
{
  AltmPace pace;

  altm_pace_init (&pace);
  altm_pace_note_size (&pace, 10000, 8000);
  g_assert_cmpuint (altm_pace_get_plain (&pace), ==, pace.bytes * 125 / 100);
  altm_pace_note_size (&pace, 0, 0);
  g_assert_cmpuint (altm_pace_get_plain (&pace), >, 0);
  altm_pace_note_size (&pace, 1 << 20, 1);
  g_assert_cmpuint (altm_pace_get_plain (&pace), <=, 50 * pace.bytes);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/pace/first", the_first_batch_suits_2g);
  g_test_add_func ("/pace/lines", batches_come_to_take_2_to_5_seconds);
  g_test_add_func ("/pace/doubles", it_doubles_on_a_fast_line_up_to_an_end);
  g_test_add_func ("/pace/small", a_small_batch_says_nothing_unless_it_was_slow);
  g_test_add_func ("/pace/slower", it_follows_a_line_that_becomes_slow);
  g_test_add_func ("/pace/cuts", cuts_make_it_smaller_down_to_an_end);
  g_test_add_func ("/pace/gzip", lines_are_counted_as_they_are_sent);
  return g_test_run ();
}
