/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-sql.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

#include "altm-store.h"

/* No release of any program counts its schemas this far: a number above it is damage. */
#define MOST_VERSION 1000

/* Up to so many pages every row is looked up in every index: 90 ms; a store of 100,000 records
 * would take half a second. */
#define FEW_PAGES 4000

/* So long another connection is waited for. */
#define BUSY_MS 10000

struct _AltmSql
{
  sqlite3 *db;
  char *path;
  GHashTable *statements; /* SQL text -> sqlite3_stmt */
  GThread *owner;
  gboolean is_in_transaction;
  GError *unsaid; /* the first failure that nobody asked about */
};

/* @number: errno as SQLite met it last, which is this error's own only for these two kinds. */
static gboolean
is_full (int code, int number)
{
  int kind = code & 0xff;

  return code == SQLITE_IOERR_SHMSIZE ||
         ((kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN) && (number == ENOSPC || number == EDQUOT));
}

static AltmStoreError
sort_error (int code, int number)
{
  static const struct
  {
    int sqlite;
    AltmStoreError error;
  } table[] = {
    { SQLITE_FULL, ALTM_STORE_ERROR_FULL },     { SQLITE_CORRUPT, ALTM_STORE_ERROR_DAMAGED },
    { SQLITE_NOTADB, ALTM_STORE_ERROR_DAMAGED }, { SQLITE_BUSY, ALTM_STORE_ERROR_IN_USE },
    { SQLITE_LOCKED, ALTM_STORE_ERROR_IN_USE },
  };

  if (is_full (code, number))
    return ALTM_STORE_ERROR_FULL;
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].sqlite == (code & 0xff))
      return table[i].error;
  return ALTM_STORE_ERROR_FAILED;
}

static gboolean
fail (AltmSql *self, GError **error)
{
  GError **told = error != NULL ? error : &self->unsaid;

  if (*told == NULL)
    g_set_error (told, ALTM_STORE_ERROR, (int) sort_error (sqlite3_extended_errcode (self->db), sqlite3_system_errno (self->db)),
                 "%s: %s", self->path, sqlite3_errmsg (self->db));
  return FALSE;
}

/**
 * altm_sql_check:
 *
 * What could not be read is not the same as what is not there, though the functions that answer
 * with a fallback say it alike. Whoever decides by what was read asks here, and a transaction does
 * so by itself.
 *
 * Returns: %TRUE where no statement failed unsaid since the last call, or since the transaction
 *   began; else %FALSE with the first %ALTM_STORE_ERROR
 */
gboolean
altm_sql_check (AltmSql *self, GError **error)
{
  if (self->unsaid == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->unsaid));
  return FALSE;
}

/**
 * altm_sql_pass:
 * @problem: what went wrong in a function that goes through rows, or a place for %NULL
 * @error: the caller's
 *
 * Ends such a function: what went wrong in it becomes the caller's.
 *
 * Returns: %TRUE where nothing did, or %FALSE with that error
 */
gboolean
altm_sql_pass (GError **problem, GError **error)
{
  if (*problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (problem));
  return FALSE;
}

/**
 * altm_rows_end:
 *
 * Resets a statement and lets go of what was bound to it.
 */
void
altm_rows_end (AltmRows *self)
{
  if (self == NULL)
    return;
  sqlite3_reset (self);
  sqlite3_clear_bindings (self);
}

/**
 * altm_sql_close:
 * @self: (nullable): closed, which folds the write-ahead log in where it could write
 */
void
altm_sql_close (AltmSql *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->statements);
  sqlite3_close (self->db);
  g_clear_error (&self->unsaid);
  g_free (self->path);
  g_free (self);
}

/* A process that was killed between the last write of a COMMIT and its sync leaves a transaction that
 * is read as committed and is not on the disk: it is put there before anyone sees it. */
static gboolean
sync_log (AltmSql *self, GError **error)
{
  sqlite3_file *log = NULL;

  if (sqlite3_file_control (self->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK)
    return fail (self, error);
  if (log == NULL || log->pMethods == NULL || log->pMethods->xSync (log, SQLITE_SYNC_NORMAL) == SQLITE_OK)
    return TRUE;
  g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED, "%s: the disk does not keep what is written", self->path);
  return FALSE;
}

