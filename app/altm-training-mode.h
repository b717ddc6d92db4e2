/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_TRAINING_MODE (altm_training_mode_get_type ())
G_DECLARE_FINAL_TYPE (AltmTrainingMode, altm_training_mode, ALTM, TRAINING_MODE, GObject)

/**
 * AltmTrainingMode: which session is on the screen, the real one or, in training, that of a store of its own. The real
 * one stays open and goes on sending what it has.
 *
 * #AltmTrainingMode::changed is emitted when it is another one; #AltmTrainingMode::failed, with a #GError, when training
 * could not begin, or could not end, and all is as it was.
 */
AltmTrainingMode *altm_training_mode_new (AltmSession *real);
AltmSession *altm_training_mode_get_session (AltmTrainingMode *self);
void altm_training_mode_resume (AltmTrainingMode *self);
void altm_training_mode_start (AltmTrainingMode *self);
void altm_training_mode_stop (AltmTrainingMode *self);

G_END_DECLS
