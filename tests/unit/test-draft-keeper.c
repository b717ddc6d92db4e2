/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-draft-keeper.h"
#include "altm-test.h"

#define FORM "contact-019ab6f2-ba00-7000-8000-000000000001"
#define ID "019ab6f2-ba00-7000-8000-000000000001"
#define DELAY (2 * G_TIME_SPAN_MINUTE)
#define SECRET "Mme Perrin, 3e étage"

/* A form on a tablet whose store has a thread of its own, as the app's has. */
typedef struct
{
  AltmTestStore *tablet;
  AltmSealPair *hq;
  AltmSealPair *pair;
  AltmWorker *worker;
  AltmLockKeeper *lock;
  AltmDraftKeeper *keeper;
  gint64 now;
  int people;
  char *note;
  int n_asked;
  int n_taken;
  int n_opened;
  int n_unreadable;
} Desk;

static gpointer
take_store (gpointer data, GError **error)
{
  return altm_store_open (data, error);
}

static void
close_store (gpointer data)
{
  altm_store_close (data);
}

static gint64
read_clock (gpointer data)
{
  return ((Desk *) data)->now;
}

static void
tell (gpointer form, json_t **data, json_t **private)
{
  Desk *self = form;

  self->n_asked++;
  *data = json_pack ("{s:i}", "people", self->people);
  *private = self->note == NULL ? NULL : json_pack ("{s:s}", "note", self->note);
}

static void
set_note (Desk *self, const char *note)
{
  g_free (self->note);
  self->note = g_strdup (note);
}

static void
taken_cb (AltmDraftKeeper *keeper, Desk *self)
{
  self->n_taken++;
  set_note (self, NULL);
}

static void
opened_cb (AltmDraftKeeper *keeper, json_t *private, Desk *self)
{
  self->n_opened++;
  set_note (self, altm_json_get_string (private, "note"));
}

static void
unreadable_cb (AltmDraftKeeper *keeper, Desk *self)
{
  self->n_unreadable++;
}

static void
open_form (Desk *self)
{
  self->keeper = altm_draft_keeper_new (self->worker, self->lock, FORM, ID);
  altm_draft_keeper_set_source (self->keeper, tell, self);
  g_signal_connect (self->keeper, "taken", G_CALLBACK (taken_cb), self);
  g_signal_connect (self->keeper, "opened", G_CALLBACK (opened_cb), self);
  g_signal_connect (self->keeper, "unreadable", G_CALLBACK (unreadable_cb), self);
}

static Desk *
desk_new (gboolean has_lock)
{
  Desk *self = g_new0 (Desk, 1);
  g_autoptr(GError) error = NULL;

  self->tablet = altm_test_store_new ();
  self->hq = altm_test_enrol_locally (self->tablet);
  if (has_lock)
    self->pair = altm_test_set_lock (self->tablet->store);
  altm_test_store_close (self->tablet);
  self->worker = altm_worker_new (take_store, self->tablet->path, close_store, &error);
  g_assert_no_error (error);
  self->now = 1000;
  self->people = 1;
  self->lock = altm_lock_keeper_new ();
  altm_lock_keeper_set_clock (self->lock, read_clock, self);
  altm_lock_keeper_set_delay (self->lock, DELAY);
  open_form (self);
  return self;
}

static void
desk_free (Desk *self)
{
  altm_draft_keeper_close (self->keeper);
  g_object_unref (self->keeper);
  g_object_unref (self->lock);
  altm_worker_unref (self->worker);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  altm_seal_pair_free (self->hq);
  altm_seal_pair_free (self->pair);
  altm_test_store_open (self->tablet);
  altm_test_store_free (self->tablet);
  g_free (self->note);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Desk, desk_free)

/* The lock wipes the pair that it was given: the test keeps its own. */
static AltmSealPair *
open_vault (Desk *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmVault) vault = altm_vault_load (self->tablet->path, &error);
  AltmSealPair *pair;

  g_assert_no_error (error);
  pair = altm_vault_open (vault, ALTM_TEST_HOLDER, ALTM_TEST_PIN, &error);
  g_assert_no_error (error);
  return pair;
}