/* What was asked for and not granted would break the promise of "saved": it is read back. */
static gboolean
set_up_writer (AltmSql *self, AltmSqlMode mode, GError **error)
{
  static const char much[] = "PRAGMA page_size = 8192; PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 2000;";
  g_autofree char *journal = NULL;

  /* The size of a page is that of the file once it is made. */
  if (mode == ALTM_SQL_WRITE_MUCH && sqlite3_exec (self->db, much, NULL, NULL, NULL) != SQLITE_OK)
    return fail (self, error);
  if (sqlite3_exec (self->db,
                    "PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
                    NULL, NULL, NULL) != SQLITE_OK)
    return fail (self, error);
  journal = altm_sql_get_text (self, "PRAGMA journal_mode", "");
  if (altm_sql_get_integer (self, -1, "PRAGMA secure_delete", "") != 1)
    g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED, "%s: what is deleted would not be overwritten", self->path);
  else if (g_strcmp0 (journal, "wal") != 0 || altm_sql_get_integer (self, -1, "PRAGMA synchronous", "") != 2)
    g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED, "%s: this disk can't keep a write-ahead log safely",
                 self->path);
  else
    return sync_log (self, error);
  return FALSE;
}

/**
 * altm_sql_open:
 * @path: the file
 * @mode: what for
 *
 * Returns: (transfer full): the connection, or %NULL with %ALTM_STORE_ERROR_DAMAGED, _FULL,
 *   _MISSING or _FAILED
 */
