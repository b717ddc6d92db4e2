/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_TELEPHONE_PAGE (altm_telephone_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmTelephonePage, altm_telephone_page, ALTM, TELEPHONE_PAGE, GtkWidget)

/**
 * AltmTelephonePage: a shift on the telephone: one call after the other, and the list of those who are to be called,
 * which ends with the shift. A call that was begun when the app ended is gone on with.
 */
GtkWidget *altm_telephone_page_new (AltmSession *session);

G_END_DECLS
