/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "altm-flow.h"
#include "altm-notes.h"
#include "altm-store-private.h"
#include "altm-test.h"
#include "altm-time.h"

#define N_DAMAGES 200
#define PAGE 4096

#define DEVICE "0192f0c1-7b6a-4c3e-9d2f-3b1f6c0a9e11"

static void
set (AltmStore *store, const char *name, const char *value)
{
  g_autoptr(GError) error = NULL;

  altm_store_set_setting (store, name, value, &error);
  g_assert_no_error (error);
}

/* A line longer than a page, of a kind that this program has not, as an older store may hold. */
static void
add_long_line (AltmStore *store)
{
  g_autofree char *filler = g_strnfill (9000, 'y');
  gint64 seq = altm_store_next_seq (store);
  g_autofree char *text = g_strdup_printf (
    "{\"v\":1,\"seq\":%" G_GINT64_FORMAT ",\"id\":\"0192f0c1-7b6a-7c3e-9d2f-3b1f6c0a9e%02x\",\"rev\":1,"
    "\"type\":\"contact\",\"at\":\"2026-11-24T18:12:03.123+01:00\",\"data\":{\"filler\":\"%s\"}}",
    seq, (guint) (seq % 256), filler);
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autofree char *sql = g_strdup_printf (
    "INSERT INTO lines SELECT %" G_GINT64_FORMAT ", value ->> 'id', 1, 'contact', 1795540323123000, 0, 1, 0,"
    " 1795540323123000, NULL, NULL, NULL, CAST (value AS BLOB), x'%s', NULL FROM (SELECT '%s' AS value)",
    seq, sha256, text);

  altm_test_sql (store, sql);
}

static void
settle (AltmStore *store, gsize n, const AltmVerdict *verdict)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) lines = altm_outbox_take (store, n, G_MAXSIZE, &error);
  g_autofree AltmVerdict *verdicts = g_new0 (AltmVerdict, n);

  for (gsize i = 0; i < n; i++)
    verdicts[i] = *verdict;
  altm_outbox_settle (store, lines, verdicts, ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
}

/* A tablet at work: lines acknowledged, refused and queued, long ones and corrections among them. */
static void
fill (AltmStore *store)
{
  const AltmVerdict taken = { NULL }, refused = { "unknown-code", "no such code" };
  g_autofree char *id = NULL;
  g_autoptr(GError) error = NULL;

  set (store, "device_id", DEVICE);
  set (store, "token", "t0k3n");
  set (store, "url", "https://hq.example.org");
  set (store, "epoch", "an-epoch");
  set (store, "news", "a-cursor");
  id = altm_test_add (store, "contact", ALTM_TEST_CONTACT);
  altm_test_add_contacts (store, 100);
  add_long_line (store);
  settle (store, 96, &taken);
  settle (store, 4, &refused);
  for (int i = 0; i < 20; i++)
    {
      altm_flow_count (store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW + i * ALTM_SLOT, &error);
      g_assert_no_error (error);
    }
  altm_flow_queue (store, FALSE, ALTM_TEST_NOW + 10 * ALTM_SLOT, &error);
  g_assert_no_error (error);
  altm_test_add_contacts (store, 120);
  add_long_line (store);
}

typedef struct
{
  gint64 seq;
  gint64 state;
  GBytes *bytes;
} Expected;

static void
expected_clear (gpointer data)
{
  g_bytes_unref (((Expected *) data)->bytes);
}

/* The files of a store as they lay on the disk, and the lines that are in it. */
typedef struct
{
  AltmTestStore *tablet;
  GBytes *file;
  GBytes *log;
  GArray *lines;
  char *dump;
} Model;

static GArray *
read_lines (AltmStore *store)
{
  AltmSql *sql = altm_store_get_sql (store);
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Expected));
  g_autoptr(AltmRows) rows = altm_sql_query (sql, NULL, "SELECT seq, state, bytes FROM lines ORDER BY seq", "");

  g_array_set_clear_func (lines, expected_clear);
  while (altm_sql_step (sql, rows, NULL))
    {
      Expected line = { sqlite3_column_int64 (rows, 0), sqlite3_column_int64 (rows, 1), altm_rows_bytes (rows, 2) };

      g_array_append_val (lines, line);
    }
  return lines;
}

