/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"

G_BEGIN_DECLS

#define ALTM_WIPE_ERROR (altm_wipe_error_quark ())

/**
 * AltmWipeError:
 * @ALTM_WIPE_ERROR_QUEUED: something waits for HQ's answer, or was counted and is not queued yet; nothing was
 *   removed
 */
typedef enum
{
  ALTM_WIPE_ERROR_QUEUED,
} AltmWipeError;

GQuark altm_wipe_error_quark (void);
gboolean altm_wipe_keys (AltmStore *store, gint64 now, GError **error);
gboolean altm_wipe_is_ordered (AltmStore *store);
gboolean altm_wipe_empty (AltmStore *store, gint64 now, GError **error);
gboolean altm_wipe_sweep (AltmStore *store, GError **error);

G_END_DECLS
