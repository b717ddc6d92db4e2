/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-torn-disk.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#define SECTOR 512

struct _AltmTornDisks
{
  sqlite3_vfs vfs;
  sqlite3_vfs *real;
  AltmChance *chance;
  GPtrArray *disks;
};

struct _AltmTornDisk
{
  AltmTornDisks *all;
  char *folder;
  GHashTable *unsynced; /* path -> GPtrArray of Change, since the file's last sync */
  AltmDiskFault fault;
  guint fault_after;
  gboolean fault_once;
  gboolean has_failed;
  gboolean is_suspended;
  guint die_after; /* 0: does not */
  gboolean is_dead;
};

/* A change of a file that a power cut may undo. A truncation has no new bytes. */
typedef struct
{
  gint64 offset;
  GBytes *before; /* what stood there, shorter where the file ended */
  GBytes *after;
  gint64 size_before;
} Change;

typedef struct
{
  sqlite3_file base;
  AltmTornDisk *disk;
  char *path;
  gboolean is_read_only;
  sqlite3_file *real;
} File;

static void
change_free (gpointer data)
{
  Change *self = data;

  g_bytes_unref (self->before);
  g_clear_pointer (&self->after, g_bytes_unref);
  g_free (self);
}

static void
changes_free (gpointer data)
{
  g_ptr_array_unref (data);
}

/* A call that changes something: the machine may go down right before it. */
static gboolean
is_last_call (AltmTornDisk *self)
{
  if (self->is_dead)
    return TRUE;
  if (self->is_suspended || self->die_after == 0)
    return FALSE;
  self->is_dead = --self->die_after == 0;
  return self->is_dead;
}

static gboolean
is_failing (AltmTornDisk *self, AltmDiskFault kind)
{
  if (self->is_suspended || self->fault != kind)
    return FALSE;
  if (self->fault_after > 0)
    {
      self->fault_after--;
      return FALSE;
    }
  if (self->fault_once)
    self->fault = ALTM_DISK_FAULT_NONE;
  self->has_failed = TRUE;
  return TRUE;
}

static GBytes *
read_before (File *self, gint64 offset, gint64 end, gint64 size)
{
  gint64 length = CLAMP (size - offset, 0, end - offset);
  char *bytes = g_malloc ((gsize) length + 1);

  if (length > 0)
    g_assert_cmpint (self->real->pMethods->xRead (self->real, bytes, (int) length, offset), ==, SQLITE_OK);
  return g_bytes_new_take (bytes, (gsize) length);
}

static gint64
get_size (File *self)
{
  sqlite3_int64 size = 0;

  self->real->pMethods->xFileSize (self->real, &size);
  return size;
}

static void
log_change (File *self, gint64 offset, gint64 end, GBytes *after)
{
  GPtrArray *changes = g_hash_table_lookup (self->disk->unsynced, self->path);
  Change *change = g_new0 (Change, 1);

  if (changes == NULL)
    {
      changes = g_ptr_array_new_with_free_func (change_free);
      g_hash_table_insert (self->disk->unsynced, g_strdup (self->path), changes);
    }
  change->size_before = get_size (self);
  change->offset = offset;
  change->before = read_before (self, offset, end, change->size_before);
  change->after = after;
  g_ptr_array_add (changes, change);
}

static int
close_file (sqlite3_file *file)
{
  File *self = (File *) file;
  int code = self->real->pMethods->xClose (self->real);

  g_free (self->path);
  return code;
}

static int
read_file (sqlite3_file *file, void *bytes, int length, sqlite3_int64 offset)
{
  File *self = (File *) file;

  if (self->disk != NULL && (self->disk->is_dead || is_failing (self->disk, ALTM_DISK_FAULT_READ)))
    return SQLITE_IOERR_READ;
  return self->real->pMethods->xRead (self->real, bytes, length, offset);
}

static int
write_file (sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
  File *self = (File *) file;

  if (self->disk != NULL)
    {
      if (is_last_call (self->disk) || is_failing (self->disk, ALTM_DISK_FAULT_WRITE))
        return SQLITE_IOERR_WRITE;
      if (offset + length > get_size (self) && is_failing (self->disk, ALTM_DISK_FAULT_FULL))
        return SQLITE_FULL;
      log_change (self, offset, offset + length, g_bytes_new (bytes, (gsize) length));
    }
  return self->real->pMethods->xWrite (self->real, bytes, length, offset);
}