static char *
dump (AltmStore *store)
{
  static const char *const queries[] = {
    "SELECT group_concat (seq || id || rev || type || time || is_deleted || is_latest || state || queued_at ||"
    " IFNULL (settled_at, '-') || IFNULL (reason, '-') || IFNULL (detail, '-') || hex (bytes) || hex (sha256), x'0a')"
    " FROM (SELECT * FROM lines ORDER BY seq)",
    "SELECT group_concat (seq || id || rev || hex (sha256) || is_lost, x'0a') FROM (SELECT * FROM notes ORDER BY seq)",
    "SELECT group_concat (office || slot || id || IFNULL (shift, '-') || IFNULL (by, '-') || is_dirty, x'0a')"
    " FROM (SELECT * FROM flow_slots ORDER BY office, slot)",
    "SELECT group_concat (office || slot || code || count, x'0a') FROM (SELECT * FROM flow_counts ORDER BY 1, 2, 3)",
    "SELECT group_concat (name || value, x'0a') FROM (SELECT * FROM settings"
    " WHERE name NOT IN ('epoch', 'news', 'last_seq', 'recovered') ORDER BY name)",
  };
  GString *all = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autofree char *text = altm_test_sql_text (store, queries[i]);

      g_string_append_printf (all, "%s\n\n", text != NULL ? text : "");
    }
  return g_string_free (all, FALSE);
}

/* @with_log: as after a crash, with the last 40 lines in the log alone. */
static Model *
model_new (gboolean with_log)
{
  Model *self = g_new0 (Model, 1);

  self->tablet = altm_test_store_new ();
  fill (self->tablet->store);
  if (with_log)
    {
      altm_test_sql (self->tablet->store, "PRAGMA wal_checkpoint (TRUNCATE)");
      altm_test_add_contacts (self->tablet->store, 40);
      self->log = altm_test_read_file (self->tablet->path, "field.db-wal");
    }
  self->lines = read_lines (self->tablet->store);
  self->dump = dump (self->tablet->store);
  if (!with_log)
    altm_test_store_close (self->tablet);
  self->file = altm_test_read_file (self->tablet->path, "field.db");
  altm_test_store_close (self->tablet);
  return self;
}

static void
model_free (Model *self)
{
  altm_test_store_free (self->tablet);
  g_bytes_unref (self->file);
  g_clear_pointer (&self->log, g_bytes_unref);
  g_array_unref (self->lines);
  g_free (self->dump);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Model, model_free)

static void
write_file (const char *folder, const char *name, GBytes *bytes)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GError) error = NULL;

  g_unlink (path);
  if (bytes == NULL)
    return;
  g_file_set_contents_full (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                            G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

/* A folder with just these files in it. */
static char *
lay_out (GBytes *file, GBytes *log)
{
  char *folder = altm_test_make_folder ();

  write_file (folder, "field.db", file);
  write_file (folder, "field.db-wal", log);
  return folder;
}

static AltmStore *
open_store (const char *folder)
{
  g_autoptr(GError) error = NULL;
  AltmStore *store = altm_store_open (folder, &error);

  g_assert_no_error (error);
  return store;
}

static GBytes *
spoil (GBytes *bytes, gsize at, gsize length, int value)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint8 *copy = g_memdup2 (data, size);

  memset (copy + at, value, length);
  return g_bytes_new_take (copy, size);
}

static gsize
find (GBytes *bytes, const char *text)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  const char *at = memmem (data, size, text, strlen (text));

  g_assert_nonnull (at);
  return (gsize) (at - data);
}

/* A page of lines that no longer says what it is: its rows are all there, but SQLite can't know. */
static GBytes *
spoil_kind (Model *model)
{
  const Expected *line = &g_array_index (model->lines, Expected, 19);
  g_autofree char *text = g_strndup (g_bytes_get_data (line->bytes, NULL), g_bytes_get_size (line->bytes));

  return spoil (model->file, find (model->file, text) / PAGE * PAGE, 1, 0);
}

