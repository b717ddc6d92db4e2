/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-flow.h"
#include "altm-shift.h"
#include "altm-test.h"
#include "altm-time.h"

/* The slot that ALTM_TEST_NOW lies in begins at 17:00 UTC. */
#define NEXT_SLOT (ALTM_TEST_NOW + ALTM_SLOT)

static void
tap (AltmStore *store, const char *office, const char *code, int step, gint64 now)
{
  g_autoptr(GError) error = NULL;

  altm_flow_count (store, office, code, step, now, &error);
  g_assert_no_error (error);
}

static void
raise_to (AltmStore *store, const char *code, int value)
{
  g_autoptr(GError) error = NULL;

  altm_flow_raise (store, ALTM_TEST_OFFICE, code, value, ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
}

static void
queue (AltmStore *store, gboolean with_running_slot, gint64 now)
{
  g_autoptr(GError) error = NULL;

  altm_flow_queue (store, with_running_slot, now, &error);
  g_assert_no_error (error);
}

static void
assert_counts (AltmStore *store, const char *office, gint64 now, const char *expected)
{
  g_autoptr(json_t) counts = altm_flow_load (store, office, now);

  altm_test_assert_json (counts, expected);
}

static void
assert_line (AltmStore *store, gint64 seq, gint64 rev, const char *data)
{
  g_autofree char *text = altm_test_line_text (store, seq);
  g_autoptr(json_t) line = altm_json_parse (text, strlen (text), NULL);

  g_assert_cmpstr (altm_json_get_string (line, "type"), ==, "flow");
  g_assert_cmpint (altm_json_get_integer (line, "rev", 0), ==, rev);
  altm_test_assert_json (json_object_get (line, "data"), data);
}

static void
taps_add_up_in_their_slot (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();

  assert_counts (tablet->store, ALTM_TEST_OFFICE, ALTM_TEST_NOW, "{}");
  for (int i = 0; i < 3; i++)
    tap (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW);
  tap (tablet->store, ALTM_TEST_OFFICE, "colis", 1, ALTM_TEST_NOW);
  tap (tablet->store, ALTM_TEST_OTHER_OFFICE, "entres", 1, ALTM_TEST_NOW);
  tap (tablet->store, ALTM_TEST_OFFICE, "entres", 1, NEXT_SLOT);
  assert_counts (tablet->store, ALTM_TEST_OFFICE, ALTM_TEST_NOW, "{'entres':3,'colis':1}");
  assert_counts (tablet->store, ALTM_TEST_OTHER_OFFICE, ALTM_TEST_NOW, "{'entres':1}");
  assert_counts (tablet->store, ALTM_TEST_OFFICE, NEXT_SLOT, "{'entres':1}");
}

static void
taps_outlive_the_program (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();

  tap (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW);
  altm_test_store_close (tablet);
  altm_test_store_open (tablet);
  assert_counts (tablet->store, ALTM_TEST_OFFICE, ALTM_TEST_NOW, "{'entres':1}");
}

static void
undoing_stops_at_zero (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();

  tap (tablet->store, ALTM_TEST_OFFICE, "colis", -1, ALTM_TEST_NOW);
  assert_counts (tablet->store, ALTM_TEST_OFFICE, ALTM_TEST_NOW, "{}");
  tap (tablet->store, ALTM_TEST_OFFICE, "colis", 1, ALTM_TEST_NOW);
  assert_counts (tablet->store, ALTM_TEST_OFFICE, ALTM_TEST_NOW, "{'colis':1}");
  tap (tablet->store, ALTM_TEST_OFFICE, "colis", -1, ALTM_TEST_NOW);
  tap (tablet->store, ALTM_TEST_OFFICE, "colis", -1, ALTM_TEST_NOW);
  assert_counts (tablet->store, ALTM_TEST_OFFICE, ALTM_TEST_NOW, "{}");
}

static void
a_maximum_keeps_the_greater (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();

  raise_to (tablet->store, "file_max", 4);
  raise_to (tablet->store, "file_max", 9);
  raise_to (tablet->store, "file_max", 2);
  raise_to (tablet->store, "attente_max_min", -3);
  assert_counts (tablet->store, ALTM_TEST_OFFICE, ALTM_TEST_NOW, "{'file_max':9}");
}

static void
taps_are_counted_together_or_not_at_all (void)
{
  static const AltmTap taps[] = {
    { ALTM_TEST_OFFICE, "entres", FALSE, 1, ALTM_TEST_NOW },     { ALTM_TEST_OFFICE, "entres", FALSE, 1, ALTM_TEST_NOW },
    { ALTM_TEST_OFFICE, "colis", FALSE, 1, ALTM_TEST_NOW },      { ALTM_TEST_OFFICE, "colis", FALSE, -1, ALTM_TEST_NOW },
    { ALTM_TEST_OFFICE, "file_max", TRUE, 7, ALTM_TEST_NOW },    { ALTM_TEST_OFFICE, "file_max", TRUE, 4, ALTM_TEST_NOW },
    { ALTM_TEST_OFFICE, "courrier", FALSE, 1, NEXT_SLOT },       { ALTM_TEST_OFFICE, "sortis", FALSE, 1, ALTM_TEST_NOW },
  };
  const AltmTap *all[G_N_ELEMENTS (taps)];
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (taps); i++)
    all[i] = &taps[i];
  g_assert_false (altm_flow_tap (tablet->store, all, G_N_ELEMENTS (taps), &error));
  g_assert_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_CODE);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT COUNT (*) FROM flow_slots"), ==, 0);
  g_assert_true (altm_flow_tap (tablet->store, all, G_N_ELEMENTS (taps) - 1, NULL));
  assert_counts (tablet->store, ALTM_TEST_OFFICE, ALTM_TEST_NOW, "{'entres':2,'file_max':7}");
  assert_counts (tablet->store, ALTM_TEST_OFFICE, NEXT_SLOT, "{'courrier':1}");
}

