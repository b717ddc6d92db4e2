/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <sodium.h>
#include <string.h>

#include "altm-notes.h"
#include "altm-test.h"
#include "altm-uuid.h"

#define SECRET "PlantedSecretName"

static void
assert_add_fails (AltmStore *store, const AltmEntry *entries, gsize n, GQuark domain, int code)
{
  g_auto(GStrv) ids = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_false (altm_outbox_add (store, entries, n, ALTM_TEST_NOW, &ids, &error));
  g_assert_error (error, domain, code);
  g_assert_null (ids);
}

static void
add_entry (AltmStore *store, const AltmEntry *entry)
{
  g_autoptr(GError) error = NULL;

  altm_outbox_add (store, entry, 1, ALTM_TEST_NOW + 1000000, NULL, &error);
  g_assert_no_error (error);
}

static AltmLine *
read_line (AltmStore *store, gint64 seq)
{
  g_autofree char *text = altm_test_line_text (store, seq);
  AltmLine *line = g_new0 (AltmLine, 1);

  g_assert_true (altm_line_read (line, text, strlen (text), NULL));
  return line;
}

static void
line_free (AltmLine *self)
{
  altm_line_clear (self);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmLine, line_free)

static void
what_is_added_is_a_line_of_the_protocol (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autofree char *text = altm_test_line_text (tablet->store, 1);
  g_autofree char *expected = g_strdup_printf (
    "{\"v\":1,\"seq\":1,\"id\":\"%s\",\"rev\":1,\"type\":\"contact\",\"at\":\"2026-11-24T18:12:03.123+01:00\","
    "\"place\":\"QN06913M\",\"lists\":2,\"data\":{\"channel\":\"espace_public\",\"register\":\"presence_active\","
    "\"public\":\"habitant\",\"people\":2}}",
    id);

  g_assert_true (altm_uuid_is_v7 (id));
  g_assert_cmpstr (text, ==, expected);
}

static void
what_is_added_outlives_the_program (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autofree char *before = altm_test_line_text (tablet->store, 1);
  g_autofree char *after = NULL;

  altm_test_store_close (tablet);
  altm_test_store_open (tablet);
  after = altm_test_line_text (tablet->store, 1);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 1);
}

static void
several_are_added_in_one_transaction (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(json_t) contact = altm_test_json (ALTM_TEST_CONTACT);
  g_autoptr(json_t) referral = altm_test_json ("{'structure_type':'ccas','status':'proposee','consent':false}");
  AltmEntry entries[] = { { .type = "contact", .data = contact }, { .type = "referral", .data = referral } };
  g_auto(GStrv) ids = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_outbox_add (tablet->store, entries, 2, ALTM_TEST_NOW, &ids, &error));
  g_assert_cmpuint (g_strv_length (ids), ==, 2);
  g_assert_cmpstr (ids[0], !=, ids[1]);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT COUNT (*) FROM lines"), ==, 2);
}

static void
a_bad_second_entry_saves_nothing_and_gives_its_seq_back (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(json_t) good = altm_test_json (ALTM_TEST_CONTACT);
  g_autoptr(json_t) bad = altm_test_json ("{'channel':'espace_public'}");
  AltmEntry entries[] = { { .type = "contact", .data = good }, { .type = "contact", .data = bad } };
  g_autofree char *id = NULL;

  assert_add_fails (tablet->store, entries, 2, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_MISSING_FIELD);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT COUNT (*) FROM lines"), ==, 0);
  id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT seq FROM lines"), ==, 1);
}

static void
seq_goes_on_whatever_left_the_tablet (void)
{
  static const char *const losses[] = {
    "SELECT 1",
    "DELETE FROM lines",
    "DELETE FROM lines; INSERT INTO settings VALUES ('last_seq', '9')",
  };
  static const gint64 next[] = { 4, 4, 10 };

  for (gsize i = 0; i < G_N_ELEMENTS (losses); i++)
    {
      g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
      const AltmVerdict taken = { NULL };

      altm_test_add_contacts (tablet->store, 3);
      altm_test_settle (tablet->store, &taken);
      altm_test_sql (tablet->store, losses[i]);
      altm_test_store_close (tablet);
      altm_test_store_open (tablet);
      altm_test_add_contacts (tablet->store, 1);
      g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT MAX (seq) FROM lines"), ==, next[i]);
    }
}