static void
assert_kept (AltmStore *store, const char *name, GBytes *bytes)
{
  g_autofree char *folder = altm_store_find_damaged (store);
  g_autoptr(GBytes) kept = NULL;

  g_assert_nonnull (folder);
  kept = altm_test_read_file (folder, name);
  g_assert_true (g_bytes_equal (kept, bytes));
}

static void
all_is_taken_over (gconstpointer with_log)
{
  g_autoptr(Model) model = model_new (with_log != NULL);
  g_autoptr(GBytes) spoilt = spoil_kind (model);
  g_autofree char *folder = lay_out (spoilt, model->log);
  g_autoptr(AltmStore) store = open_store (folder);
  g_autoptr(AltmRecovery) recovery = altm_store_load_recovery (store);
  g_autofree char *all = dump (store), *epoch = altm_store_get_setting (store, "epoch");
  g_autofree char *news = altm_store_get_setting (store, "news");
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_store_was_recovered (store));
  g_assert_cmpstr (all, ==, model->dump);
  g_assert_cmpint (recovery->taken, ==, model->lines->len);
  g_assert_cmpint (recovery->held, ==, 0);
  g_assert_cmpint (recovery->lost, ==, 0);
  assert_kept (store, "field.db", spoilt);
  if (with_log != NULL)
    assert_kept (store, "field.db-wal", model->log);
  g_assert_null (epoch); /* all is compared with HQ before anything is sent */
  g_assert_null (news);
  altm_outbox_verify (store, &error);
  g_assert_no_error (error);
  g_clear_pointer (&store, altm_store_close);
  altm_test_remove (folder);
}

static void
no_seq_is_given_out_again (void)
{
  g_autoptr(Model) model = model_new (FALSE);
  g_autoptr(GBytes) spoilt = spoil (model->file, 0, 1, 'X');
  g_autofree char *folder = lay_out (spoilt, NULL);
  g_autoptr(AltmStore) store = open_store (folder);
  gint64 last = g_array_index (model->lines, Expected, model->lines->len - 1).seq;

  altm_test_add_contacts (store, 1);
  g_assert_cmpint (altm_test_sql_integer (store, "SELECT MAX (seq) FROM lines"), >, last + 900);
  g_clear_pointer (&store, altm_store_close);
  store = open_store (folder);
  g_assert_false (altm_store_was_recovered (store));
  g_clear_pointer (&store, altm_store_close);
  altm_test_remove (folder);
}

static void
what_is_no_store_makes_way_for_one (void)
{
  g_autofree char *noise = g_strnfill (8192, 'x');
  g_autoptr(GBytes) bytes = g_bytes_new_static (noise, 8192);
  g_autofree char *folder = lay_out (bytes, NULL);
  g_autoptr(AltmStore) store = open_store (folder);
  g_autofree char *device_id = altm_store_get_setting (store, "device_id");

  g_assert_true (altm_store_was_recovered (store));
  g_assert_null (device_id);
  g_assert_cmpint (altm_test_summary (store).queued, ==, 0);
  assert_kept (store, "field.db", bytes);
  altm_test_add_contacts (store, 1);
  g_clear_pointer (&store, altm_store_close);
  altm_test_remove (folder);
}

static void
a_log_that_lost_its_file_is_read (void)
{
  g_autoptr(Model) model = model_new (TRUE);
  g_autofree char *folder = lay_out (NULL, model->log);
  g_autoptr(AltmStore) store = open_store (folder);

  g_assert_true (altm_store_was_recovered (store));
  g_assert_cmpint (altm_test_summary (store).queued, >=, 40);
  assert_kept (store, "field.db-wal", model->log);
  g_clear_pointer (&store, altm_store_close);
  altm_test_remove (folder);
}

