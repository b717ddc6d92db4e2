/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-files.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "altm-store.h"

static gboolean
fail (GError **error, const char *path)
{
  int number = errno;
  gboolean is_full = number == ENOSPC || number == EDQUOT;

  g_set_error (error, ALTM_STORE_ERROR, is_full ? ALTM_STORE_ERROR_FULL : ALTM_STORE_ERROR_FAILED, "%s: %s", path,
               g_strerror (number));
  return FALSE;
}

/**
 * altm_files_sync:
 * @path: a file, or a folder whose entries are meant
 *
 * Returns: whether it is on the disk; else %FALSE with %ALTM_STORE_ERROR_FULL or _FAILED
 */
gboolean
altm_files_sync (const char *path, GError **error)
{
  int file = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean is_synced = file >= 0 && fsync (file) == 0;

  if (!is_synced)
    fail (error, path);
  if (file >= 0)
    close (file);
  return is_synced;
}

/**
 * altm_files_rename:
 * @from: a file; one that is missing is no error, since it may have been renamed before a crash
 * @to: its new path
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_FULL or _FAILED
 */
gboolean
altm_files_rename (const char *from, const char *to, GError **error)
{
  return g_rename (from, to) == 0 || errno == ENOENT || fail (error, from);
}

static gboolean
write_all (int file, const char *bytes, gsize length)
{
  gsize at = 0;

  while (at < length)
    {
      gssize n = write (file, bytes + at, length - at);

      if (n < 0 && errno != EINTR)
        return FALSE;
      at += n > 0 ? (gsize) n : 0;
    }
  return TRUE;
}

/* Noise in place of what the file holds, and on the disk. */
static gboolean
overwrite (int file)
{
  struct stat status;
  g_autofree char *noise = NULL;

  if (fstat (file, &status) != 0)
    return FALSE;
  noise = g_malloc ((gsize) status.st_size + 1);
  randombytes_buf (noise, (gsize) status.st_size);
  return write_all (file, noise, (gsize) status.st_size) && fsync (file) == 0;
}

static gboolean
sync_folder_of (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return altm_files_sync (folder, error);
}

static gboolean
write_new (const char *path, const char *bytes, gsize length, GError **error)
{
  int file = g_unlink (path) == 0 || errno == ENOENT ? g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
  gboolean is_written = file >= 0 && write_all (file, bytes, length) && fsync (file) == 0;

  if (!is_written)
    fail (error, path);
  if (file >= 0)
    close (file);
  return is_written;
}

/**
 * altm_files_remove:
 * @path: a file or an empty folder; one that is missing is no error
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_FAILED
 */
gboolean
altm_files_remove (const char *path, GError **error)
{
  return g_remove (path) == 0 || errno == ENOENT || fail (error, path);
}

/**
 * altm_files_shred:
 * @path: a file; one that is missing is no error
 *
 * Overwrites it with noise, waits for the disk, removes it, and waits again.
 *
 * Returns: %TRUE where it is gone, or %FALSE with %ALTM_STORE_ERROR_FAILED. Where the disk is too worn to be
 *   written it is removed all the same, if it can be
 */
gboolean
altm_files_shred (const char *path, GError **error)
{
  int file = g_open (path, O_WRONLY | O_CLOEXEC, 0);

  if (file < 0 && errno == ENOENT)
    return TRUE;
  if (file >= 0)
    {
      overwrite (file);
      close (file);
    }
  return altm_files_remove (path, error) && sync_folder_of (path, error);
}

/**
 * altm_files_shred_tree:
 * @path: a file, or a folder with all that it holds; one that is missing is no error. A link is removed, and not what
 *   it names
 *
 * Returns: %TRUE where it is gone, or %FALSE with %ALTM_STORE_ERROR_FAILED
 */
gboolean
altm_files_shred_tree (const char *path, GError **error)
{
  g_autoptr(GDir) dir = NULL;
  const char *name;

  if (g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    return altm_files_remove (path, error);
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return altm_files_shred (path, error);
  dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (!altm_files_shred_tree (child, error))
        return FALSE;
    }
  return altm_files_remove (path, error);
}

/**
 * altm_files_replace:
 * @path: a file of secrets, which may be missing
 * @bytes: what it is to hold
 *
 * Writes beside it, waits for the disk, and puts the new file (0600) in its place; then what the old one held
 * is overwritten, as far as the disk lets it be.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_FULL or _FAILED
 */
gboolean
altm_files_replace (const char *path, const char *bytes, gsize length, GError **error)
{
  g_autofree char *fresh = g_strconcat (path, ALTM_FILES_NEW, NULL);
  int old = g_open (path, O_WRONLY | O_CLOEXEC, 0);
  gboolean is_done = write_new (fresh, bytes, length, error) && altm_files_rename (fresh, path, error) &&
                     sync_folder_of (path, error);

  if (old >= 0 && is_done)
    overwrite (old);
  if (!is_done)
    altm_files_shred (fresh, NULL);
  if (old >= 0)
    close (old);
  return is_done;
}
