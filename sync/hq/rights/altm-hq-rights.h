/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-store.h"
#include "altm-json.h"

G_BEGIN_DECLS

json_t *altm_hq_rights_find (AltmSql *sql, const char *wanted, GHashTable *teams, GError **error);

G_END_DECLS
