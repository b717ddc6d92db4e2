/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-filter.h"
#include "altm-hq-store.h"

G_BEGIN_DECLS

json_t *altm_paper_describe (AltmHqStore *store, const AltmFilter *filter, gint64 now, GError **error);
json_t *altm_paper_join_activities (json_t *processes, json_t *channels);

G_END_DECLS
