/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_OFFER_BAR (altm_offer_bar_get_type ())
G_DECLARE_FINAL_TYPE (AltmOfferBar, altm_offer_bar, ALTM, OFFER_BAR, GtkWidget)

/**
 * AltmOfferBar: says that something was done, with a button that takes it back, for some seconds.
 * It takes a place of its own, for what lies beneath a toast is pressed by mistake or not at all, and keeps it until
 * nothing has been touched for a moment, for so is what moves.
 */
void altm_offer_bar_show (AltmOfferBar *self, const char *text, const char *button, GCallback clicked,
                          GObject *object);

G_END_DECLS
