/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-filter.h"
#include "altm-hq-store.h"

G_BEGIN_DECLS

json_t *altm_figures_count (AltmHqStore *store, const AltmFilter *filter, gint64 now, GError **error);
gboolean altm_figures_tell_completeness (AltmSql *sql, gint64 now, json_t *root, GError **error);
json_t *altm_figures_describe_alone (AltmHqStore *store, const AltmFilter *filter, gint64 now, GError **error);
json_t *altm_figures_describe (AltmHqStore *store, const AltmFilter *filter, gint64 now, GError **error);
gboolean altm_figures_is_qpv (AltmLists *lists, const char *place);

G_END_DECLS
