/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-sql.h"

G_BEGIN_DECLS

gint64 altm_hq_retention_find_now (AltmSql *sql, gint64 now);
GPtrArray *altm_hq_retention_find (AltmSql *sql, gint64 now, guint most, GError **error);

G_END_DECLS
