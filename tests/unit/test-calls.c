/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-call-list.h"
#include "altm-test.h"
#include "altm-uuid.h"

#define SHIFT "019ab6f2-ba00-7000-8000-000000000001"
#define OTHER_SHIFT "019ab6f2-ba00-7000-8000-000000000002"
#define DELAY (2 * G_TIME_SPAN_MINUTE)
#define LIST "Mme Aubrac 06 39 98 12 34\nM. Belkacem : 04.72.55.01.02\nCordier\n+33 (0)6 39 98 77 88 - Mlle D."

/* What was planted of people, however it was written down. */
static const char *const planted[] = { "Aubrac",         "Belkacem",          "Cordier",   "Mlle D.", "06 39 98 12 34",
                                       "04.72.55.01.02", "+33 (0)6 39 98 77", "0639981234" };

/* A shift on the telephone, on a tablet whose store has a thread of its own. */
typedef struct
{
  AltmTestStore *tablet;
  AltmSealPair *hq;
  AltmSealPair *pair;
  AltmWorker *worker;
  AltmLockKeeper *lock;
  AltmCallList *list;
  gint64 now;
  int n_changed;
  int n_lost;
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
count_cb (AltmCallList *list, int *count)
{
  (*count)++;
}

static void
open_list (Desk *self)
{
  self->list = altm_call_list_new (self->worker, self->lock, SHIFT);
  g_signal_connect (self->list, "changed", G_CALLBACK (count_cb), &self->n_changed);
  g_signal_connect (self->list, "lost", G_CALLBACK (count_cb), &self->n_lost);
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
  self->lock = altm_lock_keeper_new ();
  altm_lock_keeper_set_clock (self->lock, read_clock, self);
  altm_lock_keeper_set_delay (self->lock, DELAY);
  open_list (self);
  return self;
}

static void
desk_free (Desk *self)
{
  g_clear_object (&self->list);
  g_object_unref (self->lock);
  altm_worker_unref (self->worker);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  altm_seal_pair_free (self->hq);
  altm_seal_pair_free (self->pair);
  altm_test_store_open (self->tablet);
  altm_test_store_free (self->tablet);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Desk, desk_free)

static void
unlock (Desk *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmVault) vault = altm_vault_load (self->tablet->path, &error);
  AltmSealPair *pair = altm_vault_open (vault, ALTM_TEST_HOLDER, ALTM_TEST_PIN, &error);

  g_assert_no_error (error);
  altm_lock_keeper_unlock (self->lock, pair, ALTM_TEST_HOLDER);
}

static void
settled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static gpointer
no_job (gpointer thing, gpointer data, GError **error)
{
  return NULL;
}

/* Until the callbacks of all the jobs so far have been called: those of the worker come in order. */
static void
settle (Desk *self)
{
  for (int i = 0; i < 3; i++)
    {
      gboolean is_done = FALSE;

      altm_worker_run_async (self->worker, no_job, NULL, NULL, NULL, settled_cb, &is_done);
      while (!is_done)
        g_main_context_iteration (NULL, TRUE);
    }
}

static gpointer
load_job (gpointer thing, gpointer data, GError **error)
{
  g_autofree char *form = altm_calls_name_form (data);

  return altm_draft_load (thing, form, NULL, error);
}

/* What is on the disk of a shift's list after all the jobs so far. */
static AltmDraft *
look (Desk *self, const char *shift)
{
  return altm_worker_run (self->worker, load_job, (gpointer) shift, NULL);
}

static void
assert_deleted (Desk *self)
{
  g_autoptr(AltmDraft) draft = look (self, SHIFT);

  g_assert_null (draft);
}

/* In no file of the store, its write-ahead log included. */
static void
assert_not_in_clear (Desk *self)
{
  settle (self);
  for (gsize i = 0; i < G_N_ELEMENTS (planted); i++)
    g_assert_false (altm_test_holds (self->tablet->path, planted[i]));
}

static void
assert_call (Desk *self, guint place, const char *name, const char *phone, int attempts)
{
  const AltmCallLine *call = altm_call_list_get (self->list, place);

  g_assert_nonnull (call);
  g_assert_cmpstr (call->name, ==, name);
  g_assert_cmpstr (call->phone, ==, phone);
  g_assert_cmpint (call->attempts, ==, attempts);
}

