/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-recovery.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "altm-files.h"
#include "altm-salvage.h"

/* The new store has this name while it is filled, and that one once it is whole and on the disk:
 * what a crash left half done is then known. */
#define FILLING "field.db.recovering"
#define WHOLE "field.db.recovered"

#define FOLDER "damaged-"

/* What is set aside, the file itself last: a folder without it is not finished. */
static const char *const parts[] = { "field.db-shm", "field.db-wal", "field.db-journal", "field.db" };

static gboolean
fail (GError **error, const char *path, const char *why)
{
  g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED, "%s: %s", path, why);
  return FALSE;
}

/* What an earlier attempt left. */
static void
remove_filling (const char *path)
{
  static const char *const ends[] = { "", "-wal", "-shm", "-journal" };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *file = g_strconcat (path, ends[i], NULL);

      g_unlink (file);
    }
}

static gboolean
keep_counts (AltmSql *sql, const AltmRecovery *counts, GError **error)
{
  g_autoptr(json_t) root = json_pack ("{s:I, s:I, s:I}", "taken", (json_int_t) counts->taken, "held",
                                      (json_int_t) counts->held, "lost", (json_int_t) counts->lost);
  g_autofree char *text = altm_json_write (root);

  return altm_sql_run (sql, error, "INSERT INTO settings VALUES ('recovered', ?)", "s", text);
}

/* Leaving the write-ahead log folds it in: then the file alone is the store, and can be renamed. */
static gboolean
leave_log (AltmSql *sql, const char *path, GError **error)
{
  g_autofree char *mode = altm_sql_get_text (sql, "PRAGMA journal_mode = DELETE", "");

  return g_strcmp0 (mode, "delete") == 0 ||
         fail (error, path, sqlite3_errmsg (altm_sql_get_handle (sql)));
}

static gboolean
fill (AltmPages *pages, const char *path, AltmRecoveryOpen open, GError **error)
{
  g_autoptr(AltmSql) sql = open (path, error);
  AltmRecovery counts = { NULL };
  gboolean is_good;

  if (sql == NULL || !altm_sql_begin (sql, error))
    return FALSE;
  is_good = altm_salvage_run (pages, sql, &counts, error) && keep_counts (sql, &counts, error);
  return altm_sql_end (sql, is_good, error) && leave_log (sql, path, error);
}

/**
 * altm_recovery_run:
 * @directory: a store's folder whose lock is held, and whose file or log is damaged
 * @open: makes the new store
 *
 * Makes a new store of all that can be read of a damaged one, then sets that one aside whole, in
 * a folder of its own beside it, and puts the new one in its place. A crash at any moment leaves
 * either the damaged store as it was, or what altm_recovery_finish() ends.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_FULL or _FAILED, or a %G_IO_ERROR where the
 *   disk won't give what is on it; nothing was set aside then, unless it was done
 */
gboolean
altm_recovery_run (const char *directory, AltmRecoveryOpen open, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "field.db", NULL);
  g_autofree char *filling = g_build_filename (directory, FILLING, NULL);
  g_autofree char *whole = g_build_filename (directory, WHOLE, NULL);
  g_autoptr(AltmPages) pages = altm_pages_read (path, error);

  remove_filling (filling);
  if (pages == NULL)
    return FALSE;
  if (!fill (pages, filling, open, error))
    {
      remove_filling (filling);
      return FALSE;
    }
  return altm_files_sync (filling, error) && altm_files_rename (filling, whole, error) &&
         altm_files_sync (directory, error) && altm_recovery_finish (directory, error);
}

/* Named by the moment when the new store was whole, so that a second attempt finds the folder of
 * the first; one that is full already belongs to an earlier damage. */
static char *
make_folder (const char *directory, const char *whole, GError **error)
{
  GStatBuf status = { 0 };
  g_autoptr(GDateTime) moment = NULL;
  g_autofree char *stamp = NULL;

  g_stat (whole, &status);
  moment = g_date_time_new_from_unix_utc (status.st_mtime);
  stamp = g_date_time_format (moment, "%Y%m%dT%H%M%SZ");
  for (int i = 0; i < 1000; i++)
    {
      g_autofree char *folder = i == 0 ? g_strdup_printf ("%s/" FOLDER "%s", directory, stamp)
                                       : g_strdup_printf ("%s/" FOLDER "%s-%03d", directory, stamp, i);
      g_autofree char *file = g_build_filename (folder, "field.db", NULL);

      if (g_mkdir (folder, 0700) == 0 || (errno == EEXIST && !g_file_test (file, G_FILE_TEST_EXISTS)))
        return g_steal_pointer (&folder);
      if (errno != EEXIST)
        {
          fail (error, folder, g_strerror (errno));
          return NULL;
        }
    }
  fail (error, directory, "damaged too often");
  return NULL;
}

static gboolean
is_something_left (const char *directory)
{
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *path = g_build_filename (directory, parts[i], NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return TRUE;
    }
  return FALSE;
}

static gboolean
set_aside (const char *directory, const char *whole, GError **error)
{
  g_autofree char *folder = NULL;

  if (!is_something_left (directory))
    return TRUE;
  folder = make_folder (directory, whole, error);
  if (folder == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *from = g_build_filename (directory, parts[i], NULL);
      g_autofree char *to = g_build_filename (folder, parts[i], NULL);

      if (!altm_files_rename (from, to, error))
        return FALSE;
    }
  return altm_files_sync (folder, error) && altm_files_sync (directory, error);
}

/**
 * altm_recovery_finish:
 * @directory: a store's folder whose lock is held
 *
 * Ends what altm_recovery_run() had begun when it was interrupted; does nothing otherwise.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_FULL or _FAILED
 */
gboolean
altm_recovery_finish (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "field.db", NULL);
  g_autofree char *whole = g_build_filename (directory, WHOLE, NULL);

  if (!g_file_test (whole, G_FILE_TEST_EXISTS))
    return TRUE;
  return set_aside (directory, whole, error) && altm_files_rename (whole, path, error) &&
         altm_files_sync (directory, error);
}

/**
 * altm_recovery_find_folder:
 *
 * Returns: (transfer full) (nullable): the folder in which a damaged store was set aside last
 */
char *
altm_recovery_find_folder (const char *directory)
{
  g_autoptr(GDir) dir = g_dir_open (directory, 0, NULL);
  g_autofree char *last = NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, FOLDER) && g_strcmp0 (name, last) > 0)
      {
        g_free (last);
        last = g_strdup (name);
      }
  return last != NULL ? g_build_filename (directory, last, NULL) : NULL;
}
