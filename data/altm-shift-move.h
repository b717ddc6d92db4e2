/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"

G_BEGIN_DECLS

gboolean altm_shift_move (AltmStore *store, const char *id, const char *place, gint64 now, GError **error);

G_END_DECLS
