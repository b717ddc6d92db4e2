/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_SET_PIN_PAGE (altm_set_pin_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmSetPinPage, altm_set_pin_page, ALTM, SET_PIN_PAGE, GtkWidget)

/**
 * AltmSetPinPage: asks twice for a new PIN, or a passphrase, and sets it. Where there is a lock
 * already it has to be unlocked.
 */
GtkWidget *altm_set_pin_page_new (AltmSession *session, const char *holder);

G_END_DECLS
