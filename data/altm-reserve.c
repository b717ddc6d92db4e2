/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-reserve.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "altm-files.h"

/* Only where so many times its size is free is a reserve made, so that one that was given up does
 * not take away at once the space that somebody made. */
#define ROOM 8

/* Takes the place of a file's methods; its first member is what SQLite sees. */
typedef struct
{
  sqlite3_io_methods methods;
  const sqlite3_io_methods *own;
  AltmReserve *reserve;
} Guard;

struct _AltmReserve
{
  char *directory;
  char *path;
  gboolean is_there;
  Guard guards[2]; /* of the file and its log */
};

/**
 * altm_reserve_new:
 * @directory: a store's folder
 *
 * Returns: (transfer full): its reserve, as it is on the disk
 */
AltmReserve *
altm_reserve_new (const char *directory)
{
  AltmReserve *self = g_new0 (AltmReserve, 1);

  self->directory = g_strdup (directory);
  self->path = g_build_filename (directory, "reserve", NULL);
  self->is_there = g_file_test (self->path, G_FILE_TEST_EXISTS);
  return self;
}

/**
 * altm_reserve_free:
 * @self: (nullable): freed, after the connection that it guards; the file stays
 */
void
altm_reserve_free (AltmReserve *self)
{
  if (self == NULL)
    return;
  g_free (self->directory);
  g_free (self->path);
  g_free (self);
}

static gboolean
has_room (AltmReserve *self)
{
  struct statvfs status;

  return statvfs (self->directory, &status) == 0 &&
         (guint64) status.f_bavail * status.f_frsize >= (guint64) ROOM * ALTM_RESERVE_BYTES;
}

/* A file that was copied may have become one of holes, which keeps nothing. */
static gboolean
is_allocated (AltmReserve *self)
{
  GStatBuf status;

  return g_stat (self->path, &status) == 0 && status.st_size == ALTM_RESERVE_BYTES &&
         (gint64) status.st_blocks * 512 >= ALTM_RESERVE_BYTES;
}

/**
 * altm_reserve_make:
 *
 * Makes the reserve where it is missing and the disk has room enough.
 *
 * Returns: whether it is there
 */
gboolean
altm_reserve_make (AltmReserve *self)
{
  int file;

  self->is_there = is_allocated (self);
  if (self->is_there)
    return TRUE;
  g_unlink (self->path);
  if (!has_room (self))
    return FALSE;
  file = g_open (self->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0)
    return FALSE;
  self->is_there = posix_fallocate (file, 0, ALTM_RESERVE_BYTES) == 0;
  close (file);
  if (!self->is_there)
    g_unlink (self->path);
  return self->is_there;
}

/**
 * altm_reserve_release:
 *
 * Gives the reserve up. A file system may not lend freed blocks before the change is on the disk,
 * so that is waited for.
 *
 * Returns: whether there was one
 */
gboolean
altm_reserve_release (AltmReserve *self)
{
  self->is_there = FALSE;
  return g_unlink (self->path) == 0 && altm_files_sync (self->directory, NULL);
}

/**
 * altm_reserve_is_there:
 *
 * Returns: whether there is a reserve; without one the disk is full, or nearly so
 */
gboolean
altm_reserve_is_there (AltmReserve *self)
{
  return self->is_there;
}

static int
write_cb (sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
  const Guard *guard = (const Guard *) file->pMethods;
  int code = guard->own->xWrite (file, bytes, size, offset);

  if (code == SQLITE_FULL && altm_reserve_release (guard->reserve))
    code = guard->own->xWrite (file, bytes, size, offset);
  return code;
}

static void
guard_file (AltmReserve *self, Guard *guard, sqlite3_file *file)
{
  if (file == NULL || file->pMethods == NULL || guard->own != NULL)
    return;
  *guard = (Guard) { *file->pMethods, file->pMethods, self };
  guard->methods.xWrite = write_cb;
  file->pMethods = &guard->methods;
}

/**
 * altm_reserve_guard:
 * @sql: a writing connection that has been read from, so that its log is open; closed before
 *   @self is freed
 *
 * From now on a write to its file or its log that finds the disk full gives the reserve up and is
 * done again. It is the single write that is done again, since a transaction that met a full disk
 * has been rolled back by SQLite, and since folding the log in must succeed too.
 */
void
altm_reserve_guard (AltmReserve *self, AltmSql *sql)
{
  static const int files[] = { SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      sqlite3_file *file = NULL;

      if (sqlite3_file_control (altm_sql_get_handle (sql), "main", files[i], &file) == SQLITE_OK)
        guard_file (self, &self->guards[i], file);
    }
}
