/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_CHIPS (altm_chips_get_type ())
G_DECLARE_FINAL_TYPE (AltmChips, altm_chips, ALTM, CHIPS, GtkWidget)

/**
 * AltmChips: a choice of one or a few codes of a list, the frequent ones first, the others one
 * tap away. #AltmChips::changed is emitted when what is chosen changes.
 */
void altm_chips_fill (AltmChips *self, AltmSession *session, const char *list,
                      const char *const *first, const char *const *without);
void altm_chips_add (AltmChips *self, const char *code, const char *label);
void altm_chips_choose (AltmChips *self, const char *code);
const char *altm_chips_get_code (AltmChips *self);
json_t *altm_chips_get_codes (AltmChips *self);

G_END_DECLS
