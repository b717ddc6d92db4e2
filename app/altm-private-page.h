/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_PRIVATE_PAGE (altm_private_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmPrivatePage, altm_private_page, ALTM, PRIVATE_PAGE, GtkWidget)

/**
 * AltmPrivatePage: replaces a record's note, or a referral's person, without showing what was
 * there: a locked tablet can.
 */
GtkWidget *altm_private_page_new (AltmSession *session, const char *id, const char *type);
const char *altm_private_page_title (const char *type);
GtkWidget *altm_private_page_new_from (AltmSession *session, const AltmDraft *draft);

G_END_DECLS
