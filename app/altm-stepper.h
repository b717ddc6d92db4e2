/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_STEPPER (altm_stepper_get_type ())
G_DECLARE_FINAL_TYPE (AltmStepper, altm_stepper, ALTM, STEPPER, GtkWidget)

/**
 * AltmStepper: a whole number between a minus and a plus that a gloved thumb finds.
 * Its property "step" says by how much, "zero-text" what is shown for 0 where that means that it is not said.
 * #AltmStepper::changed is emitted when a tap changes it.
 */
int altm_stepper_get_value (AltmStepper *self);
void altm_stepper_set_value (AltmStepper *self, int value);

G_END_DECLS
