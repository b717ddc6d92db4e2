/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-store.h"

G_BEGIN_DECLS

json_t *altm_adulte_relais_describe (AltmHqStore *store, int year, GError **error);

G_END_DECLS
