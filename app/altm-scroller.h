/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_SCROLLER (altm_scroller_get_type ())
G_DECLARE_FINAL_TYPE (AltmScroller, altm_scroller, ALTM, SCROLLER, GtkWidget)

/**
 * AltmScroller: scrolls its child upwards and downwards, and keeps the field in focus in sight
 * when the on-screen keyboard makes it smaller, or its child grows. (A #GtkScrolledWindow only
 * looks after the focus when that moves.)
 */
void altm_scroller_set_companion (GtkWidget *field, GtkWidget *companion);

G_END_DECLS