static void
unlock (Desk *self)
{
  altm_lock_keeper_unlock (self->lock, open_vault (self), ALTM_TEST_HOLDER);
}

typedef struct
{
  AltmSealPair *pair;
  AltmDraft *draft;
} Look;

static gpointer
look_job (gpointer thing, gpointer data, GError **error)
{
  Look *look = data;

  look->draft = altm_draft_load (thing, FORM, look->pair, NULL);
  return NULL;
}

/* What is on the disk after all the jobs so far. */
static AltmDraft *
look (Desk *self)
{
  Look look = { self->pair, NULL };

  altm_worker_run (self->worker, look_job, &look, NULL);
  return look.draft;
}

static void
assert_people (Desk *self, int people)
{
  g_autoptr(AltmDraft) draft = look (self);

  g_assert_nonnull (draft);
  g_assert_cmpstr (draft->id, ==, ID);
  g_assert_cmpint (altm_json_get_integer (draft->data, "people", 0), ==, people);
}

static void
assert_note (Desk *self, const char *note)
{
  g_autoptr(AltmDraft) draft = look (self);

  g_assert_nonnull (draft);
  g_assert_cmpint (draft->state, ==, note == NULL ? ALTM_COPY_NONE : ALTM_COPY_READABLE);
  g_assert_cmpstr (altm_json_get_string (draft->private, "note"), ==, note);
}

static void
wait_for (int *count, int wanted)
{
  while (*count < wanted)
    g_main_context_iteration (NULL, TRUE);
}

/* Until the callbacks of all the jobs so far have been called: those of the worker come in order. */
static void
settled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  (*(int *) user_data)++;
}

static gpointer
no_job (gpointer thing, gpointer data, GError **error)
{
  return NULL;
}

static void
settle (Desk *self)
{
  for (int i = 0; i < 3; i++)
    {
      int n_done = 0;

      altm_worker_run_async (self->worker, no_job, NULL, NULL, NULL, settled_cb, &n_done);
      wait_for (&n_done, 1);
    }
}

static void
a_tap_is_on_the_disk_at_once (void)
{
  g_autoptr(Desk) desk = desk_new (FALSE);

  desk->people = 4;
  altm_draft_keeper_save_now (desk->keeper);
  assert_people (desk, 4);
}

static void
an_untouched_form_has_no_draft (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  altm_lock_keeper_lock (desk->lock);
  altm_draft_keeper_close (desk->keeper);
  g_assert_null (look (desk));
}

static void
many_taps_are_few_jobs (void)
{
  g_autoptr(Desk) desk = desk_new (FALSE);

  for (desk->people = 1; desk->people < 100; desk->people++)
    altm_draft_keeper_save_now (desk->keeper);
  g_assert_cmpint (desk->n_asked, ==, 1);
  settle (desk);
  g_assert_cmpint (desk->n_asked, ==, 2);
  assert_people (desk, 100);
}

static void
keys_are_kept_a_moment_later (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  for (int i = 0; i < 20; i++)
    altm_draft_keeper_save_soon (desk->keeper);
  set_note (desk, SECRET);
  g_assert_cmpint (desk->n_asked, ==, 0);
  wait_for (&desk->n_asked, 1);
  assert_note (desk, SECRET);
}

static void
what_was_just_typed_is_kept_when_the_form_goes (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  altm_draft_keeper_save_now (desk->keeper);
  set_note (desk, SECRET);
  altm_draft_keeper_save_soon (desk->keeper);
  altm_draft_keeper_close (desk->keeper);
  assert_note (desk, SECRET);
}

static void
without_a_lock_nothing_is_taken (void)
{
  g_autoptr(Desk) desk = desk_new (FALSE);

  set_note (desk, SECRET);
  altm_draft_keeper_save_now (desk->keeper);
  altm_lock_keeper_lock (desk->lock);
  settle (desk);
  g_assert_cmpint (desk->n_taken, ==, 0);
  g_assert_false (altm_draft_keeper_is_kept (desk->keeper));
  assert_note (desk, NULL);
  g_assert_false (altm_test_holds (desk->tablet->path, "Perrin"));
}

