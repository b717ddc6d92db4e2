/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "altm-copies-private.h"
#include "altm-draft.h"
#include "altm-flow.h"
#include "altm-news.h"
#include "altm-notes.h"
#include "altm-record.h"
#include "altm-store-private.h"
#include "altm-test.h"
#include "altm-vault-private.h"
#include "altm-wipe.h"

#define SECRET "Mme Perrin, 3e étage, a rappelé"
#define OTHER_SECRET "M. Faure, digicode 4711A"

/* A tablet that is enrolled and locked, with the keys of both ends at hand. */
typedef struct
{
  AltmTestStore *tablet;
  AltmStore *store;
  AltmSealPair *hq;
  AltmSealPair *pair;
} Locked;

static Locked *
unlocked_new (void)
{
  Locked *self = g_new0 (Locked, 1);

  self->tablet = altm_test_store_new ();
  self->store = self->tablet->store;
  self->hq = altm_test_enrol_locally (self->tablet);
  return self;
}

static Locked *
locked_new (void)
{
  Locked *self = unlocked_new ();

  self->pair = altm_test_set_lock (self->store);
  return self;
}

static void
locked_free (Locked *self)
{
  altm_seal_pair_free (self->hq);
  altm_seal_pair_free (self->pair);
  altm_test_store_free (self->tablet);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Locked, locked_free)

static void
reopen (Locked *self)
{
  altm_test_store_close (self->tablet);
  altm_test_store_open (self->tablet);
  self->store = self->tablet->store;
}

static void
assert_note (Locked *self, const char *id, AltmSealPair *pair, AltmCopyState expected, const char *note)
{
  AltmCopyState state;
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) private = altm_copies_load (self->store, id, pair, &state, &error);

  g_assert_no_error (error);
  g_assert_cmpint (state, ==, expected);
  g_assert_cmpint (private != NULL, ==, note != NULL);
  if (note != NULL)
    g_assert_cmpstr (altm_json_get_string (private, "note"), ==, note);
}

static gint64
count (Locked *self, const char *sql)
{
  return altm_test_sql_integer (self->store, sql);
}

/* The sealed bytes that a query names, which nothing else in the store is the same as. */
static GBytes *
get_sealed (Locked *self, const char *sql)
{
  g_autofree char *hex = altm_test_sql_text (self->store, sql);
  gsize length = strlen (hex) / 2;
  guint8 *bytes = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return g_bytes_new_take (bytes, length);
}

static void
assert_gone (Locked *self, GBytes *bytes)
{
  g_assert_false (altm_test_holds_bytes (self->tablet->path, bytes));
}

static void
assert_there (Locked *self, GBytes *bytes)
{
  g_assert_true (altm_test_holds_bytes (self->tablet->path, bytes));
}

#define COPY_OF_FIRST "SELECT hex (copy) FROM lines WHERE seq = 1"

static void
a_note_is_read_again_when_unlocked (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);
  g_autofree char *none = altm_test_add_note (locked->store, NULL, NULL);

  assert_note (locked, id, locked->pair, ALTM_COPY_READABLE, SECRET);
  assert_note (locked, id, NULL, ALTM_COPY_READABLE, NULL);
  assert_note (locked, none, locked->pair, ALTM_COPY_NONE, NULL);
  reopen (locked);
  assert_note (locked, id, locked->pair, ALTM_COPY_READABLE, SECRET);
}

static void
hq_reads_the_same (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);
  g_autofree char *text = altm_test_line_text (locked->store, 1);
  g_autoptr(json_t) line = altm_json_parse (text, strlen (text), NULL);
  g_autoptr(json_t) opened = altm_seal_pair_open (locked->hq, altm_json_get_string (line, "private"), NULL);

  g_assert_cmpstr (altm_json_get_string (opened, "id"), ==, id);
  g_assert_cmpstr (altm_json_get_string (json_object_get (opened, "private"), "note"), ==, SECRET);
}

static void
nothing_on_the_disk_is_clear (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);
  g_autoptr(json_t) data = altm_test_json ("{'people':2}");
  g_autoptr(json_t) private = json_pack ("{s:s}", "note", OTHER_SECRET);

  g_assert_true (altm_draft_save (locked->store, "contact", NULL, data, private, ALTM_TEST_NOW, NULL));
  g_assert_false (altm_test_holds (locked->tablet->folder, "Perrin"));
  g_assert_false (altm_test_holds (locked->tablet->folder, "4711A"));
  reopen (locked);
  g_assert_false (altm_test_holds (locked->tablet->folder, "Perrin"));
  g_assert_false (altm_test_holds (locked->tablet->folder, "4711A"));
}

static void
without_a_lock_there_is_no_copy (void)
{
  g_autoptr(Locked) locked = unlocked_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);
  g_autofree char *later = NULL;

  assert_note (locked, id, NULL, ALTM_COPY_UNREADABLE, NULL);
  locked->pair = altm_test_set_lock (locked->store);
  later = altm_test_add_note (locked->store, NULL, OTHER_SECRET);
  assert_note (locked, id, locked->pair, ALTM_COPY_UNREADABLE, NULL);
  assert_note (locked, later, locked->pair, ALTM_COPY_READABLE, OTHER_SECRET);
}