static void
type_list (Desk *self)
{
  altm_call_list_set_typed (self->list, LIST);
  g_assert_cmpint (altm_call_list_add_typed (self->list), ==, 3);
  settle (self);
}

static void
close_lock (Desk *self)
{
  altm_lock_keeper_lock (self->lock);
  settle (self);
}

/* The app is killed and started again. */
static void
restart (Desk *self)
{
  g_autoptr(AltmDraft) draft = NULL;

  g_clear_object (&self->list);
  g_object_unref (self->lock);
  self->lock = altm_lock_keeper_new ();
  settle (self);
  open_list (self);
  draft = look (self, SHIFT);
  if (draft != NULL)
    altm_call_list_resume (self->list, draft);
  settle (self);
}

static void
lines_are_names_and_numbers (void)
{
  static const struct
  {
    const char *line;
    const char *name;
    const char *phone;
  } lines[] = {
    { "Mme D. 06 39 98 12 34", "Mme D.", "06 39 98 12 34" },
    { "0639981234;Mme D.", "Mme D.", "0639981234" },
    { "Jean-Paul É. — 04.72.55.01.02 (matin)", "Jean-Paul É. (matin)", "04.72.55.01.02" },
    { "+33 6 39 98 12 34", "", "+33 6 39 98 12 34" },
    { "bât. 4\t06\302\24039\302\24098\302\24012\302\24034", "bât. 4", "06\302\24039\302\24098\302\24012\302\24034" },
    { "M. (Épicerie 12 bis) 0472550102", "M. (Épicerie 12 bis)", "0472550102" },
    { "Mme K. 00 41 22 555 01 02", "Mme K.", "00 41 22 555 01 02" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr(AltmCalls) calls = altm_calls_new ();
      g_autofree char *rest = NULL;

      g_assert_cmpint (altm_calls_add (calls, lines[i].line, &rest), ==, 1);
      g_assert_cmpstr (rest, ==, "");
      g_assert_cmpstr (altm_calls_get (calls, 0)->name, ==, lines[i].name);
      g_assert_cmpstr (altm_calls_get (calls, 0)->phone, ==, lines[i].phone);
    }
}

static void
what_is_no_number_is_left (void)
{
  static const char *const lines[] = { "Mme D.", "Mme D. 3e étage", "Mme D. 1 85 05 78 006 084 36", "()" };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr(AltmCalls) calls = altm_calls_new ();
      g_autofree char *rest = NULL;

      g_assert_cmpint (altm_calls_add (calls, lines[i], &rest), ==, 0);
      g_assert_cmpstr (rest, ==, lines[i]);
    }
}

static void
a_list_has_an_end (void)
{
  g_autoptr(AltmCalls) calls = altm_calls_new ();
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *rest = NULL;
  g_autofree char *written = NULL;
  g_autoptr(json_t) private = NULL;

  for (int i = 0; i <= ALTM_CALLS; i++)
    g_string_append_printf (text, "Monsieur et Madame Untel-Unetelle, du sixième étage, porte %d 06 39 98 %02d %02d\n",
                            i, i / 100, i % 100);
  g_assert_cmpint (altm_calls_add (calls, text->str, &rest), ==, ALTM_CALLS);
  g_assert_nonnull (strstr (rest, "01 00"));
  private = altm_calls_to_private (calls);
  written = altm_json_write (private);
  g_assert_cmpint (strlen (written), <=, ALTM_DRAFT_BYTES);
}

static void
numbers_are_dialled (void)
{
  static const char *const pairs[][2] = {
    { "06 39 98 12 34", "tel:0639981234" },
    { "+33 (0)6 39-98", "tel:+3363998" },
    { "(04) 72.55", "tel:047255" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *uri = altm_calls_dial (pairs[i][0]);

      g_assert_cmpstr (uri, ==, pairs[i][1]);
    }
}

static void
a_list_is_sealed_at_once (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);
  g_autoptr(AltmDraft) draft = NULL;

  type_list (desk);
  assert_call (desk, 0, "Mme Aubrac", "06 39 98 12 34", 0);
  assert_call (desk, 1, "M. Belkacem", "04.72.55.01.02", 0);
  assert_call (desk, 2, "Mlle D.", "+33 (0)6 39 98 77 88", 0);
  g_assert_cmpstr (altm_call_list_get_typed (desk->list), ==, "Cordier");
  draft = look (desk, SHIFT);
  g_assert_cmpint (draft->state, ==, ALTM_COPY_READABLE);
  assert_not_in_clear (desk);
}