static void
enrol_again (AltmStore *store)
{
  g_autoptr(GError) error = NULL;

  const AltmSetting settings[] = { { "device_id", "2b6f0cc9-0a5f-4d2c-9a55-0d3a4b3f8f10" }, { "token", "t" },
                                   { "epoch", "e" }, { "seal_key", "k" } };

  altm_notes_restart (store, settings, G_N_ELEMENTS (settings), &error);
  g_assert_no_error (error);
}

static void
seq_goes_on_over_two_enrolments (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  const AltmVerdict taken = { NULL };

  altm_test_add_contacts (tablet->store, 5);
  altm_test_settle (tablet->store, &taken);
  altm_test_sql (tablet->store, "DELETE FROM lines");
  enrol_again (tablet->store);
  enrol_again (tablet->store);
  g_assert_cmpint (altm_notes_last_seq (tablet->store), ==, 5);
  altm_test_store_close (tablet);
  altm_test_store_open (tablet);
  altm_test_add_contacts (tablet->store, 1);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT seq FROM lines"), ==, 6);
}

static void
a_new_enrolment_queues_everything_with_its_bytes (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  const AltmVerdict taken = { NULL }, refused = { "unknown-code", "x" };
  g_autofree char *before = NULL, *after = NULL, *reason = NULL;

  altm_test_add_contacts (tablet->store, 2);
  altm_test_settle (tablet->store, &taken);
  altm_test_add_contacts (tablet->store, 2);
  altm_test_settle (tablet->store, &refused);
  altm_test_add_contacts (tablet->store, 1);
  before = altm_test_line_text (tablet->store, 1);
  enrol_again (tablet->store);
  after = altm_test_line_text (tablet->store, 1);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 5);
  g_assert_cmpint (altm_notes_count (tablet->store), ==, 0);
  reason = altm_test_sql_text (tablet->store, "SELECT MAX (reason) FROM lines");
  g_assert_null (reason);
}

static void
a_correction_keeps_what_it_does_not_change (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(json_t) data = altm_test_json ("{'channel':'ecole','register':'presence_active','public':'enfant','people':9}");
  AltmEntry entry = { .type = "contact", .id = id, .data = data };
  g_autoptr(AltmLine) line = NULL;

  add_entry (tablet->store, &entry);
  line = read_line (tablet->store, 2);
  g_assert_cmpstr (line->id, ==, id);
  g_assert_cmpint (line->rev, ==, 2);
  g_assert_cmpstr (line->at, ==, "2026-11-24T18:12:03.123+01:00");
  g_assert_cmpstr (line->place, ==, ALTM_TEST_PLACE);
  g_assert_cmpint (altm_json_get_integer (line->data, "people", 0), ==, 9);
  g_assert_false (line->has_private);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT seq FROM lines WHERE is_latest"), ==, 2);
}

static void
a_correction_changes_what_it_names (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  AltmEntry entry = { .type = "contact", .id = id, .rev = 4, .at = "2026-11-24T12:00:00Z", .by = "m-2", .shift = "s",
                      .place = "insee:69123", .data = data };
  g_autoptr(AltmLine) line = NULL;

  add_entry (tablet->store, &entry);
  line = read_line (tablet->store, 2);
  g_assert_cmpint (line->rev, ==, 4);
  g_assert_cmpstr (line->at, ==, "2026-11-24T12:00:00Z");
  g_assert_cmpstr (line->by, ==, "m-2");
  g_assert_cmpstr (line->shift, ==, "s");
  g_assert_cmpstr (line->place, ==, "insee:69123");
}

static void
a_withdrawal_is_a_revision_without_data (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  AltmEntry entry = { .type = "contact", .id = id, .is_deleted = TRUE, .data = data };
  g_autoptr(AltmLine) line = NULL;

  add_entry (tablet->store, &entry);
  line = read_line (tablet->store, 2);
  g_assert_true (line->is_deleted);
  g_assert_null (line->data);
  g_assert_cmpint (line->rev, ==, 2);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT is_deleted FROM lines WHERE is_latest"), ==, 1);
}

