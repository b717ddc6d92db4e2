/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-flow.h"
#include "altm-shift.h"
#include "altm-test.h"

#define MINUTE (60 * G_USEC_PER_SEC)

static void
start (AltmStore *store, const char *channel, const char *place, gint64 now)
{
  g_autoptr(json_t) partners = altm_test_value ("['m-18']");
  g_autoptr(GError) error = NULL;

  altm_shift_start (store, channel, place, "m-17", partners, now, &error);
  g_assert_no_error (error);
}

static void
end (AltmStore *store, gint64 now)
{
  g_autoptr(GError) error = NULL;

  altm_shift_end (store, now, &error);
  g_assert_no_error (error);
}

static json_t *
load_line (AltmStore *store, gint64 seq)
{
  g_autofree char *text = altm_test_line_text (store, seq);

  return altm_json_parse (text, strlen (text), NULL);
}

static void
there_is_none_at_first (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_shift_load_last (tablet->store));
  g_assert_false (altm_shift_end (tablet->store, ALTM_TEST_NOW, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING);
}

static void
a_start_is_recorded (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmShift) shift = NULL;
  g_autoptr(json_t) line = NULL;

  start (tablet->store, "espace_public", ALTM_TEST_PLACE, ALTM_TEST_NOW);
  shift = altm_shift_load_last (tablet->store);
  g_assert_true (shift->is_running);
  g_assert_cmpstr (shift->channel, ==, "espace_public");
  g_assert_cmpstr (shift->place, ==, ALTM_TEST_PLACE);
  g_assert_cmpstr (shift->by, ==, "m-17");
  g_assert_cmpint (shift->start, ==, ALTM_TEST_NOW);
  altm_test_assert_json (shift->partners, "['m-18']");

  line = load_line (tablet->store, 1);
  g_assert_cmpstr (altm_json_get_string (line, "type"), ==, "shift");
  g_assert_cmpstr (altm_json_get_string (line, "id"), ==, shift->id);
  g_assert_cmpstr (altm_json_get_string (line, "at"), ==, "2026-11-24T18:12:03.123+01:00");
  g_assert_cmpstr (altm_json_get_string (line, "by"), ==, "m-17");
  altm_test_assert_json (json_object_get (line, "data"), "{'channel':'espace_public','partners':['m-18']}");
}

static void
alone_is_without_partners (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmShift) shift = NULL;
  g_autoptr(json_t) line = NULL;

  g_assert_true (altm_shift_start (tablet->store, "telephone", ALTM_TEST_PLACE, NULL, NULL, ALTM_TEST_NOW, NULL));
  shift = altm_shift_load_last (tablet->store);
  g_assert_null (shift->partners);
  g_assert_null (shift->by);
  line = load_line (tablet->store, 1);
  g_assert_null (json_object_get (line, "by"));
  altm_test_assert_json (json_object_get (line, "data"), "{'channel':'telephone'}");
}

static void
an_end_is_a_second_revision (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmShift) shift = NULL;
  g_autoptr(json_t) first = NULL;
  g_autoptr(json_t) second = NULL;
  g_autoptr(GError) error = NULL;

  start (tablet->store, "espace_public", ALTM_TEST_PLACE, ALTM_TEST_NOW);
  end (tablet->store, ALTM_TEST_NOW + 30 * MINUTE);
  shift = altm_shift_load_last (tablet->store);
  g_assert_false (shift->is_running);
  first = load_line (tablet->store, 1);
  second = load_line (tablet->store, 2);
  g_assert_cmpstr (altm_json_get_string (second, "id"), ==, altm_json_get_string (first, "id"));
  g_assert_cmpstr (altm_json_get_string (second, "at"), ==, altm_json_get_string (first, "at"));
  g_assert_cmpstr (altm_json_get_string (second, "place"), ==, ALTM_TEST_PLACE);
  g_assert_cmpint (altm_json_get_integer (second, "rev", 0), ==, 2);
  altm_test_assert_json (json_object_get (second, "data"),
                         "{'channel':'espace_public','partners':['m-18'],'ended':'2026-11-24T18:42:03.123+01:00'}");
  g_assert_false (altm_shift_end (tablet->store, ALTM_TEST_NOW + 31 * MINUTE, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING);
}

