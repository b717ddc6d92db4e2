/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-chance.h"

G_BEGIN_DECLS

/**
 * AltmTornDisk: the disk of one machine, under SQLite: a folder whose files SQLite reaches by a VFS
 * of the tests' own. Nothing that was not synced is sure to be there after a power cut; reads,
 * writes and syncs fail when told to.
 */
typedef struct _AltmTornDisk AltmTornDisk;

/** AltmTornDisks: the VFS, and all the disks in one process. */
typedef struct _AltmTornDisks AltmTornDisks;

/**
 * AltmDiskFault:
 * @ALTM_DISK_FAULT_FULL: a write that makes a file longer finds no space (SQLITE_FULL)
 */
typedef enum
{
  ALTM_DISK_FAULT_NONE,
  ALTM_DISK_FAULT_FULL,
  ALTM_DISK_FAULT_READ,
  ALTM_DISK_FAULT_WRITE,
  ALTM_DISK_FAULT_SYNC,
} AltmDiskFault;

AltmTornDisks *altm_torn_disks_new (AltmChance *chance);
void altm_torn_disks_free (AltmTornDisks *self);
AltmTornDisk *altm_torn_disks_add (AltmTornDisks *self, const char *folder);
void altm_torn_disks_clear (AltmTornDisks *self);

void altm_torn_disk_fail (AltmTornDisk *self, AltmDiskFault fault, guint after, gboolean once);
AltmDiskFault altm_torn_disk_get_fault (AltmTornDisk *self);
void altm_torn_disk_suspend (AltmTornDisk *self);
void altm_torn_disk_resume (AltmTornDisk *self);

void altm_torn_disk_die_after (AltmTornDisk *self, guint calls);
gboolean altm_torn_disk_is_dead (AltmTornDisk *self);
gboolean altm_torn_disk_has_failed (AltmTornDisk *self);
void altm_torn_disk_die (AltmTornDisk *self);
void altm_torn_disk_revive (AltmTornDisk *self, gboolean has_lost_power);
void altm_torn_disk_settle (AltmTornDisk *self);

G_END_DECLS
