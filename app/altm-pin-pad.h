/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_PIN_PAD (altm_pin_pad_get_type ())
G_DECLARE_FINAL_TYPE (AltmPinPad, altm_pin_pad, ALTM, PIN_PAD, GtkWidget)

/** ALTM_PIN_DIGITS: the most digits that the pad takes; longer secrets are passphrases. */
#define ALTM_PIN_DIGITS 12

/**
 * AltmPinPad: asks for a PIN by large digits, or for a passphrase. What was entered is in locked
 * memory of its own until it is taken; the screen, and a screen reader, are told how many digits
 * there are, never which.
 *
 * #AltmPinPad::entered is emitted when the person has ended.
 */
void altm_pin_pad_set_takes_passphrase (AltmPinPad *self, gboolean takes_passphrase);
void altm_pin_pad_listen (AltmPinPad *self, GtkWidget *page);
char *altm_pin_pad_take (AltmPinPad *self);
void altm_pin_pad_clear (AltmPinPad *self);
void altm_pin_pad_focus (AltmPinPad *self);

G_END_DECLS
