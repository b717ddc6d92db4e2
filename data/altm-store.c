/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "altm-data-resources.h"
#include "altm-files.h"
#include "altm-line.h"
#include "altm-lock-private.h"
#include "altm-pages.h"
#include "altm-recovery.h"
#include "altm-reserve.h"
#include "altm-wipe.h"

#define NEWEST_VERSION 3
/* So many queued lines are looked at when a store is opened, which takes 20 ms. */
#define QUEUE_VERIFIED 2000

#define MIGRATIONS "/org/altm/Field/data/migrations"

G_DEFINE_QUARK (altm-store-error-quark, altm_store_error)

struct _AltmStore
{
  char *directory;
  AltmSql *sql;
  int lock;
  AltmLists *lists;
  AltmReserve *reserve; /* NULL where it is only read */
  AltmCopier *copier;   /* NULL where no lock is set, or it is only read */
  gboolean is_to_fold;  /* after the transaction that runs */
  gboolean was_recovered;
  gint64 seq;
  gint64 seq_before; /* the transaction that runs */
};

static gboolean
fail (GError **error, AltmStoreError code, const char *path, const char *why)
{
  g_set_error (error, ALTM_STORE_ERROR, code, "%s: %s", path, why);
  return FALSE;
}

/**
 * altm_store_lock:
 * @directory: a store's folder, made (0700) where missing
 * @error: %ALTM_STORE_ERROR_IN_USE where another process has it, or _FAILED
 *
 * Takes the lock that says who owns the store: flock(2) on `lock`, which the kernel lets go of
 * with the process, however it ends.
 *
 * Returns: a file descriptor to close at the end, -1 where the lock was not to be had
 */
int
altm_store_lock (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "lock", NULL);
  int lock;

  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      fail (error, errno == ENOSPC ? ALTM_STORE_ERROR_FULL : ALTM_STORE_ERROR_FAILED, directory, g_strerror (errno));
      return -1;
    }
  lock = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock >= 0 && flock (lock, LOCK_EX | LOCK_NB) == 0)
    return lock;
  if (lock >= 0 && errno == EWOULDBLOCK)
    fail (error, ALTM_STORE_ERROR_IN_USE, directory, "another program is using this store");
  else
    fail (error, ALTM_STORE_ERROR_FAILED, path, g_strerror (errno));
  if (lock >= 0)
    close (lock);
  return -1;
}

/* HQ's lists are HQ's to give again: where they can't be read any more, recording goes on with
 * the project's own. */
static gboolean
load_lists (AltmStore *self, GError **error)
{
  g_autofree char *body =
    altm_sql_get_text (self->sql, "SELECT body FROM lists ORDER BY version DESC LIMIT 1", "");
  g_autoptr(json_t) root = body != NULL ? altm_json_parse (body, strlen (body), NULL) : NULL;

  if (root != NULL)
    self->lists = altm_lists_new (root, NULL);
  if (self->lists == NULL && body != NULL && self->reserve != NULL)
    altm_store_set_setting (self, "lists_tag", NULL, NULL);
  if (self->lists == NULL)
    self->lists = altm_lists_new_built_in (error);
  return self->lists != NULL;
}

static AltmSql *
open_to_write (const char *path, GError **error)
{
  g_autoptr(AltmSql) sql = altm_sql_open (path, ALTM_SQL_WRITE, error);

  if (sql == NULL)
    return NULL;
  if (g_chmod (path, 0600) != 0)
    {
      fail (error, ALTM_STORE_ERROR_FAILED, path, g_strerror (errno));
      return NULL;
    }
  return altm_sql_migrate (sql, altm_data_get_resource (), MIGRATIONS, NEWEST_VERSION, error) ? g_steal_pointer (&sql)
                                                                                               : NULL;
}

static gboolean
is_line (AltmRows *row)
{
  g_auto(AltmLine) line = { NULL };

  return altm_line_is_frozen (sqlite3_column_blob (row, 3), (gsize) sqlite3_column_bytes (row, 3),
                              sqlite3_column_blob (row, 4), (gsize) sqlite3_column_bytes (row, 4)) &&
         altm_line_read (&line, sqlite3_column_blob (row, 3), (gsize) sqlite3_column_bytes (row, 3), NULL) &&
         line.seq == sqlite3_column_int64 (row, 0) && g_strcmp0 (line.id, altm_rows_text (row, 1)) == 0 &&
         line.rev == sqlite3_column_int64 (row, 2);
}

