/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_CHIP (altm_chip_get_type ())
G_DECLARE_FINAL_TYPE (AltmChip, altm_chip, ALTM, CHIP, GtkToggleButton)

/**
 * AltmChip: one choice, with a tick beside its colour when it is chosen.
 */
GtkWidget *altm_chip_new (const char *code, const char *caption);
const char *altm_chip_get_code (AltmChip *self);

G_END_DECLS
