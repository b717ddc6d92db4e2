/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-json.h"

G_BEGIN_DECLS

/** ALTM_MASK_LEAST: the smallest count that leaves HQ, but 0. */
#define ALTM_MASK_LEAST 5

gboolean altm_mask_counts (json_t *counts);
json_t *altm_mask_table (json_t *counts);
void altm_mask_few (json_t *counts);
json_t *altm_mask_count (gint64 count);

G_END_DECLS