static void
there_is_no_note_of_no_record (void)
{
  g_autoptr(Locked) locked = locked_new ();
  AltmCopyState state;
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_copies_load (locked->store, "019ab6f2-ba00-7000-8000-000000000001", locked->pair, &state, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING);
}

static void
other_keys_open_nothing (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autoptr(AltmSealPair) other = altm_seal_pair_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);

  assert_note (locked, id, other, ALTM_COPY_UNREADABLE, NULL);
}

/* While the tablet is locked, which is as good as nobody being there: no key is at hand but the public one.
 * */
static void
a_record_that_is_corrected_while_locked_keeps_its_note (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);
  g_autofree char *again = NULL, *line = NULL;

  reopen (locked);
  again = altm_test_add_note (locked->store, id, NULL);
  g_assert_cmpstr (again, ==, id);
  line = altm_test_line_text (locked->store, 2);
  g_assert_nonnull (strstr (line, "\"rev\":2"));
  g_assert_null (strstr (line, "\"private\"")); /* which HQ takes for: unchanged */
  assert_note (locked, id, locked->pair, ALTM_COPY_READABLE, SECRET);
}

static void
a_note_that_is_replaced_is_gone (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);
  g_autoptr(GBytes) before = get_sealed (locked, COPY_OF_FIRST);

  assert_there (locked, before);
  g_free (altm_test_add_note (locked->store, id, OTHER_SECRET));
  assert_note (locked, id, locked->pair, ALTM_COPY_READABLE, OTHER_SECRET);
  assert_gone (locked, before);
  g_free (altm_test_add_note (locked->store, id, NULL));
  assert_note (locked, id, locked->pair, ALTM_COPY_READABLE, OTHER_SECRET);
}

static void
a_note_that_is_removed_is_gone (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);
  g_autofree char *other = altm_test_add_note (locked->store, NULL, OTHER_SECRET);
  g_autoptr(GBytes) before = get_sealed (locked, COPY_OF_FIRST);

  /* In the file itself, not in its log alone. */
  reopen (locked);
  assert_there (locked, before);
  g_free (altm_test_add_note (locked->store, id, ""));
  assert_note (locked, id, locked->pair, ALTM_COPY_NONE, NULL);
  assert_gone (locked, before);
  assert_note (locked, other, locked->pair, ALTM_COPY_READABLE, OTHER_SECRET);
}

static void
what_is_withdrawn_is_not_read_again (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);
  g_autoptr(GBytes) before = get_sealed (locked, COPY_OF_FIRST);
  AltmEntry entry = { .type = "contact", .id = id, .is_deleted = TRUE };

  g_assert_true (altm_outbox_add (locked->store, &entry, 1, ALTM_TEST_NOW, NULL, NULL));
  assert_note (locked, id, locked->pair, ALTM_COPY_NONE, NULL);
  assert_gone (locked, before);
}

static void
an_undone_removal_removes_nothing (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);

  g_assert_true (altm_store_begin (locked->store, NULL));
  g_assert_true (altm_copies_forget (locked->store, id, NULL));
  g_assert_false (altm_store_end (locked->store, FALSE, NULL));
  assert_note (locked, id, locked->pair, ALTM_COPY_READABLE, SECRET);
}

/* A reader of what was before is not waited for. */
static void
a_reader_does_not_keep_a_note_from_being_removed (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);
  g_autoptr(AltmStore) reader = altm_store_open_to_read (locked->tablet->path, NULL);
  AltmSql *sql = altm_store_get_sql (reader);
  AltmRows *rows = altm_sql_query (sql, NULL, "SELECT seq FROM lines", "");
  g_autoptr(GBytes) before = get_sealed (locked, COPY_OF_FIRST);

  g_assert_true (altm_sql_step (sql, rows, NULL));
  g_free (altm_test_add_note (locked->store, id, ""));
  assert_note (locked, id, locked->pair, ALTM_COPY_NONE, NULL);
  altm_rows_end (rows);
  g_clear_pointer (&reader, altm_store_close);
  reopen (locked);
  assert_gone (locked, before);
}

static void
a_copy_fits_no_other_record (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *one = altm_test_add_note (locked->store, NULL, SECRET);
  g_autofree char *other = altm_test_add_note (locked->store, NULL, OTHER_SECRET);

  altm_test_sql (locked->store, "UPDATE lines SET copy = (SELECT copy FROM lines WHERE seq = 1) WHERE seq = 2");
  assert_note (locked, other, locked->pair, ALTM_COPY_UNREADABLE, NULL);
  assert_note (locked, one, locked->pair, ALTM_COPY_READABLE, SECRET);
}