static void
the_lock_takes_it_and_gives_it_back (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  unlock (desk);
  type_list (desk);
  close_lock (desk);
  g_assert_true (altm_call_list_is_sealed (desk->list));
  g_assert_cmpint (altm_call_list_get_n (desk->list), ==, 3);
  assert_call (desk, 0, NULL, NULL, 0);
  g_assert_cmpstr (altm_call_list_get_typed (desk->list), ==, "");
  assert_not_in_clear (desk);
  unlock (desk);
  settle (desk);
  g_assert_false (altm_call_list_is_sealed (desk->list));
  assert_call (desk, 2, "Mlle D.", "+33 (0)6 39 98 77 88", 0);
  g_assert_cmpstr (altm_call_list_get_typed (desk->list), ==, "Cordier");
}

static void
it_is_there_after_a_crash (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  type_list (desk);
  restart (desk);
  g_assert_true (altm_call_list_is_sealed (desk->list));
  g_assert_cmpint (altm_call_list_get_n (desk->list), ==, 3);
  unlock (desk);
  settle (desk);
  assert_call (desk, 1, "M. Belkacem", "04.72.55.01.02", 0);
}

static void
without_a_lock_it_is_in_memory_alone (void)
{
  g_autoptr(Desk) desk = desk_new (FALSE);

  type_list (desk);
  close_lock (desk);
  assert_call (desk, 0, "Mme Aubrac", "06 39 98 12 34", 0);
  assert_not_in_clear (desk);
  restart (desk);
  g_assert_cmpint (altm_call_list_get_n (desk->list), ==, 0);
  g_assert_cmpint (desk->n_lost, ==, 1);
  assert_deleted (desk);
}

static gpointer
set_lock_job (gpointer thing, gpointer data, GError **error)
{
  return altm_test_set_lock (thing);
}

static void
a_lock_that_is_set_later_seals_it (void)
{
  g_autoptr(Desk) desk = desk_new (FALSE);
  g_autoptr(AltmDraft) draft = NULL;

  type_list (desk);
  desk->pair = altm_worker_run (desk->worker, set_lock_job, NULL, NULL);
  unlock (desk);
  settle (desk);
  draft = look (desk, SHIFT);
  g_assert_cmpint (draft->state, ==, ALTM_COPY_READABLE);
  close_lock (desk);
  g_assert_true (altm_call_list_is_sealed (desk->list));
  assert_not_in_clear (desk);
}

static gpointer
save_job (gpointer thing, gpointer data, GError **error)
{
  return GINT_TO_POINTER (altm_entry_list_save (data, thing, ALTM_TEST_NOW, error));
}

/* Saves a call as the page does: @people 0 is refused where somebody was reached. */
static void
save_call (Desk *self, gboolean is_again, int people)
{
  AltmEntryList *entries = altm_entry_list_new ();
  AltmEntry entry = { .type = "contact", .id = NULL, .rev = 1, .place = ALTM_TEST_PLACE };
  g_autofree char *id = altm_uuid_new_v7 (ALTM_TEST_NOW);
  gboolean is_saved;

  entry.id = id;
  entry.data = json_pack ("{s:s, s:s, s:s, s:i, s:s}", "channel", "telephone", "register", "presence_active", "public",
                          "habitant", "people", people, "result", is_again ? "injoignable" : "informe");
  altm_entry_list_add (entries, &entry);
  altm_call_list_begin_step (self->list, is_again, entries);
  is_saved = GPOINTER_TO_INT (altm_worker_run (self->worker, save_job, entries, NULL));
  altm_entry_list_free (entries);
  g_assert_cmpint (is_saved, ==, people > 0 || is_again);
  altm_call_list_end_step (self->list, is_saved);
}

static void
nobody_reached_comes_last (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  type_list (desk);
  save_call (desk, TRUE, 0);
  assert_call (desk, 0, "M. Belkacem", "04.72.55.01.02", 0);
  assert_call (desk, 2, "Mme Aubrac", "06 39 98 12 34", 1);
  save_call (desk, FALSE, 1);
  g_assert_cmpint (altm_call_list_get_n (desk->list), ==, 2);
  assert_not_in_clear (desk);
}

