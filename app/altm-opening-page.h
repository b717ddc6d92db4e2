/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-problem.h"

G_BEGIN_DECLS

#define ALTM_TYPE_OPENING_PAGE (altm_opening_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmOpeningPage, altm_opening_page, ALTM, OPENING_PAGE, GtkWidget)

/** AltmOpeningPage: says that the store is being opened, or why it could not be. */
GtkWidget *altm_opening_page_new (const AltmProblem *problem);

G_END_DECLS