static void
the_same_revision_again_is_saved_already (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_uuid_new_v7 (ALTM_TEST_NOW);
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  AltmEntry entry = { .type = "contact", .id = id, .rev = 1, .data = data };

  g_autoptr(json_t) changed = altm_test_json ("{'channel':'ecole','register':'presence_active','public':'enfant','people':9}");
  AltmEntry correction = { .type = "contact", .id = id, .data = changed };

  add_entry (tablet->store, &entry);
  add_entry (tablet->store, &entry);
  add_entry (tablet->store, &correction);
  add_entry (tablet->store, &entry);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT COUNT (*) FROM lines"), ==, 2);
}

static void
wrong_entries_are_refused (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autofree char *other = altm_uuid_new_v7 (ALTM_TEST_NOW);
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  g_autoptr(json_t) more = altm_test_json ("{'channel':'ecole','register':'presence_active','public':'enfant',"
                                           "'people':9,'name':'a'}");
  g_autoptr(json_t) changed = altm_test_json ("{'channel':'ecole','register':'presence_active','public':'enfant','people':9}");
  g_autoptr(json_t) observation = altm_test_json ("{'kind':'veille','subject':'proprete'}");
  g_autoptr(json_t) shift = altm_test_json ("{'channel':'ecole'}");
  const struct
  {
    AltmEntry entry;
    AltmRecordError error;
  } cases[] = {
    { { .type = "visit", .data = data }, ALTM_RECORD_ERROR_UNKNOWN_TYPE },
    { { .type = NULL, .data = data }, ALTM_RECORD_ERROR_UNKNOWN_TYPE },
    { { .type = "contact" }, ALTM_RECORD_ERROR_MISSING_FIELD },
    { { .type = "contact", .data = more }, ALTM_RECORD_ERROR_UNKNOWN_FIELD },
    { { .type = "contact", .data = data, .at = "yesterday" }, ALTM_RECORD_ERROR_WRONG_TYPE },
    { { .type = "contact", .data = data, .place = "p-none" }, ALTM_RECORD_ERROR_UNKNOWN_CODE },
    { { .type = "contact", .data = data, .id = "7" }, ALTM_RECORD_ERROR_OUT_OF_RANGE },
    { { .type = "contact", .data = changed, .id = id, .rev = 1 }, ALTM_RECORD_ERROR_INCONSISTENT },
    { { .type = "observation", .data = observation, .id = id }, ALTM_RECORD_ERROR_INCONSISTENT },
    { { .type = "contact", .is_deleted = TRUE, .id = other }, ALTM_RECORD_ERROR_INCONSISTENT },
    { { .type = "contact", .is_deleted = TRUE }, ALTM_RECORD_ERROR_INCONSISTENT },
    { { .type = "shift", .data = shift }, ALTM_RECORD_ERROR_MISSING_FIELD },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%zu", i);
      assert_add_fails (tablet->store, &cases[i].entry, 1, ALTM_RECORD_ERROR, (int) cases[i].error);
    }
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT COUNT (*) FROM lines"), ==, 1);
}

static void
a_line_that_hq_would_not_take_is_refused (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *shift = g_strnfill (ALTM_LINE_BYTES, 's');
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  AltmEntry entry = { .type = "contact", .shift = shift, .data = data };

  assert_add_fails (tablet->store, &entry, 1, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_TOO_LONG);
}

static void
add_private (AltmStore *store, const char *id, const char *private)
{
  g_autoptr(json_t) data = altm_test_json ("{'structure_type':'ccas','status':'proposee','consent':true}");
  g_autoptr(json_t) object = altm_test_value (private);
  AltmEntry entry = { .type = "referral", .id = id, .data = data, .private = object };

  add_entry (store, &entry);
}

static void
private_text_is_sealed_with_its_record (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) pair = altm_test_enrol_locally (tablet);
  g_autoptr(AltmLine) line = NULL;
  g_autoptr(json_t) opened = NULL;

  add_private (tablet->store, NULL, "{'name':'" SECRET "','phone':'+33'}");
  line = read_line (tablet->store, 1);
  opened = altm_seal_pair_open (pair, line->private_text, NULL);
  g_assert_cmpstr (altm_json_get_string (opened, "id"), ==, line->id);
  g_assert_cmpint (altm_json_get_integer (opened, "rev", 0), ==, 1);
  altm_test_assert_json (json_object_get (opened, "private"), "{'name':'" SECRET "','phone':'+33'}");
}

