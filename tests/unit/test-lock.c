/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "altm-store-private.h"
#include "altm-test.h"
#include "altm-vault-private.h"
#include "altm-wipe.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

static const AltmVaultCost cheap = { 1, 8192 };

/* A tablet with a lock, and the time on it. */
typedef struct
{
  AltmTestStore *tablet;
  AltmSealPair *pair;
  gint64 now;
} Locked;

static Locked *
locked_new (void)
{
  Locked *self = g_new0 (Locked, 1);

  self->tablet = altm_test_store_new ();
  self->pair = altm_test_set_lock (self->tablet->store);
  self->now = ALTM_TEST_NOW;
  return self;
}

static void
locked_free (Locked *self)
{
  altm_seal_pair_free (self->pair);
  altm_test_store_free (self->tablet);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Locked, locked_free)

static AltmLockState
load_state (AltmStore *store, gint64 now)
{
  AltmLockState state;
  g_autoptr(GError) error = NULL;

  altm_lock_load_state (store, now, &state, &error);
  g_assert_no_error (error);
  return state;
}

static void
reopen (Locked *self)
{
  altm_test_store_close (self->tablet);
  altm_test_store_open (self->tablet);
}

static gboolean
has_file (Locked *self)
{
  g_autofree char *path = g_build_filename (self->tablet->path, "keys.json", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static AltmVault *
begin (Locked *self)
{
  g_autoptr(GError) error = NULL;
  AltmVault *vault = altm_lock_begin_try (self->tablet->store, ALTM_TEST_HOLDER, self->now, &error);

  g_assert_no_error (error);
  return vault;
}

static void
assert_no_try (Locked *self, const char *holder, GQuark domain, int code)
{
  g_auto(AltmLockState) before = load_state (self->tablet->store, self->now);
  g_auto(AltmLockState) after = { FALSE };
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_lock_begin_try (self->tablet->store, holder, self->now, &error));
  g_assert_error (error, domain, code);
  after = load_state (self->tablet->store, self->now);
  g_assert_cmpint (after.tries_left, ==, before.tries_left);
}

static void
end (Locked *self, AltmVault *vault, gboolean is_open)
{
  g_autoptr(GError) error = NULL;

  altm_lock_end_try (self->tablet->store, vault, is_open, self->now, &error);
  g_assert_no_error (error);
}

/* Waits as long as is asked for, then types a PIN. */
static gboolean
try (Locked *self, const char *pin)
{
  g_auto(AltmLockState) state = load_state (self->tablet->store, self->now);
  g_autoptr(AltmVault) vault = NULL;
  g_autoptr(AltmSealPair) pair = NULL;

  self->now = MAX (self->now, state.wait_until);
  vault = begin (self);
  pair = altm_vault_open (vault, ALTM_TEST_HOLDER, pin, NULL);
  end (self, vault, pair != NULL);
  return pair != NULL;
}

static void
try_wrong (Locked *self, int n)
{
  for (int i = 0; i < n; i++)
    g_assert_false (try (self, "902174"));
}

static void
assert_tries_left (Locked *self, int expected)
{
  g_auto(AltmLockState) state = load_state (self->tablet->store, self->now);

  g_assert_true (state.is_set);
  g_assert_cmpint (state.tries_left, ==, expected);
}

static void
assert_destroyed (Locked *self, AltmLockReason because)
{
  g_auto(AltmLockState) state = load_state (self->tablet->store, self->now);

  g_assert_false (state.is_set);
  g_assert_null (state.vault);
  g_assert_cmpint (state.tries_left, ==, ALTM_LOCK_TRIES);
  g_assert_cmpint (state.wait_until, ==, 0);
  g_assert_cmpint (state.destroyed_because, ==, because);
  g_assert_false (has_file (self));
  assert_no_try (self, ALTM_TEST_HOLDER, ALTM_LOCK_ERROR, ALTM_LOCK_ERROR_NOT_SET);
}

static void
at_first_there_is_no_lock (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_auto(AltmLockState) state = load_state (tablet->store, ALTM_TEST_NOW);
  g_autoptr(GError) error = NULL;

  g_assert_false (state.is_set);
  g_assert_false (state.is_damaged);
  g_assert_cmpuint (g_strv_length (state.holders), ==, 0);
  g_assert_cmpint (state.tries_left, ==, ALTM_LOCK_TRIES);
  g_assert_cmpint (state.destroyed_because, ==, ALTM_LOCK_REASON_NONE);
  g_assert_null (altm_lock_begin_try (tablet->store, ALTM_TEST_HOLDER, ALTM_TEST_NOW, &error));
  g_assert_error (error, ALTM_LOCK_ERROR, ALTM_LOCK_ERROR_NOT_SET);
}

static void
a_lock_that_is_set_is_opened (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_auto(AltmLockState) state = load_state (locked->tablet->store, locked->now);

  g_assert_true (state.is_set);
  g_assert_cmpstrv (state.holders, ((const char *const[]) { ALTM_TEST_HOLDER, NULL }));
  g_assert_cmpstr (altm_vault_get_key (state.vault), ==, altm_seal_pair_get_key (locked->pair));
  g_assert_true (try (locked, ALTM_TEST_PIN));
  assert_tries_left (locked, 10);
  reopen (locked);
  g_assert_true (try (locked, ALTM_TEST_PIN));
}

static void
wrong_tries_are_counted_across_restarts (void)
{
  g_autoptr(Locked) locked = locked_new ();

  for (int i = 1; i < 10; i++)
    {
      try_wrong (locked, 1);
      assert_tries_left (locked, 10 - i);
      reopen (locked);
      assert_tries_left (locked, 10 - i);
    }
}

static void
a_right_try_gives_all_back (void)
{
  g_autoptr(Locked) locked = locked_new ();

  try_wrong (locked, 9);
  g_assert_true (try (locked, ALTM_TEST_PIN));
  assert_tries_left (locked, 10);
  try_wrong (locked, 9);
  assert_tries_left (locked, 1);
}

/* The battery is pulled while the PIN is being tried. */
static void
a_try_that_was_cut_short_is_spent (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autoptr(AltmVault) vault = begin (locked);

  reopen (locked);
  assert_tries_left (locked, 9);
  g_assert_true (try (locked, ALTM_TEST_PIN));
  assert_tries_left (locked, 10);
}

static void
ten_wrong_ones_destroy_the_keys (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *line = NULL, *after = NULL;

  altm_test_add_contacts (locked->tablet->store, 3);
  line = altm_test_line_text (locked->tablet->store, 2);
  try_wrong (locked, 10);
  assert_destroyed (locked, ALTM_LOCK_REASON_TRIES);
  reopen (locked);
  assert_destroyed (locked, ALTM_LOCK_REASON_TRIES);
  g_assert_cmpint (altm_test_summary (locked->tablet->store).queued, ==, 3);
  after = altm_test_line_text (locked->tablet->store, 2);
  g_assert_cmpstr (line, ==, after);
}

static void
the_tenth_may_be_right (void)
{
  g_autoptr(Locked) locked = locked_new ();

  try_wrong (locked, 9);
  g_assert_true (try (locked, ALTM_TEST_PIN));
  g_assert_true (has_file (locked));
}

/* Else the tenth could be made again and again. */
static void
a_tenth_that_was_cut_short_was_wrong (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autoptr(AltmVault) vault = NULL;
  g_auto(AltmLockState) state = { FALSE };

  try_wrong (locked, 9);
  state = load_state (locked->tablet->store, locked->now);
  locked->now = state.wait_until;
  vault = begin (locked);
  g_assert_true (has_file (locked));
  locked->now += 10000 * SECOND;
  assert_no_try (locked, ALTM_TEST_HOLDER, ALTM_LOCK_ERROR, ALTM_LOCK_ERROR_WAIT);
  reopen (locked);
  assert_destroyed (locked, ALTM_LOCK_REASON_TRIES);
}

static void
waits_grow (void)
{
  static const gint64 waits[] = { 0, 0, 0, 5, 15, 60, 300, 900, 1800, 3600 };
  g_autoptr(Locked) locked = locked_new ();

  for (gsize i = 1; i < G_N_ELEMENTS (waits); i++)
    {
      g_auto(AltmLockState) state = { FALSE };

      try_wrong (locked, 1);
      state = load_state (locked->tablet->store, locked->now);
      g_assert_cmpint (state.wait_until, ==, waits[i] > 0 ? locked->now + waits[i] * SECOND : 0);
      if (waits[i] == 0)
        continue;
      assert_no_try (locked, ALTM_TEST_HOLDER, ALTM_LOCK_ERROR, ALTM_LOCK_ERROR_WAIT);
      locked->now = state.wait_until - 1;
      reopen (locked);
      assert_no_try (locked, ALTM_TEST_HOLDER, ALTM_LOCK_ERROR, ALTM_LOCK_ERROR_WAIT);
      locked->now++;
    }
}

/* The whole wait again from there, and not until the clock is where it was. */
static void
a_clock_put_back_waits_again (void)
{
  static const gint64 steps[] = { 1, 3600, G_GINT64_CONSTANT (630720000) };
  g_autoptr(Locked) locked = locked_new ();

  try_wrong (locked, 5);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_auto(AltmLockState) state = { FALSE }, later = { FALSE };

      locked->now -= steps[i] * SECOND;
      reopen (locked);
      state = load_state (locked->tablet->store, locked->now);
      g_assert_cmpint (state.wait_until, ==, locked->now + 60 * SECOND);
      assert_no_try (locked, ALTM_TEST_HOLDER, ALTM_LOCK_ERROR, ALTM_LOCK_ERROR_WAIT);
      locked->now += 30 * SECOND;
      reopen (locked);
      later = load_state (locked->tablet->store, locked->now);
      g_assert_cmpint (later.wait_until, ==, state.wait_until);
    }
  g_assert_true (try (locked, ALTM_TEST_PIN));
}