AltmSql *
altm_sql_open (const char *path, AltmSqlMode mode, GError **error)
{
  gboolean can_write = mode != ALTM_SQL_READ;
  g_autoptr(AltmSql) self = NULL;
  int flags = can_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;

  if (!can_write && !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING, "%s: there is no store", path);
      return NULL;
    }

  self = g_new0 (AltmSql, 1);
  self->path = g_strdup (path);
  self->owner = g_thread_self ();
  self->statements =
    g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, (GDestroyNotify) sqlite3_finalize);
  if (sqlite3_open_v2 (path, &self->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      fail (self, error);
      return NULL;
    }
  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, BUSY_MS);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !can_write, NULL);
  if (can_write && !set_up_writer (self, mode, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * altm_sql_get_handle:
 *
 * Returns: (transfer none): SQLite's own handle
 */
sqlite3 *
altm_sql_get_handle (AltmSql *self)
{
  g_assert (self->owner == g_thread_self ());
  return self->db;
}

/* SQLite undoes a transaction by itself when the disk fails in the middle of it (its manual, Response
 * To Errors Within A Transaction); what came after would be committed statement by statement. */
static gboolean
has_lost_transaction (AltmSql *self, GError **error)
{
  GError **told = error != NULL ? error : &self->unsaid;

  if (!self->is_in_transaction || !sqlite3_get_autocommit (self->db))
    return FALSE;
  if (*told == NULL)
    g_set_error (told, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED, "%s: the disk failed, and what was begun is undone", self->path);
  return TRUE;
}

static sqlite3_stmt *
prepare (AltmSql *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement;

  g_assert (self->owner == g_thread_self ());
  if (has_lost_transaction (self, error))
    return NULL;
  /* Every SQL text here is a literal: its address names it. */
  statement = g_hash_table_lookup (self->statements, sql);
  if (statement != NULL)
    return statement;
  if (sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
    {
      fail (self, error);
      return NULL;
    }
  g_hash_table_insert (self->statements, (gpointer) sql, statement);
  return statement;
}

static void
bind (sqlite3_stmt *statement, const char *kinds, va_list arguments)
{
  for (int i = 1; kinds[i - 1] != '\0'; i++)
    {
      const char *text;
      GBytes *bytes;

      switch (kinds[i - 1])
        {
        case 'i':
          sqlite3_bind_int64 (statement, i, va_arg (arguments, gint64));
          break;
        case 's':
          text = va_arg (arguments, const char *);
          sqlite3_bind_text (statement, i, text, -1, SQLITE_STATIC);
          break;
        case 'b':
          bytes = va_arg (arguments, GBytes *);
          /* No bytes at all are a blob too: GBytes has no address for them, and SQLite would take that for NULL. */
          if (bytes != NULL && g_bytes_get_size (bytes) == 0)
            sqlite3_bind_zeroblob (statement, i, 0);
          else if (bytes != NULL)
            sqlite3_bind_blob64 (statement, i, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), SQLITE_STATIC);
          else
            sqlite3_bind_null (statement, i);
          break;
        case 'h': /* a SHA-256 value */
          sqlite3_bind_blob (statement, i, va_arg (arguments, const guint8 *), 32, SQLITE_STATIC);
          break;
        default:
          g_assert_not_reached ();
        }
    }
}

static AltmRows *
query_valist (AltmSql *self, GError **error, const char *sql, const char *kinds, va_list arguments)
{
  sqlite3_stmt *statement = prepare (self, sql, error);

  if (statement != NULL)
    bind (statement, kinds, arguments);
  return statement;
}

/**
 * altm_sql_query:
 * @sql: a literal: the statement is kept under its address
 * @kinds: a letter for each parameter: i a gint64, s a (nullable) text, b a (nullable) GBytes, h 32 bytes;
 *   they must outlive the rows
 *
 * Returns: (transfer full): the rows, for altm_sql_step(), or %NULL with an %ALTM_STORE_ERROR
 */
AltmRows *
altm_sql_query (AltmSql *self, GError **error, const char *sql, const char *kinds, ...)
{
  va_list arguments;
  AltmRows *rows;

  va_start (arguments, kinds);
  rows = query_valist (self, error, sql, kinds, arguments);
  va_end (arguments);
  return rows;
}

/**
 * altm_sql_step:
 * @rows: (nullable): %NULL is no row
 *
 * Returns: whether there is a next row; %FALSE with @error set where it failed
 */
gboolean
altm_sql_step (AltmSql *self, AltmRows *rows, GError **error)
{
  int code = rows != NULL ? sqlite3_step (rows) : SQLITE_DONE;

  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    fail (self, error);
  return FALSE;
}

static gboolean
run_rows (AltmSql *self, AltmRows *rows, GError **error)
{
  int code = sqlite3_step (rows);
  gboolean is_done = code == SQLITE_DONE || code == SQLITE_ROW || fail (self, error);

  altm_rows_end (rows);
  return is_done;
}

/**
 * altm_sql_run:
 *
 * As altm_sql_query(), for a statement of which no row is wanted.
 *
 * Returns: whether it was done
 */
gboolean
altm_sql_run (AltmSql *self, GError **error, const char *sql, const char *kinds, ...)
{
  va_list arguments;
  AltmRows *rows;

  va_start (arguments, kinds);
  rows = query_valist (self, error, sql, kinds, arguments);
  va_end (arguments);
  return rows != NULL && run_rows (self, rows, error);
}

/**
 * altm_sql_get_integer:
 *
 * Returns: the first column of the first row, @fallback where there is none
 */
gint64
altm_sql_get_integer (AltmSql *self, gint64 fallback, const char *sql, const char *kinds, ...)
{
  g_autoptr(AltmRows) rows = NULL;
  va_list arguments;

  va_start (arguments, kinds);
  rows = query_valist (self, NULL, sql, kinds, arguments);
  va_end (arguments);
  if (!altm_sql_step (self, rows, NULL) || sqlite3_column_type (rows, 0) == SQLITE_NULL)
    return fallback;
  return sqlite3_column_int64 (rows, 0);
}

/**
 * altm_sql_get_text:
 *
 * Returns: (transfer full) (nullable): the first column of the first row
 */
char *
altm_sql_get_text (AltmSql *self, const char *sql, const char *kinds, ...)
{
  g_autoptr(AltmRows) rows = NULL;
  va_list arguments;

  va_start (arguments, kinds);
  rows = query_valist (self, NULL, sql, kinds, arguments);
  va_end (arguments);
  return altm_sql_step (self, rows, NULL) ? g_strdup (altm_rows_text (rows, 0)) : NULL;
}

/**
 * altm_sql_begin:
 *
 * Begins a transaction that writes (`BEGIN IMMEDIATE`).
 *
 * Returns: whether it began
 */
gboolean
altm_sql_begin (AltmSql *self, GError **error)
{
  g_clear_error (&self->unsaid);
  if (!altm_sql_run (self, error, "BEGIN IMMEDIATE", ""))
    return FALSE;
  self->is_in_transaction = !sqlite3_get_autocommit (self->db);
  return TRUE;
}

/**
 * altm_sql_end:
 * @is_good: whether all went well in it; else it is rolled back, and @error is the caller's
 *
 * A transaction in which a statement failed unsaid, if only one that reads, is rolled back too.
 *
 * Returns: %TRUE only where what was written is on the disk
 */
gboolean
altm_sql_end (AltmSql *self, gboolean is_good, GError **error)
{
  gboolean is_done = is_good && altm_sql_check (self, error) && altm_sql_run (self, error, "COMMIT", "");

  self->is_in_transaction = FALSE;
  if (is_done)
    return TRUE;
  if (!sqlite3_get_autocommit (self->db))
    altm_sql_run (self, NULL, "ROLLBACK", "");
  g_clear_error (&self->unsaid);
  return FALSE;
}

/**
 * altm_rows_text:
 *
 * Returns: (nullable) (transfer none): a column as text, until the next step
 */
const char *
altm_rows_text (AltmRows *self, int column)
{
  return (const char *) sqlite3_column_text (self, column);
}

/**
 * altm_rows_bytes:
 *
 * Returns: (transfer full): a copy of a column
 */
GBytes *
altm_rows_bytes (AltmRows *self, int column)
{
  const void *blob = sqlite3_column_blob (self, column);

  return g_bytes_new (blob, (gsize) sqlite3_column_bytes (self, column));
}

static gboolean
can_read_file (AltmSql *self, int which)
{
  guint8 bytes[4096];
  sqlite3_file *file = NULL;
  sqlite3_int64 size = 0;

  sqlite3_file_control (self->db, "main", which, &file);
  if (file == NULL || file->pMethods == NULL)
    return TRUE;
  if (file->pMethods->xFileSize (file, &size) != SQLITE_OK)
    return FALSE;
  for (sqlite3_int64 at = 0; at < size; at += (sqlite3_int64) sizeof bytes)
    {
      int code = file->pMethods->xRead (file, bytes, sizeof bytes, at);

      if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ)
        return FALSE;
    }
  return TRUE;
}

/* What the disk did not give is no damage, though the check has no other way to say so. */
static gboolean
can_read_all (AltmSql *self)
{
  return can_read_file (self, SQLITE_FCNTL_FILE_POINTER) && can_read_file (self, SQLITE_FCNTL_JOURNAL_POINTER);
}

/**
 * altm_sql_verify:
 * @pragma: "PRAGMA quick_check(1)" or "PRAGMA integrity_check(1)"
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_DAMAGED and what SQLite found, or, where the
 *   file could not be read, another %ALTM_STORE_ERROR
 */
gboolean
altm_sql_verify (AltmSql *self, const char *pragma, GError **error)
{
  g_autoptr(AltmRows) rows = altm_sql_query (self, error, pragma, "");
  g_autoptr(GError) problem = NULL;
  const char *verdict;

  if (rows == NULL)
    return FALSE;
  if (!altm_sql_step (self, rows, &problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  verdict = altm_rows_text (rows, 0);
  if (g_strcmp0 (verdict, "ok") == 0)
    return TRUE;
  g_set_error (error, ALTM_STORE_ERROR, can_read_all (self) ? ALTM_STORE_ERROR_DAMAGED : ALTM_STORE_ERROR_FAILED,
               "%s: %s", self->path, verdict);
  return FALSE;
}

/**
 * altm_sql_verify_soon:
 *
 * As altm_sql_verify(), as thoroughly as a moment allows: a large file's indexes are not compared
 * with its rows.
 */
gboolean
altm_sql_verify_soon (AltmSql *self, GError **error)
{
  gboolean is_small = altm_sql_get_integer (self, 0, "PRAGMA page_count", "") <= FEW_PAGES;

  return altm_sql_verify (self, is_small ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)", error);
}

/**
 * altm_sql_fold_log:
 * @can_wait: whether to wait up to 10 seconds for whoever reads what is older
 *
 * Writes what the write-ahead log holds into the file, and leaves the log empty: until then it may hold rows that were deleted
 * since.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_IN_USE where a reader is in the way, or another %ALTM_STORE_ERROR
 */
gboolean
altm_sql_fold_log (AltmSql *self, gboolean can_wait, GError **error)
{
  g_autoptr(AltmRows) rows = altm_sql_query (self, error, "PRAGMA wal_checkpoint(TRUNCATE)", "");
  gboolean is_done, is_busy;

  if (rows == NULL)
    return FALSE;
  sqlite3_busy_timeout (self->db, can_wait ? BUSY_MS : 0);
  is_done = altm_sql_step (self, rows, error);
  is_busy = is_done && sqlite3_column_int (rows, 0) != 0;
  sqlite3_busy_timeout (self->db, BUSY_MS);
  if (is_busy)
    g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_IN_USE, "%s: somebody is reading", self->path);
  return is_done && !is_busy;
}

/**
 * altm_sql_copy:
 * @path: a file, made anew, with what is committed now; nothing else in it
 *
 * Copies by SQLite's backup API, which sees the write-ahead log too. The copy is on disk when it
 * returns.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_sql_copy (AltmSql *self, const char *path, GError **error)
{
  sqlite3 *copy = NULL;
  sqlite3_backup *backup;
  gboolean is_copied = FALSE;
  int file;

  g_remove (path);
  /* Nobody else's from the first byte on; SQLite gives what it writes beside it the same mode. */
  file = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0)
    close (file);
  if (sqlite3_open_v2 (path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK)
    {
      sqlite3_exec (copy, "PRAGMA synchronous = EXTRA", NULL, NULL, NULL);
      backup = sqlite3_backup_init (copy, "main", self->db, "main");
      if (backup != NULL)
        sqlite3_backup_step (backup, -1);
      is_copied = backup != NULL && sqlite3_backup_finish (backup) == SQLITE_OK;
    }
  if (!is_copied)
    g_set_error (error, ALTM_STORE_ERROR, sort_error (sqlite3_errcode (copy), sqlite3_system_errno (copy)), "%s: %s",
                 path, sqlite3_errmsg (copy));
  sqlite3_close (copy);
  g_chmod (path, 0600);
  return is_copied;
}

static gboolean
refuse_newer (const char *path, int version, int newest, GError **error)
{
  if (version < 0 || version > MOST_VERSION)
    {
      g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED, "%s: no program's version (%d)", path, version);
      return FALSE;
    }
  g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_NEWER,
               "%s: made by a newer version of this program (%d, this one knows %d)", path, version, newest);
  return FALSE;
}

