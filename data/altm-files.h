/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** ALTM_FILES_NEW: what the name of a file ends with while it is written. */
#define ALTM_FILES_NEW ".new"

gboolean altm_files_sync (const char *path, GError **error);
gboolean altm_files_rename (const char *from, const char *to, GError **error);

gboolean altm_files_replace (const char *path, const char *bytes, gsize length, GError **error);
gboolean altm_files_shred (const char *path, GError **error);
gboolean altm_files_shred_tree (const char *path, GError **error);
gboolean altm_files_remove (const char *path, GError **error);

G_END_DECLS