static void
private_text_is_nowhere_in_clear (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) pair = altm_test_enrol_locally (tablet);

  add_private (tablet->store, NULL, "{'name':'" SECRET "'}");
  g_assert_true (altm_test_holds (tablet->path, "structure_type"));
  g_assert_false (altm_test_holds (tablet->path, SECRET));
  altm_test_store_close (tablet);
  g_assert_true (altm_test_holds (tablet->path, "structure_type"));
  g_assert_false (altm_test_holds (tablet->path, SECRET));
}

static void
private_null_removes_and_nothing_changes_nothing (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) pair = altm_test_enrol_locally (tablet);
  g_autofree char *id =
    altm_test_add (tablet->store, "referral", "{'structure_type':'ccas','status':'proposee','consent':true}");
  g_autoptr(AltmLine) removed = NULL;
  g_autoptr(AltmLine) empty = NULL;

  add_private (tablet->store, id, "null");
  add_private (tablet->store, id, "{}");
  removed = read_line (tablet->store, 2);
  empty = read_line (tablet->store, 3);
  g_assert_true (removed->has_private);
  g_assert_null (removed->private_text);
  g_assert_false (empty->has_private);
}

static void
consent_that_is_taken_back_takes_the_private_text_with_it (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) pair = altm_test_enrol_locally (tablet);
  g_autofree char *id =
    altm_test_add (tablet->store, "referral", "{'structure_type':'ccas','status':'proposee','consent':true}");
  g_autoptr(json_t) without = altm_test_json ("{'structure_type':'ccas','status':'refusee','consent':false}");
  AltmEntry entry = { .type = "referral", .id = id, .data = without };
  g_autoptr(AltmLine) last = NULL;

  add_private (tablet->store, id, "{'name':'" SECRET "'}");
  g_assert_true (altm_outbox_add (tablet->store, &entry, 1, ALTM_TEST_NOW, NULL, NULL));
  last = read_line (tablet->store, 3);
  g_assert_true (last->has_private);
  g_assert_null (last->private_text);
}

static void
what_hq_could_not_read_is_not_queued (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *by = g_strnfill (201, 'm');
  g_autoptr(json_t) data = altm_test_json ("{'kind':'veille','subject':'eclairage'}");
  AltmEntry entry = { .type = "observation", .by = by, .data = data };
  g_autoptr(GError) error = NULL;
  AltmOutboxSummary summary;

  g_assert_false (altm_outbox_add (tablet->store, &entry, 1, ALTM_TEST_NOW, NULL, &error));
  g_assert_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_OUT_OF_RANGE);
  g_assert_true (altm_outbox_summarise (tablet->store, &summary, NULL));
  g_assert_cmpint (summary.queued, ==, 0);
}

static void
private_text_needs_a_key_and_consent (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(json_t) data = altm_test_json ("{'structure_type':'ccas','status':'proposee','consent':true}");
  g_autoptr(json_t) without = altm_test_json ("{'structure_type':'ccas','status':'proposee','consent':false}");
  g_autoptr(json_t) private = altm_test_json ("{'name':'" SECRET "'}");
  g_autoptr(json_t) wrong = altm_test_json ("{'address':'" SECRET "'}");
  AltmEntry unsealed = { .type = "referral", .data = data, .private = private };
  AltmEntry refused = { .type = "referral", .data = without, .private = private };
  AltmEntry unknown = { .type = "referral", .data = data, .private = wrong };
  g_autoptr(AltmSealPair) pair = NULL;

  assert_add_fails (tablet->store, &unsealed, 1, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_INCONSISTENT);
  pair = altm_test_enrol_locally (tablet);
  assert_add_fails (tablet->store, &refused, 1, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_NO_CONSENT);
  assert_add_fails (tablet->store, &unknown, 1, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_FIELD);
  g_assert_false (altm_test_holds (tablet->path, SECRET));
}

