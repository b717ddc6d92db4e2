/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AltmChance: all that is random in one run, drawn from its seed: what the simulation draws, and
 * what libsodium and SQLite are given, so that a seed replays alike.
 */
typedef struct _AltmChance AltmChance;

AltmChance *altm_chance_new (void);
void altm_chance_free (AltmChance *self);
void altm_chance_seed (AltmChance *self, guint32 seed);
guint altm_chance_below (AltmChance *self, guint limit);
gboolean altm_chance_in (AltmChance *self, guint n);
void altm_chance_fill (AltmChance *self, void *bytes, gsize length);

G_END_DECLS