static void
a_start_ends_the_one_before (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmShift) shift = NULL;
  g_autoptr(json_t) second = NULL;

  start (tablet->store, "espace_public", ALTM_TEST_PLACE, ALTM_TEST_NOW);
  start (tablet->store, "bureau_poste", ALTM_TEST_OFFICE, ALTM_TEST_NOW + MINUTE);
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 3);
  second = load_line (tablet->store, 2);
  g_assert_cmpstr (altm_json_get_string (json_object_get (second, "data"), "ended"), ==, "2026-11-24T18:13:03.123+01:00");
  shift = altm_shift_load_last (tablet->store);
  g_assert_true (shift->is_running);
  g_assert_cmpstr (shift->channel, ==, "bureau_poste");
}

static void
a_wrong_start_changes_nothing (void)
{
  static const char *const wrong[][2] = { { "velo", ALTM_TEST_PLACE }, { "habitat", "p-none" } };
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmShift) shift = NULL;

  start (tablet->store, "espace_public", ALTM_TEST_PLACE, ALTM_TEST_NOW);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (altm_shift_start (tablet->store, wrong[i][0], wrong[i][1], NULL, NULL, ALTM_TEST_NOW + MINUTE, &error));
      g_assert_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_CODE);
    }
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 1);
  shift = altm_shift_load_last (tablet->store);
  g_assert_true (shift->is_running);
  g_assert_cmpstr (shift->channel, ==, "espace_public");
}

static void
it_outlives_the_program (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmShift) shift = NULL;

  start (tablet->store, "habitat", ALTM_TEST_PLACE, ALTM_TEST_NOW);
  altm_test_store_close (tablet);
  altm_test_store_open (tablet);
  shift = altm_shift_load_last (tablet->store);
  g_assert_true (shift->is_running);
  g_assert_cmpstr (shift->channel, ==, "habitat");
}

static void
what_was_recorded_in_it_is_counted (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmShift) shift = NULL;
  g_autofree char *withdrawn = NULL;
  AltmEntry entry = { .type = "contact", .is_deleted = TRUE };

  altm_test_add_contacts (tablet->store, 1);
  start (tablet->store, "bureau_poste", ALTM_TEST_OFFICE, ALTM_TEST_NOW + 1000);
  altm_test_add_contacts (tablet->store, 3);
  altm_test_sql (tablet->store, "UPDATE lines SET time = time + 2000 WHERE seq > 2");
  g_free (altm_test_add (tablet->store, "referral", "{'structure_type':'ccas','status':'proposee','consent':false}"));
  altm_test_sql (tablet->store, "UPDATE lines SET time = time + 2000 WHERE type = 'referral'");
  withdrawn = altm_test_sql_text (tablet->store, "SELECT id FROM lines WHERE seq = 3");
  entry.id = withdrawn;
  g_assert_true (altm_outbox_add (tablet->store, &entry, 1, ALTM_TEST_NOW + 3000, NULL, NULL));
  altm_test_sql (tablet->store, "UPDATE lines SET time = time + 2000 WHERE seq = (SELECT MAX (seq) FROM lines)");
  for (int i = 0; i < 5; i++)
    g_assert_true (altm_flow_count (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW + 3000, NULL));
  g_assert_true (altm_flow_count (tablet->store, ALTM_TEST_OFFICE, "colis", 1, ALTM_TEST_NOW + 3000, NULL));

  shift = altm_shift_load_last (tablet->store);
  g_assert_cmpint (shift->contacts, ==, 2);
  g_assert_cmpint (shift->referrals, ==, 1);
  g_assert_cmpint (shift->counted, ==, 5);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/shift/none", there_is_none_at_first);
  g_test_add_func ("/shift/start", a_start_is_recorded);
  g_test_add_func ("/shift/start/alone", alone_is_without_partners);
  g_test_add_func ("/shift/start/again", a_start_ends_the_one_before);
  g_test_add_func ("/shift/start/wrong", a_wrong_start_changes_nothing);
  g_test_add_func ("/shift/end", an_end_is_a_second_revision);
  g_test_add_func ("/shift/durable", it_outlives_the_program);
  g_test_add_func ("/shift/counted", what_was_recorded_in_it_is_counted);
  return g_test_run ();
}