/* Whoever leaves a form is asked only where its draft is not all of it. */
static void
it_is_known_whether_the_draft_is_all_of_it (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);
  g_autofree char *much = g_strnfill (ALTM_DRAFT_BYTES, 'm');

  g_assert_false (altm_draft_keeper_has_private (desk->keeper));
  set_note (desk, SECRET);
  g_assert_true (altm_draft_keeper_has_private (desk->keeper));
  altm_draft_keeper_save_now (desk->keeper);
  settle (desk);
  g_assert_false (altm_draft_keeper_has_failed (desk->keeper));
  set_note (desk, much);
  altm_draft_keeper_save_now (desk->keeper);
  settle (desk);
  g_assert_true (altm_draft_keeper_has_failed (desk->keeper));
}

static void
a_lock_that_closes_takes_it (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  unlock (desk);
  set_note (desk, SECRET);
  altm_draft_keeper_save_soon (desk->keeper);
  altm_lock_keeper_lock (desk->lock);
  wait_for (&desk->n_taken, 1);
  g_assert_true (altm_draft_keeper_is_kept (desk->keeper));
  assert_note (desk, SECRET);
  g_assert_false (altm_test_holds (desk->tablet->path, "Perrin"));

  /* The fields that were emptied, and taps while it is locked, leave it alone. */
  desk->people = 3;
  altm_draft_keeper_save_now (desk->keeper);
  assert_people (desk, 3);
  assert_note (desk, SECRET);
  unlock (desk);
  wait_for (&desk->n_opened, 1);
  g_assert_cmpstr (desk->note, ==, SECRET);
  g_assert_false (altm_draft_keeper_is_kept (desk->keeper));
}

/* Nobody unlocked it, and it was typed on a locked tablet: it is on the screen all the same. */
static void
what_is_typed_while_locked_is_taken_too (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  set_note (desk, SECRET);
  altm_draft_keeper_save_now (desk->keeper);
  settle (desk);
  desk->now += DELAY;
  wait_for (&desk->n_taken, 1);
  assert_note (desk, SECRET);
}

static void
it_can_be_replaced_while_locked (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  set_note (desk, SECRET);
  altm_draft_keeper_save_now (desk->keeper);
  altm_lock_keeper_lock (desk->lock);
  wait_for (&desk->n_taken, 1);

  altm_draft_keeper_replace (desk->keeper);
  assert_note (desk, NULL);
  set_note (desk, "autre");
  altm_draft_keeper_save_now (desk->keeper);
  settle (desk);
  assert_note (desk, "autre");
}

static void
it_goes_on_after_a_crash (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  set_note (desk, SECRET);
  altm_draft_keeper_save_now (desk->keeper);
  altm_draft_keeper_close (desk->keeper);
  g_clear_object (&desk->keeper);
  settle (desk);

  set_note (desk, NULL);
  open_form (desk);
  altm_draft_keeper_set_kept (desk->keeper);
  altm_draft_keeper_open (desk->keeper);
  settle (desk);
  g_assert_cmpint (desk->n_opened, ==, 0);
  unlock (desk);
  wait_for (&desk->n_opened, 1);
  g_assert_cmpstr (desk->note, ==, SECRET);
}

static gpointer
break_job (gpointer thing, gpointer data, GError **error)
{
  altm_test_sql (thing, data);
  return NULL;
}

static void
what_no_key_opens_is_said (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  set_note (desk, SECRET);
  altm_draft_keeper_save_now (desk->keeper);
  altm_lock_keeper_lock (desk->lock);
  wait_for (&desk->n_taken, 1);
  altm_worker_run (desk->worker, break_job, "UPDATE drafts SET private = x'00112233'", NULL);
  unlock (desk);
  wait_for (&desk->n_unreadable, 1);
  g_assert_true (altm_draft_keeper_is_kept (desk->keeper));
}

/* The keys are gone, and with them what was sealed. */
static void
what_is_gone_is_not_waited_for (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  set_note (desk, SECRET);
  altm_draft_keeper_save_now (desk->keeper);
  altm_lock_keeper_lock (desk->lock);
  wait_for (&desk->n_taken, 1);
  altm_worker_run (desk->worker, break_job, "UPDATE drafts SET private = NULL", NULL);
  altm_draft_keeper_open (desk->keeper);
  wait_for (&desk->n_opened, 1);
  g_assert_null (desk->note);
  g_assert_false (altm_draft_keeper_is_kept (desk->keeper));
}

