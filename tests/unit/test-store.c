/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "altm-flow.h"
#include "altm-notes.h"
#include "altm-shift.h"
#include "altm-store-private.h"
#include "altm-test-resources.h"
#include "altm-test.h"

static void
the_writing_connection_is_wal_and_full (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *mode = altm_test_sql_text (tablet->store, "PRAGMA journal_mode");

  g_assert_cmpstr (mode, ==, "wal");
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "PRAGMA user_version"), ==, 3);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "PRAGMA secure_delete"), ==, 1);
}

static int
relax_synchronous (sqlite3 *db, char **message, const struct sqlite3_api_routines *routines)
{
  return sqlite3_exec (db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
}

/* As with an SQLite that was built to sync less by default. */
static void
full_is_asked_for_whatever_the_default (void)
{
  g_autoptr(AltmTestStore) tablet = NULL;

  g_assert_cmpint (sqlite3_auto_extension ((void (*) (void)) relax_synchronous), ==, SQLITE_OK);
  tablet = altm_test_store_new ();
  sqlite3_reset_auto_extension ();
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "PRAGMA synchronous"), ==, 2);
}

static void
without_a_write_ahead_log_nothing_is_opened (void)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_sql_open (":memory:", TRUE, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED);
}

static void
the_store_is_the_owners_alone (void)
{
  static const char *const names[] = { "field.db", "lock", "field.db-wal" };
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  GStatBuf status;

  g_assert_cmpint (g_stat (tablet->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);
  altm_test_add_contacts (tablet->store, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (tablet->path, names[i], NULL);

      g_assert_cmpint (g_stat (path, &status), ==, 0);
      g_assert_cmpuint (status.st_mode & 0077, ==, 0);
    }
}

static void
a_second_opening_is_refused (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_store_open (tablet->path, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_IN_USE);
  altm_test_store_close (tablet);
  altm_test_store_open (tablet);
}

static void
a_child_process_is_refused (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  pid_t child = fork ();
  int status = 0;

  if (child == 0)
    {
      GError *error = NULL;
      AltmStore *store = altm_store_open (tablet->path, &error);

      _exit (store == NULL && g_error_matches (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_IN_USE) ? 7 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 7);
}

/* A child that owns the store until it is killed; returns once it does. */
static pid_t
start_owner (const char *path)
{
  int ends[2];
  char byte = 0;
  pid_t child;

  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  if (child == 0)
    {
      AltmStore *store = altm_store_open (path, NULL);
      gssize n = write (ends[1], store != NULL ? "y" : "n", 1);

      for (;;)
        pause ();
      _exit ((int) n);
    }
  g_assert_cmpint (read (ends[0], &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, 'y');
  close (ends[0]);
  close (ends[1]);
  return child;
}

static void
the_lock_goes_with_its_process (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GError) error = NULL;
  pid_t owner;

  altm_test_store_close (tablet);
  owner = start_owner (tablet->path);
  g_assert_null (altm_store_open (tablet->path, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_IN_USE);
  kill (owner, SIGKILL);
  g_assert_cmpint (waitpid (owner, NULL, 0), ==, owner);
  altm_test_store_open (tablet);
}

static gpointer
touch_store (gpointer data)
{
  altm_store_set_setting (data, "url", "https://hq.example.org", NULL);
  return NULL;
}

static void
another_thread_is_stopped (void)
{
  g_autofree char *folder = NULL;

  if (g_test_subprocess ())
    {
      g_autoptr(AltmStore) store = altm_store_open (g_getenv ("ALTM_TEST_FOLDER"), NULL);

      g_thread_join (g_thread_new ("other", touch_store, store));
      return;
    }
  folder = altm_test_make_folder ();
  g_setenv ("ALTM_TEST_FOLDER", folder, TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  altm_test_remove (folder);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*self->owner == g_thread_self ()*");
}

/* Every file of the store but the shared memory, as one text to compare. */
static char *
describe_files (const char *path)
{
  static const char *const names[] = { "field.db", "field.db-wal", "field.db.before-3" };
  GString *all = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_build_filename (path, names[i], NULL);
      g_autofree char *bytes = NULL;
      g_autofree char *hash = NULL;
      gsize length;

      if (!g_file_get_contents (name, &bytes, &length, NULL))
        continue;
      hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, length);
      g_string_append_printf (all, "%s %s\n", names[i], hash);
    }
  return g_string_free (all, FALSE);
}

static void
assert_refused_untouched (AltmTestStore *tablet, AltmStoreError code)
{
  g_autofree char *before = describe_files (tablet->path);
  g_autofree char *after = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_store_open (tablet->path, &error));
  g_assert_error (error, ALTM_STORE_ERROR, (int) code);
  after = describe_files (tablet->path);
  g_assert_cmpstr (before, ==, after);
}

static void
a_newer_store_is_untouched (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GError) error = NULL;

  altm_test_add_contacts (tablet->store, 3);
  altm_test_store_close (tablet);
  altm_test_run_sql (tablet->path, "field.db", "PRAGMA user_version = 4");
  assert_refused_untouched (tablet, ALTM_STORE_ERROR_NEWER);
  g_assert_null (altm_store_open_to_read (tablet->path, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_NEWER);
}

static void
a_reader_refuses_what_is_no_database (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *file = g_build_filename (tablet->path, "field.db", NULL);
  g_autofree char *noise = g_strnfill (8192, 'x');
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr(GError) error = NULL;

  altm_test_store_close (tablet);
  g_assert_true (g_file_set_contents (file, noise, -1, NULL));
  before = describe_files (tablet->path);
  g_assert_null (altm_store_open_to_read (tablet->path, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED);
  after = describe_files (tablet->path);
  g_assert_cmpstr (before, ==, after);
}

static void
there_is_nothing_to_read_where_nothing_is (void)
{
  g_autofree char *folder = altm_test_make_folder ();
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_store_open_to_read (folder, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING);
  altm_test_remove (folder);
}

static void
a_folder_that_cannot_be_made_is_told (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *path = g_build_filename (tablet->path, "field.db", "below", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_store_open (path, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED);
}

static void
a_reader_sees_what_was_committed (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmStore) reader = altm_store_open_to_read (tablet->path, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_nonnull (reader);
  altm_test_add_contacts (tablet->store, 2);
  g_assert_cmpint (altm_test_summary (reader).queued, ==, 2);
  g_assert_true (altm_store_begin (tablet->store, &error));
  altm_test_sql (tablet->store, "DELETE FROM lines");
  g_assert_cmpint (altm_test_summary (reader).queued, ==, 2);
  altm_store_end (tablet->store, FALSE, NULL);
  g_assert_cmpint (altm_test_summary (tablet->store).queued, ==, 2);
}

static void
a_reader_cannot_write (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmStore) reader = altm_store_open_to_read (tablet->path, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_false (altm_store_set_setting (reader, "url", "x", &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED);
}

static void
settings_are_kept_changed_and_removed (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *none = altm_store_get_setting (tablet->store, "url");
  g_autofree char *kept = NULL, *changed = NULL, *removed = NULL;

  g_assert_null (none);
  g_assert_true (altm_store_set_setting (tablet->store, "url", "https://a.example", &error));
  altm_test_store_close (tablet);
  altm_test_store_open (tablet);
  kept = altm_store_get_setting (tablet->store, "url");
  g_assert_cmpstr (kept, ==, "https://a.example");
  g_assert_true (altm_store_set_setting (tablet->store, "url", "https://b.example", &error));
  changed = altm_store_get_setting (tablet->store, "url");
  g_assert_cmpstr (changed, ==, "https://b.example");
  g_assert_true (altm_store_set_setting (tablet->store, "url", NULL, &error));
  removed = altm_store_get_setting (tablet->store, "url");
  g_assert_null (removed);
}

static json_t *
make_lists (gint64 version)
{
  json_t *root = altm_test_json ("{'vocabulary':{},'places':[],'structures':[],'needs':[],'mediators':[],'campaigns':[]}");

  json_object_set_new (root, "version", json_integer (version));
  return root;
}

static void
lists_are_kept_the_latest_alone (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(json_t) seventh = make_lists (7);
  g_autoptr(json_t) third = make_lists (3);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (altm_lists_get_version (altm_store_get_lists (tablet->store)), ==, 2);
  g_assert_true (altm_store_set_lists (tablet->store, seventh, &error));
  g_assert_true (altm_store_set_lists (tablet->store, third, &error));
  g_assert_cmpint (altm_lists_get_version (altm_store_get_lists (tablet->store)), ==, 3);
  altm_test_store_close (tablet);
  altm_test_store_open (tablet);
  g_assert_cmpint (altm_lists_get_version (altm_store_get_lists (tablet->store)), ==, 3);
  g_assert_true (json_equal (altm_lists_get_root (altm_store_get_lists (tablet->store)), third));
}

static void
what_is_no_list_leaves_the_old_one (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(json_t) wrong = make_lists (0);
  g_autoptr(GError) error = NULL;

  g_assert_false (altm_store_set_lists (tablet->store, wrong, &error));
  g_assert_error (error, ALTM_JSON_ERROR, ALTM_JSON_ERROR_SYNTAX);
  g_assert_cmpint (altm_lists_get_version (altm_store_get_lists (tablet->store)), ==, 2);
}

/* Loads the fixture of a store as an earlier version made it; @name: its SQL. */
static AltmTestStore *
load_fixture (gconstpointer name)
{
  AltmTestStore *tablet = altm_test_store_new ();
  g_autofree char *file = g_build_filename (tablet->path, "field.db", NULL);
  g_autofree char *fixture = g_test_build_filename (G_TEST_DIST, "store", name, NULL);
  g_autofree char *sql = NULL;

  altm_test_store_close (tablet);
  g_assert_cmpint (g_remove (file), ==, 0);
  g_assert_true (g_file_get_contents (fixture, &sql, NULL, NULL));
  altm_test_run_sql (tablet->path, "field.db", sql);
  return tablet;
}

/* Every row of a file, each column quoted, and the schema. */
static char *
dump (const char *path)
{
  static const char *const queries[] = {
    "SELECT name || ': ' || replace (replace (sql, char (10), ' '), '  ', ' ') FROM sqlite_schema"
    " WHERE sql IS NOT NULL ORDER BY name",
    "SELECT quote (name) || quote (value) FROM settings ORDER BY name",
    "SELECT quote (version) || quote (body) FROM lists ORDER BY version",
    "SELECT quote (seq) || quote (id) || quote (rev) || quote (type) || quote (time) || quote (is_deleted) ||"
    " quote (is_latest) || quote (state) || quote (queued_at) || quote (settled_at) || quote (reason) ||"
    " quote (detail) || quote (bytes) FROM lines ORDER BY seq",
    "SELECT quote (seq) || quote (id) || quote (rev) || quote (sha256) || quote (is_lost) FROM notes ORDER BY seq",
    "SELECT quote (id) || quote (kind) || quote (at) || quote (body) FROM news ORDER BY id",
    "SELECT quote (office) || quote (slot) || quote (id) || quote (shift) || quote (by) || quote (is_dirty)"
    " FROM flow_slots ORDER BY office, slot",
    "SELECT quote (office) || quote (slot) || quote (code) || quote (count) FROM flow_counts"
    " ORDER BY office, slot, code",
  };
  g_autofree char *file = g_build_filename (path, "field.db", NULL);
  g_autoptr(AltmSql) sql = altm_sql_open (file, FALSE, NULL);
  GString *all = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autoptr(AltmRows) rows = altm_sql_query (sql, NULL, queries[i], "");

      g_assert_nonnull (rows);
      while (altm_sql_step (sql, rows, NULL))
        g_string_append_printf (all, "%s\n", altm_rows_text (rows, 0));
    }
  return g_string_free (all, FALSE);
}

static void
an_older_store_keeps_every_column (gconstpointer name)
{
  g_autoptr(AltmTestStore) tablet = load_fixture (name);
  g_autofree char *before = dump (tablet->path);
  g_autofree char *after = NULL;

  g_assert_nonnull (strstr (before, "'entres'12"));
  altm_test_store_open (tablet);
  altm_test_store_close (tablet);
  after = dump (tablet->path);
  g_assert_nonnull (strstr (after, "sha256 BLOB, copy BLOB,")); /* in the schema; the rows are as they were */
  g_assert_cmpstr (strstr (before, "\n'"), ==, strstr (after, "\n'"));
}

static char *
dump_schema (const char *path)
{
  g_autofree char *all = dump (path);
  char *rows = strstr (all, "\n'");

  return rows != NULL ? g_strndup (all, (gsize) (rows - all)) : g_strchomp (g_steal_pointer (&all));
}

static void
an_older_store_gets_the_schema_of_a_new_one (gconstpointer name)
{
  g_autoptr(AltmTestStore) fixture = load_fixture (name);
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *copy = g_build_filename (fixture->path, "field.db.before-3", NULL);
  g_autofree char *old = NULL, *new = dump_schema (tablet->path);

  altm_test_store_open (fixture);
  old = dump_schema (fixture->path);
  g_assert_cmpstr (old, ==, new);
  g_assert_true (g_file_test (copy, G_FILE_TEST_EXISTS));
}

static void
an_older_store_is_understood (gconstpointer name)
{
  g_autoptr(AltmTestStore) tablet = load_fixture (name);
  g_autoptr(AltmShift) shift = NULL;
  g_autoptr(json_t) counts = NULL;
  g_autoptr(GError) error = NULL;
  AltmOutboxSummary summary;

  altm_test_store_open (tablet);
  summary = altm_test_summary (tablet->store);
  g_assert_cmpint (summary.queued, ==, 1);
  g_assert_cmpint (summary.acknowledged, ==, 1);
  g_assert_cmpint (summary.quarantined, ==, 1);
  g_assert_cmpint (summary.oldest, ==, G_GINT64_CONSTANT (1795540340000001));
  g_assert_cmpint (summary.last_receipt, ==, G_GINT64_CONSTANT (1795540330000000));
  g_assert_cmpint (summary.high_seq, ==, 41);
  g_assert_cmpint (altm_notes_count_lost (tablet->store), ==, 1);
  g_assert_cmpint (altm_lists_get_version (altm_store_get_lists (tablet->store)), ==, 9);
  altm_outbox_verify (tablet->store, &error);
  g_assert_no_error (error);

  shift = altm_shift_load_last (tablet->store);
  g_assert_true (shift->is_running);
  g_assert_cmpstr (shift->channel, ==, "bureau_poste");
  g_assert_cmpint (shift->counted, ==, 12);
  counts = altm_flow_load (tablet->store, ALTM_TEST_OFFICE, G_GINT64_CONSTANT (1795539600000000));
  altm_test_assert_json (counts, "{'entres':12,'file_max':4}");
}

/* A file of one table, at the first version of the schema in the tests' own resources. */
static AltmSql *
open_things (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "things.db", NULL);
  g_autoptr(GError) error = NULL;
  AltmSql *sql = altm_sql_open (path, TRUE, &error);

  g_assert_no_error (error);
  altm_sql_migrate (sql, altm_test_get_resource (), "/org/altm/Field/test/good", 1, &error);
  g_assert_no_error (error);
  g_assert_true (altm_sql_run (sql, NULL, "INSERT INTO things (name) VALUES ('bench')", ""));
  return sql;
}

static void
a_migration_copies_first (void)
{
  g_autofree char *folder = altm_test_make_folder ();
  g_autofree char *path = g_build_filename (folder, "things.db.before-2", NULL);
  AltmSql *sql = open_things (folder);
  AltmSql *copy;
  g_autofree char *name = NULL;

  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (altm_sql_migrate (sql, altm_test_get_resource (), "/org/altm/Field/test/good", 2, NULL));
  g_assert_cmpint (altm_sql_get_integer (sql, 0, "PRAGMA user_version", ""), ==, 2);
  g_assert_cmpint (altm_sql_get_integer (sql, 0, "SELECT size FROM things WHERE name = 'bench'", ""), ==, 7);
  altm_sql_close (sql);

  copy = altm_sql_open (path, FALSE, NULL);
  name = altm_sql_get_text (copy, "SELECT name FROM things", "");
  g_assert_cmpstr (name, ==, "bench");
  g_assert_cmpint (altm_sql_get_integer (copy, 0, "PRAGMA user_version", ""), ==, 1);
  altm_sql_close (copy);
  altm_test_remove (folder);
}

static void
a_migration_that_fails_changes_nothing (void)
{
  g_autofree char *folder = altm_test_make_folder ();
  AltmSql *sql = open_things (folder);
  g_autofree char *name = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_false (altm_sql_migrate (sql, altm_test_get_resource (), "/org/altm/Field/test/bad", 2, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED);
  g_assert_cmpint (altm_sql_get_integer (sql, 0, "PRAGMA user_version", ""), ==, 1);
  name = altm_sql_get_text (sql, "SELECT name FROM things", "");
  g_assert_cmpstr (name, ==, "bench");
  altm_sql_close (sql);
  altm_test_remove (folder);
}

static void
a_new_file_is_not_copied (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *path = g_build_filename (tablet->path, "field.db.before-3", NULL);

  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
a_copy_sees_the_write_ahead_log (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *folder = altm_test_make_folder ();
  g_autofree char *path = g_build_filename (folder, "field.db", NULL);
  g_autoptr(AltmStore) copy = NULL;
  g_autoptr(GError) error = NULL;
  GStatBuf status;

  altm_test_add_contacts (tablet->store, 5);
  g_assert_true (altm_sql_copy (altm_store_get_sql (tablet->store), path, &error));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  copy = altm_store_open (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpint (altm_test_summary (copy).queued, ==, 5);
  g_clear_pointer (&copy, altm_store_close);
  altm_test_remove (folder);
}

static void
statements_are_bound_and_read_back (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  AltmSql *sql = altm_store_get_sql (tablet->store);
  g_autoptr(GBytes) bytes = g_bytes_new_static ("a\0b", 3);
  guint8 hash[32] = { 7 };
  g_autoptr(AltmRows) rows = altm_sql_query (sql, NULL, "SELECT ?, ?, ?, ?, ?", "isbhs", G_MAXINT64, "é", bytes, hash, NULL);
  g_autoptr(GBytes) back = NULL;

  g_assert_true (altm_sql_step (sql, rows, NULL));
  g_assert_cmpint (sqlite3_column_int64 (rows, 0), ==, G_MAXINT64);
  g_assert_cmpstr (altm_rows_text (rows, 1), ==, "é");
  back = altm_rows_bytes (rows, 2);
  g_assert_true (g_bytes_equal (back, bytes));
  g_assert_cmpmem (sqlite3_column_blob (rows, 3), sqlite3_column_bytes (rows, 3), hash, sizeof hash);
  g_assert_null (altm_rows_text (rows, 4));
  g_assert_false (altm_sql_step (sql, rows, NULL));
  g_assert_cmpint (altm_sql_get_integer (sql, -9, "SELECT NULL", ""), ==, -9);
  g_assert_cmpint (altm_sql_get_integer (sql, -9, "SELECT 1 WHERE 0", ""), ==, -9);
}

static void
a_wrong_statement_is_told (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  AltmSql *sql = altm_store_get_sql (tablet->store);
  g_autoptr(GError) error = NULL;

  g_assert_false (altm_sql_run (sql, &error, "INSERT INTO nowhere VALUES (1)", ""));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED);
  g_assert_false (altm_sql_step (sql, NULL, NULL));
}

static void
a_full_disk_is_told_and_nothing_saved (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *text = g_strnfill (1 << 20, 'x');
  g_autoptr(GError) error = NULL;
  g_autofree char *kept = NULL;

  altm_test_sql (tablet->store, "PRAGMA max_page_count = 30");
  g_assert_false (altm_store_set_setting (tablet->store, "url", text, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FULL);
  kept = altm_store_get_setting (tablet->store, "url");
  g_assert_null (kept);
}

/* As after an I/O error, on which SQLite rolls back by itself. */
static void
an_undone_transaction_is_not_gone_on_with (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  AltmSql *sql = altm_store_get_sql (tablet->store);
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_store_begin (tablet->store, NULL));
  g_assert_true (altm_store_set_setting (tablet->store, "one", "1", NULL));
  g_assert_cmpint (sqlite3_exec (altm_sql_get_handle (sql), "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_false (altm_store_set_setting (tablet->store, "two", "2", &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (altm_store_end (tablet->store, TRUE, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED);
  g_assert_cmpint (altm_test_sql_integer (tablet->store, "SELECT COUNT (*) FROM settings WHERE name IN ('one', 'two')"), ==, 0);
}

static void
what_could_not_be_read_is_not_built_upon (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  AltmSql *sql = altm_store_get_sql (tablet->store);
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_store_begin (tablet->store, NULL));
  g_assert_true (altm_store_set_setting (tablet->store, "one", "1", NULL));
  g_assert_cmpint (altm_sql_get_integer (sql, 7, "SELECT n FROM nowhere", ""), ==, 7);
  g_assert_false (altm_store_end (tablet->store, TRUE, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED);
  g_assert_null (altm_store_get_setting (tablet->store, "one"));

  altm_sql_get_integer (sql, 7, "SELECT n FROM nowhere", "");
  g_clear_error (&error);
  g_assert_false (altm_store_check (tablet->store, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED);
  g_assert_true (altm_store_check (tablet->store, NULL));
}

/* Another program that opens the file to write, and finds it free, folds the log away under whoever goes on writing it. */
static void
a_reader_leaves_the_locks_of_the_writer (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();

  altm_test_sql (tablet->store, "PRAGMA wal_checkpoint (TRUNCATE)");
  g_assert_true (altm_test_is_locked (tablet->path, "field.db"));
  altm_store_close (altm_store_open_to_read (tablet->path, NULL));
  g_assert_true (altm_test_is_locked (tablet->path, "field.db"));
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/store/pragmas", the_writing_connection_is_wal_and_full);
  g_test_add_func ("/store/pragmas/default", full_is_asked_for_whatever_the_default);
  g_test_add_func ("/store/pragmas/no-wal", without_a_write_ahead_log_nothing_is_opened);
  g_test_add_func ("/store/modes", the_store_is_the_owners_alone);
  g_test_add_func ("/store/lock/second", a_second_opening_is_refused);
  g_test_add_func ("/store/lock/child", a_child_process_is_refused);
  g_test_add_func ("/store/lock/killed", the_lock_goes_with_its_process);
  g_test_add_func ("/store/lock/thread", another_thread_is_stopped);
  g_test_add_func ("/store/lock/reader", a_reader_leaves_the_locks_of_the_writer);
  g_test_add_func ("/store/newer", a_newer_store_is_untouched);
  g_test_add_func ("/store/no-database", a_reader_refuses_what_is_no_database);
  g_test_add_func ("/store/missing", there_is_nothing_to_read_where_nothing_is);
  g_test_add_func ("/store/no-folder", a_folder_that_cannot_be_made_is_told);
  g_test_add_func ("/store/full", a_full_disk_is_told_and_nothing_saved);
  g_test_add_func ("/store/reader", a_reader_sees_what_was_committed);
  g_test_add_func ("/store/reader/write", a_reader_cannot_write);
  g_test_add_func ("/store/settings", settings_are_kept_changed_and_removed);
  g_test_add_func ("/store/lists", lists_are_kept_the_latest_alone);
  g_test_add_func ("/store/lists/wrong", what_is_no_list_leaves_the_old_one);
  g_test_add_data_func ("/store/version-1/columns", "1.sql", an_older_store_keeps_every_column);
  g_test_add_data_func ("/store/version-2/columns", "2.sql", an_older_store_keeps_every_column);
  g_test_add_data_func ("/store/version-1/schema", "1.sql", an_older_store_gets_the_schema_of_a_new_one);
  g_test_add_data_func ("/store/version-2/schema", "2.sql", an_older_store_gets_the_schema_of_a_new_one);
  g_test_add_data_func ("/store/version-1/understood", "1.sql", an_older_store_is_understood);
  g_test_add_data_func ("/store/version-2/understood", "2.sql", an_older_store_is_understood);
  g_test_add_func ("/store/migration/copy", a_migration_copies_first);
  g_test_add_func ("/store/migration/fails", a_migration_that_fails_changes_nothing);
  g_test_add_func ("/store/migration/new", a_new_file_is_not_copied);
  g_test_add_func ("/store/copy", a_copy_sees_the_write_ahead_log);
  g_test_add_func ("/store/statements", statements_are_bound_and_read_back);
  g_test_add_func ("/store/statements/wrong", a_wrong_statement_is_told);
  g_test_add_func ("/store/transaction/undone", an_undone_transaction_is_not_gone_on_with);
  g_test_add_func ("/store/transaction/unread", what_could_not_be_read_is_not_built_upon);

  return g_test_run ();
}