static void
a_stranger_spends_no_try (void)
{
  g_autoptr(Locked) locked = locked_new ();

  for (int i = 0; i < 20; i++)
    assert_no_try (locked, "m-1", ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_HOLDER);
  assert_tries_left (locked, 10);
}

static void
a_try_that_could_not_be_made_is_taken_back (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autoptr(AltmVault) vault = begin (locked);
  g_autoptr(GError) error = NULL;

  assert_tries_left (locked, 9);
  g_assert_true (altm_lock_cancel_try (locked->tablet->store, &error));
  assert_tries_left (locked, 10);
  g_assert_true (altm_lock_cancel_try (locked->tablet->store, &error));
  assert_tries_left (locked, 10);
}

static void
damaged_keys_stand_in_no_ones_way (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *path = g_build_filename (locked->tablet->path, "keys.json", NULL);
  g_auto(AltmLockState) state = { FALSE };
  g_autoptr(AltmSealPair) pair = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "noise", -1, NULL));
  reopen (locked);
  state = load_state (locked->tablet->store, locked->now);
  g_assert_true (state.is_set);
  g_assert_true (state.is_damaged);
  g_assert_cmpuint (g_strv_length (state.holders), ==, 0);
  assert_no_try (locked, ALTM_TEST_HOLDER, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_DAMAGED);
  altm_test_add_contacts (locked->tablet->store, 1);

  altm_lock_destroy (locked->tablet->store, ALTM_LOCK_REASON_RESET, &error);
  g_assert_no_error (error);
  assert_destroyed (locked, ALTM_LOCK_REASON_RESET);
  pair = altm_test_set_lock (locked->tablet->store);
  g_assert_true (try (locked, ALTM_TEST_PIN));
}

