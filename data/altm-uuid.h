/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *altm_uuid_new_v7 (gint64 now);
char *altm_uuid_new_v4 (void);
gboolean altm_uuid_is_valid (const char *text);
gboolean altm_uuid_is_v7 (const char *text);

G_END_DECLS
