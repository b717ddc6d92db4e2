/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_FOLLOW_PAGE (altm_follow_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmFollowPage, altm_follow_page, ALTM, FOLLOW_PAGE, GtkWidget)

/**
 * AltmFollowPage: one referral to be followed up: what became of it, by one tap on its new status, when to ask again,
 * and the structure's card. It shows nothing that names the person, so it needs no PIN.
 */
GtkWidget *altm_follow_page_new (AltmSession *session, const char *id);

G_END_DECLS
