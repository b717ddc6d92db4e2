/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_SHIFT_PAGE (altm_shift_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmShiftPage, altm_shift_page, ALTM, SHIFT_PAGE, GtkWidget)

/**
 * AltmShiftPage: starts a shift: the last one again by one tap, or another one.
 */
GtkWidget *altm_shift_page_new (AltmSession *session);

G_END_DECLS