static void
an_altered_copy_is_unreadable (void)
{
  g_autoptr(AltmSealPair) pair = altm_seal_pair_new ();
  g_autoptr(AltmCopier) copier = altm_copier_new (altm_seal_pair_get_key (pair), NULL);
  g_autoptr(json_t) private = json_pack ("{s:s}", "note", "a");
  g_autoptr(GBytes) copy = altm_copier_seal (copier, "line/a/1", private);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (copy, &length);
  g_autofree guint8 *altered = g_memdup2 (bytes, length);
  g_autoptr(json_t) opened = altm_copier_open (pair, "line/a/1", bytes, length);

  altm_test_assert_json (opened, "{'note':'a'}");
  for (gsize i = 0; i < length; i++)
    {
      altered[i] ^= 1;
      g_assert_null (altm_copier_open (pair, "line/a/1", altered, length));
      altered[i] ^= 1;
      g_assert_null (altm_copier_open (pair, "line/a/1", bytes, i));
    }
  g_assert_null (altm_copier_open (pair, "line/a/2", bytes, length));
  g_assert_null (altm_copier_new ("no key", NULL));
}

static void
copies_tell_no_length_and_no_repetition (void)
{
  g_autoptr(Locked) locked = locked_new ();

  for (int i = 0; i < 6; i++)
    g_free (altm_test_add_note (locked->store, NULL, i % 2 == 0 ? "a" : "a longer note of 32 characters."));
  g_assert_cmpint (count (locked, "SELECT COUNT (DISTINCT length (copy)) FROM lines"), ==, 1);
  g_assert_cmpint (count (locked, "SELECT COUNT (DISTINCT substr (copy, 81)) FROM lines"), ==, 6);
}

static GBytes *
seal_with (AltmCopier *copier, const char *note)
{
  g_autoptr(json_t) private = json_pack ("{s:s}", "note", note);

  return altm_copier_seal (copier, "line/a/1", private);
}

/* Keys follow from one another, in several chains; each opens its own copy and no other. */
static void
a_long_row_of_notes_is_read_again (void)
{
  g_autoptr(AltmSealPair) pair = altm_seal_pair_new ();
  g_autoptr(AltmCopier) copier = altm_copier_new (altm_seal_pair_get_key (pair), NULL);
  g_autoptr(GHashTable) envelopes = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);

  for (int i = 0; i < 100; i++)
    {
      g_autofree char *note = g_strdup_printf ("note %d", i);
      g_autoptr(GBytes) copy = seal_with (copier, note);
      gsize length;
      const guint8 *bytes = g_bytes_get_data (copy, &length);
      g_autofree guint8 *moved = g_memdup2 (bytes, length);
      g_autoptr(json_t) opened = altm_copier_open (pair, "line/a/1", bytes, length);

      g_assert_cmpstr (altm_json_get_string (opened, "note"), ==, note);
      g_hash_table_add (envelopes, g_bytes_new (bytes, 80));
      moved[80] = (guint8) (moved[80] + 1);
      g_assert_null (altm_copier_open (pair, "line/a/1", moved, length));
      moved[80] = 255;
      g_assert_null (altm_copier_open (pair, "line/a/1", moved, length));
    }
  g_assert_cmpuint (g_hash_table_size (envelopes), ==, 4);
}

static void
without_keys_nothing_is_read_again (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);
  g_autofree char *line = altm_test_line_text (locked->store, 1);
  g_autofree char *after = NULL, *later = NULL;
  g_autoptr(GBytes) copy = get_sealed (locked, COPY_OF_FIRST);
  g_autoptr(GError) error = NULL;

  altm_lock_destroy (locked->store, ALTM_LOCK_REASON_RESET, &error);
  g_assert_no_error (error);
  assert_gone (locked, copy);
  assert_note (locked, id, locked->pair, ALTM_COPY_UNREADABLE, NULL);
  after = altm_test_line_text (locked->store, 1);
  g_assert_cmpstr (line, ==, after); /* what is queued is safe, the note for HQ too */
  later = altm_test_add_note (locked->store, NULL, SECRET);
  assert_note (locked, later, locked->pair, ALTM_COPY_UNREADABLE, NULL);
  g_assert_cmpint (altm_test_summary (locked->store).queued, ==, 2);
}

/* The header of the file, without which it is no store: its pages are read one by one. */
static void
damage (Locked *self)
{
  g_autofree char *file = g_build_filename (self->tablet->path, "field.db", NULL);
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *damaged = NULL;

  altm_test_store_close (self->tablet);
  bytes = altm_test_read_file (self->tablet->path, "field.db");
  damaged = g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  memset (damaged + 16, 0x5a, 50);
  g_assert_true (g_file_set_contents (file, damaged, (gssize) g_bytes_get_size (bytes), NULL));
  altm_test_store_open (self->tablet);
  self->store = self->tablet->store;
  g_assert_true (altm_store_was_recovered (self->store));
}

static void
copy_damaged (const char *from, const char *to)
{
  static const char *const names[] = { "field.db", "field.db-wal" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(GBytes) bytes = altm_test_read_file (from, names[i]);
      g_autofree char *path = g_build_filename (to, names[i], NULL);
      g_autofree char *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

      /* In the first frame of the log, after which all that was committed would be dropped. */
      if (i == 1)
        copy[32 + 24 + 4000] ^= 1;
      g_assert_true (g_file_set_contents (path, copy, (gssize) g_bytes_get_size (bytes), NULL));
    }
}

