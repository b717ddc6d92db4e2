/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-test-disk.h"

#include <glib/gstdio.h>

typedef struct
{
  sqlite3_io_methods methods;
  const sqlite3_io_methods *own;
} File;

/* SQLite has no place for a test's data at a file's methods, which a store's reserve replaces. */
static GPrivate current;

static const File *
get_file (sqlite3_file *file)
{
  const AltmTestDisk *disk = g_private_get (&current);

  return g_hash_table_lookup (disk->files, file);
}

static int
read_cb (sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset)
{
  AltmTestDisk *disk = g_private_get (&current);

  if (disk->reads_left == 0)
    {
      disk->reads_left = -1;
      return SQLITE_IOERR_READ;
    }
  if (disk->reads_left > 0)
    disk->reads_left--;
  return get_file (file)->own->xRead (file, bytes, size, offset);
}

static int
write_cb (sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
  AltmTestDisk *disk = g_private_get (&current);
  sqlite3_int64 length = 0, growth;

  get_file (file)->own->xFileSize (file, &length);
  growth = MAX (offset + size - length, 0);
  if (disk->reserve != NULL && !g_file_test (disk->reserve, G_FILE_TEST_EXISTS))
    {
      disk->left += 1 << 20;
      g_assert_cmpint (g_mkdir (disk->reserve, 0700), ==, 0);
      g_clear_pointer (&disk->reserve, g_free);
    }
  if (growth > disk->left)
    return SQLITE_FULL;
  disk->left -= growth;
  return get_file (file)->own->xWrite (file, bytes, size, offset);
}

static int
open_cb (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  AltmTestDisk *disk = vfs->pAppData;
  int code = disk->own->xOpen (disk->own, name, file, flags, out_flags);
  File *wrapped;

  if (code != SQLITE_OK || file->pMethods == NULL)
    return code;
  wrapped = g_new0 (File, 1);
  *wrapped = (File) { *file->pMethods, file->pMethods };
  wrapped->methods.xRead = read_cb;
  wrapped->methods.xWrite = write_cb;
  file->pMethods = &wrapped->methods;
  g_hash_table_replace (disk->files, file, wrapped);
  return SQLITE_OK;
}

/**
 * altm_test_disk_new:
 *
 * Returns: (transfer full): a disk with room enough, under every file that SQLite opens from now on
 */
AltmTestDisk *
altm_test_disk_new (void)
{
  AltmTestDisk *self = g_new0 (AltmTestDisk, 1);

  self->own = sqlite3_vfs_find (NULL);
  self->vfs = *self->own;
  self->vfs.zName = "altm-test-disk";
  self->vfs.pAppData = self;
  self->vfs.xOpen = open_cb;
  self->files = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->left = G_MAXINT64 / 2;
  self->reads_left = -1;
  g_private_set (&current, self);
  g_assert_cmpint (sqlite3_vfs_register (&self->vfs, TRUE), ==, SQLITE_OK);
  return self;
}

/**
 * altm_test_disk_clear:
 * @folder: a store's
 *
 * Somebody made room.
 */
void
altm_test_disk_clear (AltmTestDisk *self, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "reserve", NULL);

  self->left = G_MAXINT64 / 2;
  g_clear_pointer (&self->reserve, g_free);
  g_rmdir (path);
}

/**
 * altm_test_disk_free:
 *
 * To be called when all files on it are closed.
 */
void
altm_test_disk_free (AltmTestDisk *self)
{
  sqlite3_vfs_unregister (&self->vfs);
  sqlite3_vfs_register (self->own, TRUE);
  g_hash_table_unref (self->files);
  g_private_set (&current, NULL);
  g_free (self->reserve);
  g_free (self);
}

/**
 * altm_test_disk_fill:
 * @folder: a store's, whose reserve alone is left
 */
void
altm_test_disk_fill (AltmTestDisk *self, const char *folder)
{
  self->left = 0;
  self->reserve = g_build_filename (folder, "reserve", NULL);
}
