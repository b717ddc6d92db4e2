/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"

G_BEGIN_DECLS

gboolean altm_news_take (AltmStore *store, json_t *items, const char *cursor, gint64 now, GError **error);

G_END_DECLS