static void
a_damaged_store_keeps_its_copies_and_drafts (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);
  g_autofree char *removed = altm_test_add_note (locked->store, NULL, OTHER_SECRET);
  g_autoptr(json_t) data = altm_test_json ("{'people':2}");
  g_autoptr(json_t) private = json_pack ("{s:s}", "note", OTHER_SECRET);
  g_autoptr(AltmDraft) draft = NULL;

  g_free (altm_test_add_note (locked->store, removed, ""));
  g_assert_true (altm_draft_save (locked->store, "contact", id, data, private, ALTM_TEST_NOW, NULL));
  g_assert_true (altm_draft_save (locked->store, "incident", NULL, data, NULL, ALTM_TEST_NOW, NULL));
  damage (locked);
  assert_note (locked, id, locked->pair, ALTM_COPY_READABLE, SECRET);
  assert_note (locked, removed, locked->pair, ALTM_COPY_NONE, NULL);
  draft = altm_draft_load (locked->store, "contact", locked->pair, NULL);
  g_assert_nonnull (draft);
  g_assert_cmpstr (draft->id, ==, id);
  altm_test_assert_json (draft->data, "{'people':2}");
  g_assert_cmpstr (altm_json_get_string (draft->private, "note"), ==, OTHER_SECRET);
  g_assert_cmpint (count (locked, "SELECT COUNT (*) FROM drafts"), ==, 2);
}

/* A reader kept the log from being folded in: the row as it was lies there still, and is found when pages are
 * read one by one. */
static void
a_damaged_store_brings_no_removed_note_back (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *id = altm_test_add_note (locked->store, NULL, SECRET);
  g_autofree char *folder = g_build_filename (locked->tablet->folder, "copy", NULL);
  AltmStore *reader = altm_store_open_to_read (locked->tablet->path, NULL);
  AltmRows *rows = altm_sql_query (altm_store_get_sql (reader), NULL, "SELECT seq FROM lines", "");
  g_autoptr(GBytes) copy = get_sealed (locked, COPY_OF_FIRST);
  g_autoptr(AltmStore) store = NULL;

  g_assert_true (altm_sql_step (altm_store_get_sql (reader), rows, NULL));
  g_free (altm_test_add_note (locked->store, id, ""));
  assert_there (locked, copy);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  copy_damaged (locked->tablet->path, folder);
  altm_rows_end (rows);
  altm_store_close (reader);

  store = altm_store_open (folder, NULL);
  g_assert_true (altm_store_was_recovered (store));
  g_assert_cmpint (altm_test_sql_integer (store, "SELECT COUNT (*) FROM lines"), ==, 2);
  g_assert_cmpint (altm_test_sql_integer (store, "SELECT COUNT (*) FROM lines WHERE copy IS NOT NULL"), ==, 0);
}

