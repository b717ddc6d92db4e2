/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-draft.h"
#include "altm-latest.h"
#include "altm-test.h"

#define LATER (ALTM_TEST_NOW + G_TIME_SPAN_MINUTE)

static void
write_revision (AltmStore *store, const char *id, gint64 people, json_t *private)
{
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  const AltmEntry entry = { .type = "contact", .id = id, .data = data, .private = private };
  g_autoptr(GError) error = NULL;

  json_object_set_new (data, "people", json_integer (people));
  g_assert_true (altm_outbox_add (store, &entry, 1, ALTM_TEST_NOW, NULL, &error));
  g_assert_no_error (error);
}

static void
withdraw (AltmStore *store, const char *id)
{
  const AltmEntry entry = { .type = "contact", .id = id, .is_deleted = TRUE };
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_outbox_add (store, &entry, 1, ALTM_TEST_NOW, NULL, &error));
  g_assert_no_error (error);
}

static void
replace (AltmStore *store, const char *id, const char *private)
{
  g_autoptr(json_t) value = altm_test_value (private);
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_latest_set_private (store, id, value, NULL, LATER, &error));
  g_assert_no_error (error);
}

static AltmLatest *
load (AltmStore *store, const char *id)
{
  g_autoptr(GError) error = NULL;
  AltmLatest *latest = altm_latest_load (store, id, &error);

  g_assert_no_error (error);
  return latest;
}

static void
it_is_the_highest_revision (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(AltmLatest) latest = NULL;

  write_revision (tablet->store, id, 7, NULL);
  latest = load (tablet->store, id);
  g_assert_cmpint (latest->line.rev, ==, 2);
  g_assert_cmpint (altm_json_get_integer (latest->line.data, "people", 0), ==, 7);
  g_assert_cmpint (latest->state, ==, ALTM_STATE_QUEUED);
  g_assert_null (latest->reason);
}

static void
a_refused_one_says_why (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  const AltmVerdict verdict = { "/problems/unknown-code", "place: in no list" };
  g_autoptr(AltmLatest) latest = NULL;

  altm_test_settle (tablet->store, &verdict);
  latest = load (tablet->store, id);
  g_assert_cmpint (latest->state, ==, ALTM_STATE_QUARANTINED);
  g_assert_cmpstr (latest->reason, ==, "/problems/unknown-code");
  g_assert_cmpstr (latest->detail, ==, "place: in no list");
}

static void
a_record_may_be_missing (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_latest_load (tablet->store, "0192f0c1-7b6a-7c3e-9d2f-3b1f6c0a9e11", &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING);
}

/* The page was opened on the first revision; a correction came in between. */
static void
a_note_goes_onto_the_latest_figures (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) hq = altm_test_enrol_locally (tablet);
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(AltmLatest) latest = NULL;
  g_autoptr(json_t) opened = NULL;
  g_autoptr(GError) error = NULL;

  write_revision (tablet->store, id, 7, NULL);
  replace (tablet->store, id, "{'note':'Rappeler mardi.'}");
  latest = load (tablet->store, id);
  g_assert_cmpint (latest->line.rev, ==, 3);
  g_assert_cmpint (altm_json_get_integer (latest->line.data, "people", 0), ==, 7);
  opened = altm_seal_pair_open (hq, latest->line.private_text, &error);
  g_assert_no_error (error);
  altm_test_assert_json (json_object_get (opened, "private"), "{'note':'Rappeler mardi.'}");
}

static void
a_note_is_removed (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) hq = altm_test_enrol_locally (tablet);
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(AltmLatest) latest = NULL;

  replace (tablet->store, id, "{'note':'Rappeler mardi.'}");
  replace (tablet->store, id, "null");
  latest = load (tablet->store, id);
  g_assert_cmpint (latest->line.rev, ==, 3);
  g_assert_true (latest->line.has_private);
  g_assert_null (latest->line.private_text);
}

/* Its time, place and mediator stay those of the record. */
static void
the_rest_of_the_record_stays (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) hq = altm_test_enrol_locally (tablet);
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  const AltmEntry entry = { .type = "contact", .at = "2026-11-20T10:00:00.000+01:00", .by = "m-17",
                            .shift = "0192f0c1-7b6a-7c3e-9d2f-3b1f6c0a9e11", .place = ALTM_TEST_PLACE, .data = data };
  g_auto(GStrv) ids = NULL;
  g_autoptr(AltmLatest) latest = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_outbox_add (tablet->store, &entry, 1, ALTM_TEST_NOW, &ids, &error));
  g_assert_no_error (error);
  replace (tablet->store, ids[0], "{'note':'Rappeler mardi.'}");
  latest = load (tablet->store, ids[0]);
  g_assert_cmpstr (latest->line.at, ==, entry.at);
  g_assert_cmpstr (latest->line.by, ==, entry.by);
  g_assert_cmpstr (latest->line.shift, ==, entry.shift);
  g_assert_cmpstr (latest->line.place, ==, entry.place);
  altm_test_assert_json (latest->line.data, ALTM_TEST_CONTACT);
}

static void
a_withdrawn_record_takes_no_note (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) hq = altm_test_enrol_locally (tablet);
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(json_t) private = altm_test_json ("{'note':'Rappeler mardi.'}");
  g_autoptr(GError) error = NULL;

  withdraw (tablet->store, id);
  g_assert_false (altm_latest_set_private (tablet->store, id, private, NULL, LATER, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT COUNT (*) FROM lines"), ==, 2);
}

static int
count_drafts (AltmStore *store)
{
  return altm_test_sql_integer (store, "SELECT COUNT (*) FROM drafts");
}

static void
the_draft_of_a_note_goes_with_it (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) hq = altm_test_enrol_locally (tablet);
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(json_t) nothing = json_object ();
  g_autoptr(json_t) refused = altm_test_json ("{'note':7}");
  g_autoptr(json_t) private = altm_test_json ("{'note':'Rappeler mardi.'}");
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_draft_save (tablet->store, "private-1", id, nothing, NULL, ALTM_TEST_NOW, &error));
  g_assert_false (altm_latest_set_private (tablet->store, id, refused, "private-1", LATER, NULL));
  g_assert_cmpint (count_drafts (tablet->store), ==, 1);
  g_assert_true (altm_latest_set_private (tablet->store, id, private, "private-1", LATER, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count_drafts (tablet->store), ==, 0);
}

int
main (int argc, char *argv[])
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/latest/it-is-the-highest-revision", it_is_the_highest_revision);
  g_test_add_func ("/latest/a-refused-one-says-why", a_refused_one_says_why);
  g_test_add_func ("/latest/a-record-may-be-missing", a_record_may_be_missing);
  g_test_add_func ("/latest/a-note-goes-onto-the-latest-figures", a_note_goes_onto_the_latest_figures);
  g_test_add_func ("/latest/a-note-is-removed", a_note_is_removed);
  g_test_add_func ("/latest/the-rest-of-the-record-stays", the_rest_of_the_record_stays);
  g_test_add_func ("/latest/a-withdrawn-record-takes-no-note", a_withdrawn_record_takes_no_note);
  g_test_add_func ("/latest/the-draft-of-a-note-goes-with-it", the_draft_of_a_note_goes_with_it);
  return g_test_run ();
}
