/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the other files of data/ see of the store; nobody else does. */

#include "altm-copies-private.h"
#include "altm-sql.h"
#include "altm-store.h"

G_BEGIN_DECLS

AltmSql *altm_store_get_sql (AltmStore *self);
gint64 altm_store_next_seq (AltmStore *self);
gboolean altm_store_begin (AltmStore *self, GError **error);
gboolean altm_store_end (AltmStore *self, gboolean is_good, GError **error);
void altm_store_fold_after (AltmStore *self);
gboolean altm_store_remove_backups (AltmStore *self, GError **error);
gboolean altm_store_forget_lists (AltmStore *self, GError **error);
AltmCopier *altm_store_get_copier (AltmStore *self);
void altm_store_set_copier (AltmStore *self, AltmCopier *copier);

G_END_DECLS
