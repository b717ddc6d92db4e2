/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-lists.h"

G_BEGIN_DECLS

json_t *altm_mask_figures (json_t *figures, AltmLists *lists);

G_END_DECLS
