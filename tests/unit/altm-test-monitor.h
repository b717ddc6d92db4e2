/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ALTM_TYPE_TEST_MONITOR (altm_test_monitor_get_type ())
G_DECLARE_FINAL_TYPE (AltmTestMonitor, altm_test_monitor, ALTM, TEST_MONITOR, GObject)

/** AltmTestMonitor: what the system says of the network, said by a test. */
AltmTestMonitor *altm_test_monitor_install (void);
void altm_test_monitor_say (AltmTestMonitor *self, gboolean is_available);
void altm_test_monitor_say_metered (AltmTestMonitor *self, gboolean is_metered);
void altm_test_monitor_say_connectivity (AltmTestMonitor *self, GNetworkConnectivity connectivity);

G_END_DECLS
