/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_SETTINGS_PAGE (altm_settings_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmSettingsPage, altm_settings_page, ALTM, SETTINGS_PAGE, GtkWidget)

/**
 * AltmSettingsPage: the text and its language, the lock of private text, headquarters and this tablet, whom to call in an
 * emergency, and what this program is.
 */
GtkWidget *altm_settings_page_new (AltmSession *session);

G_END_DECLS
