/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_EMERGENCY_PAGE (altm_emergency_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmEmergencyPage, altm_emergency_page, ALTM, EMERGENCY_PAGE, GtkWidget)

/**
 * AltmEmergencyPage: the numbers that a mediator may need at once, each with what it is for. A tap calls it
 * where the tablet can.
 */
GtkWidget *altm_emergency_page_new (void);

G_END_DECLS
