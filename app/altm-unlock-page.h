/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_UNLOCK_PAGE (altm_unlock_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmUnlockPage, altm_unlock_page, ALTM, UNLOCK_PAGE, GtkWidget)

/**
 * AltmUnlockPage: asks for the PIN or the passphrase that opens private text, says how many tries
 * are left and how long to wait, and goes when it is done.
 *
 * #AltmUnlockPage::done is emitted once it is unlocked and this page is out of the way.
 */
GtkWidget *altm_unlock_page_new (AltmSession *session);

G_END_DECLS
