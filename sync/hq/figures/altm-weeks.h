/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-filter.h"
#include "altm-rollups.h"

G_BEGIN_DECLS

json_t *altm_weeks_count (AltmSql *sql, const AltmFilter *filter, GError **error);

G_END_DECLS
