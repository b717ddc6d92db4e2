/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean altm_files_sync (const char *path, GError **error);
gboolean altm_files_rename (const char *from, const char *to, GError **error);

G_END_DECLS
