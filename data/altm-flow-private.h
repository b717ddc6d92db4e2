/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the other files of data/ see of the client flow; nobody else does. */

#include "altm-flow.h"

G_BEGIN_DECLS

gboolean altm_flow_queue_within (AltmStore *store, gboolean with_running_slot, gint64 now, GError **error);

G_END_DECLS
