/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the other files of data/ see of the last shift; nobody else does. */

#include "altm-shift.h"

G_BEGIN_DECLS

gboolean altm_shift_set_place_within (AltmStore *store, const char *id, const char *place, GError **error);

G_END_DECLS
