/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is destroyed, changed or wiped while the battery goes: a child does it and is killed before its first
 * call that moves something on the disk, then before its second, until it comes to its end. Each time the
 * store is opened again. */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "altm-copies.h"
#include "altm-flow.h"
#include "altm-store-private.h"
#include "altm-test.h"
#include "altm-vault-private.h"
#include "altm-wipe.h"

#define NOTE "Mme Perrin a rappelé"
#define OTHER_PIN "902174"

static const AltmVaultCost cheap = { 1, 8192 };

/* Of the child: calls until it is killed; negative: it lives. */
static int calls_left = -1;

static void
count_call (void)
{
  if (calls_left == 0)
    kill (getpid (), SIGKILL);
  if (calls_left > 0)
    calls_left--;
}

/* These stand in front of the C library's, for SQLite too. */
int
fsync (int file)
{
  count_call ();
  return (int) syscall (SYS_fsync, file);
}

int
fdatasync (int file)
{
  count_call ();
  return (int) syscall (SYS_fdatasync, file);
}

int
unlink (const char *path)
{
  count_call ();
  return (int) syscall (SYS_unlinkat, AT_FDCWD, path, 0);
}

int
remove (const char *path)
{
  int code;

  count_call ();
  code = (int) syscall (SYS_unlinkat, AT_FDCWD, path, 0);
  return code == 0 ? 0 : (int) syscall (SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

int
rename (const char *from, const char *to)
{
  count_call ();
  return (int) syscall (SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

typedef gboolean (*Job) (AltmStore *store);

/* A tablet with a lock, a note and a line that waits; the keys are the same each time round. */
typedef struct
{
  AltmTestStore *tablet;
  AltmSealPair *hq;
  AltmSealPair *pair;
  AltmVault *vault;
  char *id;
  GBytes *copy;
  gboolean was_killed;
} Cut;

static void
cut_free (Cut *self)
{
  altm_seal_pair_free (self->hq);
  altm_seal_pair_free (self->pair);
  altm_vault_unref (self->vault);
  altm_test_store_free (self->tablet);
  g_bytes_unref (self->copy);
  g_free (self->id);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Cut, cut_free)

static GBytes *
read_copy (AltmStore *store)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(AltmRows) rows = altm_sql_query (sql, NULL, "SELECT copy FROM lines WHERE seq = 1", "");

  g_assert_true (altm_sql_step (sql, rows, NULL));
  return altm_rows_bytes (rows, 0);
}

static void
run_child (Cut *self, Job job, int n_calls)
{
  pid_t child = fork ();
  int status = 0;

  if (child == 0)
    {
      AltmStore *store;

      calls_left = n_calls;
      store = altm_store_open (self->tablet->path, NULL);
      _exit (store != NULL && job (store) ? 0 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  self->was_killed = WIFSIGNALED (status);
  g_assert_true (self->was_killed ? WTERMSIG (status) == SIGKILL : WEXITSTATUS (status) == 0);
}

/* @n_calls: before which call of a child's @job, which opens the store first, it is killed. */
static Cut *
cut_new (Job job, int n_calls)
{
  Cut *self = g_new0 (Cut, 1);
  AltmStore *store;

  self->tablet = altm_test_store_new ();
  store = self->tablet->store;
  self->hq = altm_test_enrol_locally (self->tablet);
  self->vault = altm_test_make_vault (&self->pair);
  g_assert_true (altm_lock_set (store, NULL, self->vault, NULL));
  self->id = altm_test_add_note (store, NULL, NOTE);
  altm_test_add_contacts (store, 1);
  self->copy = read_copy (store);
  altm_test_store_close (self->tablet);
  run_child (self, job, n_calls);
  altm_test_store_open (self->tablet);
  g_assert_false (altm_store_was_recovered (self->tablet->store));
  return self;
}

static gboolean
can_open (Cut *self, const char *pin)
{
  g_autoptr(AltmVault) vault = altm_vault_load (self->tablet->path, NULL);
  g_autoptr(AltmSealPair) pair = vault != NULL ? altm_vault_open (vault, ALTM_TEST_HOLDER, pin, NULL) : NULL;

  return pair != NULL;
}

static void
assert_whole (Cut *self)
{
  AltmCopyState state;
  g_autoptr(json_t) private = altm_copies_load (self->tablet->store, self->id, self->pair, &state, NULL);

  g_assert_cmpstr (altm_json_get_string (private, "note"), ==, NOTE);
}

static void
assert_destroyed (Cut *self, AltmLockReason because)
{
  g_auto(AltmLockState) state = { FALSE };
  AltmCopyState copy_state;

  g_assert_true (altm_lock_load_state (self->tablet->store, ALTM_TEST_NOW, &state, NULL));
  g_assert_false (state.is_set);
  g_assert_cmpint (state.destroyed_because, ==, because);
  g_assert_false (altm_test_holds_bytes (self->tablet->path, self->copy));
  g_assert_false (altm_test_holds (self->tablet->path, "wrapped"));
  g_assert_null (altm_copies_load (self->tablet->store, self->id, self->pair, &copy_state, NULL));
}

static gboolean
destroy (AltmStore *store)
{
  return altm_lock_destroy (store, ALTM_LOCK_REASON_RESET, NULL);
}

static void
keys_are_whole_or_gone (void)
{
  gboolean was_killed = TRUE;
  int n_whole = 0, n_gone = 0;

  for (int n = 0; was_killed; n++)
    {
      g_autoptr(Cut) cut = cut_new (destroy, n);

      was_killed = cut->was_killed;
      g_assert_cmpint (altm_test_summary (cut->tablet->store).queued, ==, 2);
      if (can_open (cut, ALTM_TEST_PIN))
        {
          assert_whole (cut);
          n_whole++;
          continue;
        }
      assert_destroyed (cut, ALTM_LOCK_REASON_RESET);
      n_gone++;
    }
  g_assert_cmpint (n_whole, >, 0);
  g_assert_cmpint (n_gone, >, 5);
}

static gboolean
change (AltmStore *store)
{
  g_auto(AltmLockState) state = { FALSE };
  g_autoptr(AltmVault) vault = NULL;
  g_autoptr(AltmSealPair) pair = NULL;

  if (!altm_lock_load_state (store, ALTM_TEST_NOW, &state, NULL))
    return FALSE;
  pair = altm_vault_open (state.vault, ALTM_TEST_HOLDER, ALTM_TEST_PIN, NULL);
  vault = altm_vault_set_holder_at_cost (state.vault, pair, ALTM_TEST_HOLDER, OTHER_PIN, cheap, NULL);
  return altm_lock_set (store, state.vault, vault, NULL);
}

static void
the_old_pin_opens_or_the_new_one (void)
{
  gboolean was_killed = TRUE;
  int n_old = 0, n_new = 0;

  for (int n = 0; was_killed; n++)
    {
      g_autoptr(Cut) cut = cut_new (change, n);
      gboolean is_old = can_open (cut, ALTM_TEST_PIN);

      was_killed = cut->was_killed;
      g_assert_cmpint (is_old, !=, can_open (cut, OTHER_PIN));
      assert_whole (cut);
      n_old += is_old;
      n_new += !is_old;
    }
  g_assert_cmpint (n_old, >, 0);
  g_assert_cmpint (n_new, >, 0);
}

static gboolean
settle_all (AltmStore *store)
{
  const AltmVerdict taken = { NULL };
  g_autoptr(GPtrArray) lines = altm_outbox_take (store, 100, G_MAXSIZE, NULL);
  AltmVerdict verdicts[100];

  for (gsize i = 0; i < G_N_ELEMENTS (verdicts); i++)
    verdicts[i] = taken;
  return altm_outbox_settle (store, lines, verdicts, ALTM_TEST_NOW, NULL);
}

static gboolean
wipe (AltmStore *store)
{
  return altm_wipe_keys (store, ALTM_TEST_NOW, NULL) && settle_all (store) && altm_wipe_empty (store, ALTM_TEST_NOW, NULL);
}

static void
assert_wiped (Cut *self)
{
  g_assert_cmpint (altm_test_sql_integer (self->tablet->store, "SELECT COUNT (*) FROM lines"), ==, 0);
  g_assert_cmpint (altm_test_sql_integer (self->tablet->store, "SELECT COUNT (*) FROM settings WHERE name <> 'wiped'"), ==, 0);
  g_assert_false (altm_test_holds (self->tablet->path, self->id));
  g_assert_false (altm_test_holds (self->tablet->path, "espace_public"));
  g_assert_false (altm_test_holds (self->tablet->path, altm_seal_pair_get_key (self->hq)));
  g_assert_false (altm_test_holds_bytes (self->tablet->path, self->copy));
}

static gboolean
is_wiped (Cut *self)
{
  g_autofree char *wiped = altm_store_get_setting (self->tablet->store, "wiped");

  return wiped != NULL;
}

/* Either it was not ordered yet, or the keys are gone and the queue is whole, or it is ended by the opening.
 * */
static void
a_wipe_is_ended_from_wherever_it_was (void)
{
  gboolean was_killed = TRUE;
  int n_whole = 0, n_ordered = 0, n_wiped = 0;

  for (int n = 0; was_killed; n++)
    {
      g_autoptr(Cut) cut = cut_new (wipe, n);
      AltmStore *store = cut->tablet->store;

      was_killed = cut->was_killed;
      if (is_wiped (cut))
        {
          assert_wiped (cut);
          n_wiped++;
          continue;
        }
      g_assert_cmpint (altm_test_sql_integer (store, "SELECT COUNT (*) FROM lines"), ==, 2);
      if (!altm_wipe_is_ordered (store))
        {
          assert_whole (cut);
          n_whole++;
          continue;
        }
      assert_destroyed (cut, ALTM_LOCK_REASON_WIPE);
      n_ordered++;
      g_assert_true (settle_all (store));
      g_assert_true (altm_wipe_empty (store, ALTM_TEST_NOW, NULL));
      assert_wiped (cut);
    }
  g_assert_cmpint (n_whole, >, 0);
  g_assert_cmpint (n_ordered, >, 5);
  g_assert_cmpint (n_wiped, >, 5);
}

static gboolean
remove_note (AltmStore *store)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autofree char *id = altm_sql_get_text (sql, "SELECT id FROM lines WHERE seq = 1", "");

  g_free (altm_test_add_note (store, id, ""));
  return TRUE;
}

/* What the log still holds is folded in when the store is closed, or opened and closed again. */
static void
a_note_is_there_or_gone (void)
{
  gboolean was_killed = TRUE;
  int n_whole = 0, n_gone = 0;

  for (int n = 0; was_killed; n++)
    {
      g_autoptr(Cut) cut = cut_new (remove_note, n);
      AltmCopyState state;
      g_autoptr(json_t) private = altm_copies_load (cut->tablet->store, cut->id, cut->pair, &state, NULL);

      was_killed = cut->was_killed;
      n_whole += state == ALTM_COPY_READABLE;
      if (state == ALTM_COPY_READABLE)
        continue;
      n_gone++;
      g_assert_cmpint (state, ==, ALTM_COPY_NONE);
      altm_test_store_close (cut->tablet);
      g_assert_false (altm_test_holds_bytes (cut->tablet->path, cut->copy));
    }
  g_assert_cmpint (n_whole, >, 0);
  g_assert_cmpint (n_gone, >, 0);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/cut-short/destroy", keys_are_whole_or_gone);
  g_test_add_func ("/cut-short/change", the_old_pin_opens_or_the_new_one);
  g_test_add_func ("/cut-short/remove", a_note_is_there_or_gone);
  g_test_add_func ("/cut-short/wipe", a_wipe_is_ended_from_wherever_it_was);
  return g_test_run ();
}