static int
truncate_file (sqlite3_file *file, sqlite3_int64 size)
{
  File *self = (File *) file;

  if (self->disk != NULL)
    {
      if (is_last_call (self->disk) || is_failing (self->disk, ALTM_DISK_FAULT_WRITE))
        return SQLITE_IOERR_TRUNCATE;
      log_change (self, size, MAX (size, get_size (self)), NULL);
    }
  return self->real->pMethods->xTruncate (self->real, size);
}

/* The real sync is left out: what it would make sure of is what this disk keeps account of. */
static int
sync_file (sqlite3_file *file, int flags)
{
  File *self = (File *) file;

  if (self->disk == NULL)
    return SQLITE_OK;
  if (is_last_call (self->disk) || is_failing (self->disk, ALTM_DISK_FAULT_SYNC))
    return SQLITE_IOERR_FSYNC;
  g_hash_table_remove (self->disk->unsynced, self->path);
  return SQLITE_OK;
}

static int
size_file (sqlite3_file *file, sqlite3_int64 *size)
{
  File *self = (File *) file;

  return self->real->pMethods->xFileSize (self->real, size);
}

static int
lock_file (sqlite3_file *file, int level)
{
  File *self = (File *) file;

  return self->real->pMethods->xLock (self->real, level);
}

static int
unlock_file (sqlite3_file *file, int level)
{
  File *self = (File *) file;

  return self->real->pMethods->xUnlock (self->real, level);
}

static int
check_reserved_lock (sqlite3_file *file, int *is_locked)
{
  File *self = (File *) file;

  return self->real->pMethods->xCheckReservedLock (self->real, is_locked);
}

static int
control_file (sqlite3_file *file, int operation, void *argument)
{
  File *self = (File *) file;

  return self->real->pMethods->xFileControl (self->real, operation, argument);
}

static int
get_sector_size (sqlite3_file *file)
{
  File *self = (File *) file;

  return self->real->pMethods->xSectorSize (self->real);
}

static int
get_characteristics (sqlite3_file *file)
{
  File *self = (File *) file;

  return self->real->pMethods->xDeviceCharacteristics (self->real);
}

static int
map_shared (sqlite3_file *file, int region, int size, int can_extend, void volatile **memory)
{
  File *self = (File *) file;

  return self->real->pMethods->xShmMap (self->real, region, size, can_extend, memory);
}

static int
lock_shared (sqlite3_file *file, int offset, int n, int flags)
{
  File *self = (File *) file;

  return self->real->pMethods->xShmLock (self->real, offset, n, flags);
}

static void
bar_shared (sqlite3_file *file)
{
  File *self = (File *) file;

  self->real->pMethods->xShmBarrier (self->real);
}

static int
unmap_shared (sqlite3_file *file, int must_delete)
{
  File *self = (File *) file;

  return self->real->pMethods->xShmUnmap (self->real, must_delete);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = close_file,
  .xRead = read_file,
  .xWrite = write_file,
  .xTruncate = truncate_file,
  .xSync = sync_file,
  .xFileSize = size_file,
  .xLock = lock_file,
  .xUnlock = unlock_file,
  .xCheckReservedLock = check_reserved_lock,
  .xFileControl = control_file,
  .xSectorSize = get_sector_size,
  .xDeviceCharacteristics = get_characteristics,
  .xShmMap = map_shared,
  .xShmLock = lock_shared,
  .xShmBarrier = bar_shared,
  .xShmUnmap = unmap_shared,
};

static AltmTornDisk *
find_disk (AltmTornDisks *self, const char *path)
{
  for (guint i = 0; path != NULL && i < self->disks->len; i++)
    {
      AltmTornDisk *disk = g_ptr_array_index (self->disks, i);
      gsize length = strlen (disk->folder);

      if (strncmp (path, disk->folder, length) == 0 && path[length] == '/')
        return disk;
    }
  return NULL;
}

static int
open_file (sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out_flags)
{
  AltmTornDisks *all = (AltmTornDisks *) vfs;
  File *self = (File *) file;
  int code;

  memset (self, 0, sizeof *self);
  self->real = (sqlite3_file *) (self + 1);
  self->disk = find_disk (all, path);
  if (self->disk != NULL && self->disk->is_dead)
    return SQLITE_CANTOPEN;
  code = all->real->xOpen (all->real, path, self->real, flags, out_flags);
  if (self->real->pMethods != NULL)
    {
      self->base.pMethods = &methods;
      self->path = g_strdup (path);
    }
  return code;
}

