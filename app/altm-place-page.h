/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-line.h"
#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_PLACE_PAGE (altm_place_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmPlacePage, altm_place_page, ALTM, PLACE_PAGE, GtkWidget)

/**
 * AltmPlacePage: where a shift takes place, and with whom. A tap on the place starts the shift, or puts right where one was.
 */
GtkWidget *altm_place_page_new (AltmSession *session, const char *channel);
GtkWidget *altm_place_page_new_to_move (AltmSession *session, const AltmLine *shift);

G_END_DECLS
