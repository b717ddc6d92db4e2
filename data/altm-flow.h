/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-outbox.h"

G_BEGIN_DECLS

/** AltmTap: what a tap counts: see altm_flow_count(), and altm_flow_raise() for a maximum. */
typedef struct
{
  const char *office;
  const char *code;
  gboolean is_maximum;
  int number;  /* what is added, or was seen */
  gint64 time; /* microseconds since 1970-01-01 UTC */
} AltmTap;

gboolean altm_flow_tap (AltmStore *store, const AltmTap *const *taps, guint n_taps, GError **error);
gboolean altm_flow_count (AltmStore *store, const char *office, const char *code, int step,
                          gint64 now, GError **error);
gboolean altm_flow_raise (AltmStore *store, const char *office, const char *code, int value,
                          gint64 now, GError **error);
json_t *altm_flow_load (AltmStore *store, const char *office, gint64 now);
gboolean altm_flow_queue (AltmStore *store, gboolean with_running_slot, gint64 now, GError **error);

G_END_DECLS