static void
save_draft (Locked *self, const char *form, const char *id, const char *data, const char *private)
{
  g_autoptr(json_t) object = altm_test_json (data);
  g_autoptr(json_t) secret = private != NULL ? altm_test_value (private) : NULL;
  g_autoptr(GError) error = NULL;

  altm_draft_save (self->store, form, id, object, secret, ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
}

static AltmDraft *
load_draft (Locked *self, const char *form, AltmSealPair *pair)
{
  g_autoptr(GError) error = NULL;
  AltmDraft *draft = altm_draft_load (self->store, form, pair, &error);

  g_assert_no_error (error);
  return draft;
}

static void
assert_draft (Locked *self, AltmSealPair *pair, const char *data, AltmCopyState state, const char *private)
{
  g_autoptr(AltmDraft) draft = load_draft (self, "contact", pair);

  g_assert_cmpstr (draft->form, ==, "contact");
  g_assert_cmpint (draft->updated_at, ==, ALTM_TEST_NOW);
  altm_test_assert_json (draft->data, data);
  g_assert_cmpint (draft->state, ==, state);
  g_assert_cmpint (draft->private != NULL, ==, private != NULL);
  if (private != NULL)
    altm_test_assert_json (draft->private, private);
}

static void
a_form_is_found_as_it_was_left (void)
{
  g_autoptr(Locked) locked = locked_new ();

  save_draft (locked, "contact", "an-id", "{'people':2}", "{'note':'a'}");
  assert_draft (locked, locked->pair, "{'people':2}", ALTM_COPY_READABLE, "{'note':'a'}");
  assert_draft (locked, NULL, "{'people':2}", ALTM_COPY_READABLE, NULL);
  reopen (locked);
  save_draft (locked, "contact", "an-id", "{'people':3}", NULL);
  assert_draft (locked, locked->pair, "{'people':3}", ALTM_COPY_READABLE, "{'note':'a'}");
  save_draft (locked, "contact", "an-id", "{'people':3}", "{'note':'b'}");
  assert_draft (locked, locked->pair, "{'people':3}", ALTM_COPY_READABLE, "{'note':'b'}");
  save_draft (locked, "contact", "an-id", "{'people':3}", "null");
  assert_draft (locked, locked->pair, "{'people':3}", ALTM_COPY_NONE, NULL);
}

/* What is sealed to one record is not another's. */
static void
another_records_draft_begins_without_a_note (void)
{
  g_autoptr(Locked) locked = locked_new ();

  save_draft (locked, "contact", "an-id", "{'people':2}", "{'note':'a'}");
  save_draft (locked, "contact", "another-id", "{}", NULL);
  assert_draft (locked, locked->pair, "{}", ALTM_COPY_NONE, NULL);
  save_draft (locked, "contact", NULL, "{}", "{'note':'c'}");
  assert_draft (locked, locked->pair, "{}", ALTM_COPY_READABLE, "{'note':'c'}");
}

static void
without_a_lock_a_draft_keeps_no_note (void)
{
  g_autoptr(Locked) locked = unlocked_new ();

  save_draft (locked, "contact", NULL, "{'people':2}", "{'note':'PLANTED'}");
  assert_draft (locked, NULL, "{'people':2}", ALTM_COPY_NONE, NULL);
  g_assert_false (altm_test_holds (locked->tablet->folder, "PLANTED"));
}

static void
a_draft_that_is_dropped_is_gone (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_auto(GStrv) before = NULL, after = NULL;
  g_autoptr(GBytes) sealed = NULL;
  g_autoptr(GError) error = NULL;

  save_draft (locked, "contact", NULL, "{'people':2}", "{'note':'a'}");
  save_draft (locked, "incident", NULL, "{}", NULL);
  sealed = get_sealed (locked, "SELECT hex (private) FROM drafts WHERE form = 'contact'");
  before = altm_draft_list (locked->store, NULL);
  g_assert_cmpuint (g_strv_length (before), ==, 2);
  g_assert_true (altm_draft_drop (locked->store, "contact", NULL));
  g_assert_true (altm_draft_drop (locked->store, "contact", NULL));
  assert_gone (locked, sealed);
  after = altm_draft_list (locked->store, NULL);
  g_assert_cmpstrv (after, ((const char *const[]) { "incident", NULL }));
  g_assert_null (altm_draft_load (locked->store, "contact", NULL, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING);
}

static void
without_keys_a_draft_keeps_the_rest (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autoptr(GBytes) sealed = NULL;

  save_draft (locked, "contact", NULL, "{'people':2}", "{'note':'a'}");
  sealed = get_sealed (locked, "SELECT hex (private) FROM drafts");
  g_assert_true (altm_lock_destroy (locked->store, ALTM_LOCK_REASON_RESET, NULL));
  assert_draft (locked, locked->pair, "{'people':2}", ALTM_COPY_NONE, NULL);
  assert_gone (locked, sealed);
}

static void
assert_no_draft (Locked *self, const char *form, json_t *data, json_t *private, AltmRecordError code)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (altm_draft_save (self->store, form, NULL, data, private, ALTM_TEST_NOW, &error));
  g_assert_error (error, ALTM_RECORD_ERROR, (int) code);
}

static void
drafts_are_bounded (void)
{
  g_autoptr(Locked) locked = locked_new ();
  g_autofree char *text = g_strnfill (ALTM_DRAFT_BYTES, 'x'), *name = g_strnfill (65, 'a');
  g_autoptr(json_t) much = json_pack ("{s:s}", "a", text);
  g_autoptr(json_t) little = json_object ();
  const char *const names[] = { "", "Contact", "a/b", "a b", name };

  assert_no_draft (locked, "contact", much, NULL, ALTM_RECORD_ERROR_TOO_LONG);
  assert_no_draft (locked, "contact", little, much, ALTM_RECORD_ERROR_TOO_LONG);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    assert_no_draft (locked, names[i], little, NULL, ALTM_RECORD_ERROR_OUT_OF_RANGE);
  for (int i = 0; i < ALTM_DRAFTS; i++)
    {
      g_autofree char *form = g_strdup_printf ("form-%d", i);

      save_draft (locked, form, NULL, "{}", NULL);
    }
  assert_no_draft (locked, "one-more", little, NULL, ALTM_RECORD_ERROR_OUT_OF_RANGE);
  save_draft (locked, "form-3", NULL, "{'a':1}", NULL);
}

/* Something in every table, and beside the store, that must not be found afterwards. */
static Locked *
planted_new (void)
{
  Locked *self = locked_new ();
  g_autoptr(json_t) news = altm_test_value ("[{'id':'n-1','kind':'message','text':'PLANTED-news'}]");
  g_autoptr(json_t) lists = json_deep_copy (altm_lists_get_root (altm_store_get_lists (self->store)));
  g_autofree char *backup = g_build_filename (self->tablet->path, "field.db.before-3", NULL);
  g_autofree char *folder = g_build_filename (self->tablet->path, "damaged-20261124T171203Z", NULL);
  g_autofree char *damaged = g_build_filename (folder, "field.db", NULL);
  g_autofree char *ca = g_build_filename (self->tablet->path, "ca-0123456789abcdef.pem", NULL);
  const AltmVerdict taken = { NULL }, refused = { "unknown-code", "PLANTED-detail" };

  g_free (altm_test_add_note (self->store, NULL, SECRET));
  g_free (altm_test_add (self->store, "observation", "{'kind':'veille','subject':'proprete','what':'PLANTED-what'}"));
  altm_test_settle (self->store, &taken);
  altm_test_add_contacts (self->store, 40);
  altm_test_settle (self->store, &refused);
  altm_store_set_setting (self->store, "token", "PLANTED-token", NULL);
  altm_store_set_setting (self->store, "lists_tag", "PLANTED-tag", NULL);
  g_assert_true (altm_news_take (self->store, news, "PLANTED-cursor", ALTM_TEST_NOW, NULL));
  json_object_set_new (lists, "version", json_integer (9));
  json_object_set_new (lists, "mediators", altm_test_value ("[{'code':'m-1','name':'PLANTED-name'}]"));
  g_assert_true (altm_store_set_lists (self->store, lists, NULL));
  g_assert_true (altm_flow_count (self->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW, NULL));
  save_draft (self, "contact", NULL, "{'what':'PLANTED-draft'}", "{'note':'a'}");
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (damaged, "PLANTED-damaged", -1, NULL));
  g_assert_true (g_file_set_contents (backup, "PLANTED-backup", -1, NULL));
  g_assert_true (g_file_set_contents (ca, "PLANTED-ca", -1, NULL));
  return self;
}

