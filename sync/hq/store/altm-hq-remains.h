/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-sql.h"

G_BEGIN_DECLS

gboolean altm_hq_remains_note (const char *directory, AltmSql *sql, gint64 device, GError **error);
gboolean altm_hq_remains_carry (const char *directory, AltmSql *from, AltmSql *to, GError **error);

G_END_DECLS
