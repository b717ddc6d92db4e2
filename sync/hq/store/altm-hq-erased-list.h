/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-erasures.h"

G_BEGIN_DECLS

gboolean altm_hq_erased_list_add (const char *directory, GPtrArray *ids, const AltmHqErasure *erasure, GError **error);
GPtrArray *altm_hq_erased_list_find_missing (const char *directory, AltmSql *sql, const char *scope, GError **error);
gboolean altm_hq_erased_list_complete (const char *directory, AltmSql *sql, GError **error);

G_END_DECLS
