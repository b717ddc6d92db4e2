/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-care.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "altm-files.h"
#include "altm-hq-arrival.h"
#include "altm-hq-carry.h"
#include "altm-hq-erasures.h"
#include "altm-hq-log.h"
#include "altm-hq-remains.h"
#include "altm-hq-tokens.h"
#include "altm-rollups.h"
#include "altm-uuid.h"

static gboolean
damaged (GError **error, const char *what)
{
  g_set_error_literal (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED, what);
  return FALSE;
}

/* Of a line that something was erased from, what was left has a hash of its own. */
static gboolean
verify_hashes (AltmSql *sql, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT IIF (EXISTS (SELECT 1 FROM erasures WHERE erasures.id = journal.id), IFNULL (left_sha256, sha256), sha256),"
                    " bytes, n FROM journal",
                    "");
  guint8 sha256[crypto_hash_sha256_BYTES];

  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    {
      altm_hq_hash (sqlite3_column_blob (rows, 1), (gsize) sqlite3_column_bytes (rows, 1), sha256);
      if (memcmp (sha256, sqlite3_column_blob (rows, 0), sizeof sha256) != 0)
        g_set_error (&problem, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED,
                     "line %" G_GINT64_FORMAT " of the journal has other bytes than it came with",
                     (gint64) sqlite3_column_int64 (rows, 2));
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_hq_care_verify:
 *
 * Checks the file (SQLite's integrity_check), the hash of each line of the journal or of what an erasure left of it, that each
 * device's notes are as many as were counted, and that each record is derived from its highest
 * revision, and that a recount finds what the figures are counted from.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_DAMAGED and what was found
 */
gboolean
altm_hq_care_verify (AltmHqStore *store, GError **error)
{
  static const struct
  {
    const char *query;
    const char *found;
  } checks[] = {
    { "SELECT COUNT (*) FROM notes WHERE line NOT IN (SELECT n FROM journal)",
      "notes stand for lines that are not in the journal" },
    { "SELECT COUNT (*) FROM devices WHERE held <> (SELECT COUNT (*) FROM notes WHERE device = devices.n)",
      "a device's notes are not as many as were counted" },
    { "SELECT COUNT (*) FROM (SELECT MAX (rev), n FROM journal GROUP BY id)"
      " WHERE n NOT IN (SELECT line FROM records)",
      "records are not derived from the journal; `rebuild` makes them again" },
    { "SELECT (SELECT COUNT (*) FROM records) - (SELECT COUNT (DISTINCT id) FROM journal)",
      "there are records that are not in the journal; `rebuild` makes them again" },
    { "SELECT COUNT (*) FROM erasures JOIN journal USING (id) WHERE scope = 'record' AND left_sha256 IS NULL",
      "what was erased is still there" },
  };
  AltmSql *sql = altm_hq_store_get_sql (store);

  if (!altm_sql_verify (sql, "PRAGMA integrity_check(1)", error) || !verify_hashes (sql, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++)
    if (altm_sql_get_integer (sql, -1, checks[i].query, "") != 0)
      return damaged (error, checks[i].found);
  return altm_rollups_verify (store, error);
}

/* What `restore` puts in place is looked at first: a wrong file must not cost the right store. */
static gboolean
check_backup (const char *file, GError **error)
{
  g_autoptr(AltmSql) sql = altm_sql_open (file, ALTM_SQL_READ, error);

  if (sql == NULL || !altm_sql_verify (sql, "PRAGMA integrity_check(1)", error))
    return FALSE;
  if (altm_sql_get_integer (sql, 0, "SELECT COUNT (*) FROM sqlite_schema WHERE name IN ('journal', 'notes', 'devices')", "") < 3)
    return damaged (error, "this is no backup of an HQ");
  return TRUE;
}

/* What stands in the log alone is folded in, so that the store is one file, which another can take the
 * place of at one stroke. A store that is damaged stays as it was found. */
static void
fold_log_in (const char *path)
{
  g_autoptr(AltmSql) reader = altm_sql_open (path, ALTM_SQL_READ, NULL);
  g_autoptr(AltmSql) writer = NULL;

  if (reader != NULL && altm_sql_verify_soon (reader, NULL))
    writer = altm_sql_open (path, ALTM_SQL_WRITE_MUCH, NULL);
}

static gboolean
fail_at (const char *path, GError **error)
{
  int number = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number), "%s: %s", path, g_strerror (number));
  return FALSE;
}

/* Under a second name: there is a store in the folder at every moment, the old one or the new. */
static gboolean
keep_old (const char *path, const char *aside, GError **error)
{
  static const char *const rests[] = { "-wal", "-shm" };
  g_autofree char *kept = g_build_filename (aside, "hq.db", NULL);

  if (g_mkdir_with_parents (aside, 0700) != 0)
    return fail_at (aside, error);
  if (link (path, kept) != 0 && errno != ENOENT)
    return fail_at (kept, error);
  for (gsize i = 0; i < G_N_ELEMENTS (rests); i++)
    {
      g_autofree char *from = g_strconcat (path, rests[i], NULL);
      g_autofree char *to = g_strconcat (kept, rests[i], NULL);

      if (!altm_files_rename (from, to, error))
        return FALSE;
    }
  return altm_files_sync (aside, error);
}

/* Of the lists in the store that a backup takes the place of, where it can be read. */
static gint64
find_newest_lists (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "hq.db", NULL);
  g_autoptr(AltmSql) sql = altm_sql_open (path, ALTM_SQL_READ, NULL);

  return sql != NULL ? altm_sql_get_integer (sql, 0, "SELECT IFNULL (MAX (version), 0) FROM lists", "") : 0;
}

