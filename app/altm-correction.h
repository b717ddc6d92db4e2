/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-draft.h"
#include "altm-line.h"

G_BEGIN_DECLS

AltmDraft *altm_correction_begin (const AltmLine *line);
json_t *altm_correction_take (const AltmDraft *draft, json_t *shown);
json_t *altm_correction_apply (json_t *correction, json_t *entered);
void altm_correction_keep (json_t *correction, json_t *draft_data);

G_END_DECLS
