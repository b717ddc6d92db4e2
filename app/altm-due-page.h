/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_DUE_PAGE (altm_due_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmDuePage, altm_due_page, ALTM, DUE_PAGE, GtkWidget)

/**
 * AltmDuePage: the referrals to be followed up, what is due longest first, and what HQ said of them.
 */
GtkWidget *altm_due_page_new (AltmSession *session);

G_END_DECLS