static void
a_new_lock_forgets_why_there_was_none (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autoptr(AltmSealPair) pair = NULL;
  g_auto(AltmLockState) state = { FALSE };

  try_wrong (locked, 10);
  pair = altm_test_set_lock (locked->tablet->store);
  state = load_state (locked->tablet->store, locked->now);
  g_assert_cmpint (state.destroyed_because, ==, ALTM_LOCK_REASON_NONE);
  assert_tries_left (locked, 10);
  g_assert_cmpstr (altm_seal_pair_get_key (pair), !=, altm_seal_pair_get_key (locked->pair));
  g_assert_true (altm_lock_destroy (locked->tablet->store, ALTM_LOCK_REASON_NONE, NULL));
  assert_destroyed (locked, ALTM_LOCK_REASON_NONE);
}

static void
assert_not_set (Locked *self, AltmVault *before, AltmVault *vault)
{
  gboolean was_there = has_file (self);
  g_autoptr(GBytes) file = was_there ? altm_test_read_file (self->tablet->path, "keys.json") : NULL;
  g_autoptr(GBytes) after = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_false (altm_lock_set (self->tablet->store, before, vault, &error));
  g_assert_error (error, ALTM_LOCK_ERROR, ALTM_LOCK_ERROR_CHANGED);
  g_assert_cmpint (has_file (self), ==, was_there);
  if (!was_there)
    return;
  after = altm_test_read_file (self->tablet->path, "keys.json");
  g_assert_true (g_bytes_equal (file, after));
}