static void
unknown_counters_and_offices_are_refused (void)
{
  static const char *const wrong[][2] = {
    { ALTM_TEST_OFFICE, "sortis" }, { ALTM_TEST_PLACE, "entres" }, { "00000A", "entres" },
  };
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr(GError) counting = NULL;
      g_autoptr(GError) raising = NULL;

      g_assert_false (altm_flow_count (tablet->store, wrong[i][0], wrong[i][1], 1, ALTM_TEST_NOW, &counting));
      g_assert_error (counting, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_CODE);
      g_assert_false (altm_flow_raise (tablet->store, wrong[i][0], wrong[i][1], 1, ALTM_TEST_NOW, &raising));
      g_assert_error (raising, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_CODE);
    }
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT COUNT (*) FROM flow_slots"), ==, 0);
}

static void
a_running_slot_is_not_queued (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  gint64 last = G_GINT64_CONSTANT (1795539600000000) + ALTM_SLOT - 1;

  tap (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW);
  queue (tablet->store, FALSE, last);
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 0);
  queue (tablet->store, FALSE, last + 1);
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 1);
}

static void
an_ended_slot_is_queued_once_as_its_totals (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *text = NULL;
  g_autoptr(json_t) line = NULL;

  tap (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW);
  tap (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW);
  raise_to (tablet->store, "file_max", 4);
  queue (tablet->store, FALSE, NEXT_SLOT);
  queue (tablet->store, FALSE, NEXT_SLOT);
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 1);
  assert_line (tablet->store, 1, 1, "{'office':'12945A','slot':'2026-11-24T17:00:00Z','counts':{'entres':2,'file_max':4}}");
  text = altm_test_line_text (tablet->store, 1);
  line = altm_json_parse (text, strlen (text), NULL);
  g_assert_cmpstr (altm_json_get_string (line, "place"), ==, ALTM_TEST_OFFICE);
  g_assert_cmpstr (altm_json_get_string (line, "at"), ==, "2026-11-24T17:00:00Z");
}