/* Killed after the COMMIT, and before the app heard of it: the call is not offered a second time. */
static void
the_record_and_the_list_are_one_step (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);
  AltmEntryList *entries = altm_entry_list_new ();
  g_autoptr(AltmDraft) draft = NULL;

  type_list (desk);
  altm_call_list_begin_step (desk->list, FALSE, entries);
  altm_worker_run (desk->worker, save_job, entries, NULL);
  altm_entry_list_free (entries);
  draft = look (desk, SHIFT);
  g_assert_cmpint (json_array_size (json_object_get (draft->data, "calls")), ==, 2);
  restart (desk);
  unlock (desk);
  settle (desk);
  assert_call (desk, 0, "M. Belkacem", "04.72.55.01.02", 0);
}

static void
a_record_that_is_refused_changes_nothing (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);
  g_autoptr(AltmDraft) draft = NULL;

  type_list (desk);
  save_call (desk, FALSE, 0);
  assert_call (desk, 0, "Mme Aubrac", "06 39 98 12 34", 0);
  draft = look (desk, SHIFT);
  g_assert_cmpint (json_array_size (json_object_get (draft->data, "calls")), ==, 3);
}

static void
calls_go_on_while_it_is_locked (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  unlock (desk);
  type_list (desk);
  close_lock (desk);
  save_call (desk, TRUE, 0);
  save_call (desk, FALSE, 1);
  g_assert_cmpint (altm_call_list_get_n (desk->list), ==, 2);
  unlock (desk);
  settle (desk);
  assert_call (desk, 0, "Mlle D.", "+33 (0)6 39 98 77 88", 0);
  assert_call (desk, 1, "Mme Aubrac", "06 39 98 12 34", 1);
}

/* Whoever is taken off the list was not called, nor whoever is only to be tried again. */
static void
a_finished_list_says_how_many_were_called (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  unlock (desk);
  type_list (desk);
  altm_call_list_set_typed (desk->list, "");
  save_call (desk, FALSE, 1);
  save_call (desk, FALSE, 0);
  restart (desk);
  unlock (desk);
  settle (desk);
  save_call (desk, TRUE, 0);
  save_call (desk, FALSE, 1);
  g_assert_cmpint (altm_call_list_get_n_called (desk->list), ==, 0);
  altm_call_list_remove (desk->list, 0);
  g_assert_cmpint (altm_call_list_get_n (desk->list), ==, 0);
  g_assert_cmpint (altm_call_list_get_n_called (desk->list), ==, 2);
  altm_call_list_close (desk->list);
  g_assert_cmpint (altm_call_list_get_n_called (desk->list), ==, 0);
  settle (desk);
}

/* The lock closes, and opens, between a tap on "Save" and the answer of the store's thread. */
static void
a_lock_that_closes_while_it_saves_takes_it (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);
  AltmEntryList *entries = altm_entry_list_new ();

  unlock (desk);
  type_list (desk);
  altm_call_list_begin_step (desk->list, TRUE, entries);
  altm_worker_run (desk->worker, save_job, entries, NULL);
  altm_entry_list_free (entries);
  altm_lock_keeper_lock (desk->lock);
  altm_call_list_end_step (desk->list, TRUE);
  settle (desk);
  assert_call (desk, 0, NULL, NULL, 0);
  assert_call (desk, 2, NULL, NULL, 1);
  unlock (desk);
  settle (desk);
  assert_call (desk, 2, "Mme Aubrac", "06 39 98 12 34", 1);
}

