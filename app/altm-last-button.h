/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_LAST_BUTTON (altm_last_button_get_type ())
G_DECLARE_FINAL_TYPE (AltmLastButton, altm_last_button, ALTM, LAST_BUTTON, GtkButton)

/**
 * AltmLastButton: goes on from what was recorded last in this shift, and tells what that is. It records another contact
 * like it, or, where its property `corrects` is set, opens the last contact or observation in its form. Hidden where there
 * is none.
 */
void altm_last_button_set_session (AltmLastButton *self, AltmSession *session);

G_END_DECLS