static void
later_taps_make_a_second_revision_of_totals (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();

  tap (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW);
  queue (tablet->store, TRUE, ALTM_TEST_NOW);
  tap (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW + 1);
  queue (tablet->store, FALSE, NEXT_SLOT);
  assert_line (tablet->store, 1, 1, "{'office':'12945A','slot':'2026-11-24T17:00:00Z','counts':{'entres':1}}");
  assert_line (tablet->store, 2, 2, "{'office':'12945A','slot':'2026-11-24T17:00:00Z','counts':{'entres':2}}");
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT COUNT (DISTINCT id) FROM lines"), ==, 1);
}

static void
taps_that_were_undone_are_queued_as_nothing (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();

  tap (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW);
  tap (tablet->store, ALTM_TEST_OFFICE, "entres", -1, ALTM_TEST_NOW);
  queue (tablet->store, TRUE, ALTM_TEST_NOW);
  assert_line (tablet->store, 1, 1, "{'office':'12945A','slot':'2026-11-24T17:00:00Z','counts':{}}");
}

static void
several_slots_are_queued_together (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();

  for (int i = 0; i < 4; i++)
    tap (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW + i * ALTM_SLOT);
  tap (tablet->store, ALTM_TEST_OTHER_OFFICE, "entres", 1, ALTM_TEST_NOW);
  queue (tablet->store, FALSE, ALTM_TEST_NOW + 3 * ALTM_SLOT);
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 4);
  queue (tablet->store, TRUE, ALTM_TEST_NOW + 3 * ALTM_SLOT);
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 5);
}

static void
nothing_counted_is_nothing_queued (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();

  queue (tablet->store, TRUE, ALTM_TEST_NOW);
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 0);
}

static void
the_end_of_a_shift_queues_its_running_slot (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmShift) shift = NULL;
  g_autofree char *text = NULL;
  g_autoptr(json_t) line = NULL;

  g_assert_true (altm_shift_start (tablet->store, "bureau_poste", ALTM_TEST_OFFICE, "m-17", NULL, ALTM_TEST_NOW, NULL));
  tap (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW + 1);
  g_assert_true (altm_shift_end (tablet->store, ALTM_TEST_NOW + 2, NULL));
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 3);
  assert_line (tablet->store, 2, 1, "{'office':'12945A','slot':'2026-11-24T17:00:00Z','counts':{'entres':1}}");
  shift = altm_shift_load_last (tablet->store);
  text = altm_test_line_text (tablet->store, 2);
  line = altm_json_parse (text, strlen (text), NULL);
  g_assert_cmpstr (altm_json_get_string (line, "shift"), ==, shift->id);
  g_assert_cmpstr (altm_json_get_string (line, "by"), ==, "m-17");
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/flow/count", taps_add_up_in_their_slot);
  g_test_add_func ("/flow/durable", taps_outlive_the_program);
  g_test_add_func ("/flow/undo", undoing_stops_at_zero);
  g_test_add_func ("/flow/maximum", a_maximum_keeps_the_greater);
  g_test_add_func ("/flow/together", taps_are_counted_together_or_not_at_all);
  g_test_add_func ("/flow/wrong", unknown_counters_and_offices_are_refused);
  g_test_add_func ("/flow/queue/running", a_running_slot_is_not_queued);
  g_test_add_func ("/flow/queue/ended", an_ended_slot_is_queued_once_as_its_totals);
  g_test_add_func ("/flow/queue/later", later_taps_make_a_second_revision_of_totals);
  g_test_add_func ("/flow/queue/undone", taps_that_were_undone_are_queued_as_nothing);
  g_test_add_func ("/flow/queue/several", several_slots_are_queued_together);
  g_test_add_func ("/flow/queue/nothing", nothing_counted_is_nothing_queued);
  g_test_add_func ("/flow/queue/shift", the_end_of_a_shift_queues_its_running_slot);
  return g_test_run ();
}
