/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ALTM_TYPE_BATTERY (altm_battery_get_type ())
G_DECLARE_FINAL_TYPE (AltmBattery, altm_battery, ALTM, BATTERY, GObject)

/**
 * AltmBattery: whether the battery is low, as UPower says on the system's bus. Where nothing says so, it is not.
 *
 * #AltmBattery::changed is emitted when that changes.
 */
AltmBattery *altm_battery_new (void);
gboolean altm_battery_is_low (AltmBattery *self);
gboolean altm_battery_judge (guint level, guint state);

G_END_DECLS
