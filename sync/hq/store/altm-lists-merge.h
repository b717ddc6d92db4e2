/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-json.h"

G_BEGIN_DECLS

json_t *altm_lists_merge (json_t *base, json_t *own, json_t *newer);

G_END_DECLS
