/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-test-monitor.h"

struct _AltmTestMonitor
{
  GObject parent_instance;

  gboolean is_available;
  gboolean is_metered;
  GNetworkConnectivity connectivity;
};

enum
{
  PROP_0,
  PROP_NETWORK_AVAILABLE,
  PROP_NETWORK_METERED,
  PROP_CONNECTIVITY,
};

static gboolean
initialise (GInitable *initable, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
initable_init (GInitableIface *iface)
{
  iface->init = initialise;
}

static void
monitor_init (GNetworkMonitorInterface *iface)
{
}

G_DEFINE_TYPE_WITH_CODE (AltmTestMonitor, altm_test_monitor, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, initable_init)
                         G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, monitor_init))

static void
altm_test_monitor_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  AltmTestMonitor *self = ALTM_TEST_MONITOR (object);

  if (id == PROP_NETWORK_AVAILABLE)
    g_value_set_boolean (value, self->is_available);
  else if (id == PROP_CONNECTIVITY)
    g_value_set_enum (value, self->connectivity);
  else
    g_value_set_boolean (value, self->is_metered);
}

static void
altm_test_monitor_class_init (AltmTestMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = altm_test_monitor_get_property;
  g_object_class_override_property (object_class, PROP_NETWORK_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_NETWORK_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
}

static void
altm_test_monitor_init (AltmTestMonitor *self)
{
  self->is_available = TRUE;
  self->connectivity = G_NETWORK_CONNECTIVITY_FULL;
}

/**
 * altm_test_monitor_install:
 *
 * Takes the place of the system's monitor, before anything asks for that.
 *
 * Returns: (transfer none): the default monitor from now on
 */
AltmTestMonitor *
altm_test_monitor_install (void)
{
  g_io_extension_point_register (G_NETWORK_MONITOR_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_NETWORK_MONITOR_EXTENSION_POINT_NAME, ALTM_TYPE_TEST_MONITOR, "altm-test", 1000);
  return ALTM_TEST_MONITOR (g_network_monitor_get_default ());
}

/**
 * altm_test_monitor_say:
 *
 * The network came, went, or is another one.
 */
void
altm_test_monitor_say (AltmTestMonitor *self, gboolean is_available)
{
  self->is_available = is_available;
  g_signal_emit_by_name (self, "network-changed", is_available);
}

/**
 * altm_test_monitor_say_metered:
 *
 * What goes over the network is counted from now on, or no longer.
 */
void
altm_test_monitor_say_metered (AltmTestMonitor *self, gboolean is_metered)
{
  self->is_metered = is_metered;
  g_object_notify (G_OBJECT (self), "network-metered");
}

/**
 * altm_test_monitor_say_connectivity:
 *
 * As NetworkManager does where someone passed a portal's page: nothing else changes.
 */
void
altm_test_monitor_say_connectivity (AltmTestMonitor *self, GNetworkConnectivity connectivity)
{
  self->connectivity = connectivity;
  g_object_notify (G_OBJECT (self), "connectivity");
}