/* What a power cut leaves of the transaction in hand, which nobody was told is saved, is no damage. */
static void
a_torn_end_is_no_damage (void)
{
  g_autoptr(Model) model = model_new (TRUE);
  gsize size = g_bytes_get_size (model->log);

  for (gsize torn = 1; torn < 2 * PAGE; torn += 517)
    {
      g_autoptr(GBytes) spoilt = spoil (model->log, size - torn, torn, 0x5a);
      g_autoptr(GBytes) cut = g_bytes_new_from_bytes (model->log, 0, size - torn);
      GBytes *logs[] = { spoilt, cut };

      for (gsize i = 0; i < G_N_ELEMENTS (logs); i++)
        {
          g_autofree char *folder = lay_out (model->file, logs[i]);
          g_autoptr(AltmStore) store = open_store (folder);

          g_assert_false (altm_store_was_recovered (store));
          g_assert_cmpint (altm_test_sql_integer (store, "SELECT COUNT (*) FROM lines"), ==, model->lines->len - 1);
          g_clear_pointer (&store, altm_store_close);
          altm_test_remove (folder);
        }
    }
}

static void
each_damage_has_its_own_folder (void)
{
  g_autoptr(Model) model = model_new (FALSE);
  g_autoptr(GBytes) spoilt = spoil (model->file, 0, 1, 'X');
  g_autofree char *folder = lay_out (spoilt, NULL);
  g_autoptr(AltmStore) store = open_store (folder);
  g_autofree char *first = altm_store_find_damaged (store), *second = NULL;
  g_autoptr(GBytes) bytes = NULL, again = NULL, kept = NULL;

  g_clear_pointer (&store, altm_store_close);
  bytes = altm_test_read_file (folder, "field.db");
  again = spoil (bytes, 0, 1, 'Y');
  write_file (folder, "field.db", again);
  store = open_store (folder);
  second = altm_store_find_damaged (store);
  g_assert_cmpstr (first, !=, second);
  assert_kept (store, "field.db", again);
  kept = altm_test_read_file (first, "field.db");
  g_assert_true (g_bytes_equal (kept, spoilt));
  g_assert_cmpint (altm_test_sql_integer (store, "SELECT COUNT (*) FROM lines"), ==, model->lines->len);
  g_clear_pointer (&store, altm_store_close);
  altm_test_remove (folder);
}

/* Each moment at which a crash may leave a recovery, laid out by hand: 0 the new store half made,
 * 1 it is whole, 2 the log has been set aside, 3 the file too. */
static void
a_recovery_cut_short_is_ended (gconstpointer data)
{
  int moment = GPOINTER_TO_INT (data);
  g_autoptr(Model) model = model_new (TRUE);
  g_autoptr(GBytes) spoilt = spoil_kind (model);
  g_autofree char *folder = lay_out (spoilt, model->log), *aside = NULL, *name = NULL;
  g_autoptr(AltmStore) store = open_store (folder);
  g_autoptr(GBytes) whole = NULL;
  g_autofree char *all = NULL;

  aside = altm_store_find_damaged (store);
  g_clear_pointer (&store, altm_store_close);
  whole = altm_test_read_file (folder, "field.db");
  write_file (folder, moment == 0 ? "field.db.recovering" : "field.db.recovered", whole);
  write_file (folder, "field.db", moment < 3 ? spoilt : NULL);
  write_file (folder, "field.db-wal", moment < 2 ? model->log : NULL);
  altm_test_remove (aside);
  if (moment >= 2)
    {
      g_assert_cmpint (g_mkdir (aside, 0700), ==, 0);
      write_file (aside, "field.db-wal", model->log);
      write_file (aside, "field.db", moment == 3 ? spoilt : NULL);
    }

  store = open_store (folder);
  all = dump (store);
  g_assert_cmpstr (all, ==, model->dump);
  assert_kept (store, "field.db", spoilt);
  g_clear_pointer (&store, altm_store_close);
  name = g_build_filename (folder, "field.db.recovered", NULL);
  g_assert_false (g_file_test (name, G_FILE_TEST_EXISTS));
  altm_test_remove (folder);
}