static int
delete_file (sqlite3_vfs *vfs, const char *path, int must_sync)
{
  AltmTornDisks *all = (AltmTornDisks *) vfs;
  AltmTornDisk *disk = find_disk (all, path);

  if (disk != NULL && (is_last_call (disk) || is_failing (disk, ALTM_DISK_FAULT_WRITE)))
    return SQLITE_IOERR_DELETE;
  if (disk != NULL)
    g_hash_table_remove (disk->unsynced, path);
  return all->real->xDelete (all->real, path, must_sync);
}

static int
access_file (sqlite3_vfs *vfs, const char *path, int flags, int *result)
{
  sqlite3_vfs *real = ((AltmTornDisks *) vfs)->real;

  return real->xAccess (real, path, flags, result);
}

static int
complete_path (sqlite3_vfs *vfs, const char *path, int size, char *full)
{
  sqlite3_vfs *real = ((AltmTornDisks *) vfs)->real;

  return real->xFullPathname (real, path, size, full);
}

static int
fill_randomly (sqlite3_vfs *vfs, int length, char *bytes)
{
  altm_chance_fill (((AltmTornDisks *) vfs)->chance, bytes, (gsize) length);
  return length;
}

static int
sleep_not (sqlite3_vfs *vfs, int microseconds)
{
  return microseconds;
}

/* No statement of the stores asks SQLite for the time. */
static int
get_time (sqlite3_vfs *vfs, double *days)
{
  *days = 2461000.0;
  return SQLITE_OK;
}

static int
get_last_error (sqlite3_vfs *vfs, int length, char *text)
{
  return 0;
}

static void
disk_free (gpointer data)
{
  AltmTornDisk *self = data;

  g_hash_table_unref (self->unsynced);
  g_free (self->folder);
  g_free (self);
}

/**
 * altm_torn_disks_new:
 * @chance: what decides which writes a power cut undoes
 *
 * Returns: (transfer full): the VFS, which is SQLite's default from now on
 */
AltmTornDisks *
altm_torn_disks_new (AltmChance *chance)
{
  AltmTornDisks *self = g_new0 (AltmTornDisks, 1);

  self->chance = chance;
  self->real = sqlite3_vfs_find (NULL);
  self->disks = g_ptr_array_new_with_free_func (disk_free);
  self->vfs = (sqlite3_vfs) {
    .iVersion = 1,
    .szOsFile = (int) sizeof (File) + self->real->szOsFile,
    .mxPathname = self->real->mxPathname,
    .zName = "altm-torn-disk",
    .xOpen = open_file,
    .xDelete = delete_file,
    .xAccess = access_file,
    .xFullPathname = complete_path,
    .xRandomness = fill_randomly,
    .xSleep = sleep_not,
    .xCurrentTime = get_time,
    .xGetLastError = get_last_error,
  };
  g_assert_cmpint (sqlite3_vfs_register (&self->vfs, TRUE), ==, SQLITE_OK);
  return self;
}

void
altm_torn_disks_free (AltmTornDisks *self)
{
  sqlite3_vfs_unregister (&self->vfs);
  g_ptr_array_unref (self->disks);
  g_free (self);
}

/**
 * altm_torn_disks_add:
 * @folder: where the machine's stores lie
 *
 * Returns: (transfer none): its disk
 */
AltmTornDisk *
altm_torn_disks_add (AltmTornDisks *self, const char *folder)
{
  AltmTornDisk *disk = g_new0 (AltmTornDisk, 1);

  disk->all = self;
  disk->folder = g_strdup (folder);
  disk->unsynced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, changes_free);
  g_ptr_array_add (self->disks, disk);
  return disk;
}

/** altm_torn_disks_clear: forgets all disks; no file on them may be open. */
void
altm_torn_disks_clear (AltmTornDisks *self)
{
  g_ptr_array_set_size (self->disks, 0);
}

/**
 * altm_torn_disk_fail:
 * @fault: what fails from now on
 * @after: how many such calls go well before
 * @once: whether only one fails
 */
void
altm_torn_disk_fail (AltmTornDisk *self, AltmDiskFault fault, guint after, gboolean once)
{
  self->fault = fault;
  self->fault_after = after;
  self->fault_once = once;
}

AltmDiskFault
altm_torn_disk_get_fault (AltmTornDisk *self)
{
  return self->fault;
}

/** altm_torn_disk_suspend: nothing fails until altm_torn_disk_resume(), for who looks on. */
void
altm_torn_disk_suspend (AltmTornDisk *self)
{
  self->is_suspended = TRUE;
}

