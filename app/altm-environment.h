/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean altm_is_in_build_folder (void);
void altm_secrets_start (void);
void altm_locale_start (void);
GSettings *altm_settings_new (void);
int altm_settings_load_lock_after (GSettings *settings);
char *altm_settings_load_language (GSettings *settings);
void altm_text_size_watch (GSettings *settings);
void altm_restart (const char *program, const char *directory, char **environment);

G_END_DECLS