static gboolean
check_version (AltmSql *self, int newest, int *version, GError **error)
{
  g_autoptr(AltmRows) rows = altm_sql_query (self, error, "PRAGMA user_version", "");

  if (rows == NULL || !altm_sql_step (self, rows, error))
    return FALSE;
  *version = sqlite3_column_int (rows, 0);
  return (*version >= 0 && *version <= newest) || refuse_newer (self->path, *version, newest, error);
}

/* user_version as the file itself says it: big-endian at offset 60 (SQLite, Database File Format,
 * 1.3). Reading it so leaves no trace, where opening the file would leave a write-ahead log. */
static gboolean
read_version (const char *path, int *version)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GFileInputStream) stream = g_file_read (file, NULL, NULL);
  guint8 header[64];
  gsize length = 0;

  if (stream == NULL ||
      !g_input_stream_read_all (G_INPUT_STREAM (stream), header, sizeof header, &length, NULL, NULL) ||
      length < sizeof header || memcmp (header, "SQLite format 3", 16) != 0)
    return FALSE;
  *version = (int) ((guint32) header[60] << 24) | header[61] << 16 | header[62] << 8 | header[63];
  return TRUE;
}

/**
 * altm_sql_check_version:
 * @path: a file that may not exist
 * @newest: the `user_version` that this program knows
 *
 * Looks at a file before it is opened to be written, so that one that is not for this program is
 * left as it is. Never called where this process may have the file open already: closing it here would let go of the
 * locks that SQLite holds on it (POSIX, fcntl: "How To Corrupt An SQLite Database File", 2.2), and another program
 * would take the log for its own.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_NEWER, _DAMAGED or _FAILED
 */