/* SQLite itself finds nothing wrong with such a file. */
static void
a_letter_of_the_schema_is_noticed (void)
{
  g_autoptr(Model) model = model_new (FALSE);
  g_autoptr(GBytes) spoilt = spoil (model->file, find (model->file, "detail TEXT,"), 1, 'X');
  g_autofree char *folder = lay_out (spoilt, NULL);
  g_autoptr(AltmStore) store = open_store (folder);
  g_autofree char *all = dump (store);

  g_assert_true (altm_store_was_recovered (store));
  g_assert_cmpstr (all, ==, model->dump);
  g_clear_pointer (&store, altm_store_close);
  altm_test_remove (folder);
}

/* A queued line that the index calls acknowledged would never be sent. The index is hidden from
 * SQLite while the row is changed. */
static void
an_index_that_differs_is_noticed (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();

  altm_test_add_contacts (tablet->store, 5);
  altm_test_store_close (tablet);
  altm_test_run_sql (tablet->path, "field.db",
                     "UPDATE lines SET state = 1 WHERE seq = 3; PRAGMA writable_schema = ON;"
                     "CREATE TEMP TABLE hidden AS SELECT * FROM sqlite_schema WHERE name = 'lines_by_state';"
                     "DELETE FROM sqlite_schema WHERE name = 'lines_by_state'; PRAGMA writable_schema = RESET;"
                     "UPDATE lines SET state = 0 WHERE seq = 3; PRAGMA writable_schema = ON;"
                     "INSERT INTO sqlite_schema SELECT * FROM hidden; PRAGMA writable_schema = RESET;");
  altm_test_store_open (tablet);
  g_assert_true (altm_store_was_recovered (tablet->store));
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 5);
}

static void
lists_that_cannot_be_read_hold_nothing_up (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *tag = NULL;

  set (tablet->store, "lists_tag", "\"7\"");
  altm_test_sql (tablet->store, "INSERT INTO lists VALUES (7, '{\"version\":')");
  altm_test_store_close (tablet);
  altm_test_store_open (tablet);
  g_assert_false (altm_store_was_recovered (tablet->store));
  g_assert_nonnull (altm_store_get_lists (tablet->store));
  tag = altm_store_get_setting (tablet->store, "lists_tag");
  g_assert_null (tag);
  altm_test_add_contacts (tablet->store, 1);
}

/* What was read of a slot must not send a revision that takes back what was counted. */
static void
a_slot_never_counts_less_than_it_said (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GBytes) file = NULL, spoilt = NULL;
  g_autoptr(json_t) counts = NULL;
  g_autoptr(GError) error = NULL;

  for (int i = 0; i < 7; i++)
    altm_flow_count (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW, &error);
  altm_flow_queue (tablet->store, TRUE, ALTM_TEST_NOW, &error);
  altm_test_sql (tablet->store, "DELETE FROM flow_counts");
  altm_test_store_close (tablet);
  file = altm_test_read_file (tablet->path, "field.db");
  spoilt = spoil (file, 0, 1, 'X');
  write_file (tablet->path, "field.db", spoilt);
  altm_test_store_open (tablet);
  counts = altm_flow_load (tablet->store, ALTM_TEST_OFFICE, ALTM_TEST_NOW);
  altm_test_assert_json (counts, "{'entres':7}");
}

/* The index still tells of lines whose pages are gone, the notes which of them HQ holds. */
static void
what_is_lost_is_counted (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  const AltmVerdict taken = { NULL };
  g_autoptr(AltmRecovery) recovery = NULL;
  g_autoptr(GBytes) file = NULL, spoilt = NULL;
  g_autofree char *id = NULL, *acknowledged = NULL, *queued = NULL;

  altm_test_add_contacts (tablet->store, 60);
  altm_test_settle (tablet->store, &taken);
  altm_test_add_contacts (tablet->store, 60);
  acknowledged = altm_test_line_text (tablet->store, 20);
  queued = altm_test_line_text (tablet->store, 100);
  altm_test_store_close (tablet);

  file = altm_test_read_file (tablet->path, "field.db");
  spoilt = spoil (file, find (file, acknowledged) / PAGE * PAGE, PAGE, 0);
  g_bytes_unref (file);
  file = spoil (spoilt, find (spoilt, queued) / PAGE * PAGE, PAGE, 0);
  write_file (tablet->path, "field.db", file);
  altm_test_store_open (tablet);
  recovery = altm_store_load_recovery (tablet->store);
  g_assert_cmpint (recovery->held, >, 0);
  g_assert_cmpint (recovery->lost, >, 0);
  g_assert_cmpint (recovery->taken + recovery->held + recovery->lost, ==, 120);
  g_assert_cmpint (altm_notes_count (tablet->store), ==, 60);
}

