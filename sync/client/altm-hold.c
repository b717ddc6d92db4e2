/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hold.h"

/**
 * altm_hold_decide:
 *
 * Returns: whether what is queued is sent now, or the reason why not. What is asked for is always sent.
 */
AltmHold
altm_hold_decide (const AltmConditions *conditions)
{
  if (conditions->is_asked)
    return ALTM_HOLD_NONE;
  if (conditions->is_metered && !conditions->on_metered)
    return ALTM_HOLD_METERED;
  if (conditions->is_battery_low && !conditions->on_low_battery)
    return ALTM_HOLD_BATTERY;
  return conditions->has_network ? ALTM_HOLD_NONE : ALTM_HOLD_NETWORK;
}

/**
 * altm_hold_keeps_queue:
 *
 * Returns: whether what is queued stays on the tablet even where HQ answers; its news are asked for all the same
 */
gboolean
altm_hold_keeps_queue (AltmHold self)
{
  return self == ALTM_HOLD_METERED || self == ALTM_HOLD_BATTERY;
}