static void
settle_all (Locked *self)
{
  const AltmVerdict taken = { NULL };

  g_assert_true (altm_flow_queue (self->store, TRUE, ALTM_TEST_NOW, NULL));
  altm_test_settle (self->store, &taken);
}

static void
assert_only_wiped (Locked *self)
{
  static const char *const names[] = { "field.db", "field.db-shm", "field.db-wal", "lock", "reserve", NULL };
  g_autoptr(AltmRows) tables = NULL;
  g_autofree char *wiped = altm_store_get_setting (self->store, "wiped");
  AltmSql *sql = altm_store_get_sql (self->store);
  g_autoptr(GDir) dir = g_dir_open (self->tablet->path, 0, NULL);
  const char *name;

  g_assert_cmpstr (wiped, ==, "1795540323123457");
  tables = altm_sql_query (sql, NULL, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'", "");
  while (altm_sql_step (sql, tables, NULL))
    {
      g_autofree char *query = g_strdup_printf ("SELECT COUNT (*) FROM %s", altm_rows_text (tables, 0));

      g_assert_cmpint (count (self, query), ==, strcmp (altm_rows_text (tables, 0), "settings") == 0 ? 1 : 0);
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    g_assert_true (g_strv_contains (names, name));
  g_assert_false (altm_test_holds (self->tablet->path, "PLANTED"));
  g_assert_false (altm_test_holds (self->tablet->path, "espace_public"));
  g_assert_false (altm_test_holds (self->tablet->path, altm_seal_pair_get_key (self->pair)));
  g_assert_false (altm_wipe_is_ordered (self->store));
}

static void
a_wipe_takes_the_keys_at_once_and_the_queue_last (void)
{
  g_autoptr(Locked) locked = planted_new ();
  g_autoptr(GBytes) copy = get_sealed (locked, COPY_OF_FIRST);
  g_autoptr(GError) error = NULL;
  g_auto(AltmLockState) state = { FALSE };

  altm_test_add_contacts (locked->store, 2);
  altm_wipe_keys (locked->store, ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
  g_assert_true (altm_wipe_is_ordered (locked->store));
  assert_gone (locked, copy);
  g_assert_true (altm_lock_load_state (locked->store, ALTM_TEST_NOW, &state, NULL));
  g_assert_false (state.is_set);
  g_assert_cmpint (state.destroyed_because, ==, ALTM_LOCK_REASON_WIPE);
  g_assert_cmpint (count (locked, "SELECT COUNT (*) FROM drafts"), ==, 0);
  g_assert_cmpint (altm_test_summary (locked->store).queued, ==, 2);
  g_assert_true (altm_wipe_keys (locked->store, ALTM_TEST_NOW + 1, NULL));

  g_assert_false (altm_wipe_empty (locked->store, ALTM_TEST_NOW, &error));
  g_assert_error (error, ALTM_WIPE_ERROR, ALTM_WIPE_ERROR_QUEUED);
  g_assert_cmpint (altm_test_summary (locked->store).queued, ==, 2);
}

static void
what_is_counted_waits_too (void)
{
  g_autoptr(Locked) locked = planted_new ();
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_wipe_keys (locked->store, ALTM_TEST_NOW, NULL));
  g_assert_cmpint (altm_test_summary (locked->store).queued, ==, 0);
  g_assert_false (altm_wipe_empty (locked->store, ALTM_TEST_NOW, &error));
  g_assert_error (error, ALTM_WIPE_ERROR, ALTM_WIPE_ERROR_QUEUED);
}

static void
what_is_handed_over_tells_of_no_wipe (void)
{
  g_autoptr(Locked) locked = planted_new ();
  g_autofree char *wiped = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_false (altm_wipe_empty (locked->store, ALTM_TEST_NOW, &error));
  g_assert_error (error, ALTM_WIPE_ERROR, ALTM_WIPE_ERROR_QUEUED);
  g_clear_error (&error);
  g_assert_true (altm_test_holds (locked->tablet->path, "PLANTED-token"));
  settle_all (locked);
  altm_wipe_empty (locked->store, ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
  wiped = altm_store_get_setting (locked->store, "wiped");
  g_assert_null (wiped);
  g_assert_false (altm_wipe_is_ordered (locked->store));
  g_assert_false (altm_test_holds (locked->tablet->path, "PLANTED-token"));
}

static void
a_wipe_leaves_nothing (void)
{
  g_autoptr(Locked) locked = planted_new ();
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_wipe_keys (locked->store, ALTM_TEST_NOW, NULL));
  settle_all (locked);
  g_assert_true (altm_test_holds (locked->tablet->path, "PLANTED-what"));
  altm_wipe_empty (locked->store, ALTM_TEST_NOW + 1, &error);
  g_assert_no_error (error);
  assert_only_wiped (locked);
  reopen (locked);
  assert_only_wiped (locked);
  g_assert_cmpint (altm_lists_get_version (altm_store_get_lists (locked->store)), <, 9);
}

static void
an_order_is_gone_on_with_after_a_restart (void)
{
  g_autoptr(Locked) locked = planted_new ();
  g_autoptr(GBytes) copy = get_sealed (locked, COPY_OF_FIRST);
  g_auto(AltmLockState) state = { FALSE };

  /* As after a crash right behind the first word of it. */
  altm_test_sql (locked->store, "INSERT INTO settings VALUES ('wiping', '1795540323123456')");
  reopen (locked);
  assert_gone (locked, copy);
  g_assert_true (altm_lock_load_state (locked->store, ALTM_TEST_NOW, &state, NULL));
  g_assert_false (state.is_set);
  g_assert_true (altm_wipe_is_ordered (locked->store));
  settle_all (locked);
  g_assert_true (altm_wipe_empty (locked->store, ALTM_TEST_NOW + 1, NULL));
  assert_only_wiped (locked);
}

/* As after a crash between the rows' end and the files'. */
static void
a_wipe_that_was_cut_short_is_ended (void)
{
  g_autoptr(Locked) locked = planted_new ();

  g_assert_true (altm_wipe_keys (locked->store, ALTM_TEST_NOW, NULL));
  settle_all (locked);
  altm_test_sql (locked->store,
                 "PRAGMA secure_delete = OFF; BEGIN;"
                 "DELETE FROM lines; DELETE FROM notes; DELETE FROM news; DELETE FROM flow_counts;"
                 "DELETE FROM flow_slots; DELETE FROM lists; DELETE FROM drafts;"
                 "DELETE FROM settings WHERE name <> 'wiping';"
                 "INSERT INTO settings VALUES ('wiped', '1795540323123457'); COMMIT");
  g_assert_true (altm_test_holds (locked->tablet->path, "PLANTED-token"));
  reopen (locked);
  assert_only_wiped (locked);
}

static void
a_wiped_tablet_records_again (void)
{
  g_autoptr(Locked) locked = planted_new ();
  const AltmSetting settings[] = { { "device_id", "2b6f0cc9-0a5f-4d2c-9a55-0d3a4b3f8f10" } };
  g_autofree char *id = NULL;

  g_assert_true (altm_wipe_keys (locked->store, ALTM_TEST_NOW, NULL));
  settle_all (locked);
  g_assert_true (altm_wipe_empty (locked->store, ALTM_TEST_NOW + 1, NULL));
  altm_test_add_contacts (locked->store, 1);
  g_assert_true (altm_notes_restart (locked->store, settings, 1, NULL));
  altm_seal_pair_free (locked->hq);
  altm_seal_pair_free (locked->pair);
  locked->hq = altm_test_enrol_locally (locked->tablet);
  locked->pair = altm_test_set_lock (locked->store);
  id = altm_test_add_note (locked->store, NULL, SECRET);
  assert_note (locked, id, locked->pair, ALTM_COPY_READABLE, SECRET);
  reopen (locked);
  assert_note (locked, id, locked->pair, ALTM_COPY_READABLE, SECRET);
  g_assert_cmpint (altm_test_summary (locked->store).queued, ==, 2);
}

/* A link in the folder is not followed to what somebody else keeps. */
static void
what_lies_elsewhere_stays (void)
{
  g_autoptr(Locked) locked = planted_new ();
  g_autofree char *other = g_build_filename (locked->tablet->folder, "elsewhere", NULL);
  g_autofree char *file = g_build_filename (other, "field.db", NULL);
  g_autofree char *link_path = g_build_filename (locked->tablet->path, "damaged-link", NULL);

  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "another's", -1, NULL));
  g_assert_cmpint (symlink (other, link_path), ==, 0);
  g_assert_true (altm_wipe_keys (locked->store, ALTM_TEST_NOW, NULL));
  settle_all (locked);
  g_assert_true (altm_wipe_empty (locked->store, ALTM_TEST_NOW + 1, NULL));
  assert_only_wiped (locked);
  g_assert_true (altm_test_holds (other, "another's"));
}