static gboolean
holds (GBytes *bytes, GBytes *part)
{
  gsize size, length;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  const char *wanted = g_bytes_get_data (part, &length);

  return data != NULL && memmem (data, size, wanted, length) != NULL;
}

/* One damage of a kind that disks and hands do, the same for the same seed. */
static GBytes *
damage (GBytes *bytes, GRand *rand)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree guint8 *copy = g_memdup2 (data, size);
  guint32 n_pages = (guint32) (size / PAGE);
  gsize one = (gsize) g_rand_int_range (rand, 0, (gint32) n_pages) * PAGE;
  gsize other = (gsize) g_rand_int_range (rand, 0, (gint32) n_pages) * PAGE;
  guint8 page[PAGE];
  int kind = g_rand_int_range (rand, 0, 7);

  g_test_message ("kind %d, pages %u and %u", kind, (guint) (one / PAGE + 1), (guint) (other / PAGE + 1));
  if (kind < 2)
    for (int i = g_rand_int_range (rand, 1, 9); i > 0; i--)
      copy[g_rand_int_range (rand, 0, (gint32) size)] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
  else if (kind == 2)
    memset (copy + one, 0, PAGE);
  else if (kind == 3)
    size = (gsize) g_rand_int_range (rand, 0, (gint32) size);
  else if (kind == 4)
    memset (copy, g_rand_int_range (rand, 0, 256), (gsize) g_rand_int_range (rand, 1, 2 * PAGE));
  else if (kind == 5)
    for (gsize i = one + 512; i < one + 1024; i++)
      copy[i] = (guint8) g_rand_int (rand);
  else
    {
      memcpy (page, copy + one, PAGE);
      memcpy (copy + one, copy + other, PAGE);
      memcpy (copy + other, page, PAGE);
    }
  return g_bytes_new (copy, size);
}

static const Expected *
find_line (GArray *lines, gint64 seq)
{
  for (guint i = 0; i < lines->len; i++)
    if (g_array_index (lines, Expected, i).seq == seq)
      return &g_array_index (lines, Expected, i);
  return NULL;
}

/* What is queued or taken over is what was frozen. A line that HQ has answered, in a store where
 * SQLite finds nothing wrong, is only looked at by `verify`. */
static void
assert_true_lines (Model *model, GArray *lines, gboolean was_recovered)
{
  for (guint i = 0; i < lines->len; i++)
    {
      const Expected *line = &g_array_index (lines, Expected, i);
      const Expected *expected = find_line (model->lines, line->seq);

      if (line->state == ALTM_STATE_QUEUED || was_recovered)
        g_assert_true (expected != NULL && g_bytes_equal (line->bytes, expected->bytes));
    }
}

/* In a damaged log the last two transactions may be taken for what a power cut tore; where two of
 * its places are damaged at once, three. */
static void
assert_nothing_lost (Model *model, GArray *lines, GBytes *file, GBytes *log, gboolean is_log_damaged)
{
  int n_torn = is_log_damaged ? 3 : 0;

  for (guint i = model->lines->len; i > 0; i--)
    {
      const Expected *expected = &g_array_index (model->lines, Expected, i - 1);
      gboolean is_in_file = holds (file, expected->bytes);

      if (!is_in_file && !holds (log, expected->bytes))
        continue;
      if (!is_in_file && n_torn-- > 0)
        continue;
      if (find_line (lines, expected->seq) != NULL)
        continue;
      g_test_message ("line %" G_GINT64_FORMAT " was not taken over", expected->seq);
      g_assert_not_reached ();
    }
}

