/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-arrival.h"
#include "altm-hq-devices.h"
#include "altm-problem.h"

G_BEGIN_DECLS

#define ALTM_INGEST_ERROR (altm_ingest_error_quark ())

/** AltmLimits: what one push may be (`limits` of hello). In bytes, but for @lines. */
typedef struct
{
  gsize batch_bytes;
  gsize inflated_bytes;
  gsize line_bytes;
  gsize lines;
} AltmLimits;

/** ALTM_BATCH_BYTES: the most bytes of a push as it is sent. */
#define ALTM_BATCH_BYTES (1024 * 1024)

/** altm_limits: what HQ takes. */
extern const AltmLimits altm_limits;

/** AltmIngestError: an #AltmProblem of the whole batch, of which nothing was stored. */
GQuark altm_ingest_error_quark (void);

char *altm_hq_ingest (AltmHqStore *store, const AltmHqDevice *device, const char *batch, GBytes *body,
                      const AltmHqSigns *signs, gint64 now, GError **error);
gboolean altm_hq_ingest_add (AltmHqStore *store, const AltmHqDevice *device, const AltmHqArrival *arrival, gboolean is_left,
                             gint64 received_at, GError **error);

G_END_DECLS