gboolean
altm_sql_check_version (const char *path, int newest, GError **error)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autoptr(AltmSql) self = NULL;
  GStatBuf status;
  int version;

  if (g_stat (log, &status) != 0 || status.st_size == 0)
    return !read_version (path, &version) || (version >= 0 && version <= newest) ||
           refuse_newer (path, version, newest, error);
  /* The log may hold a later version than the file. */
  self = altm_sql_open (path, ALTM_SQL_READ, error);
  return self != NULL && check_version (self, newest, &version, error);
}

static gboolean
run_migration (AltmSql *self, GResource *resource, const char *folder, int version, GError **error)
{
  g_autofree char *path = g_strdup_printf ("%s/%d.sql", folder, version);
  g_autofree char *stamp = g_strdup_printf ("PRAGMA user_version = %d", version);
  g_autoptr(GBytes) sql = g_resource_lookup_data (resource, path, 0, error);
  gboolean is_good;

  if (sql == NULL || !altm_sql_begin (self, error))
    return FALSE;
  is_good = (sqlite3_exec (self->db, g_bytes_get_data (sql, NULL), NULL, NULL, NULL) == SQLITE_OK &&
             sqlite3_exec (self->db, stamp, NULL, NULL, NULL) == SQLITE_OK) ||
            fail (self, error);
  return altm_sql_end (self, is_good, error);
}

