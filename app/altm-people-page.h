/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_PEOPLE_PAGE (altm_people_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmPeoplePage, altm_people_page, ALTM, PEOPLE_PAGE, GtkWidget)

/**
 * AltmPeoplePage: asks which of HQ's mediators has the tablet in hand, then with whom they are. It goes
 * away by itself, and #AltmPeoplePage::chosen says the code of one and, %NULL for nobody, of the other.
 */
GtkWidget *altm_people_page_new (AltmSession *session, gboolean asks_partner);

G_END_DECLS
