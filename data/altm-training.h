/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"

G_BEGIN_DECLS

/** ALTM_TRAINING_FOLDER: of a store's folder, what the names of those for training begin with. */
#define ALTM_TRAINING_FOLDER "training"

/*
 * Training: what is recorded then goes into a store of its own, `training` in the real store's folder, which is enrolled
 * nowhere and so is never sent. That the folder is there is what says that training goes on, after a power cut too;
 * ending it removes it.
 */
char *altm_training_get_folder (const char *directory);
gboolean altm_training_is_on (const char *directory);
AltmStore *altm_training_open (const char *directory, AltmLists *lists, GError **error);
gboolean altm_training_end (const char *directory, GError **error);
gboolean altm_training_sweep (const char *directory, GError **error);

G_END_DECLS
