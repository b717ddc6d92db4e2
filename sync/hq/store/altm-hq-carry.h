/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-sql.h"

G_BEGIN_DECLS

gboolean altm_hq_carry (AltmSql *from, AltmSql *to, GError **error);

G_END_DECLS