/* Two settings pages, or a slow change and a wipe, at once. */
static void
what_was_changed_meanwhile_is_not_overwritten (void)
{
  g_autoptr(Locked) locked = locked_new ();
  AltmStore *store = locked->tablet->store;
  g_auto(AltmLockState) state = load_state (store, locked->now);
  g_autoptr(AltmVault) another = altm_test_make_vault (NULL);
  g_autoptr(AltmVault) one = altm_vault_set_holder_at_cost (state.vault, locked->pair, "m-4", "902174", cheap, NULL);
  g_autoptr(AltmVault) two = altm_vault_set_holder_at_cost (state.vault, locked->pair, "m-5", "902174", cheap, NULL);

  assert_not_set (locked, NULL, another);
  g_assert_true (altm_lock_set (store, state.vault, one, NULL));
  assert_not_set (locked, state.vault, two);
  g_assert_true (altm_lock_destroy (store, ALTM_LOCK_REASON_RESET, NULL));
  assert_not_set (locked, one, two);
  assert_destroyed (locked, ALTM_LOCK_REASON_RESET);
}

static void
what_was_opened_too_late_is_given_back (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autoptr(AltmVault) vault = begin (locked);
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_lock_destroy (locked->tablet->store, ALTM_LOCK_REASON_RESET, NULL));
  g_assert_false (altm_lock_end_try (locked->tablet->store, vault, TRUE, locked->now, &error));
  g_assert_error (error, ALTM_LOCK_ERROR, ALTM_LOCK_ERROR_NOT_SET);
  g_assert_true (altm_lock_end_try (locked->tablet->store, vault, FALSE, locked->now, NULL));
  assert_destroyed (locked, ALTM_LOCK_REASON_RESET);
}

/* The order was noted, and then the battery was empty. */
static void
a_destruction_is_ended_at_the_next_opening (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_auto(AltmLockState) state = { FALSE };

  altm_test_sql (locked->tablet->store, "INSERT INTO settings VALUES ('lock_destroying', 'reset')");
  state = load_state (locked->tablet->store, locked->now);
  g_assert_false (state.is_set);
  g_assert_true (has_file (locked));
  reopen (locked);
  assert_destroyed (locked, ALTM_LOCK_REASON_RESET);
}

static void
a_new_lock_waits_for_the_old_ones_end (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autoptr(AltmSealPair) pair = NULL;

  altm_test_sql (locked->tablet->store, "INSERT INTO settings VALUES ('lock_destroying', 'reset')");
  pair = altm_test_set_lock (locked->tablet->store);
  reopen (locked);
  assert_tries_left (locked, 10);
  g_assert_true (try (locked, ALTM_TEST_PIN));
}

static void
a_file_that_was_half_written_goes (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *path = g_build_filename (locked->tablet->path, "keys.json.new", NULL);

  g_assert_true (g_file_set_contents (path, "{\"version\":1,", -1, NULL));
  reopen (locked);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  assert_tries_left (locked, 10);
}

static void
a_change_gives_all_tries_back (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_auto(AltmLockState) state = { FALSE };
  g_autoptr(AltmVault) changed = NULL;

  try_wrong (locked, 4);
  state = load_state (locked->tablet->store, locked->now);
  changed =
    altm_vault_set_holder_at_cost (state.vault, locked->pair, ALTM_TEST_HOLDER, "135792468013", cheap, NULL);
  g_assert_true (altm_lock_set (locked->tablet->store, state.vault, changed, NULL));
  assert_tries_left (locked, 10);
  g_assert_true (try (locked, "135792468013"));
  g_assert_false (try (locked, ALTM_TEST_PIN));
}

static void
a_tablet_that_is_wiped_gets_no_lock (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autoptr(AltmVault) vault = altm_test_make_vault (NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_wipe_keys (locked->tablet->store, locked->now, NULL));
  assert_destroyed (locked, ALTM_LOCK_REASON_WIPE);
  g_assert_false (altm_lock_set (locked->tablet->store, NULL, vault, &error));
  g_assert_error (error, ALTM_LOCK_ERROR, ALTM_LOCK_ERROR_WIPING);
  g_assert_false (has_file (locked));
}