static void
lines_are_taken_in_order_within_the_limits (void)
{
  static const struct
  {
    gsize lines;
    gsize sizes; /* so many lines' bytes, newlines included, less one where @is_short */
    gboolean is_short;
    guint taken;
  } cases[] = {
    { 100, 100, FALSE, 5 }, { 2, 100, FALSE, 2 }, { 100, 3, FALSE, 3 }, { 100, 3, TRUE, 2 },
    { 100, 1, TRUE, 1 },    { 1, 5, FALSE, 1 },   { 5, 5, FALSE, 5 },
  };
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  gsize size;

  altm_test_add_contacts (tablet->store, 5);
  size = (gsize) altm_test_sql_integer (tablet->store, "SELECT MAX (length (bytes)) FROM lines") + 1;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GPtrArray) lines =
        altm_outbox_take (tablet->store, cases[i].lines, cases[i].sizes * size - (gsize) cases[i].is_short, NULL);

      g_assert_cmpuint (lines->len, ==, cases[i].taken);
      for (guint j = 0; j < lines->len; j++)
        g_assert_cmpint (((AltmQueuedLine *) g_ptr_array_index (lines, j))->seq, ==, j + 1);
    }
}

static void
nothing_is_taken_of_an_empty_queue (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GPtrArray) lines = altm_outbox_take (tablet->store, 10, 1000, NULL);

  g_assert_cmpuint (lines->len, ==, 0);
}

static void
the_bytes_taken_are_the_frozen_ones (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autofree char *text = altm_test_line_text (tablet->store, 1);
  g_autoptr(GPtrArray) lines = altm_outbox_take (tablet->store, 10, 1000, NULL);
  const AltmQueuedLine *line = g_ptr_array_index (lines, 0);

  g_assert_cmpmem (g_bytes_get_data (line->bytes, NULL), g_bytes_get_size (line->bytes), text, strlen (text));
  g_assert_cmpstr (line->id, ==, id);
  g_assert_cmpint (line->rev, ==, 1);
}

static void
settling_acknowledges_with_a_note_and_sets_the_rest_aside (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  const AltmVerdict verdicts[] = { { NULL }, { "out-of-range", "people: not from 0 to 500" }, { NULL } };
  g_autoptr(GPtrArray) lines = NULL;
  g_autofree char *text = NULL, *hash = NULL, *noted = NULL, *reason = NULL;
  AltmOutboxSummary summary;

  altm_test_add_contacts (tablet->store, 4);
  lines = altm_outbox_take (tablet->store, 3, G_MAXSIZE, NULL);
  g_assert_true (altm_outbox_settle (tablet->store, lines, verdicts, ALTM_TEST_NOW + 5, NULL));
  summary = altm_test_summary (tablet->store);
  g_assert_cmpint (summary.queued, ==, 1);
  g_assert_cmpint (summary.acknowledged, ==, 2);
  g_assert_cmpint (summary.quarantined, ==, 1);
  g_assert_cmpint (summary.last_receipt, ==, ALTM_TEST_NOW + 5);
  g_assert_cmpint (summary.last_count, ==, 2);
  g_assert_cmpint (summary.high_seq, ==, 3);

  text = altm_test_line_text (tablet->store, 3);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  noted = altm_test_sql_text (tablet->store, "SELECT lower (hex (sha256)) FROM notes WHERE seq = 3");
  g_assert_cmpstr (noted, ==, hash);
  g_assert_cmpint (altm_notes_count (tablet->store), ==, 2);
  reason = altm_test_sql_text (tablet->store, "SELECT reason || '|' || detail FROM lines WHERE seq = 2");
  g_assert_cmpstr (reason, ==, "out-of-range|people: not from 0 to 500");
}

static void
a_quarantined_record_is_corrected_by_a_new_revision (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  const AltmVerdict refused = { "unknown-code", "x" };
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  AltmEntry entry = { .type = "contact", .id = id, .data = data };

  altm_test_settle (tablet->store, &refused);
  add_entry (tablet->store, &entry);
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 1);
  g_assert_cmpint (altm_test_summary (tablet->store).quarantined, ==, 1);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT rev FROM lines WHERE state = 0"), ==, 2);
}

/* What a mediator is told: not how many lines a record has become. */
static void
a_record_that_was_corrected_waits_once (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  const AltmVerdict taken = { NULL };
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  AltmEntry entry = { .type = "contact", .id = id, .data = data };

  altm_test_add_contacts (tablet->store, 1);
  add_entry (tablet->store, &entry);
  add_entry (tablet->store, &entry);
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 4);
  g_assert_cmpint (altm_test_summary (tablet->store).waiting, ==, 2);
  altm_test_settle (tablet->store, &taken);
  g_assert_cmpint (altm_test_summary (tablet->store).waiting, ==, 0);
  g_assert_cmpint (altm_test_summary (tablet->store).last_count, ==, 2);
}

