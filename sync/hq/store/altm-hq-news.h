/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-sql.h"

G_BEGIN_DECLS

gboolean altm_hq_news_order (AltmSql *sql, const char *device_id, const char *kind, gint64 now, GError **error);
gboolean altm_hq_news_tell_status (AltmSql *sql, const char *referral, const char *status, gint64 now, GError **error);
gboolean altm_hq_news_tell_accepted (AltmSql *sql, gint64 device, const char *record, gint64 rev, gint64 now, GError **error);
gboolean altm_hq_news_ask_correction (AltmSql *sql, gint64 device, const char *record, const char *reason, gint64 now,
                                      GError **error);

G_END_DECLS
