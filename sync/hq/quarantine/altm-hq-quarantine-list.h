/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-store.h"

G_BEGIN_DECLS

json_t *altm_hq_quarantine_list (AltmHqStore *store, GHashTable *teams, const char *state, guint most, GError **error);
char *altm_hq_quarantine_find_team (AltmHqStore *store, gint64 n);
json_t *altm_hq_quarantine_describe_line (AltmHqStore *store, GBytes *bytes, gboolean is_personal);

G_END_DECLS
