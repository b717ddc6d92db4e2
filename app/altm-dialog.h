/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void altm_dialog_show_unsaved (GtkWidget *from, const GError *error);
void altm_dialog_show_uncounted (GtkWidget *from, const GError *error);
void altm_dialog_tell (GtkWidget *from, const char *heading, const char *body, GCallback read,
                       gpointer user_data);
void altm_dialog_ask (GtkWidget *from, const char *heading, const char *body, const char *keep,
                      const char *go, AdwResponseAppearance appearance, GCallback gone,
                      gpointer user_data);

G_END_DECLS
