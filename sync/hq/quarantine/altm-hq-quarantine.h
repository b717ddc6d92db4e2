/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-arrival.h"

G_BEGIN_DECLS

#define ALTM_HQ_QUARANTINE_ERROR (altm_hq_quarantine_error_quark ())

/**
 * AltmHqQuarantineError:
 * @ALTM_HQ_QUARANTINE_ERROR_UNKNOWN: there is no such line in quarantine
 * @ALTM_HQ_QUARANTINE_ERROR_SETTLED: it was settled already, or settled itself
 * @ALTM_HQ_QUARANTINE_ERROR_FORM: it cannot be taken as it is
 * @ALTM_HQ_QUARANTINE_ERROR_HELD: another line is held under its id and revision, and the first stays
 * @ALTM_HQ_QUARANTINE_ERROR_UNTOLD: no tablet can be asked: it names no record, or its tablet is revoked
 * @ALTM_HQ_QUARANTINE_ERROR_DECISION: none of %ALTM_HQ_DECISION
 */
typedef enum
{
  ALTM_HQ_QUARANTINE_ERROR_UNKNOWN,
  ALTM_HQ_QUARANTINE_ERROR_SETTLED,
  ALTM_HQ_QUARANTINE_ERROR_FORM,
  ALTM_HQ_QUARANTINE_ERROR_HELD,
  ALTM_HQ_QUARANTINE_ERROR_UNTOLD,
  ALTM_HQ_QUARANTINE_ERROR_DECISION,
} AltmHqQuarantineError;

/**
 * AltmHqRuling: what somebody decides of a line in quarantine.
 * @n: its number there
 * @decision: `accept`, `refuse` or `ask` (for a correction)
 * @who: who decides
 * @now: microseconds since 1970-01-01 UTC
 */
typedef struct
{
  gint64 n;
  const char *decision;
  const char *who;
  gint64 now;
} AltmHqRuling;

GQuark altm_hq_quarantine_error_quark (void);
gboolean altm_hq_quarantine_can_accept (AltmHqStore *store, const AltmHqArrival *arrival);
gboolean altm_hq_quarantine_settle (AltmHqStore *store, const AltmHqRuling *ruling, GError **error);

G_END_DECLS
