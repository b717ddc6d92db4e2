/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-latest.h"
#include "altm-outbox.h"
#include "altm-shift-move.h"
#include "altm-shift.h"
#include "altm-test.h"

#define MINUTE (60 * G_USEC_PER_SEC)
#define ELSEWHERE "QN06901M"
#define NOWHERE "QN99999X"

static char *
start (AltmStore *store, gint64 now)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmShift) shift = NULL;

  altm_shift_start (store, "espace_public", ALTM_TEST_PLACE, NULL, NULL, now, &error);
  g_assert_no_error (error);
  shift = altm_shift_load_last (store);
  return g_steal_pointer (&shift->id);
}

static char *
add (AltmStore *store, const char *shift, const char *place, gint64 now)
{
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  g_autoptr(json_t) private = altm_test_value ("{'note':'secret'}");
  AltmEntry entry = { .type = "contact", .shift = shift, .place = place, .data = data, .private = private };
  g_auto(GStrv) ids = NULL;
  g_autoptr(GError) error = NULL;

  altm_outbox_add (store, &entry, 1, now, &ids, &error);
  g_assert_no_error (error);
  return g_strdup (ids[0]);
}

static void
assert_place (AltmStore *store, const char *id, const char *place, gint64 rev)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmLatest) latest = altm_latest_load (store, id, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (latest->line.place, ==, place);
  g_assert_cmpint (latest->line.rev, ==, rev);
}

static void
its_records_go_along (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) hq = altm_test_enrol_locally (tablet);
  g_autofree char *before = start (tablet->store, ALTM_TEST_NOW);
  g_autofree char *earlier = add (tablet->store, before, ALTM_TEST_PLACE, ALTM_TEST_NOW + MINUTE);
  g_autofree char *id = start (tablet->store, ALTM_TEST_NOW + 2 * MINUTE);
  g_autofree char *contact = add (tablet->store, id, ALTM_TEST_PLACE, ALTM_TEST_NOW + 3 * MINUTE);
  g_autofree char *other = add (tablet->store, id, "insee:69259", ALTM_TEST_NOW + 4 * MINUTE);
  g_autoptr(AltmShift) shift = NULL;
  g_autoptr(GError) error = NULL;

  altm_shift_move (tablet->store, id, ELSEWHERE, ALTM_TEST_NOW + 5 * MINUTE, &error);
  g_assert_no_error (error);
  assert_place (tablet->store, id, ELSEWHERE, 2);
  assert_place (tablet->store, contact, ELSEWHERE, 2);
  assert_place (tablet->store, other, "insee:69259", 1);
  assert_place (tablet->store, earlier, ALTM_TEST_PLACE, 1);
  shift = altm_shift_load_last (tablet->store);
  g_assert_cmpstr (shift->place, ==, ELSEWHERE);
  g_assert_true (shift->is_running);
  altm_shift_end (tablet->store, ALTM_TEST_NOW + 6 * MINUTE, &error);
  g_assert_no_error (error);
  assert_place (tablet->store, id, ELSEWHERE, 3);
}

static void
one_that_is_over_keeps_its_end (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = start (tablet->store, ALTM_TEST_NOW);
  g_autofree char *running = start (tablet->store, ALTM_TEST_NOW + MINUTE);
  g_autoptr(AltmLatest) latest = NULL;
  g_autoptr(AltmShift) shift = NULL;
  g_autoptr(GError) error = NULL;

  altm_shift_move (tablet->store, id, ELSEWHERE, ALTM_TEST_NOW + 2 * MINUTE, &error);
  g_assert_no_error (error);
  latest = altm_latest_load (tablet->store, id, &error);
  g_assert_cmpstr (latest->line.place, ==, ELSEWHERE);
  g_assert_nonnull (json_object_get (latest->line.data, "ended"));
  assert_place (tablet->store, running, ALTM_TEST_PLACE, 1);
  shift = altm_shift_load_last (tablet->store);
  g_assert_cmpstr (shift->place, ==, ALTM_TEST_PLACE);
}

/* All of it, or nothing. */
static void
a_place_that_is_in_no_list_changes_nothing (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) hq = altm_test_enrol_locally (tablet);
  g_autofree char *id = start (tablet->store, ALTM_TEST_NOW);
  g_autofree char *contact = add (tablet->store, id, ALTM_TEST_PLACE, ALTM_TEST_NOW + MINUTE);
  g_autoptr(AltmShift) shift = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_false (altm_shift_move (tablet->store, id, NOWHERE, ALTM_TEST_NOW + 2 * MINUTE, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (error->domain, ==, ALTM_RECORD_ERROR);
  assert_place (tablet->store, id, ALTM_TEST_PLACE, 1);
  assert_place (tablet->store, contact, ALTM_TEST_PLACE, 1);
  shift = altm_shift_load_last (tablet->store);
  g_assert_cmpstr (shift->place, ==, ALTM_TEST_PLACE);
}

static void
what_is_no_shift_is_not_moved (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(GError) error = NULL;

  g_assert_false (altm_shift_move (tablet->store, id, ELSEWHERE, ALTM_TEST_NOW, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/shift-move/records", its_records_go_along);
  g_test_add_func ("/shift-move/over", one_that_is_over_keeps_its_end);
  g_test_add_func ("/shift-move/no-place", a_place_that_is_in_no_list_changes_nothing);
  g_test_add_func ("/shift-move/no-shift", what_is_no_shift_is_not_moved);
  return g_test_run ();
}
