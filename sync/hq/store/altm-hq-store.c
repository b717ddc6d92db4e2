/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-store.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "altm-hq-derive.h"
#include "altm-hq-erasures.h"
#include "altm-hq-resources.h"
#include "altm-uuid.h"

struct _AltmHqStore
{
  char *directory;
  AltmSql *sql;
  int lock;
  char *epoch;
  char *instance;
  AltmHqKeys *keys; /* NULL where it is not served */
  char *keys_path;
  AltmHqVersions *lists;
};

/**
 * altm_hq_store_close:
 * @self: (nullable): closed, and its lock let go of
 */
void
altm_hq_store_close (AltmHqStore *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->lists, altm_hq_versions_free);
  altm_sql_close (self->sql);
  g_clear_pointer (&self->keys, altm_hq_keys_free);
  g_free (self->keys_path);
  g_free (self->epoch);
  g_free (self->instance);
  g_free (self->directory);
  if (self->lock >= 0)
    close (self->lock);
  g_free (self);
}

/**
 * altm_hq_store_reload_lists:
 *
 * Takes up lists that another connection brought since.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR or %ALTM_JSON_ERROR
 */
gboolean
altm_hq_store_reload_lists (AltmHqStore *self, GError **error)
{
  return altm_hq_versions_load (self->lists, error);
}

static gboolean
bring_epoch (AltmHqStore *self, GError **error)
{
  g_autofree char *epoch = altm_uuid_new_v4 ();

  if (!altm_sql_run (self->sql, error, "INSERT OR IGNORE INTO settings VALUES ('epoch', ?)", "s", epoch))
    return FALSE;
  self->epoch = altm_sql_get_text (self->sql, "SELECT value FROM settings WHERE name = 'epoch'", "");
  return self->epoch != NULL;
}

/* A store that an older program filled is counted once. */
static gboolean
bring_figures (AltmHqStore *self, GError **error)
{
  return altm_sql_get_integer (self->sql, 0, "SELECT 1 FROM settings WHERE name = 'counted'", "") ||
         (altm_hq_derive_all (self, error) && altm_sql_run (self->sql, error, "INSERT INTO settings VALUES ('counted', '1')", ""));
}

/**
 * altm_hq_store_get_known_key:
 *
 * Returns: (transfer full) (nullable): the public sealing key that the store was last used with,
 *   KEYID.BASE64; the empty text where it was used with one that it does not name (schema 1); %NULL
 *   where it never was, or its key was given up
 */
char *
altm_hq_store_get_known_key (AltmHqStore *self)
{
  g_autofree char *known = altm_sql_get_text (self->sql, "SELECT value FROM settings WHERE name = 'seal_key'", "");

  if (known == NULL)
    return altm_sql_get_integer (self->sql, 0, "SELECT 1 FROM devices LIMIT 1", "") ? g_strdup ("") : NULL;
  return *known != '\0' ? g_steal_pointer (&known) : NULL;
}

static gboolean
set_known_key (AltmHqStore *self, const char *key, GError **error)
{
  return altm_sql_run (self->sql, error,
                       "INSERT INTO settings VALUES ('seal_key', ?)"
                       " ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
                       "s", key);
}

/**
 * altm_hq_store_load_keys:
 * @path: (nullable): the keys file, `STORE.keys` where it is %NULL
 *
 * Loads the public halves of the keys, which is what serving takes, and makes `STORE.key` for a store
 * that never had one.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_KEYS_ERROR_MISSING or _OTHER where the store was used with
 *   another key, another %ALTM_HQ_KEYS_ERROR, %ALTM_SEAL_ERROR_FILE or an %ALTM_STORE_ERROR; what
 *   was loaded before stays in use
 */
gboolean
altm_hq_store_load_keys (AltmHqStore *self, const char *path, GError **error)
{
  g_autofree char *known = altm_hq_store_get_known_key (self);
  g_autofree char *kept = g_strdup (path);
  g_autoptr(AltmHqKeys) keys = altm_hq_keys_load (self->directory, path, error);

  if (keys == NULL || !altm_sql_check (self->sql, error) || !altm_hq_keys_check (keys, known, error) ||
      !altm_hq_keys_make (keys, error) || !set_known_key (self, altm_hq_keys_get_current (keys), error))
    return FALSE;
  g_clear_pointer (&self->keys, altm_hq_keys_free);
  self->keys = g_steal_pointer (&keys);
  g_free (self->keys_path);
  self->keys_path = g_steal_pointer (&kept);
  return TRUE;
}

