/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * AltmTestDisk: what SQLite writes on while it lives, in the thread that made it: the real disk, but with as much space as the
 * test says, and with reads that fail.
 * @left: bytes by which files may grow yet
 * @reserve: (nullable): a file whose 1 MiB comes to @left once it is gone; a folder then takes its
 *   place, since such a disk has no room for another one
 * @reads_left: reads that succeed before one fails; negative: none fails
 */
typedef struct
{
  sqlite3_vfs vfs;
  sqlite3_vfs *own;
  GHashTable *files; /* sqlite3_file -> its methods */
  gint64 left;
  char *reserve;
  int reads_left;
} AltmTestDisk;

AltmTestDisk *altm_test_disk_new (void);
void altm_test_disk_free (AltmTestDisk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmTestDisk, altm_test_disk_free)

void altm_test_disk_fill (AltmTestDisk *self, const char *folder);
void altm_test_disk_clear (AltmTestDisk *self, const char *folder);

G_END_DECLS
