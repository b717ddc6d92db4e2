/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-lists.h"
#include "altm-seal.h"
#include "altm-sql.h"
#include "altm-store.h"

G_BEGIN_DECLS

/**
 * AltmHqStore: HQ's store, a folder with `hq.db`, its lock, and the sealing key in `STORE.key`
 * beside it. Errors are %ALTM_STORE_ERROR. A writing one is used by the one thread that opened
 * it; a reading one sees what was committed last.
 */
typedef struct _AltmHqStore AltmHqStore;

AltmHqStore *altm_hq_store_open (const char *directory, gint64 now, GError **error);
AltmHqStore *altm_hq_store_open_to_read (const char *directory, GError **error);
void altm_hq_store_close (AltmHqStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmHqStore, altm_hq_store_close)

AltmSql *altm_hq_store_get_sql (AltmHqStore *self);
const char *altm_hq_store_get_directory (AltmHqStore *self);
const char *altm_hq_store_get_epoch (AltmHqStore *self);
const char *altm_hq_store_get_seal_key (AltmHqStore *self);
AltmLists *altm_hq_store_get_lists (AltmHqStore *self, gint64 version);

G_END_DECLS