/* What somebody wrote there is no number of tries; the most that it can be is all of them. */
static void
strange_numbers_are_bounded (void)
{
  static const struct
  {
    const char *tries;
    int left;
  } numbers[] = { { "-5", 10 }, { "many", 10 }, { "", 10 }, { "7", 3 }, { "99999999999999999999", 0 } };
  g_autoptr(Locked) locked = locked_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_assert_true (altm_store_set_setting (locked->tablet->store, "lock_tries", numbers[i].tries, NULL));
      assert_tries_left (locked, numbers[i].left);
    }
  reopen (locked);
  assert_destroyed (locked, ALTM_LOCK_REASON_TRIES);
}

/* The tries lie in the store; they come over when it is damaged, and the keys stay where they are. */
static void
a_damaged_store_forgets_no_try (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *file = g_build_filename (locked->tablet->path, "field.db", NULL);
  g_autoptr(GBytes) bytes = NULL;
  g_autofree guint8 *damaged = NULL;
  gsize length;

  altm_test_add_contacts (locked->tablet->store, 20);
  try_wrong (locked, 4);
  altm_test_store_close (locked->tablet);
  bytes = altm_test_read_file (locked->tablet->path, "field.db");
  damaged = g_memdup2 (g_bytes_get_data (bytes, &length), g_bytes_get_size (bytes));
  memset (damaged + 16, 0x5a, 50); /* the header: what it says of the pages and the version */
  g_assert_true (g_file_set_contents (file, (const char *) damaged, (gssize) length, NULL));
  altm_test_store_open (locked->tablet);
  g_assert_true (altm_store_was_recovered (locked->tablet->store));
  assert_tries_left (locked, 6);
  g_assert_true (try (locked, ALTM_TEST_PIN));
}

#define COLLEAGUE "m-18"
#define COLLEAGUES_PIN "618305"

static void
add_holder (Locked *self, const char *holder, const char *pin)
{
  g_auto(AltmLockState) state = load_state (self->tablet->store, self->now);
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmVault) vault = altm_vault_set_holder_at_cost (state.vault, self->pair, holder, pin, cheap, &error);

  g_assert_no_error (error);
  altm_lock_set (self->tablet->store, state.vault, vault, &error);
  g_assert_no_error (error);
}

static void
retire (Locked *self, const char *mediators)
{
  g_autoptr(json_t) listed = altm_test_value (mediators);
  g_autoptr(json_t) root = json_pack ("{s:i, s:{}, s:[], s:[], s:[], s:[], s:O}", "version", 1, "vocabulary", "places",
                                      "structures", "needs", "campaigns", "mediators", listed);
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmLists) lists = altm_lists_new (root, &error);

  g_assert_no_error (error);
  altm_lock_retire (self->tablet->store, lists, &error);
  g_assert_no_error (error);
}

static char *
join_holders (Locked *self)
{
  g_auto(AltmLockState) state = load_state (self->tablet->store, self->now);

  return g_strjoinv (" ", state.holders);
}

static void
assert_holders (Locked *self, const char *expected)
{
  g_autofree char *holders = join_holders (self);

  g_assert_cmpstr (holders, ==, expected);
}

static gboolean
opens (Locked *self, const char *holder, const char *pin)
{
  g_auto(AltmLockState) state = load_state (self->tablet->store, self->now);
  g_autoptr(AltmSealPair) pair = altm_vault_open (state.vault, holder, pin, NULL);

  return pair != NULL;
}

/* Each has their own: nobody's opens another's, and a forgotten one is set again by whom a colleague let in. */
static void
each_mediator_has_a_pin_of_their_own (void)
{
  g_autoptr(Locked) locked = locked_new ();

  add_holder (locked, COLLEAGUE, COLLEAGUES_PIN);
  g_assert_true (opens (locked, ALTM_TEST_HOLDER, ALTM_TEST_PIN));
  g_assert_true (opens (locked, COLLEAGUE, COLLEAGUES_PIN));
  g_assert_false (opens (locked, ALTM_TEST_HOLDER, COLLEAGUES_PIN));
  g_assert_false (opens (locked, COLLEAGUE, ALTM_TEST_PIN));
  add_holder (locked, COLLEAGUE, "902174");
  g_assert_false (opens (locked, COLLEAGUE, COLLEAGUES_PIN));
  g_assert_true (opens (locked, COLLEAGUE, "902174"));
  g_assert_true (opens (locked, ALTM_TEST_HOLDER, ALTM_TEST_PIN));
}

