/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-copies.h"
#include "altm-latest.h"
#include "altm-test.h"
#include "altm-withdrawal.h"

#define LATER (ALTM_TEST_NOW + G_TIME_SPAN_MINUTE)
#define REFERRAL                                                                                              \
  "{'contact':'%s','structure_type':'ccas','status':'proposee','consent':false,'reference':'K7P'}"

static AltmWithdrawal *
withdraw (AltmStore *store, const char *id)
{
  AltmWithdrawal *withdrawal = altm_withdrawal_new (id);
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_withdrawal_make (withdrawal, store, LATER, &error));
  g_assert_no_error (error);
  return withdrawal;
}

static void
undo (AltmStore *store, AltmWithdrawal *withdrawal)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_withdrawal_undo (withdrawal, store, LATER, &error));
  g_assert_no_error (error);
}

static void
assert_latest (AltmStore *store, const char *id, gint64 rev, gboolean is_deleted)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmLatest) latest = altm_latest_load (store, id, &error);

  g_assert_no_error (error);
  g_assert_cmpint (latest->line.rev, ==, rev);
  g_assert_cmpint (latest->line.is_deleted, ==, is_deleted);
}

static void
it_is_a_revision_and_so_is_its_undoing (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(AltmWithdrawal) withdrawal = withdraw (tablet->store, id);
  g_autoptr(AltmLatest) latest = NULL;

  assert_latest (tablet->store, id, 2, TRUE);
  undo (tablet->store, withdrawal);
  assert_latest (tablet->store, id, 3, FALSE);
  latest = altm_latest_load (tablet->store, id, NULL);
  altm_test_assert_json (latest->line.data, ALTM_TEST_CONTACT);
  g_assert_cmpint (latest->state, ==, ALTM_STATE_QUEUED);
}

static char *
add_referral (AltmStore *store, const char *contact)
{
  g_autofree char *data = g_strdup_printf (REFERRAL, contact);

  return altm_test_add (store, "referral", data);
}

static void
a_contact_takes_its_referral_along (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *contact = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autofree char *other = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autofree char *referral = add_referral (tablet->store, contact);
  g_autofree char *others = add_referral (tablet->store, other);
  g_autoptr(AltmWithdrawal) withdrawal = NULL;

  g_assert_cmpint (altm_withdrawal_count_referrals (tablet->store, contact), ==, 1);
  withdrawal = withdraw (tablet->store, contact);
  assert_latest (tablet->store, referral, 2, TRUE);
  assert_latest (tablet->store, others, 1, FALSE);
  undo (tablet->store, withdrawal);
  assert_latest (tablet->store, contact, 3, FALSE);
  assert_latest (tablet->store, referral, 3, FALSE);
}

static void
assert_note (AltmStore *store, const char *id, AltmSealPair *pair, AltmCopyState state, const char *note)
{
  AltmCopyState found = ALTM_COPY_NONE;
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) private = altm_copies_load (store, id, pair, &found, &error);

  g_assert_no_error (error);
  g_assert_cmpint (found, ==, state);
  g_assert_cmpstr (altm_json_get_string (private, "note"), ==, note);
}

static void
a_note_can_be_read_again_once_it_is_undone (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) hq = altm_test_enrol_locally (tablet);
  g_autoptr(AltmSealPair) pair = altm_test_set_lock (tablet->store);
  g_autofree char *id = altm_test_add_note (tablet->store, NULL, "Rappeler mardi.");
  g_autoptr(AltmWithdrawal) withdrawal = NULL;

  assert_note (tablet->store, id, pair, ALTM_COPY_READABLE, "Rappeler mardi.");
  withdrawal = withdraw (tablet->store, id);
  assert_note (tablet->store, id, pair, ALTM_COPY_NONE, NULL);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT COUNT (*) FROM lines WHERE copy IS NOT NULL"), ==, 0);
  undo (tablet->store, withdrawal);
  assert_note (tablet->store, id, pair, ALTM_COPY_READABLE, "Rappeler mardi.");
}

static void
what_was_made_of_it_since_stays (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(AltmWithdrawal) withdrawal = withdraw (tablet->store, id);

  undo (tablet->store, withdrawal);
  undo (tablet->store, withdrawal);
  assert_latest (tablet->store, id, 3, FALSE);
}

static void
undo_later (AltmStore *store, const char *id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmWithdrawal) loaded = altm_withdrawal_load (store, id, &error);

  g_assert_no_error (error);
  undo (store, loaded);
}

/* From the journal, when nothing is left in memory; what was withdrawn before that, alone, stays so. */
static void
it_can_be_undone_later (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *contact = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autofree char *alone = add_referral (tablet->store, contact);
  g_autofree char *along = add_referral (tablet->store, contact);
  g_autoptr(AltmWithdrawal) early = altm_withdrawal_new (alone);
  g_autoptr(AltmLatest) latest = NULL;

  g_assert_true (altm_withdrawal_make (early, tablet->store, ALTM_TEST_NOW + 1, NULL));
  altm_withdrawal_unref (withdraw (tablet->store, contact));
  undo_later (tablet->store, contact);
  assert_latest (tablet->store, contact, 3, FALSE);
  assert_latest (tablet->store, along, 3, FALSE);
  assert_latest (tablet->store, alone, 2, TRUE);
  latest = altm_latest_load (tablet->store, contact, NULL);
  altm_test_assert_json (latest->line.data, ALTM_TEST_CONTACT);
}

/* It would stand for nothing that HQ counts. */
static void
a_referral_brings_its_contact_back (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *contact = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autofree char *referral = add_referral (tablet->store, contact);

  altm_withdrawal_unref (withdraw (tablet->store, contact));
  undo_later (tablet->store, referral);
  assert_latest (tablet->store, referral, 3, FALSE);
  assert_latest (tablet->store, contact, 3, FALSE);
}

static void
nothing_is_withdrawn_twice (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(AltmWithdrawal) first = withdraw (tablet->store, id);
  g_autoptr(AltmWithdrawal) again = altm_withdrawal_new (id);
  g_autoptr(GError) error = NULL;

  g_assert_false (altm_withdrawal_make (again, tablet->store, LATER, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING);
  undo (tablet->store, again);
  assert_latest (tablet->store, id, 2, TRUE);
}

int
main (int argc, char *argv[])
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/withdrawal/revision", it_is_a_revision_and_so_is_its_undoing);
  g_test_add_func ("/withdrawal/referral", a_contact_takes_its_referral_along);
  g_test_add_func ("/withdrawal/note", a_note_can_be_read_again_once_it_is_undone);
  g_test_add_func ("/withdrawal/since", what_was_made_of_it_since_stays);
  g_test_add_func ("/withdrawal/later", it_can_be_undone_later);
  g_test_add_func ("/withdrawal/later/referral", a_referral_brings_its_contact_back);
  g_test_add_func ("/withdrawal/twice", nothing_is_withdrawn_twice);
  return g_test_run ();
}
