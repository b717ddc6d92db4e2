/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-store.h"
#include "altm-json.h"

G_BEGIN_DECLS

json_t *altm_hq_purge_count (AltmSql *sql, gint64 now, GError **error);
json_t *altm_hq_purge_some (AltmHqStore *store, const char *who, json_t *so_far, gint64 now, GError **error);

G_END_DECLS
