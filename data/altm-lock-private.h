/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the other files of data/ see of the lock; nobody else does. */

#include "altm-lock.h"

G_BEGIN_DECLS

gboolean altm_lock_sweep (AltmStore *store, GError **error);
void altm_lock_load_copier (AltmStore *store);

G_END_DECLS
