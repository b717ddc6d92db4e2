/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-accounts.h"

G_BEGIN_DECLS

gboolean altm_hq_sessions_begin (AltmSql *sql, gint64 account, const guint8 *sha256, gint64 now, GError **error);
gboolean altm_hq_sessions_find (AltmSql *sql, const guint8 *sha256, gint64 now, AltmHqAccount *account, gboolean *is_stale);
gboolean altm_hq_sessions_see (AltmSql *sql, const guint8 *sha256, gint64 now, GError **error);
gboolean altm_hq_sessions_end (AltmSql *sql, const guint8 *sha256, GError **error);

G_END_DECLS
