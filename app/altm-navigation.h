/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_NAVIGATION (altm_navigation_get_type ())
G_DECLARE_FINAL_TYPE (AltmNavigation, altm_navigation, ALTM, NAVIGATION, GtkWidget)

/**
 * AltmNavigation: pages one above the other. A page finds the one that it lies in by itself; its
 * back button has the action "navigation.back", which Escape stands for too.
 */
GtkWidget *altm_navigation_new (GtkWidget *first_page);
void altm_navigation_push (GtkWidget *from, GtkWidget *page);
GtkWidget *altm_navigation_get_top (AltmNavigation *self);
void altm_navigation_pop_to (GtkWidget *page);
void altm_navigation_pop (GtkWidget *from);

G_END_DECLS