/* What is to be sent is looked at itself: SQLite does not know what a text should say. */
static gboolean
verify_queue (AltmSql *sql, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem, "SELECT seq, id, rev, bytes, sha256 FROM lines WHERE state = 0 ORDER BY seq LIMIT ?", "i",
    (gint64) QUEUE_VERIFIED);

  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    if (!is_line (rows))
      g_set_error (&problem, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED, "line %" G_GINT64_FORMAT " is none any more",
                   (gint64) sqlite3_column_int64 (rows, 0));
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
verify (AltmSql *sql, GError **error)
{
  return altm_sql_verify_soon (sql, error) &&
         altm_sql_check_schema (sql, altm_data_get_resource (), MIGRATIONS, error) &&
         (altm_sql_get_integer (sql, 0, "PRAGMA user_version", "") < 2 || verify_queue (sql, error));
}

/* Verified by a connection that only reads, so that what is damaged is set aside as it was found:
 * one that writes would fold the log in. Where that can't read, the one that writes is asked. */
static gboolean
verify_first (const char *path, gboolean *is_verified, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmSql) reader = NULL;
  GStatBuf status;

  *is_verified = FALSE;
  if (!altm_pages_check_log (path, error) || !altm_sql_check_version (path, NEWEST_VERSION, error))
    return FALSE;
  if (g_stat (path, &status) != 0 || status.st_size == 0)
    return TRUE;
  reader = altm_sql_open (path, ALTM_SQL_READ, &problem);
  *is_verified = reader != NULL && verify (reader, &problem);
  if (!g_error_matches (problem, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static AltmSql *
open_sound (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "field.db", NULL);
  g_autoptr(AltmSql) sql = NULL;
  gboolean is_verified;

  if (!altm_recovery_finish (directory, error) || !verify_first (path, &is_verified, error))
    return NULL;
  sql = open_to_write (path, error);
  return sql != NULL && (is_verified || verify (sql, error)) ? g_steal_pointer (&sql) : NULL;
}

/* Damage is mended, and nothing but damage: a disk that does not answer may answer tomorrow, and one
 * that answers otherwise the second time has none. */
static gboolean
open_or_recover (AltmStore *self, GError **error)
{
  g_autoptr(GError) problem = NULL;

  self->sql = open_sound (self->directory, &problem);
  if (g_error_matches (problem, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED))
    {
      g_clear_error (&problem);
      self->sql = open_sound (self->directory, &problem);
    }
  if (g_error_matches (problem, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED))
    {
      self->was_recovered = altm_recovery_run (self->directory, open_to_write, error);
      self->sql = self->was_recovered ? open_sound (self->directory, error) : NULL;
    }
  else if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  return self->sql != NULL;
}

/* A full disk must not keep the mediator from the records: then the reserve is what it is for. */
static gboolean
open_in_spite_of_full_disk (AltmStore *self, GError **error)
{
  g_autoptr(GError) problem = NULL;

  if (open_or_recover (self, &problem))
    return TRUE;
  if (g_error_matches (problem, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FULL) && altm_reserve_release (self->reserve))
    return open_or_recover (self, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* The counter never falls back, whatever has left the outbox since. */
static gint64
load_seq (AltmStore *self)
{
  return altm_sql_get_integer (self->sql, 0,
                               "SELECT MAX ((SELECT IFNULL (MAX (seq), 0) FROM lines),"
                               " (SELECT IFNULL (MAX (seq), 0) FROM notes),"
                               " IFNULL ((SELECT CAST (value AS INTEGER) FROM settings"
                               "          WHERE name = 'last_seq'), 0))",
                               "");
}

/* What is left of a wipe must not keep a mediator from recording: it is tried again at the next opening. */
static void
clean_up (AltmStore *self)
{
  g_autoptr(GError) problem = NULL;

  if (!altm_wipe_sweep (self, &problem))
    g_debug ("%s: %s", self->directory, problem->message);
  altm_lock_load_copier (self);
}

/**
 * altm_store_open:
 * @directory: the store's folder, made where missing
 *
 * Opens a store to read and write: takes its lock, verifies it, and brings its schema up to date,
 * copying it first. A store that is damaged, or none, is set aside whole and what can be read of
 * it is taken over into a new one: altm_store_was_recovered() says so.
 *
 * Returns: (transfer full): the store, or %NULL with %ALTM_STORE_ERROR_IN_USE, _NEWER, _FULL or
 *   _FAILED, or a %G_IO_ERROR; the store is then as it was
 */
AltmStore *
altm_store_open (const char *directory, GError **error)
{
  g_autoptr(AltmStore) self = NULL;
  int lock;

  if (sodium_init () < 0)
    {
      fail (error, ALTM_STORE_ERROR_FAILED, directory, "libsodium found no source of randomness");
      return NULL;
    }
  lock = altm_store_lock (directory, error);
  if (lock < 0)
    return NULL;
  self = g_new0 (AltmStore, 1);
  self->directory = g_strdup (directory);
  self->lock = lock;
  self->reserve = altm_reserve_new (directory);
  if (!open_in_spite_of_full_disk (self, error) || !load_lists (self, error))
    return NULL;
  self->seq = load_seq (self);
  if (!altm_sql_check (self->sql, error))
    return NULL;
  altm_reserve_guard (self->reserve, self->sql);
  altm_reserve_make (self->reserve);
  clean_up (self);
  return altm_sql_check (self->sql, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
is_of_this_version (AltmStore *self, GError **error)
{
  g_autoptr(AltmRows) rows = altm_sql_query (self->sql, error, "PRAGMA user_version", "");

  if (rows == NULL || !altm_sql_step (self->sql, rows, error))
    return FALSE;
  return sqlite3_column_int (rows, 0) == NEWEST_VERSION ||
         fail (error, ALTM_STORE_ERROR_NEWER, self->directory, "made by another version of this program");
}

/**
 * altm_store_open_to_read:
 * @directory: a store's folder
 *
 * Opens a store to read only, without its lock.
 *
 * Returns: (transfer full): the store, or %NULL with %ALTM_STORE_ERROR_MISSING, _NEWER, _DAMAGED
 *   or _FAILED
 */
AltmStore *
altm_store_open_to_read (const char *directory, GError **error)
{
  g_autoptr(AltmStore) self = g_new0 (AltmStore, 1);
  g_autofree char *path = g_build_filename (directory, "field.db", NULL);

  self->directory = g_strdup (directory);
  self->lock = -1;
  self->sql = altm_sql_open (path, ALTM_SQL_READ, error);
  if (self->sql == NULL || !is_of_this_version (self, error) || !load_lists (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * altm_store_close:
 * @self: (nullable): closed, and its lock let go of
 */
void
altm_store_close (AltmStore *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->lists, altm_lists_unref);
  altm_copier_free (self->copier);
  altm_sql_close (self->sql);
  altm_reserve_free (self->reserve);
  if (self->lock >= 0)
    close (self->lock);
  g_free (self->directory);
  g_free (self);
}

AltmSql *
altm_store_get_sql (AltmStore *self)
{
  return self->sql;
}

gint64
altm_store_next_seq (AltmStore *self)
{
  return ++self->seq;
}

gboolean
altm_store_begin (AltmStore *self, GError **error)
{
  self->seq_before = self->seq;
  self->is_to_fold = FALSE;
  return altm_sql_begin (self->sql, error);
}

/* A reader may be in the way: it is not waited for, and the log is folded in before long anyway. */
static void
fold_log (AltmStore *self)
{
  g_autoptr(GError) problem = NULL;

  if (self->is_to_fold && !altm_sql_fold_log (self->sql, FALSE, &problem))
    g_debug ("%s: %s", self->directory, problem->message);
  self->is_to_fold = FALSE;
}

/* The transaction that runs removes what is to be gone from the log too. */
void
altm_store_fold_after (AltmStore *self)
{
  self->is_to_fold = TRUE;
}

gboolean
altm_store_end (AltmStore *self, gboolean is_good, GError **error)
{
  if (altm_sql_end (self->sql, is_good, error))
    {
      if (altm_store_is_short (self))
        altm_reserve_make (self->reserve);
      fold_log (self);
      return TRUE;
    }
  /* The numbers given out in a transaction that was undone were never seen by anyone. */
  self->seq = self->seq_before;
  return FALSE;
}

/* What a migration copied first may hold what is to be read no more. */
gboolean
altm_store_remove_backups (AltmStore *self, GError **error)
{
  for (int version = 2; version <= NEWEST_VERSION; version++)
    {
      g_autofree char *path = g_strdup_printf ("%s/field.db.before-%d", self->directory, version);

      if (!altm_files_shred (path, error))
        return FALSE;
    }
  return TRUE;
}

/* Goes back to the project's own lists. */
gboolean
altm_store_forget_lists (AltmStore *self, GError **error)
{
  AltmLists *lists = altm_lists_new_built_in (error);

  if (lists == NULL)
    return FALSE;
  altm_lists_unref (self->lists);
  self->lists = lists;
  return TRUE;
}

AltmCopier *
altm_store_get_copier (AltmStore *self)
{
  return self->copier;
}

void
altm_store_set_copier (AltmStore *self, AltmCopier *copier)
{
  altm_copier_free (self->copier);
  self->copier = copier;
}

/**
 * altm_store_check:
 *
 * Returns: %TRUE where all that was read since the last call, or since a transaction began, could
 *   be read; else %FALSE with the %ALTM_STORE_ERROR that stood in the way
 */
gboolean
altm_store_check (AltmStore *self, GError **error)
{
  return altm_sql_check (self->sql, error);
}

/**
 * altm_store_get_directory:
 *
 * Returns: (transfer none): its folder
 */
const char *
altm_store_get_directory (AltmStore *self)
{
  return self->directory;
}

/**
 * altm_recovery_free:
 * @self: (nullable): freed
 */
void
altm_recovery_free (AltmRecovery *self)
{
  if (self == NULL)
    return;
  g_free (self->folder);
  g_free (self);
}

/**
 * altm_store_load_recovery:
 *
 * Returns: (transfer full) (nullable): what became of the damaged store that this one was made
 *   of, until the setting `recovered` is removed because somebody has read it
 */
AltmRecovery *
altm_store_load_recovery (AltmStore *self)
{
  g_autofree char *text = altm_store_get_setting (self, "recovered");
  g_autoptr(json_t) root = text != NULL ? altm_json_parse (text, strlen (text), NULL) : NULL;
  AltmRecovery *recovery;

  if (root == NULL)
    return NULL;
  recovery = g_new0 (AltmRecovery, 1);
  recovery->folder = altm_store_find_damaged (self);
  recovery->taken = altm_json_get_integer (root, "taken", 0);
  recovery->held = altm_json_get_integer (root, "held", 0);
  recovery->lost = altm_json_get_integer (root, "lost", 0);
  return recovery;
}

/**
 * altm_store_was_recovered:
 *
 * Returns: whether it was damaged, and has been made anew in this opening
 */
gboolean
altm_store_was_recovered (AltmStore *self)
{
  return self->was_recovered;
}

/**
 * altm_store_is_short:
 *
 * Returns: whether the disk is so full that the reserve is gone: what was saved is safe, but
 *   space must be made soon
 */
gboolean
altm_store_is_short (AltmStore *self)
{
  return self->reserve != NULL && !altm_reserve_is_there (self->reserve);
}

/**
 * altm_store_find_damaged:
 *
 * Returns: (transfer full) (nullable): the folder in which a damaged store was set aside last
 */
char *
altm_store_find_damaged (AltmStore *self)
{
  return altm_recovery_find_folder (self->directory);
}

/**
 * altm_store_get_lists:
 *
 * Returns: (transfer none): HQ's lists as last received, else the project's own
 */
AltmLists *
altm_store_get_lists (AltmStore *self)
{
  return self->lists;
}

/**
 * altm_store_set_lists:
 * @root: lists as `GET /v1/reference` answers them
 *
 * Keeps HQ's lists in place of the earlier ones.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_JSON_ERROR_SYNTAX (not lists) or an %ALTM_STORE_ERROR
 */
gboolean
altm_store_set_lists (AltmStore *self, json_t *root, GError **error)
{
  g_autoptr(AltmLists) lists = altm_lists_new (root, error);
  g_autofree char *body = NULL;
  gboolean is_good;

  if (lists == NULL || !altm_store_begin (self, error))
    return FALSE;
  body = altm_json_write (root);
  is_good = altm_sql_run (self->sql, error, "DELETE FROM lists", "") &&
            altm_sql_run (self->sql, error, "INSERT INTO lists VALUES (?, ?)", "is",
                          altm_lists_get_version (lists), body);
  if (!altm_store_end (self, is_good, error))
    return FALSE;
  altm_lists_unref (self->lists);
  self->lists = g_steal_pointer (&lists);
  return TRUE;
}

/**
 * altm_store_get_setting:
 * @name: one of device_id, token, url, ca (its file), epoch, seal_key, install_id, hq (its name),
 *   news (cursor), lists_tag, fork_id, last_receipt, last_count, last_seq, compared_at, skew, shift,
 *   recovered, due_told and late_told (the day on which what is due, and what waits for long, was told last),
 *   lock_tries, lock_tried_at, lock_destroying, lock_destroyed, wiping, wiped
 *
 * Returns: (transfer full) (nullable): its value
 */
char *
altm_store_get_setting (AltmStore *self, const char *name)
{
  return altm_sql_get_text (self->sql, "SELECT value FROM settings WHERE name = ?", "s", name);
}

/**
 * altm_store_get_skew:
 *
 * Returns: how many microseconds the tablet's clock was ahead of HQ's at the last push, to within
 *   10 s; less than 0 where it was behind, 0 where nothing is known
 */
gint64
altm_store_get_skew (AltmStore *self)
{
  g_autofree char *skew = altm_store_get_setting (self, "skew");

  return skew != NULL ? g_ascii_strtoll (skew, NULL, 10) : 0;
}

/**
 * altm_store_set_setting:
 * @value: (nullable): %NULL removes it
 *
 * Sets a setting, in the transaction that runs, else in one of its own.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_store_set_setting (AltmStore *self, const char *name, const char *value, GError **error)
{
  if (value == NULL)
    return altm_sql_run (self->sql, error, "DELETE FROM settings WHERE name = ?", "s", name);
  return altm_sql_run (self->sql, error,
                       "INSERT INTO settings VALUES (?, ?)"
                       " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                       "ss", name, value);
}