static void
nothing_is_kept_of_a_record_that_is_saved (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  altm_draft_keeper_save_now (desk->keeper);
  altm_draft_keeper_save_soon (desk->keeper);
  altm_draft_keeper_pause (desk->keeper);
  altm_worker_run (desk->worker, break_job, "DELETE FROM drafts", NULL);
  altm_lock_keeper_lock (desk->lock);
  settle (desk);
  altm_draft_keeper_close (desk->keeper);
  g_assert_null (look (desk));
}

static void
it_is_kept_again_where_the_record_was_not_saved (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  altm_draft_keeper_save_now (desk->keeper);
  altm_draft_keeper_pause (desk->keeper);
  desk->people = 2;
  altm_draft_keeper_resume (desk->keeper);
  settle (desk);
  assert_people (desk, 2);
}

static void
a_form_that_is_left_has_no_draft (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  altm_draft_keeper_save_now (desk->keeper);
  altm_draft_keeper_save_soon (desk->keeper);
  altm_draft_keeper_discard (desk->keeper);
  altm_draft_keeper_save_soon (desk->keeper);
  settle (desk);
  g_assert_null (look (desk));
}

/* A failure is not told, and takes nothing off the screen. */
static void
what_could_not_be_kept_stays (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  altm_worker_run (desk->worker, break_job, "ALTER TABLE drafts RENAME TO gone", NULL);
  set_note (desk, SECRET);
  altm_draft_keeper_save_now (desk->keeper);
  altm_lock_keeper_lock (desk->lock);
  settle (desk);
  g_assert_cmpint (desk->n_taken, ==, 0);
  g_assert_cmpstr (desk->note, ==, SECRET);
  altm_worker_run (desk->worker, break_job, "ALTER TABLE gone RENAME TO drafts", NULL);
  altm_lock_keeper_lock (desk->lock);
  wait_for (&desk->n_taken, 1);
  assert_note (desk, SECRET);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*run) (void);
  } tests[] = {
    { "/draft-keeper/a-tap-is-on-the-disk-at-once", a_tap_is_on_the_disk_at_once },
    { "/draft-keeper/an-untouched-form-has-no-draft", an_untouched_form_has_no_draft },
    { "/draft-keeper/many-taps-are-few-jobs", many_taps_are_few_jobs },
    { "/draft-keeper/keys-are-kept-a-moment-later", keys_are_kept_a_moment_later },
    { "/draft-keeper/what-was-just-typed-is-kept-when-the-form-goes", what_was_just_typed_is_kept_when_the_form_goes },
    { "/draft-keeper/without-a-lock-nothing-is-taken", without_a_lock_nothing_is_taken },
    { "/draft-keeper/it-is-known-whether-the-draft-is-all-of-it", it_is_known_whether_the_draft_is_all_of_it },
    { "/draft-keeper/a-lock-that-closes-takes-it", a_lock_that_closes_takes_it },
    { "/draft-keeper/what-is-typed-while-locked-is-taken-too", what_is_typed_while_locked_is_taken_too },
    { "/draft-keeper/it-can-be-replaced-while-locked", it_can_be_replaced_while_locked },
    { "/draft-keeper/it-goes-on-after-a-crash", it_goes_on_after_a_crash },
    { "/draft-keeper/what-no-key-opens-is-said", what_no_key_opens_is_said },
    { "/draft-keeper/what-is-gone-is-not-waited-for", what_is_gone_is_not_waited_for },
    { "/draft-keeper/nothing-is-kept-of-a-record-that-is-saved", nothing_is_kept_of_a_record_that_is_saved },
    { "/draft-keeper/it-is-kept-again-where-the-record-was-not-saved", it_is_kept_again_where_the_record_was_not_saved },
    { "/draft-keeper/a-form-that-is-left-has-no-draft", a_form_that_is_left_has_no_draft },
    { "/draft-keeper/what-could-not-be-kept-stays", what_could_not_be_kept_stays },
  };

  altm_test_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_func (tests[i].path, tests[i].run);
  return g_test_run ();
}
