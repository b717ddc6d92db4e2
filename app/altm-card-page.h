/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_CARD_PAGE (altm_card_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmCardPage, altm_card_page, ALTM, CARD_PAGE, GtkWidget)

/**
 * AltmCardPage: a structure's card with its QR code, turned towards the person who is referred there.
 */
GtkWidget *altm_card_page_new (AltmSession *session, const char *structure, const char *structure_type,
                               const char *reference);

G_END_DECLS
