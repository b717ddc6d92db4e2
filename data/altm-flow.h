/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-outbox.h"

G_BEGIN_DECLS

gboolean altm_flow_count (AltmStore *store, const char *office, const char *code, int step,
                          gint64 now, GError **error);
gboolean altm_flow_raise (AltmStore *store, const char *office, const char *code, int value,
                          gint64 now, GError **error);
json_t *altm_flow_load (AltmStore *store, const char *office, gint64 now);
gboolean altm_flow_queue (AltmStore *store, gboolean with_running_slot, gint64 now, GError **error);

G_END_DECLS
