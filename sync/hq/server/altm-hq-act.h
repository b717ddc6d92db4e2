/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-store.h"

G_BEGIN_DECLS

#define ALTM_HQ_ACT_ERROR (altm_hq_act_error_quark ())

/**
 * AltmHqActError:
 * @ALTM_HQ_ACT_ERROR_REQUEST: not a request that this program knows
 */
typedef enum
{
  ALTM_HQ_ACT_ERROR_REQUEST,
} AltmHqActError;

GQuark altm_hq_act_error_quark (void);
char *altm_hq_act (AltmHqStore *store, const char *request, gint64 now, GError **error);

G_END_DECLS
