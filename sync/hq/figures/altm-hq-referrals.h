/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-filter.h"
#include "altm-hq-store.h"

G_BEGIN_DECLS

#define ALTM_HQ_REFERRALS_ERROR (altm_hq_referrals_error_quark ())

/**
 * AltmHqReferralsError:
 * @ALTM_HQ_REFERRALS_ERROR_UNKNOWN: HQ has no such referral, or it was withdrawn
 * @ALTM_HQ_REFERRALS_ERROR_STATUS: no code of `orientation_statut`
 */
typedef enum
{
  ALTM_HQ_REFERRALS_ERROR_UNKNOWN,
  ALTM_HQ_REFERRALS_ERROR_STATUS,
} AltmHqReferralsError;

/**
 * AltmHqWord: what HQ says of a referral.
 * @referral: its id
 * @status: a code of `orientation_statut`
 * @who: who says so
 * @now: microseconds since 1970-01-01 UTC
 */
typedef struct
{
  const char *referral;
  const char *status;
  const char *who;
  gint64 now;
} AltmHqWord;

GQuark altm_hq_referrals_error_quark (void);
gboolean altm_hq_referrals_say (AltmHqStore *store, const AltmHqWord *word, GError **error);
json_t *altm_hq_referrals_list (AltmHqStore *store, const AltmFilter *filter, const char *status, guint most, GError **error);

G_END_DECLS
