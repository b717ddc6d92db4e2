/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-erasures.h"
#include "altm-json.h"

G_BEGIN_DECLS

char *altm_hq_erase (AltmHqStore *store, json_t *ids, const AltmHqErasure *erasure, GError **error);

G_END_DECLS
