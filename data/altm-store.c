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

#define NEWEST_VERSION 1

G_DEFINE_QUARK (altm-store-error-quark, altm_store_error)

struct _AltmStore
{
  char *directory;
  AltmSql *sql;
  int lock;
  AltmLists *lists;
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
      fail (error, ALTM_STORE_ERROR_FAILED, directory, g_strerror (errno));
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

static gboolean
load_lists (AltmStore *self, GError **error)
{
  g_autofree char *body =
    altm_sql_get_text (self->sql, "SELECT body FROM lists ORDER BY version DESC LIMIT 1", "");
  g_autoptr(json_t) root = NULL;

  if (body == NULL)
    self->lists = altm_lists_new_built_in (error);
  else if ((root = altm_json_parse (body, strlen (body), error)) != NULL)
    self->lists = altm_lists_new (root, error);
  return self->lists != NULL;
}

static AltmStore *
new_store (const char *directory, gboolean can_write, int lock, GError **error)
{
  g_autoptr(AltmStore) self = g_new0 (AltmStore, 1);
  g_autofree char *path = g_build_filename (directory, "field.db", NULL);

  self->directory = g_strdup (directory);
  self->lock = lock;
  if (altm_sql_check_version (path, NEWEST_VERSION, error))
    self->sql = altm_sql_open (path, can_write ? ALTM_SQL_WRITE : ALTM_SQL_READ, error);
  if (self->sql == NULL)
    return NULL;
  if (can_write && (g_chmod (path, 0600) != 0 ||
                    !altm_sql_migrate (self->sql, altm_data_get_resource (),
                                       "/org/altm/Field/data/migrations", NEWEST_VERSION, error)))
    return NULL;
  return g_steal_pointer (&self);
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

/**
 * altm_store_open:
 * @directory: the store's folder, made where missing
 *
 * Opens a store to read and write: takes its lock, and brings its schema up to date, copying it
 * first.
 *
 * Returns: (transfer full): the store, or %NULL with %ALTM_STORE_ERROR_IN_USE, _NEWER, _DAMAGED,
 *   _FULL or _FAILED; the store is then as it was
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
  self = new_store (directory, TRUE, lock, error);
  if (self == NULL || !altm_sql_verify (self->sql, "PRAGMA quick_check(1)", error) ||
      !load_lists (self, error))
    return NULL;
  self->seq = load_seq (self);
  return altm_sql_check (self->sql, error) ? g_steal_pointer (&self) : NULL;
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
  g_autoptr(AltmStore) self = new_store (directory, FALSE, -1, error);

  if (self == NULL)
    return NULL;
  if (altm_sql_get_integer (self->sql, -1, "PRAGMA user_version", "") != NEWEST_VERSION)
    {
      fail (error, ALTM_STORE_ERROR_NEWER, directory, "made by another version of this program");
      return NULL;
    }
  return load_lists (self, error) ? g_steal_pointer (&self) : NULL;
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
  altm_sql_close (self->sql);
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
  return altm_sql_begin (self->sql, error);
}

gboolean
altm_store_end (AltmStore *self, gboolean is_good, GError **error)
{
  if (altm_sql_end (self->sql, is_good, error))
    return TRUE;
  /* The numbers given out in a transaction that was undone were never seen by anyone. */
  self->seq = self->seq_before;
  return FALSE;
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
 *   news (cursor), lists_tag, fork_id, last_receipt, last_count, last_seq, shift
 *
 * Returns: (transfer full) (nullable): its value
 */
char *
altm_store_get_setting (AltmStore *self, const char *name)
{
  return altm_sql_get_text (self->sql, "SELECT value FROM settings WHERE name = ?", "s", name);
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
