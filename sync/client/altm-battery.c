/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-battery.h"

#define UPOWER "org.freedesktop.UPower"
#define DISPLAY_DEVICE "/org/freedesktop/UPower/devices/DisplayDevice"
#define DEVICE "org.freedesktop.UPower.Device"

/* UPower's levels and states, of org.freedesktop.UPower.Device(8). */
#define LEVEL_LOW 3
#define STATE_DISCHARGING 2
#define STATE_EMPTY 3
#define STATE_PENDING_DISCHARGE 6

struct _AltmBattery
{
  GObject parent_instance;

  GDBusProxy *device;
  GCancellable *cancellable;
  gboolean is_low;
};

G_DEFINE_FINAL_TYPE (AltmBattery, altm_battery, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* 0, unknown to UPower too, where it does not say. */
static guint
get_number (GDBusProxy *device, const char *name)
{
  g_autoptr(GVariant) value = g_dbus_proxy_get_cached_property (device, name);

  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32) ? g_variant_get_uint32 (value) : 0;
}

static void
update (AltmBattery *self)
{
  gboolean is_low = altm_battery_judge (get_number (self->device, "WarningLevel"), get_number (self->device, "State"));

  if (is_low == self->is_low)
    return;
  self->is_low = is_low;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
device_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(AltmBattery) self = data;

  self->device = g_dbus_proxy_new_for_bus_finish (result, NULL);
  if (self->device == NULL)
    return;
  g_signal_connect_object (self->device, "g-properties-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  /* It went, or came back with other values. */
  g_signal_connect_object (self->device, "notify::g-name-owner", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
altm_battery_dispose (GObject *object)
{
  AltmBattery *self = ALTM_BATTERY (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->device);
  G_OBJECT_CLASS (altm_battery_parent_class)->dispose (object);
}

static void
altm_battery_class_init (AltmBatteryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = altm_battery_dispose;
  signals[CHANGED] = g_signal_new ("changed", ALTM_TYPE_BATTERY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
altm_battery_init (AltmBattery *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * altm_battery_new:
 *
 * Returns: (transfer full): what listens to UPower on the system's bus, on the main loop of the calling thread
 */
AltmBattery *
altm_battery_new (void)
{
  AltmBattery *self = g_object_new (ALTM_TYPE_BATTERY, NULL);

  g_dbus_proxy_new_for_bus (G_BUS_TYPE_SYSTEM, G_DBUS_PROXY_FLAGS_NONE, NULL, UPOWER, DISPLAY_DEVICE, DEVICE, self->cancellable,
                            device_cb, g_object_ref (self));
  return self;
}

gboolean
altm_battery_is_low (AltmBattery *self)
{
  return self->is_low;
}

/**
 * altm_battery_judge:
 * @level: UPower's `WarningLevel`, 0 where it does not say
 * @state: UPower's `State`, 0 where it does not say
 *
 * Returns: whether the battery is low, and goes on becoming so. The numbers are those of UPower's D-Bus
 *   interface `org.freedesktop.UPower.Device`
 */
gboolean
altm_battery_judge (guint level, guint state)
{
  return level >= LEVEL_LOW && (state == STATE_DISCHARGING || state == STATE_EMPTY || state == STATE_PENDING_DISCHARGE);
}