static void
an_empty_summary_is_all_zero (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  AltmOutboxSummary summary = altm_test_summary (tablet->store);
  const AltmOutboxSummary nothing = { 0 };

  g_assert_cmpmem (&summary, sizeof summary, &nothing, sizeof nothing);
}

static void
the_oldest_is_known_after_any_seq (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();

  altm_test_add_contacts (tablet->store, 2);
  altm_test_sql (tablet->store, "UPDATE lines SET queued_at = queued_at + 9 WHERE seq = 2");
  g_assert_cmpint (altm_outbox_oldest_after (tablet->store, 0), ==, ALTM_TEST_NOW);
  g_assert_cmpint (altm_outbox_oldest_after (tablet->store, 1), ==, ALTM_TEST_NOW + 9);
  g_assert_cmpint (altm_outbox_oldest_after (tablet->store, 2), ==, 0);
}

static void
verify_passes_what_is_whole (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  const AltmVerdict taken = { NULL };
  g_autoptr(GError) error = NULL;

  altm_test_add_contacts (tablet->store, 3);
  altm_test_settle (tablet->store, &taken);
  altm_test_add_contacts (tablet->store, 1);
  altm_outbox_verify (tablet->store, &error);
  g_assert_no_error (error);
}

static void
verify_notices_a_flipped_byte (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  const AltmVerdict taken = { NULL };
  g_autoptr(GError) error = NULL;

  altm_test_add_contacts (tablet->store, 3);
  altm_test_settle (tablet->store, &taken);
  altm_test_sql (tablet->store, "UPDATE lines SET bytes = CAST (replace (CAST (bytes AS TEXT), 'habitant', 'habitanu')"
                                " AS BLOB) WHERE seq = 2");
  g_assert_false (altm_outbox_verify (tablet->store, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "line 2"));
}

/* The others go on; what is wrong with it is found when the store is opened again. */
static void
an_altered_line_is_never_taken (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmRecovery) recovery = NULL;
  g_autoptr(GPtrArray) lines = NULL;
  g_autoptr(GError) error = NULL;

  altm_test_add_contacts (tablet->store, 3);
  altm_test_sql (tablet->store, "UPDATE lines SET bytes = CAST (replace (CAST (bytes AS TEXT), '\"people\":2',"
                                " '\"people\":3') AS BLOB) WHERE seq = 2");
  lines = altm_outbox_take (tablet->store, 10, G_MAXSIZE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lines->len, ==, 2);
  g_assert_cmpint (((AltmQueuedLine *) g_ptr_array_index (lines, 1))->seq, ==, 3);
  g_assert_false (altm_outbox_verify (tablet->store, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED);

  altm_test_store_close (tablet);
  altm_test_store_open (tablet);
  recovery = altm_store_load_recovery (tablet->store);
  g_assert_cmpint (recovery->taken, ==, 2);
  g_assert_cmpint (recovery->lost, ==, 1);
}

/* It is the sum that a few bits were flipped in then: of other bytes half of them would differ. */
static void
a_sum_with_a_flipped_bit_is_understood (void)
{
  static const char bytes[] = "{}";
  guint8 sha256[crypto_hash_sha256_BYTES];

  crypto_hash_sha256 (sha256, (const guint8 *) bytes, 2);
  sha256[5] ^= 0x41;
  g_assert_true (altm_line_is_frozen (bytes, 2, sha256, sizeof sha256));
  g_assert_true (altm_line_is_frozen (bytes, 2, NULL, 0));
  g_assert_false (altm_line_is_frozen (bytes, 2, sha256, 31));
  g_assert_false (altm_line_is_frozen ("{ ", 2, sha256, sizeof sha256));
}

static void
verify_notices_a_line_that_is_none (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GError) error = NULL;

  altm_test_add_contacts (tablet->store, 1);
  altm_test_sql (tablet->store, "UPDATE lines SET bytes = x'7b'");
  g_assert_false (altm_outbox_verify (tablet->store, &error));
  g_assert_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_NOT_JSON);
}

