/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AltmHold: why what is queued is not sent by itself now.
 * @ALTM_HOLD_NONE: it is sent
 * @ALTM_HOLD_METERED: the network counts what goes over it
 * @ALTM_HOLD_BATTERY: the battery is low, and nothing charges it
 * @ALTM_HOLD_NETWORK: the system sees no network. That is a hint and no more: HQ is tried all the same
 */
typedef enum
{
  ALTM_HOLD_NONE,
  ALTM_HOLD_METERED,
  ALTM_HOLD_BATTERY,
  ALTM_HOLD_NETWORK,
} AltmHold;

/**
 * AltmConditions: how the tablet stands, and what its user chose.
 * @has_network: whether the system sees a network
 * @is_metered: whether that network counts what goes over it
 * @is_battery_low: whether the battery is low while nothing charges it
 * @on_metered: whether the user lets it send by itself over such a network
 * @on_low_battery: whether the user lets it send by itself on a low battery
 * @is_asked: whether someone pressed "send now"
 */
typedef struct
{
  gboolean has_network;
  gboolean is_metered;
  gboolean is_battery_low;
  gboolean on_metered;
  gboolean on_low_battery;
  gboolean is_asked;
} AltmConditions;

AltmHold altm_hold_decide (const AltmConditions *conditions);
gboolean altm_hold_keeps_queue (AltmHold self);

G_END_DECLS
