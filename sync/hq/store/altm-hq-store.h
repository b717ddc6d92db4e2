/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-keys.h"
#include "altm-hq-versions.h"
#include "altm-lists.h"
#include "altm-sql.h"
#include "altm-store.h"

G_BEGIN_DECLS

/**
 * AltmHqStore: HQ's store, a folder with `hq.db` and its lock; the sealing keys lie beside it, in
 * `STORE.keys` or `STORE.key`. Errors are %ALTM_STORE_ERROR. A writing one is used by the one thread that opened
 * it; a reading one sees what was committed last.
 */
typedef struct _AltmHqStore AltmHqStore;

/** ALTM_HQ_STORE_VERSION: the newest schema that this program knows (`PRAGMA user_version`). */
#define ALTM_HQ_STORE_VERSION 4

gboolean altm_hq_store_migrate (AltmSql *sql, GError **error);
AltmHqStore *altm_hq_store_open (const char *directory, gint64 now, GError **error);
AltmHqStore *altm_hq_store_open_copy (const char *directory, const char *path, gint64 now, GError **error);
AltmHqStore *altm_hq_store_open_to_read (const char *directory, GError **error);
AltmHqStore *altm_hq_store_open_without_keys (const char *directory, gint64 now, GError **error);
gboolean altm_hq_store_load_keys (AltmHqStore *self, const char *path, GError **error);
gboolean altm_hq_store_reload_keys (AltmHqStore *self, GError **error);
gboolean altm_hq_store_forget_key (AltmHqStore *self, GError **error);
void altm_hq_store_close (AltmHqStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmHqStore, altm_hq_store_close)

AltmSql *altm_hq_store_get_sql (AltmHqStore *self);
const char *altm_hq_store_get_directory (AltmHqStore *self);
const char *altm_hq_store_get_epoch (AltmHqStore *self);
const char *altm_hq_store_get_instance (AltmHqStore *self);
const char *altm_hq_store_get_seal_key (AltmHqStore *self);
char *altm_hq_store_get_known_key (AltmHqStore *self);
gboolean altm_hq_store_reload_lists (AltmHqStore *self, GError **error);
AltmHqVersions *altm_hq_store_get_versions (AltmHqStore *self);
AltmLists *altm_hq_store_get_lists (AltmHqStore *self, gint64 version);

G_END_DECLS
