/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-last-record.h"
#include "altm-outbox.h"
#include "altm-shift.h"
#include "altm-test.h"

#define MINUTE (60 * G_USEC_PER_SEC)

static void
start (AltmStore *store, gint64 now)
{
  g_autoptr(GError) error = NULL;

  altm_shift_start (store, "espace_public", ALTM_TEST_PLACE, NULL, NULL, now, &error);
  g_assert_no_error (error);
}

/* Of the shift that runs, with a note. Returns: (transfer full): its id. */
static char *
add (AltmStore *store, int people, gint64 now)
{
  g_autoptr(AltmShift) shift = altm_shift_load_last (store);
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  g_autoptr(json_t) private = json_pack ("{s:s}", "note", "secret");
  AltmEntry entry = { .type = "contact", .shift = shift->id, .data = data, .private = private };
  g_auto(GStrv) ids = NULL;
  g_autoptr(GError) error = NULL;

  json_object_set_new (data, "people", json_integer (people));
  altm_outbox_add (store, &entry, 1, now, &ids, &error);
  g_assert_no_error (error);
  return g_strdup (ids[0]);
}

static void
withdraw (AltmStore *store, const char *id, gint64 now)
{
  AltmEntry entry = { .type = "contact", .id = id, .is_deleted = TRUE };
  g_autoptr(GError) error = NULL;

  altm_outbox_add (store, &entry, 1, now, NULL, &error);
  g_assert_no_error (error);
}

/* Of the last contact, 0 where there is none. */
static gint64
last_people (AltmStore *store)
{
  g_autoptr(AltmShift) shift = altm_shift_load_last (store);
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmLatest) last = altm_last_record_load (store, shift->id, shift->start, "contact", &error);

  g_assert_no_error (error);
  return last == NULL ? 0 : altm_json_get_integer (last->line.data, "people", 0);
}

/* Whatever it is; "" where there is none. */
static char *
last_type (AltmStore *store)
{
  g_autoptr(AltmShift) shift = altm_shift_load_last (store);
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmLatest) last = altm_last_record_load (store, shift->id, shift->start, NULL, &error);

  g_assert_no_error (error);
  return g_strdup (last == NULL ? "" : last->line.type);
}

static void
observe (AltmStore *store, gint64 now)
{
  g_autoptr(AltmShift) shift = altm_shift_load_last (store);
  g_autoptr(json_t) data = json_pack ("{s:s, s:s}", "kind", "veille", "subject", "eclairage");
  AltmEntry entry = { .type = "observation", .shift = shift->id, .data = data };
  g_autoptr(GError) error = NULL;

  altm_outbox_add (store, &entry, 1, now, NULL, &error);
  g_assert_no_error (error);
}

static void
the_last_one_of_the_shift_is_found (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) hq = altm_test_enrol_locally (tablet);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *other = NULL;

  start (tablet->store, ALTM_TEST_NOW);
  g_assert_cmpint (last_people (tablet->store), ==, 0);
  first = add (tablet->store, 2, ALTM_TEST_NOW + MINUTE);
  second = add (tablet->store, 3, ALTM_TEST_NOW + 2 * MINUTE);
  g_assert_cmpint (last_people (tablet->store), ==, 3);
  withdraw (tablet->store, second, ALTM_TEST_NOW + 3 * MINUTE);
  g_assert_cmpint (last_people (tablet->store), ==, 2);
  start (tablet->store, ALTM_TEST_NOW + 4 * MINUTE);
  g_assert_cmpint (last_people (tablet->store), ==, 0);
  other = add (tablet->store, 7, ALTM_TEST_NOW + 5 * MINUTE);
  g_assert_cmpint (last_people (tablet->store), ==, 7);
}

static void
an_observation_is_a_last_record (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) hq = altm_test_enrol_locally (tablet);
  g_autofree char *nothing = NULL;
  g_autofree char *contact = NULL;
  g_autofree char *id = NULL;
  g_autofree char *observation = NULL;

  start (tablet->store, ALTM_TEST_NOW);
  nothing = last_type (tablet->store);
  g_assert_cmpstr (nothing, ==, "");
  id = add (tablet->store, 2, ALTM_TEST_NOW + MINUTE);
  contact = last_type (tablet->store);
  g_assert_cmpstr (contact, ==, "contact");
  observe (tablet->store, ALTM_TEST_NOW + 2 * MINUTE);
  observation = last_type (tablet->store);
  g_assert_cmpstr (observation, ==, "observation");
  g_assert_cmpint (last_people (tablet->store), ==, 2);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/last-record/of-the-shift", the_last_one_of_the_shift_is_found);
  g_test_add_func ("/last-record/observation", an_observation_is_a_last_record);
  return g_test_run ();
}
