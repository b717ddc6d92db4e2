/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_SENDING_PAGE (altm_sending_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmSendingPage, altm_sending_page, ALTM, SENDING_PAGE, GtkWidget)

/**
 * AltmSendingPage: what waits, what HQ received, and what is to be settled.
 */
GtkWidget *altm_sending_page_new (AltmSession *session);
const char *altm_sending_tell_state (AltmSession *session);

G_END_DECLS
