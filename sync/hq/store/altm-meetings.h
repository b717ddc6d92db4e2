/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-line.h"
#include "altm-sql.h"

G_BEGIN_DECLS

gboolean altm_meetings_add (AltmSql *sql, gint64 n, const AltmLine *line, gint64 time, GError **error);
gboolean altm_meetings_remove (AltmSql *sql, gint64 n, const AltmLine *line, gint64 time, GError **error);

G_END_DECLS
