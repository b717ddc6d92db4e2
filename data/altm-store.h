/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-lists.h"

G_BEGIN_DECLS

#define ALTM_STORE_ERROR (altm_store_error_quark ())

/**
 * AltmStoreError:
 * @ALTM_STORE_ERROR_IN_USE: another process owns the store
 * @ALTM_STORE_ERROR_NEWER: made by a newer version of the program; untouched
 * @ALTM_STORE_ERROR_DAMAGED: not a store, or one that SQLite finds damaged; untouched. A tablet's
 *   store that is opened to be written is set aside and recovered instead
 * @ALTM_STORE_ERROR_FULL: no space left on the disk, nor in the reserve; nothing was saved
 * @ALTM_STORE_ERROR_MISSING: there is no store, or no such record in it
 * @ALTM_STORE_ERROR_FAILED: anything else that SQLite or the file system says
 */
typedef enum
{
  ALTM_STORE_ERROR_IN_USE,
  ALTM_STORE_ERROR_NEWER,
  ALTM_STORE_ERROR_DAMAGED,
  ALTM_STORE_ERROR_FULL,
  ALTM_STORE_ERROR_MISSING,
  ALTM_STORE_ERROR_FAILED,
} AltmStoreError;

/**
 * AltmStore: a tablet's store, a folder with `field.db`, its `reserve` of space, the tablet's keys (`keys.json`)
 * where a lock is set, HQ's private CA where it has one, and what was set aside (`damaged-…`). A writing one holds the folder's lock
 * and is used by the one thread that opened it (asserted); a reading one sees what was committed
 * last, and can be used while another process writes.
 */
typedef struct _AltmStore AltmStore;

/** AltmSetting: see altm_store_set_setting(). @value is %NULL to remove it. */
typedef struct
{
  const char *name;
  const char *value;
} AltmSetting;

/**
 * AltmRecovery: what became of a damaged store.
 * @folder: where its files lie, whole
 * @taken: lines that were taken over, each with its frozen bytes
 * @held: lines that could not be read, and that HQ had acknowledged
 * @lost: lines that could not be read, and that HQ had not acknowledged
 */
typedef struct
{
  char *folder;
  gint64 taken;
  gint64 held;
  gint64 lost;
} AltmRecovery;

void altm_recovery_free (AltmRecovery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmRecovery, altm_recovery_free)

GQuark altm_store_error_quark (void);
int altm_store_lock (const char *directory, GError **error);
AltmStore *altm_store_open (const char *directory, GError **error);
AltmStore *altm_store_open_to_read (const char *directory, GError **error);
void altm_store_close (AltmStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmStore, altm_store_close)

const char *altm_store_get_directory (AltmStore *self);
gboolean altm_store_check (AltmStore *self, GError **error);
AltmLists *altm_store_get_lists (AltmStore *self);
gboolean altm_store_set_lists (AltmStore *self, json_t *root, GError **error);
AltmRecovery *altm_store_load_recovery (AltmStore *self);
gboolean altm_store_was_recovered (AltmStore *self);
gboolean altm_store_is_short (AltmStore *self);
char *altm_store_find_damaged (AltmStore *self);
char *altm_store_get_setting (AltmStore *self, const char *name);
gint64 altm_store_get_skew (AltmStore *self);
gboolean altm_store_set_setting (AltmStore *self, const char *name, const char *value, GError **error);

G_END_DECLS
