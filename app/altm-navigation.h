/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_NAVIGATION (altm_navigation_get_type ())
G_DECLARE_FINAL_TYPE (AltmNavigation, altm_navigation, ALTM, NAVIGATION, GtkWidget)

/* What a page's back button does; a page that asks first installs an action of its own under this name. */
#define ALTM_NAVIGATION_BACK "navigation.back"

/**
 * AltmNavigation: pages one above the other; where it is wide enough, the first one stays beside
 * the others. A page finds the one that it lies in by itself. Escape and Alt with the left arrow do
 * what the back button of the page on top does, Control with Return what its main button does: the last
 * one of the class "suggested-action".
 */
GtkWidget *altm_navigation_new (GtkWidget *first_page);
void altm_navigation_push (GtkWidget *from, GtkWidget *page);
GtkWidget *altm_navigation_get_top (AltmNavigation *self);
void altm_navigation_pop_to (GtkWidget *page);
void altm_navigation_pop (GtkWidget *from);
int altm_navigation_set_width (AltmNavigation *self, int width);

G_END_DECLS
