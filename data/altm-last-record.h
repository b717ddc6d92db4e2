/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-latest.h"

G_BEGIN_DECLS

AltmLatest *altm_last_record_load (AltmStore *store, const char *shift, gint64 since, const char *type, GError **error);

G_END_DECLS
