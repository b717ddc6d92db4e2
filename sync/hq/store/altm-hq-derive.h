/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-arrival.h"
#include "altm-rollups.h"

G_BEGIN_DECLS

gint64 altm_hq_derive_correct (gint64 time, gint64 skew, gint64 received_at);
gint64 altm_hq_derive_time (const AltmLine *line, gint64 skew, gint64 received_at);
gboolean altm_hq_derive_first (AltmRollups *rollups, AltmSql *sql, gint64 n, const AltmHqArrival *arrival, gint64 time,
                               GError **error);
gboolean altm_hq_derive_forget (AltmRollups *rollups, AltmSql *sql, const char *id, GError **error);
gboolean altm_hq_derive_record (AltmHqStore *store, AltmRollups *rollups, const char *id, GError **error);
gboolean altm_hq_derive_all (AltmHqStore *store, GError **error);

G_END_DECLS
