/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_MAIN_PAGE (altm_main_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmMainPage, altm_main_page, ALTM, MAIN_PAGE, GtkWidget)

/**
 * AltmMainPage: recording, the journal and sending, one tap from each other; above them where
 * and since when, and what waits.
 */
GtkWidget *altm_main_page_new (AltmSession *session);
void altm_main_page_show_tab (AltmMainPage *self, const char *name);
void altm_main_page_set_width (AltmMainPage *self, int width, gboolean is_beside);
void altm_main_page_offer (AltmMainPage *self, const char *text, const char *button, GCallback clicked, GObject *object);

G_END_DECLS