/* Both or neither: a record that HQ would refuse leaves the draft, one that is saved takes it along. */
static void
a_saved_record_takes_its_drafts_along (void)
{
  static const char *const forms[] = { "contact", "referral", "other", NULL };
  static const char id[] = "019ab6f2-ba00-7000-8000-000000000001";
  g_autoptr(Locked) locked = locked_new ();
  g_autoptr(GBytes) sealed = NULL;
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  g_autoptr(json_t) wrong = altm_test_json ("{'people':2}");
  g_autoptr(json_t) private = json_pack ("{s:s}", "note", SECRET);
  AltmEntry entry = { .type = "contact", .id = id, .rev = 1, .place = ALTM_TEST_PLACE, .private = private };
  g_autoptr(GError) error = NULL;

  save_draft (locked, "contact", id, "{'people':2}", "{'note':'a'}");
  save_draft (locked, "referral", NULL, "{}", NULL);
  save_draft (locked, "incident", NULL, "{}", NULL);
  sealed = get_sealed (locked, "SELECT hex (private) FROM drafts WHERE form = 'contact'");
  entry.data = wrong;
  g_assert_false (altm_draft_finish (locked->store, forms, &entry, 1, ALTM_TEST_NOW, &error));
  g_assert_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_MISSING_FIELD);
  g_assert_cmpint (count (locked, "SELECT COUNT (*) FROM drafts"), ==, 3);

  entry.data = data;
  for (int i = 0; i < 2; i++)
    g_assert_true (altm_draft_finish (locked->store, forms, &entry, 1, ALTM_TEST_NOW, NULL));
  g_assert_cmpint (count (locked, "SELECT COUNT (*) FROM lines"), ==, 1);
  g_assert_cmpint (count (locked, "SELECT COUNT (*) FROM drafts"), ==, 1);
  reopen (locked);
  assert_gone (locked, sealed);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/private/copy", a_note_is_read_again_when_unlocked);
  g_test_add_func ("/private/copy/hq", hq_reads_the_same);
  g_test_add_func ("/private/copy/no-clear-text", nothing_on_the_disk_is_clear);
  g_test_add_func ("/private/copy/no-lock", without_a_lock_there_is_no_copy);
  g_test_add_func ("/private/copy/no-record", there_is_no_note_of_no_record);
  g_test_add_func ("/private/copy/other-keys", other_keys_open_nothing);
  g_test_add_func ("/private/copy/other-record", a_copy_fits_no_other_record);
  g_test_add_func ("/private/copy/altered", an_altered_copy_is_unreadable);
  g_test_add_func ("/private/copy/alike", copies_tell_no_length_and_no_repetition);
  g_test_add_func ("/private/copy/many", a_long_row_of_notes_is_read_again);
  g_test_add_func ("/private/corrected", a_record_that_is_corrected_while_locked_keeps_its_note);
  g_test_add_func ("/private/replaced", a_note_that_is_replaced_is_gone);
  g_test_add_func ("/private/removed", a_note_that_is_removed_is_gone);
  g_test_add_func ("/private/removed/undone", an_undone_removal_removes_nothing);
  g_test_add_func ("/private/removed/read", a_reader_does_not_keep_a_note_from_being_removed);
  g_test_add_func ("/private/withdrawn", what_is_withdrawn_is_not_read_again);
  g_test_add_func ("/private/destroyed", without_keys_nothing_is_read_again);
  g_test_add_func ("/private/recovered", a_damaged_store_keeps_its_copies_and_drafts);
  g_test_add_func ("/private/recovered/removed", a_damaged_store_brings_no_removed_note_back);
  g_test_add_func ("/private/draft", a_form_is_found_as_it_was_left);
  g_test_add_func ("/private/draft/other-record", another_records_draft_begins_without_a_note);
  g_test_add_func ("/private/draft/no-lock", without_a_lock_a_draft_keeps_no_note);
  g_test_add_func ("/private/draft/dropped", a_draft_that_is_dropped_is_gone);
  g_test_add_func ("/private/draft/destroyed", without_keys_a_draft_keeps_the_rest);
  g_test_add_func ("/private/draft/bounds", drafts_are_bounded);
  g_test_add_func ("/private/wipe/keys", a_wipe_takes_the_keys_at_once_and_the_queue_last);
  g_test_add_func ("/private/wipe/counted", what_is_counted_waits_too);
  g_test_add_func ("/private/wipe/handover", what_is_handed_over_tells_of_no_wipe);
  g_test_add_func ("/private/wipe/all", a_wipe_leaves_nothing);
  g_test_add_func ("/private/wipe/restart", an_order_is_gone_on_with_after_a_restart);
  g_test_add_func ("/private/wipe/cut-short", a_wipe_that_was_cut_short_is_ended);
  g_test_add_func ("/private/wipe/again", a_wiped_tablet_records_again);
  g_test_add_func ("/private/wipe/link", what_lies_elsewhere_stays);
  g_test_add_func ("/private/a-saved-record-takes-its-drafts-along", a_saved_record_takes_its_drafts_along);
  return g_test_run ();
}