static void
whom_hq_retires_opens_nothing (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autoptr(GError) error = NULL;

  add_holder (locked, COLLEAGUE, COLLEAGUES_PIN);
  add_holder (locked, ALTM_LOCK_TABLET, COLLEAGUES_PIN);
  retire (locked, "[]");
  retire (locked, "[{'code':'m-17'},{'code':'m-18'}]");
  assert_holders (locked, "m-17 m-18 tablet");
  try_wrong (locked, 2);
  retire (locked, "[{'code':'m-17','retired':true},{'code':'m-18'}]");
  reopen (locked);
  assert_holders (locked, "m-18 tablet");
  assert_tries_left (locked, ALTM_LOCK_TRIES - 2);
  assert_no_try (locked, ALTM_TEST_HOLDER, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_HOLDER);
  g_assert_true (opens (locked, COLLEAGUE, COLLEAGUES_PIN));
}

/* Who was being let in while HQ's list came is not. */
static void
whom_hq_retires_meanwhile_is_not_let_in (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autoptr(AltmVault) vault = begin (locked);
  g_autoptr(GError) error = NULL;

  add_holder (locked, COLLEAGUE, COLLEAGUES_PIN);
  retire (locked, "[{'code':'m-18'}]");
  g_assert_false (altm_lock_end_try (locked->tablet->store, vault, TRUE, locked->now, &error));
  g_assert_error (error, ALTM_LOCK_ERROR, ALTM_LOCK_ERROR_NOT_SET);
}

static void
keys_that_only_the_retired_held_are_destroyed (void)
{
  g_autoptr(Locked) locked = locked_new ();

  retire (locked, "[{'code':'m-18'}]");
  g_assert_false (has_file (locked));
  assert_destroyed (locked, ALTM_LOCK_REASON_RETIRED);
  reopen (locked);
  assert_destroyed (locked, ALTM_LOCK_REASON_RETIRED);
  retire (locked, "[{'code':'m-18'}]");
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/lock/none", at_first_there_is_no_lock);
  g_test_add_func ("/lock/set", a_lock_that_is_set_is_opened);
  g_test_add_func ("/lock/set/meanwhile", what_was_changed_meanwhile_is_not_overwritten);
  g_test_add_func ("/lock/set/again", a_new_lock_forgets_why_there_was_none);
  g_test_add_func ("/lock/set/changed", a_change_gives_all_tries_back);
  g_test_add_func ("/lock/set/wiping", a_tablet_that_is_wiped_gets_no_lock);
  g_test_add_func ("/lock/set/half", a_file_that_was_half_written_goes);
  g_test_add_func ("/lock/tries/restarts", wrong_tries_are_counted_across_restarts);
  g_test_add_func ("/lock/tries/right", a_right_try_gives_all_back);
  g_test_add_func ("/lock/tries/cut-short", a_try_that_was_cut_short_is_spent);
  g_test_add_func ("/lock/tries/stranger", a_stranger_spends_no_try);
  g_test_add_func ("/lock/tries/cancelled", a_try_that_could_not_be_made_is_taken_back);
  g_test_add_func ("/lock/tries/strange", strange_numbers_are_bounded);
  g_test_add_func ("/lock/tries/recovered", a_damaged_store_forgets_no_try);
  g_test_add_func ("/lock/tries/ten", ten_wrong_ones_destroy_the_keys);
  g_test_add_func ("/lock/tries/tenth-right", the_tenth_may_be_right);
  g_test_add_func ("/lock/tries/tenth-cut-short", a_tenth_that_was_cut_short_was_wrong);
  g_test_add_func ("/lock/tries/late", what_was_opened_too_late_is_given_back);
  g_test_add_func ("/lock/waits", waits_grow);
  g_test_add_func ("/lock/waits/clock-back", a_clock_put_back_waits_again);
  g_test_add_func ("/lock/damaged", damaged_keys_stand_in_no_ones_way);
  g_test_add_func ("/lock/destroyed/interrupted", a_destruction_is_ended_at_the_next_opening);
  g_test_add_func ("/lock/destroyed/unfinished", a_new_lock_waits_for_the_old_ones_end);
  g_test_add_func ("/lock/mediators", each_mediator_has_a_pin_of_their_own);
  g_test_add_func ("/lock/mediators/retired", whom_hq_retires_opens_nothing);
  g_test_add_func ("/lock/mediators/retired/meanwhile", whom_hq_retires_meanwhile_is_not_let_in);
  g_test_add_func ("/lock/mediators/retired/all", keys_that_only_the_retired_held_are_destroyed);
  return g_test_run ();
}
