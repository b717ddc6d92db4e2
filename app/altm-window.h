/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_WINDOW (altm_window_get_type ())
G_DECLARE_FINAL_TYPE (AltmWindow, altm_window, ALTM, WINDOW, AdwApplicationWindow)

/**
 * AltmWindow: shows the pages that the session's state calls for: enrolment, or recording, or
 * why the store could not be opened. In training, that is said above whatever page is shown. Action "win.say": says a
 * text for a moment; "win.train", "win.leave-training": ask first, then do it.
 */
AltmWindow *altm_window_new (AdwApplication *application);
void altm_window_show_session (AltmWindow *self, AltmSession *session);
void altm_window_tell_training_failed (AltmWindow *self, const GError *error);
void altm_window_show_failure (AltmWindow *self, const GError *error);
void altm_window_show_tab (AltmWindow *self, const char *name);
void altm_window_show_link (AltmWindow *self, const char *link);
GtkWidget *altm_window_offer (GtkWidget *from, const char *text, const char *button, GCallback clicked, GObject *object);

G_END_DECLS