static void
each_line_is_printed_with_its_state (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  const AltmVerdict refused = { "unknown-code", "x" };
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  gsize length = 0;
  FILE *output = open_memstream (&text, &length);
  g_autoptr(json_t) first = NULL;
  g_autoptr(json_t) second = NULL;

  altm_test_add_contacts (tablet->store, 1);
  altm_test_settle (tablet->store, &refused);
  altm_test_add_contacts (tablet->store, 1);
  g_assert_true (altm_outbox_print (tablet->store, output, NULL));
  fclose (output);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  first = altm_json_parse (lines[0], strlen (lines[0]), NULL);
  second = altm_json_parse (lines[1], strlen (lines[1]), NULL);
  g_assert_cmpstr (altm_json_get_string (first, "state"), ==, "quarantined");
  g_assert_cmpstr (altm_json_get_string (first, "reason"), ==, "unknown-code");
  g_assert_cmpint (altm_json_get_integer (json_object_get (first, "line"), "seq", 0), ==, 1);
  g_assert_cmpstr (altm_json_get_string (second, "state"), ==, "queued");
  g_assert_null (json_object_get (second, "reason"));
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/outbox/add", what_is_added_is_a_line_of_the_protocol);
  g_test_add_func ("/outbox/add/durable", what_is_added_outlives_the_program);
  g_test_add_func ("/outbox/add/several", several_are_added_in_one_transaction);
  g_test_add_func ("/outbox/add/all-or-none", a_bad_second_entry_saves_nothing_and_gives_its_seq_back);
  g_test_add_func ("/outbox/add/again", the_same_revision_again_is_saved_already);
  g_test_add_func ("/outbox/add/wrong", wrong_entries_are_refused);
  g_test_add_func ("/outbox/add/long", a_line_that_hq_would_not_take_is_refused);
  g_test_add_func ("/outbox/seq", seq_goes_on_whatever_left_the_tablet);
  g_test_add_func ("/outbox/seq/enrolments", seq_goes_on_over_two_enrolments);
  g_test_add_func ("/outbox/restart", a_new_enrolment_queues_everything_with_its_bytes);
  g_test_add_func ("/outbox/correct/keeps", a_correction_keeps_what_it_does_not_change);
  g_test_add_func ("/outbox/correct/changes", a_correction_changes_what_it_names);
  g_test_add_func ("/outbox/withdraw", a_withdrawal_is_a_revision_without_data);
  g_test_add_func ("/outbox/private/sealed", private_text_is_sealed_with_its_record);
  g_test_add_func ("/outbox/private/nowhere", private_text_is_nowhere_in_clear);
  g_test_add_func ("/outbox/private/null", private_null_removes_and_nothing_changes_nothing);
  g_test_add_func ("/outbox/private/consent-taken-back", consent_that_is_taken_back_takes_the_private_text_with_it);
  g_test_add_func ("/outbox/unreadable", what_hq_could_not_read_is_not_queued);
  g_test_add_func ("/outbox/private/needs", private_text_needs_a_key_and_consent);
  g_test_add_func ("/outbox/take/limits", lines_are_taken_in_order_within_the_limits);
  g_test_add_func ("/outbox/take/empty", nothing_is_taken_of_an_empty_queue);
  g_test_add_func ("/outbox/take/bytes", the_bytes_taken_are_the_frozen_ones);
  g_test_add_func ("/outbox/waiting", a_record_that_was_corrected_waits_once);
  g_test_add_func ("/outbox/settle", settling_acknowledges_with_a_note_and_sets_the_rest_aside);
  g_test_add_func ("/outbox/quarantine", a_quarantined_record_is_corrected_by_a_new_revision);
  g_test_add_func ("/outbox/summary", an_empty_summary_is_all_zero);
  g_test_add_func ("/outbox/oldest", the_oldest_is_known_after_any_seq);
  g_test_add_func ("/outbox/verify", verify_passes_what_is_whole);
  g_test_add_func ("/outbox/verify/flipped", verify_notices_a_flipped_byte);
  g_test_add_func ("/outbox/altered", an_altered_line_is_never_taken);
  g_test_add_func ("/outbox/altered/sum", a_sum_with_a_flipped_bit_is_understood);
  g_test_add_func ("/outbox/verify/unreadable", verify_notices_a_line_that_is_none);
  g_test_add_func ("/outbox/print", each_line_is_printed_with_its_state);
  return g_test_run ();
}
