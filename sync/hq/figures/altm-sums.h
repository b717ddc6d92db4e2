/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-filter.h"
#include "altm-rollups.h"

G_BEGIN_DECLS

/** ALTM_SUMS_HOURS: the hours of a week, from Monday 0 h on. */
#define ALTM_SUMS_HOURS 168

/** AltmSums: what the records that a filter takes add up to. */
typedef struct _AltmSums AltmSums;

AltmSums *altm_sums_count (AltmSql *sql, const AltmFilter *filter, GError **error);
void altm_sums_free (AltmSums *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmSums, altm_sums_free)

gint64 altm_sums_get (const AltmSums *self, const char *figure);
json_t *altm_sums_get_codes (const AltmSums *self, const char *figure);
json_t *altm_sums_get_channels (const AltmSums *self);
json_t *altm_sums_get_places (const AltmSums *self);
json_t *altm_sums_get_offices (const AltmSums *self);
json_t *altm_sums_write_hours (const AltmSums *self);

G_END_DECLS
