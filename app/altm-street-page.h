/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_STREET_PAGE (altm_street_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmStreetPage, altm_street_page, ALTM, STREET_PAGE, GtkWidget)

/**
 * AltmStreetPage: one tile for each register of activity; a tap opens the form of a contact. Below them the last
 * contact once more, and what is seen and reported.
 */
GtkWidget *altm_street_page_new (AltmSession *session);

G_END_DECLS