/**
 * altm_hq_store_reload_keys:
 *
 * Takes up what a command changed in the keys file, where keys are loaded at all.
 *
 * Returns: %TRUE, or %FALSE as altm_hq_store_load_keys()
 */
gboolean
altm_hq_store_reload_keys (AltmHqStore *self, GError **error)
{
  return self->keys == NULL || altm_hq_store_load_keys (self, self->keys_path, error);
}

/**
 * altm_hq_store_forget_key:
 *
 * Gives up a key whose file is lost: what was sealed to it stays as it is, and the next start makes a
 * new one.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_IN_USE where keys are loaded: who serves hands them out
 */
gboolean
altm_hq_store_forget_key (AltmHqStore *self, GError **error)
{
  if (self->keys == NULL)
    return set_known_key (self, "", error);
  g_set_error_literal (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_IN_USE,
                       "the store is being served: tablets still seal to its key. Stop `serve` first; nothing was changed");
  return FALSE;
}

static AltmHqStore *
new_store (const char *directory, const char *path, gboolean can_write, int lock, GError **error)
{
  g_autoptr(AltmHqStore) self = g_new0 (AltmHqStore, 1);

  self->directory = g_strdup (directory);
  while (strlen (self->directory) > 1 && g_str_has_suffix (self->directory, "/"))
    self->directory[strlen (self->directory) - 1] = '\0';
  self->lock = lock;
  if (!can_write || altm_sql_check_version (path, ALTM_HQ_STORE_VERSION, error))
    self->sql = altm_sql_open (path, can_write ? ALTM_SQL_WRITE_MUCH : ALTM_SQL_READ, error);
  if (self->sql == NULL)
    return NULL;
  self->lists = altm_hq_versions_new (self->sql);
  return g_steal_pointer (&self);
}

/* Looked at by a connection that only reads: one that writes would fold the log into a damaged
 * file. Where it can't read, the one that writes is asked. */
static gboolean
verify_as_found (const char *path, gboolean *is_verified, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmSql) sql = altm_sql_open (path, ALTM_SQL_READ, &problem);

  *is_verified = sql != NULL && altm_sql_verify (sql, "PRAGMA quick_check(1)", &problem);
  if (!g_error_matches (problem, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED))
    return TRUE;
  g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED,
               "%s. Nothing was changed. Put the last backup in its place with `restore FILE`: each tablet then sends "
               "again what it lacks",
               problem->message);
  return FALSE;
}

/**
 * altm_hq_store_migrate:
 *
 * Brings a file to %ALTM_HQ_STORE_VERSION, as altm_sql_migrate() does.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_store_migrate (AltmSql *sql, GError **error)
{
  return altm_sql_migrate (sql, altm_hq_get_resource (), "/org/altm/Field/hq/schema", ALTM_HQ_STORE_VERSION, error);
}

/* What a file of this schema needs to be counted from. */
static gboolean
bring_up_to_date (AltmHqStore *self, gint64 now, GError **error)
{
  return altm_hq_versions_load (self->lists, error) && altm_hq_versions_bring (self->lists, now, error) &&
         bring_epoch (self, error) && bring_figures (self, error);
}

/**
 * altm_hq_store_open_copy:
 * @directory: a store's folder, whose lock is held
 * @path: a file of this schema that is to take the place of its `hq.db`
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): the file, opened to write as the store would be, or %NULL with an %ALTM_STORE_ERROR
 */
