/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_HANDOVER_PAGE (altm_handover_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmHandoverPage, altm_handover_page, ALTM, HANDOVER_PAGE, GtkWidget)

/**
 * AltmHandoverPage: hands the tablet over to another team: explains what that is, has everything
 * sent first, then lets headquarters and this tablet forget each other.
 */
GtkWidget *altm_handover_page_new (AltmSession *session);

G_END_DECLS