/* Versions of the lists that came after the backup are not made a second time with something else in
 * them: lines out there name them. A number from the clock is also above those of an earlier restore
 * of the same backup. */
static gboolean
skip_versions (AltmSql *sql, gint64 least, GError **error)
{
  return altm_sql_run (sql, error,
                       "INSERT INTO lists SELECT MAX (version + 1, ?1), json_set (body, '$.version', MAX (version + 1, ?1))"
                       " FROM lists ORDER BY version DESC LIMIT 1",
                       "i", least);
}

/* What was done, decided and ordered since the backup was made is not undone by it: the access log, what HQ said itself,
 * tablets and tokens that were revoked, and wipes. Lists come before versions are skipped: those that hold now go on. */
static gboolean
carry_over (AltmSql *from, AltmSql *to, const char *directory, gint64 least_lists, const AltmHqEntry *entry, GError **error)
{
  return (from == NULL || (altm_hq_log_carry (from, to, error) && altm_hq_tokens_carry (from, to, error))) &&
         altm_hq_remains_carry (directory, from, to, error) &&
         altm_hq_carry (from, to, error) && skip_versions (to, least_lists, error) && altm_hq_log_add (to, entry, error);
}

/* Nor is what was erased: by the store's own word where it can be read, and by the list beside it. */
static gboolean
erase_again (AltmSql *from, const char *path, const char *directory, gint64 now, GError **error)
{
  g_autoptr(AltmHqStore) copy = altm_hq_store_open_copy (directory, path, now, error);

  return copy != NULL && (from == NULL || altm_hq_erasures_carry (from, copy, error)) &&
         altm_hq_erasures_replay (copy, now, error);
}

/* The backup of an older program is brought up to date first; the backup itself is the copy to keep. */
static gboolean
migrate_copy (AltmSql *sql, const char *path, GError **error)
{
  g_autofree char *before = g_strdup_printf ("%s.before-%d", path, ALTM_HQ_STORE_VERSION);
  gboolean is_migrated = altm_hq_store_migrate (sql, error);

  g_unlink (before);
  return is_migrated;
}

/* Under a new epoch, and whole on disk, before the old store is touched. */
static gboolean
prepare_copy (const char *file, const char *path, gint64 least_lists, const char *directory, const AltmHqEntry *entry,
              GError **error)
{
  g_autofree char *epoch = altm_uuid_new_v4 ();
  g_autofree char *old = g_build_filename (directory, "hq.db", NULL);
  g_autoptr(AltmSql) from = altm_sql_open (old, ALTM_SQL_READ, NULL);
  g_autoptr(AltmSql) backup = altm_sql_open (file, ALTM_SQL_READ, error);
  g_autoptr(AltmSql) sql = NULL;

  if (backup == NULL || !altm_sql_copy (backup, path, error))
    return FALSE;
  sql = altm_sql_open (path, ALTM_SQL_WRITE_MUCH, error);
  if (sql == NULL || !migrate_copy (sql, path, error) || !altm_sql_begin (sql, error) ||
      !altm_sql_end (sql,
                     altm_sql_run (sql, error, "UPDATE settings SET value = ? WHERE name = 'epoch'", "s", epoch) &&
                       carry_over (from, sql, directory, least_lists, entry, error),
                     error))
    return FALSE;
  g_clear_pointer (&sql, altm_sql_close);
  return erase_again (from, path, directory, entry->at, error);
}

static gboolean
put_in_place (const char *directory, const char *copy, const char *aside, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "hq.db", NULL);

  fold_log_in (path);
  return altm_files_sync (copy, error) && keep_old (path, aside, error) && altm_files_rename (copy, path, error) &&
         altm_files_sync (directory, error);
}

/* What could not be put in place holds what was erased since the backup was made. */
static void
remove_copy (const char *copy)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat (copy, ends[i], NULL);

      g_unlink (path);
    }
}

/**
 * altm_hq_care_restore:
 * @directory: the store's folder
 * @file: a file made by `backup`
 * @now: microseconds since 1970-01-01 UTC
 * @aside: (out) (transfer full): the folder in which the old store was set aside
 *
 * Puts a backup in the store's place, under a new epoch, so that every tablet compares what it
 * holds and sends again what HQ then lacks. The old store is kept. Its access log, what HQ decided itself (altm_hq_carry()),
 * what was ordered about tablets and what was erased since are taken over as far as they can be read, orders from
 * `STORE.revoked` and erasures from `STORE.erased` too.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_IN_USE while it is served, _MISSING or _DAMAGED
 *   where @file is no backup (the store is untouched then), or another error
 */
gboolean
altm_hq_care_restore (const char *directory, const char *file, gint64 now, char **aside, GError **error)
{
  g_autofree char *folder = g_strdup_printf ("%s/before-restore-%" G_GINT64_FORMAT, directory, now);
  g_autofree char *copy = g_build_filename (directory, "hq.db.restored", NULL);
  g_autofree char *kept = g_path_get_basename (folder), *name = g_path_get_basename (file);
  const AltmHqEntry entry = { now, g_get_user_name (), "restored", name, kept, NULL };
  gint64 least;
  int lock;
  gboolean is_restored;

  if (!check_backup (file, error))
    return FALSE;
  lock = altm_store_lock (directory, error);
  if (lock < 0)
    return FALSE;
  least = MAX (now / G_USEC_PER_SEC, find_newest_lists (directory) + 1);
  is_restored = prepare_copy (file, copy, least, directory, &entry, error) && put_in_place (directory, copy, folder, error);
  if (!is_restored)
    remove_copy (copy);
  close (lock);
  *aside = g_steal_pointer (&folder);
  return is_restored;
}