AltmHqStore *
altm_hq_store_open_copy (const char *directory, const char *path, gint64 now, GError **error)
{
  g_autoptr(AltmHqStore) self = new_store (directory, path, TRUE, -1, error);

  return self != NULL && bring_up_to_date (self, now, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * altm_hq_store_open_without_keys:
 * @directory: the store's folder, made where missing
 * @now: microseconds since 1970-01-01 UTC
 *
 * Opens HQ's store to write: takes its lock, brings its schema up to date, makes its epoch where there
 * is none, and erases what `STORE.erased` says and it does not know of. Without keys no tablet can be answered.
 *
 * Returns: (transfer full): the store, or %NULL with %ALTM_STORE_ERROR_IN_USE, _NEWER, _DAMAGED,
 *   _FULL or _FAILED; a damaged store is as it was
 */
AltmHqStore *
altm_hq_store_open_without_keys (const char *directory, gint64 now, GError **error)
{
  g_autoptr(AltmHqStore) self = NULL;
  g_autofree char *path = g_build_filename (directory, "hq.db", NULL);
  int lock = sodium_init () >= 0 ? altm_store_lock (directory, error) : -1;
  gboolean is_verified;

  if (lock < 0)
    return NULL;
  if (!verify_as_found (path, &is_verified, error))
    {
      close (lock);
      return NULL;
    }
  self = new_store (directory, path, TRUE, lock, error);
  if (self == NULL || g_chmod (path, 0600) != 0 ||
      !altm_hq_store_migrate (self->sql, error) ||
      !(is_verified || altm_sql_verify (self->sql, "PRAGMA quick_check(1)", error)) ||
      !bring_up_to_date (self, now, error) || !altm_hq_erasures_replay (self, now, error))
    return NULL;
  self->instance = altm_uuid_new_v4 ();
  return g_steal_pointer (&self);
}

/**
 * altm_hq_store_open:
 *
 * As altm_hq_store_open_without_keys(), then altm_hq_store_load_keys() from where they lie by default.
 *
 * Returns: (transfer full): the store, or %NULL as both
 */
AltmHqStore *
altm_hq_store_open (const char *directory, gint64 now, GError **error)
{
  g_autoptr(AltmHqStore) self = altm_hq_store_open_without_keys (directory, now, error);

  return self != NULL && altm_hq_store_load_keys (self, NULL, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * altm_hq_store_open_to_read:
 * @directory: the folder of a store
 *
 * Opens HQ's store to read, without its lock or its key, also while it is served.
 *
 * Returns: (transfer full): the store, or %NULL with %ALTM_STORE_ERROR_MISSING, _NEWER, _DAMAGED
 *   or _FAILED
 */
AltmHqStore *
altm_hq_store_open_to_read (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "hq.db", NULL);
  g_autoptr(AltmHqStore) self = new_store (directory, path, FALSE, -1, error);
  gint64 version;

  if (self == NULL)
    return NULL;
  version = altm_sql_get_integer (self->sql, -1, "PRAGMA user_version", "");
  if (version != ALTM_HQ_STORE_VERSION)
    {
      g_set_error (error, ALTM_STORE_ERROR, version < 0 ? ALTM_STORE_ERROR_DAMAGED : ALTM_STORE_ERROR_NEWER,
                   "%s: %s", directory,
                   version < 0 ? "not a store of this program" : "made by another version of this program");
      return NULL;
    }
  self->epoch = altm_sql_get_text (self->sql, "SELECT value FROM settings WHERE name = 'epoch'", "");
  return altm_hq_versions_load (self->lists, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * altm_hq_store_get_sql:
 *
 * Returns: (transfer none): its connection
 */
AltmSql *
altm_hq_store_get_sql (AltmHqStore *self)
{
  return self->sql;
}

/**
 * altm_hq_store_get_directory:
 *
 * Returns: (transfer none): its folder, without a slash at its end
 */
const char *
altm_hq_store_get_directory (AltmHqStore *self)
{
  return self->directory;
}

/**
 * altm_hq_store_get_epoch:
 *
 * Returns: (transfer none): its epoch, a UUID
 */
const char *
altm_hq_store_get_epoch (AltmHqStore *self)
{
  return self->epoch;
}

/**
 * altm_hq_store_get_instance:
 *
 * Returns: (transfer none): a UUID of this opening alone: a file that was put back in the store's place, under
 *   the same epoch, is opened under another one
 */
const char *
altm_hq_store_get_instance (AltmHqStore *self)
{
  return self->instance;
}

/**
 * altm_hq_store_get_seal_key:
 *
 * Returns: (transfer none): the public sealing key in use, KEYID.BASE64
 */
const char *
altm_hq_store_get_seal_key (AltmHqStore *self)
{
  return altm_hq_keys_get_current (self->keys);
}

/**
 * altm_hq_store_get_lists:
 * @version: a version, 0 for the newest
 *
 * Returns: (transfer none) (nullable): as altm_hq_versions_get()
 */
AltmLists *
altm_hq_store_get_lists (AltmHqStore *self, gint64 version)
{
  return altm_hq_versions_get (self->lists, version);
}

/**
 * altm_hq_store_get_versions:
 *
 * Returns: (transfer none): the versions of the lists
 */
AltmHqVersions *
altm_hq_store_get_versions (AltmHqStore *self)
{
  return self->lists;
}