void
altm_torn_disk_resume (AltmTornDisk *self)
{
  self->is_suspended = FALSE;
}

/** altm_torn_disk_die_after: the machine goes down at the @calls-th change from now. */
void
altm_torn_disk_die_after (AltmTornDisk *self, guint calls)
{
  self->die_after = calls;
}

gboolean
altm_torn_disk_is_dead (AltmTornDisk *self)
{
  return self->is_dead;
}

/** altm_torn_disk_has_failed: whether a call failed since the last time that this was asked. */
gboolean
altm_torn_disk_has_failed (AltmTornDisk *self)
{
  gboolean has_failed = self->has_failed;

  self->has_failed = FALSE;
  return has_failed;
}

/** altm_torn_disk_die: the machine goes down now; every call fails until it is revived. */
void
altm_torn_disk_die (AltmTornDisk *self)
{
  self->is_dead = TRUE;
}

static void
write_at (int file, gint64 offset, GBytes *bytes, gsize from, gsize to)
{
  const char *data = g_bytes_get_data (bytes, NULL);

  if (to > from)
    g_assert_cmpint (pwrite (file, data + from, to - from, offset + (gint64) from), ==, (gssize) (to - from));
}

static void
undo (int file, const Change *change)
{
  write_at (file, change->offset, change->before, 0, g_bytes_get_size (change->before));
  g_assert_cmpint (ftruncate (file, change->size_before), ==, 0);
}

/* Sector by sector: each arrived or did not. */
static void
redo_torn (AltmTornDisk *self, int file, const Change *change)
{
  gsize length = change->after != NULL ? g_bytes_get_size (change->after) : 0;

  if (change->after == NULL)
    g_assert_cmpint (ftruncate (file, change->offset), ==, 0);
  for (gsize from = 0; from < length;)
    {
      gsize to = MIN (length, from + SECTOR - (gsize) ((change->offset + (gint64) from) % SECTOR));

      if (altm_chance_below (self->all->chance, 2))
        write_at (file, change->offset, change->after, from, to);
      from = to;
    }
}

static void
redo (int file, const Change *change)
{
  if (change->after == NULL)
    g_assert_cmpint (ftruncate (file, change->offset), ==, 0);
  else
    write_at (file, change->offset, change->after, 0, g_bytes_get_size (change->after));
}

/* What reached the disk before the power went: the first of the changes whole, then some, torn. */
static void
tear (AltmTornDisk *self, const char *path, GPtrArray *changes)
{
  guint kept = altm_chance_below (self->all->chance, changes->len + 1);
  gboolean loses_rest = altm_chance_in (self->all->chance, 3);
  int file = g_open (path, O_RDWR | O_CLOEXEC, 0);

  if (file < 0) /* moved away since */
    return;
  for (guint i = changes->len; i-- > 0;)
    undo (file, g_ptr_array_index (changes, i));
  for (guint i = 0; i < kept; i++)
    redo (file, g_ptr_array_index (changes, i));
  for (guint i = kept; !loses_rest && i < changes->len; i++)
    if (altm_chance_below (self->all->chance, 2))
      redo_torn (self, file, g_ptr_array_index (changes, i));
  close (file);
}

static int
compare_paths (gconstpointer one, gconstpointer other)
{
  return strcmp (one, other);
}

/**
 * altm_torn_disk_revive:
 * @has_lost_power: whether the whole machine went down, and with it what was not synced; else a
 *   process was killed, and the system kept what it had written
 *
 * The machine is back. Its files are closed.
 */
void
altm_torn_disk_revive (AltmTornDisk *self, gboolean has_lost_power)
{
  GList *paths = g_list_sort (g_hash_table_get_keys (self->unsynced), compare_paths);

  for (GList *path = paths; has_lost_power && path != NULL; path = path->next)
    tear (self, path->data, g_hash_table_lookup (self->unsynced, path->data));
  g_list_free (paths);
  if (has_lost_power)
    g_hash_table_remove_all (self->unsynced);
  self->is_dead = FALSE;
  self->die_after = 0;
}

/** altm_torn_disk_settle: what was written is on the disk, as long after; nothing fails any more. */
void
altm_torn_disk_settle (AltmTornDisk *self)
{
  g_hash_table_remove_all (self->unsynced);
  self->fault = ALTM_DISK_FAULT_NONE;
  self->die_after = 0;
}
