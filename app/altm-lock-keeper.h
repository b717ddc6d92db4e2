/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "altm-seal.h"

G_BEGIN_DECLS

/** AltmLockClock: microseconds, only ever going up, that go on while the tablet sleeps. */
typedef gint64 (*AltmLockClock) (gpointer data);

/**
 * AltmOpenedPair: the tablet's opened key pair, held by whoever uses it; wiped with its last
 * holder. It can be handed to the store's thread.
 */
typedef struct _AltmOpenedPair AltmOpenedPair;

AltmOpenedPair *altm_opened_pair_ref (AltmOpenedPair *self);
void altm_opened_pair_unref (AltmOpenedPair *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmOpenedPair, altm_opened_pair_unref)
AltmSealPair *altm_opened_pair_get (AltmOpenedPair *self);

#define ALTM_TYPE_LOCK_KEEPER (altm_lock_keeper_get_type ())
G_DECLARE_FINAL_TYPE (AltmLockKeeper, altm_lock_keeper, ALTM, LOCK_KEEPER, GObject)

/**
 * AltmLockKeeper: has the opened pair as long as private text may be read, and lets go of it
 * when it is told to or when nobody touched the app for the set time. Of the main thread.
 *
 * #AltmLockKeeper::unlocked and #AltmLockKeeper::locked are emitted when that changes; whoever
 * shows private text takes it away in the latter. #AltmLockKeeper::closed is emitted each time that
 * it is told to lock, or the time is over, locked already or not: what is typed while it is locked is
 * on the screen too.
 */
AltmLockKeeper *altm_lock_keeper_new (void);
void altm_lock_keeper_set_clock (AltmLockKeeper *self, AltmLockClock clock, gpointer data);
void altm_lock_keeper_set_delay (AltmLockKeeper *self, gint64 delay);
void altm_lock_keeper_unlock (AltmLockKeeper *self, AltmSealPair *pair, const char *holder);
void altm_lock_keeper_lock (AltmLockKeeper *self);
void altm_lock_keeper_guard (AltmLockKeeper *self);
void altm_lock_keeper_unguard (AltmLockKeeper *self);
void altm_lock_keeper_touch (AltmLockKeeper *self);
void altm_lock_keeper_check (AltmLockKeeper *self);
gboolean altm_lock_keeper_is_unlocked (AltmLockKeeper *self);
AltmOpenedPair *altm_lock_keeper_get_pair (AltmLockKeeper *self);
const char *altm_lock_keeper_get_holder (AltmLockKeeper *self);
guint altm_lock_keeper_get_n_orders (AltmLockKeeper *self);

G_END_DECLS
