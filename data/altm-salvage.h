/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-pages.h"
#include "altm-sql.h"
#include "altm-store.h"

G_BEGIN_DECLS

gboolean altm_salvage_run (AltmPages *pages, AltmSql *into, AltmRecovery *counts, GError **error);

G_END_DECLS