/* The sealed bytes go too: not even who has the PIN finds them in the files. */
static gpointer
sealed_job (gpointer thing, gpointer data, GError **error)
{
  g_autofree char *hex = altm_test_sql_text (thing, "SELECT hex (private) FROM drafts");
  GByteArray *bytes = g_byte_array_new ();

  for (gsize i = 0; hex[i] != '\0'; i += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (hex[i]) << 4 | g_ascii_xdigit_value (hex[i + 1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return g_byte_array_free_to_bytes (bytes);
}

static void
closing_leaves_nothing (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);
  g_autoptr(GBytes) sealed = NULL;

  type_list (desk);
  sealed = altm_worker_run (desk->worker, sealed_job, NULL, NULL);
  g_assert_true (altm_test_holds_bytes (desk->tablet->path, sealed));
  altm_call_list_close (desk->list);
  g_assert_cmpint (altm_call_list_get_n (desk->list), ==, 0);
  assert_deleted (desk);
  g_assert_false (altm_test_holds_bytes (desk->tablet->path, sealed));
  assert_not_in_clear (desk);
}

static void
the_last_call_deletes_it (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);
  g_autoptr(GBytes) sealed = NULL;

  unlock (desk);
  altm_call_list_set_typed (desk->list, "Mme Aubrac 06 39 98 12 34");
  altm_call_list_add_typed (desk->list);
  settle (desk);
  sealed = altm_worker_run (desk->worker, sealed_job, NULL, NULL);
  close_lock (desk);
  save_call (desk, FALSE, 1);
  assert_deleted (desk);
  g_assert_false (altm_test_holds_bytes (desk->tablet->path, sealed));
  g_assert_false (altm_call_list_is_sealed (desk->list));
  type_list (desk);
  g_assert_cmpint (altm_call_list_get_n (desk->list), ==, 3);
}

static gpointer
drop_job (gpointer thing, gpointer data, GError **error)
{
  g_assert_true (altm_calls_drop (thing, data, error));
  return NULL;
}

static void
another_shift_begins_without_it (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);
  g_autoptr(AltmDraft) draft = NULL;

  type_list (desk);
  altm_worker_run (desk->worker, drop_job, (gpointer) SHIFT, NULL);
  draft = look (desk, SHIFT);
  g_assert_nonnull (draft);
  altm_worker_run (desk->worker, drop_job, (gpointer) OTHER_SHIFT, NULL);
  assert_deleted (desk);
}

static gpointer
destroy_job (gpointer thing, gpointer data, GError **error)
{
  g_assert_true (altm_lock_destroy (thing, ALTM_LOCK_REASON_NONE, error));
  return NULL;
}

static void
keys_that_are_destroyed_lose_it (void)
{
  g_autoptr(Desk) desk = desk_new (TRUE);

  unlock (desk);
  type_list (desk);
  close_lock (desk);
  altm_worker_run (desk->worker, destroy_job, NULL, NULL);
  altm_call_list_look (desk->list);
  settle (desk);
  g_assert_cmpint (desk->n_lost, ==, 1);
  g_assert_cmpint (altm_call_list_get_n (desk->list), ==, 0);
  assert_deleted (desk);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*run) (void);
  } tests[] = {
    { "/calls/lines-are-names-and-numbers", lines_are_names_and_numbers },
    { "/calls/what-is-no-number-is-left", what_is_no_number_is_left },
    { "/calls/a-list-has-an-end", a_list_has_an_end },
    { "/calls/numbers-are-dialled", numbers_are_dialled },
    { "/calls/a-list-is-sealed-at-once", a_list_is_sealed_at_once },
    { "/calls/the-lock-takes-it-and-gives-it-back", the_lock_takes_it_and_gives_it_back },
    { "/calls/it-is-there-after-a-crash", it_is_there_after_a_crash },
    { "/calls/without-a-lock-it-is-in-memory-alone", without_a_lock_it_is_in_memory_alone },
    { "/calls/a-lock-that-is-set-later-seals-it", a_lock_that_is_set_later_seals_it },
    { "/calls/nobody-reached-comes-last", nobody_reached_comes_last },
    { "/calls/the-record-and-the-list-are-one-step", the_record_and_the_list_are_one_step },
    { "/calls/a-record-that-is-refused-changes-nothing", a_record_that_is_refused_changes_nothing },
    { "/calls/calls-go-on-while-it-is-locked", calls_go_on_while_it_is_locked },
    { "/calls/a-finished-list-says-how-many-were-called", a_finished_list_says_how_many_were_called },
    { "/calls/a-lock-that-closes-while-it-saves-takes-it", a_lock_that_closes_while_it_saves_takes_it },
    { "/calls/closing-leaves-nothing", closing_leaves_nothing },
    { "/calls/the-last-call-deletes-it", the_last_call_deletes_it },
    { "/calls/another-shift-begins-without-it", another_shift_begins_without_it },
    { "/calls/keys-that-are-destroyed-lose-it", keys_that_are_destroyed_lose_it },
  };

  altm_test_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_func (tests[i].path, tests[i].run);
  return g_test_run ();
}
