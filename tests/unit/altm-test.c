/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <sodium.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "altm-store-private.h"
#include "altm-vault-private.h"

/**
 * altm_test_init:
 *
 * As g_test_init(), in the time zone of the trade.
 */
void
altm_test_init (int *argc, char ***argv)
{
  setlocale (LC_ALL, "");
  g_setenv ("TZ", "Europe/Paris", TRUE);
  g_test_init (argc, argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
}

static char *
with_quotes (const char *text)
{
  return g_strdelimit (g_strdup (text), "'", '"');
}

/**
 * altm_test_json:
 * @text: an object, with ' in place of "
 *
 * Returns: (transfer full): the object
 */
json_t *
altm_test_json (const char *text)
{
  g_autofree char *json = with_quotes (text);
  g_autoptr(GError) error = NULL;
  json_t *root = altm_json_parse (json, strlen (json), &error);

  g_assert_no_error (error);
  return root;
}

/**
 * altm_test_value:
 * @text: any JSON value, with ' in place of "
 *
 * Returns: (transfer full): the value
 */
json_t *
altm_test_value (const char *text)
{
  g_autofree char *json = with_quotes (text);
  json_t *value = json_loads (json, JSON_DECODE_ANY, NULL);

  g_assert_nonnull (value);
  return value;
}

/**
 * altm_test_assert_json:
 * @expected: as in altm_test_value(); the order of keys does not matter
 */
void
altm_test_assert_json (json_t *value, const char *expected)
{
  g_autoptr(json_t) wanted = altm_test_value (expected);
  g_autofree char *one = altm_json_write (value);
  g_autofree char *other = altm_json_write (wanted);

  if (!json_equal (value, wanted))
    g_assert_cmpstr (one, ==, other);
}

/**
 * altm_test_make_folder:
 *
 * Returns: (transfer full): the path of a fresh folder, for altm_test_remove()
 */
char *
altm_test_make_folder (void)
{
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp ("altm-unit-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

/**
 * altm_test_remove:
 * @path: a file or a folder, removed with all that is in it
 */
void
altm_test_remove (const char *path)
{
  g_autoptr(GDir) dir = g_file_test (path, G_FILE_TEST_IS_DIR) ? g_dir_open (path, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      altm_test_remove (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

GBytes *
altm_test_read_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GError) error = NULL;
  char *bytes;
  gsize length;

  g_file_get_contents (path, &bytes, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (bytes, length);
}

void
altm_test_copy_file (const char *from, const char *to)
{
  g_autoptr(GFile) source = g_file_new_for_path (from);
  g_autoptr(GFile) target = g_file_new_for_path (to);
  g_autoptr(GError) error = NULL;

  g_file_copy (source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* Where SQLite keeps the shared lock of a connection (os.h: PENDING_BYTE and what follows it). */
#define SHARED_FIRST 0x40000002
#define SHARED_SIZE 510

/**
 * altm_test_is_locked:
 * @name: an SQLite file that this process has open
 *
 * Returns: whether another process finds it in use: a process sees none of its own locks
 */
gboolean
altm_test_is_locked (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = SHARED_FIRST, .l_len = SHARED_SIZE };
  pid_t child = fork ();
  int status = 0;

  if (child == 0)
    _exit (fcntl (open (path, O_RDWR | O_CLOEXEC), F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status) == 1;
}

/**
 * altm_test_holds_bytes:
 *
 * Returns: whether any file in @folder, or in a folder in it, holds @bytes
 */
gboolean
altm_test_holds_bytes (const char *folder, GBytes *bytes)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  gboolean is_found = FALSE;
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
      g_autoptr(GBytes) file = is_folder ? NULL : altm_test_read_file (folder, name);

      if (is_folder)
        is_found = is_found || altm_test_holds_bytes (path, bytes);
      else if (g_bytes_get_size (file) > 0)
        is_found = is_found || memmem (g_bytes_get_data (file, NULL), g_bytes_get_size (file),
                                       g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) != NULL;
    }
  return is_found;
}

/**
 * altm_test_holds:
 *
 * Returns: whether any file in @folder, or in a folder in it, holds the bytes of @text
 */
gboolean
altm_test_holds (const char *folder, const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, strlen (text));

  return altm_test_holds_bytes (folder, bytes);
}

/**
 * altm_test_run_sql:
 * @name: a file in @folder, made where missing, which nobody has open
 * @sql: what is done to it behind the program's back
 */
void
altm_test_run_sql (const char *folder, const char *name, const char *sql)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, NULL);
  g_assert_cmpstr (sqlite3_errmsg (db), ==, "not an error");
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

AltmTestStore *
altm_test_store_new (void)
{
  AltmTestStore *self = g_new0 (AltmTestStore, 1);

  self->folder = altm_test_make_folder ();
  self->path = g_build_filename (self->folder, "tablet", NULL);
  altm_test_store_open (self);
  return self;
}

void
altm_test_store_open (AltmTestStore *self)
{
  g_autoptr(GError) error = NULL;

  self->store = altm_store_open (self->path, &error);
  g_assert_no_error (error);
}

void
altm_test_store_close (AltmTestStore *self)
{
  g_clear_pointer (&self->store, altm_store_close);
}

void
altm_test_store_free (AltmTestStore *self)
{
  altm_test_store_close (self);
  altm_test_remove (self->folder);
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}

static sqlite3 *
handle_of (AltmStore *store)
{
  return altm_sql_get_handle (altm_store_get_sql (store));
}

/**
 * altm_test_sql:
 * @sql: done on the store's own connection
 */
void
altm_test_sql (AltmStore *store, const char *sql)
{
  sqlite3_exec (handle_of (store), sql, NULL, NULL, NULL);
  g_assert_cmpstr (sqlite3_errmsg (handle_of (store)), ==, "not an error");
}

/**
 * altm_test_sql_text:
 *
 * Returns: (transfer full) (nullable): the first column of the first row, which there must be
 */
char *
altm_test_sql_text (AltmStore *store, const char *sql)
{
  sqlite3_stmt *rows = NULL;
  char *text;

  g_assert_cmpint (sqlite3_prepare_v2 (handle_of (store), sql, -1, &rows, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (rows), ==, SQLITE_ROW);
  text = g_strdup (altm_rows_text (rows, 0));
  sqlite3_finalize (rows);
  return text;
}

gint64
altm_test_sql_integer (AltmStore *store, const char *sql)
{
  g_autofree char *text = altm_test_sql_text (store, sql);
  gint64 number = 0;

  g_assert_true (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &number, NULL));
  return number;
}

/**
 * altm_test_enrol_locally:
 *
 * Returns: (transfer full): a key pair, whose public key the store now seals to
 */
AltmSealPair *
altm_test_enrol_locally (AltmTestStore *self)
{
  g_autofree char *path = g_build_filename (self->folder, "hq.key", NULL);
  g_autoptr(GError) error = NULL;
  AltmSealPair *pair = altm_seal_pair_load (path, &error);

  g_assert_no_error (error);
  altm_store_set_setting (self->store, "seal_key", altm_seal_pair_get_key (pair), &error);
  g_assert_no_error (error);
  return pair;
}

/**
 * altm_test_make_vault:
 * @pair: (out) (optional) (transfer full): the keys, unlocked
 *
 * Returns: (transfer full): keys that %ALTM_TEST_HOLDER holds with %ALTM_TEST_PIN, as cheap to open as can be
 */
AltmVault *
altm_test_make_vault (AltmSealPair **pair)
{
  const AltmVaultCost cheap = { 1, 8192 };
  g_autoptr(GError) error = NULL;
  AltmVault *vault = altm_vault_create_at_cost (ALTM_TEST_HOLDER, ALTM_TEST_PIN, cheap, pair, &error);

  g_assert_no_error (error);
  return vault;
}

/**
 * altm_test_set_lock:
 *
 * Sets a lock, as altm_test_make_vault() makes it, where none is.
 *
 * Returns: (transfer full): the keys, unlocked
 */
AltmSealPair *
altm_test_set_lock (AltmStore *store)
{
  AltmSealPair *pair = NULL;
  g_autoptr(AltmVault) vault = altm_test_make_vault (&pair);
  g_autoptr(GError) error = NULL;

  altm_lock_set (store, NULL, vault, &error);
  g_assert_no_error (error);
  return pair;
}

/**
 * altm_test_add_note:
 * @id: (nullable): the record to correct
 * @note: (nullable): %NULL says nothing of it, "" removes it
 *
 * Records a contact with a note, in an enrolled store.
 *
 * Returns: (transfer full): its id
 */
char *
altm_test_add_note (AltmStore *store, const char *id, const char *note)
{
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  g_autoptr(json_t) private = note == NULL ? NULL : *note == '\0' ? json_null () : json_pack ("{s:s}", "note", note);
  AltmEntry entry = { .type = "contact", .id = id, .data = data, .private = private };
  g_auto(GStrv) ids = NULL;
  g_autoptr(GError) error = NULL;

  altm_outbox_add (store, &entry, 1, ALTM_TEST_NOW, &ids, &error);
  g_assert_no_error (error);
  return g_strdup (ids[0]);
}

/**
 * altm_test_add:
 * @data: as in altm_test_json()
 *
 * Records something, at the place where that is needed.
 *
 * Returns: (transfer full): its id
 */
char *
altm_test_add (AltmStore *store, const char *type, const char *data)
{
  g_autoptr(json_t) object = altm_test_json (data);
  AltmEntry entry = { .type = type, .place = ALTM_TEST_PLACE, .data = object };
  g_auto(GStrv) ids = NULL;
  g_autoptr(GError) error = NULL;

  altm_outbox_add (store, &entry, 1, ALTM_TEST_NOW, &ids, &error);
  g_assert_no_error (error);
  return g_strdup (ids[0]);
}

void
altm_test_add_contacts (AltmStore *store, int n)
{
  for (int i = 0; i < n; i++)
    g_free (altm_test_add (store, "contact", ALTM_TEST_CONTACT));
}

/**
 * altm_test_line_text:
 *
 * Returns: (transfer full): the frozen bytes under @seq
 */
char *
altm_test_line_text (AltmStore *store, gint64 seq)
{
  g_autofree char *sql =
    g_strdup_printf ("SELECT CAST (bytes AS TEXT) FROM lines WHERE seq = %" G_GINT64_FORMAT, seq);

  return altm_test_sql_text (store, sql);
}

/**
 * altm_test_settle:
 * @verdict: HQ's word on everything that is queued
 */
void
altm_test_settle (AltmStore *store, const AltmVerdict *verdict)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) lines = altm_outbox_take (store, 10000, G_MAXSIZE, &error);
  g_autofree AltmVerdict *verdicts = NULL;

  g_assert_no_error (error);
  verdicts = g_new0 (AltmVerdict, lines->len + 1);
  for (guint i = 0; i < lines->len; i++)
    verdicts[i] = *verdict;
  altm_outbox_settle (store, lines, verdicts, ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
}

AltmOutboxSummary
altm_test_summary (AltmStore *store)
{
  AltmOutboxSummary summary;
  g_autoptr(GError) error = NULL;

  altm_outbox_summarise (store, &summary, &error);
  g_assert_no_error (error);
  return summary;
}
