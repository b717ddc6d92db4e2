/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *const *altm_protection_names (void);
gboolean altm_protection_switch_off (const char *name);

G_END_DECLS
