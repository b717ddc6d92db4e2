/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_STRUCTURE_CARD (altm_structure_card_get_type ())
G_DECLARE_FINAL_TYPE (AltmStructureCard, altm_structure_card, ALTM, STRUCTURE_CARD, GtkWidget)

/**
 * AltmStructureCard: to whom a person is referred, for the person to see: name, address, hours, telephone and the code
 * that the person is given. Its button shows the same on a page of its own, with a QR code.
 */
void altm_structure_card_show (AltmStructureCard *self, AltmSession *session, const char *structure,
                               const char *structure_type, const char *reference);
void altm_structure_card_show_qr (AltmStructureCard *self);

G_END_DECLS