static void
try_damage (Model *model, guint32 seed)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  gboolean is_log_damaged = model->log != NULL && g_rand_boolean (rand);
  g_autoptr(GBytes) spoilt = damage (is_log_damaged ? model->log : model->file, rand);
  GBytes *file = is_log_damaged ? model->file : spoilt;
  GBytes *log = is_log_damaged ? spoilt : model->log;
  g_autofree char *folder = lay_out (file, log);
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmStore) store = altm_store_open (folder, &error);

  g_test_message ("seed %u: %s %s", seed, is_log_damaged ? "log" : "file",
                  store == NULL ? error->message : altm_store_was_recovered (store) ? "recovered" : "sound");
  if (store == NULL)
    g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_NEWER);
  else
    {
      g_autoptr(GArray) lines = read_lines (store);

      assert_true_lines (model, lines, altm_store_was_recovered (store));
      assert_nothing_lost (model, lines, file, log, is_log_damaged);
      if (altm_store_was_recovered (store))
        assert_kept (store, "field.db", file);
      if (altm_store_was_recovered (store) && log != NULL)
        assert_kept (store, "field.db-wal", log);
      altm_test_add_contacts (store, 1);
    }
  g_clear_pointer (&store, altm_store_close);
  altm_test_remove (folder);
}

static void
whatever_the_damage (gconstpointer with_log)
{
  g_autoptr(Model) model = model_new (with_log != NULL);
  const char *seed = g_getenv ("ALTM_TEST_SEED");

  if (seed != NULL)
    try_damage (model, (guint32) atoi (seed));
  for (guint32 i = 0; seed == NULL && i < N_DAMAGES / 2; i++)
    try_damage (model, i);
}

static const char *
get_random_name (void)
{
  return "the same each time";
}

/* SplitMix64 (Steele and others, 2014) from 0. */
static guint32
get_random (void)
{
  static guint64 state;
  guint64 z = state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return (guint32) (z >> 32);
}

static void
get_random_bytes (void *bytes, size_t size)
{
  for (size_t i = 0; i < size; i++)
    ((guint8 *) bytes)[i] = (guint8) get_random ();
}

int
main (int argc, char **argv)
{
  /* The records' ids decide which page is where: a damage must meet the same each time. */
  static randombytes_implementation fixed = { get_random_name, get_random, NULL, NULL, get_random_bytes, NULL };
  static const char *const moments[] = { "half-made", "whole", "log-aside", "file-aside" };

  g_assert_cmpint (randombytes_set_implementation (&fixed), ==, 0);
  altm_test_init (&argc, &argv);
  g_test_add_data_func ("/recovery/all/file", NULL, all_is_taken_over);
  g_test_add_data_func ("/recovery/all/log", GINT_TO_POINTER (1), all_is_taken_over);
  g_test_add_func ("/recovery/seq", no_seq_is_given_out_again);
  g_test_add_func ("/recovery/no-database", what_is_no_store_makes_way_for_one);
  g_test_add_func ("/recovery/log-alone", a_log_that_lost_its_file_is_read);
  g_test_add_func ("/recovery/torn", a_torn_end_is_no_damage);
  g_test_add_func ("/recovery/twice", each_damage_has_its_own_folder);
  for (gsize i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autofree char *name = g_strdup_printf ("/recovery/cut-short/%s", moments[i]);

      g_test_add_data_func (name, GINT_TO_POINTER ((int) i), a_recovery_cut_short_is_ended);
    }
  g_test_add_func ("/recovery/schema", a_letter_of_the_schema_is_noticed);
  g_test_add_func ("/recovery/index", an_index_that_differs_is_noticed);
  g_test_add_func ("/recovery/lists", lists_that_cannot_be_read_hold_nothing_up);
  g_test_add_func ("/recovery/flow", a_slot_never_counts_less_than_it_said);
  g_test_add_func ("/recovery/lost", what_is_lost_is_counted);
  g_test_add_data_func ("/recovery/damage/file", NULL, whatever_the_damage);
  g_test_add_data_func ("/recovery/damage/log", GINT_TO_POINTER (1), whatever_the_damage);
  return g_test_run ();
}
