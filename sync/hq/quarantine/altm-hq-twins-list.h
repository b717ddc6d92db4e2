/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-store.h"

G_BEGIN_DECLS

json_t *altm_hq_twins_list (AltmHqStore *store, GHashTable *teams, guint most, GError **error);
gboolean altm_hq_twins_may_see (AltmHqStore *store, GHashTable *teams, const char *one, const char *other);

G_END_DECLS