static sqlite3 *
make_model (GResource *resource, const char *folder, int version, GError **error)
{
  sqlite3 *model = NULL;
  int code = sqlite3_open (":memory:", &model);

  for (int i = 1; code == SQLITE_OK && i <= version; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%d.sql", folder, i);
      g_autoptr(GBytes) sql = g_resource_lookup_data (resource, path, 0, error);

      if (sql == NULL)
        break;
      code = sqlite3_exec (model, g_bytes_get_data (sql, NULL), NULL, NULL, NULL);
    }
  if (code == SQLITE_OK && *error == NULL)
    return model;
  if (*error == NULL)
    g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED, "%s: %s", folder, sqlite3_errmsg (model));
  sqlite3_close (model);
  return NULL;
}

static gboolean
has_object (AltmSql *self, sqlite3_stmt *row, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    self, &problem, "SELECT 1 FROM sqlite_schema WHERE type = ? AND name = ? AND tbl_name = ? AND sql IS ?", "ssss",
    altm_rows_text (row, 0), altm_rows_text (row, 1), altm_rows_text (row, 2), altm_rows_text (row, 3));

  if (altm_sql_step (self, rows, &problem))
    return TRUE;
  if (problem == NULL)
    g_set_error (&problem, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED, "%s: its %s %s is not as it was made",
                 self->path, altm_rows_text (row, 0), altm_rows_text (row, 1));
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_sql_check_schema:
 * @resource: as for altm_sql_migrate()
 * @folder: as for altm_sql_migrate()
 *
 * Looks whether the file has all that the migrations up to its version made, word for word: no
 * check of SQLite's notices a letter that changed in there.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_DAMAGED or another %ALTM_STORE_ERROR
 */
gboolean
altm_sql_check_schema (AltmSql *self, GResource *resource, const char *folder, GError **error)
{
  int version = (int) altm_sql_get_integer (self, 0, "PRAGMA user_version", "");
  g_autoptr(GError) problem = NULL;
  sqlite3 *model = make_model (resource, folder, version, &problem);
  sqlite3_stmt *rows = NULL;

  if (model != NULL)
    sqlite3_prepare_v2 (model, "SELECT type, name, tbl_name, sql FROM sqlite_schema", -1, &rows, NULL);
  while (problem == NULL && sqlite3_step (rows) == SQLITE_ROW)
    has_object (self, rows, &problem);
  sqlite3_finalize (rows);
  sqlite3_close (model);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
check_unversioned (AltmSql *self, GError **error)
{
  if (altm_sql_get_integer (self, 0, "SELECT COUNT (*) FROM sqlite_schema", "") == 0)
    return TRUE;
  g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED, "%s: it has tables, but no version", self->path);
  return FALSE;
}

/**
 * altm_sql_migrate:
 * @folder: where `1.sql`, `2.sql` … lie in @resource, each from one `user_version` to the next
 * @newest: the version that this program knows
 *
 * Brings the file to @newest, each step in one transaction. A file with something in it is copied
 * beside itself first (FILE.before-VERSION), and the copy stays.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_NEWER where a newer program made the file,
 *   which is then untouched, or another %ALTM_STORE_ERROR
 */
gboolean
altm_sql_migrate (AltmSql *self, GResource *resource, const char *folder, int newest, GError **error)
{
  g_autofree char *copy = g_strdup_printf ("%s.before-%d", self->path, newest);
  int version;

  if (!check_version (self, newest, &version, error))
    return FALSE;
  if (version == 0 && !check_unversioned (self, error))
    return FALSE;
  if (version > 0 && version < newest && !altm_sql_copy (self, copy, error))
    return FALSE;
  while (version < newest)
    if (!run_migration (self, resource, folder, ++version, error))
      return FALSE;
  return TRUE;
}
