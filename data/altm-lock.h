/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"
#include "altm-vault.h"

G_BEGIN_DECLS

#define ALTM_LOCK_ERROR (altm_lock_error_quark ())

/**
 * AltmLockError:
 * @ALTM_LOCK_ERROR_NOT_SET: no lock is set (any more)
 * @ALTM_LOCK_ERROR_WAIT: too early after a wrong try: see AltmLockState.wait_until
 * @ALTM_LOCK_ERROR_CHANGED: the lock was set, changed or destroyed meanwhile; nothing was written
 * @ALTM_LOCK_ERROR_WIPING: HQ has ordered that the tablet is wiped: no lock can be set any more
 */
typedef enum
{
  ALTM_LOCK_ERROR_NOT_SET,
  ALTM_LOCK_ERROR_WAIT,
  ALTM_LOCK_ERROR_CHANGED,
  ALTM_LOCK_ERROR_WIPING,
} AltmLockError;

/** ALTM_LOCK_TABLET: who holds the keys of a tablet whose mediators have no codes: all who know its PIN. */
#define ALTM_LOCK_TABLET "tablet"

/** ALTM_LOCK_TRIES: so many wrong ones, and the keys are destroyed. */
#define ALTM_LOCK_TRIES 10

/**
 * AltmLockReason: why the keys were destroyed.
 * @ALTM_LOCK_REASON_NONE: they were not, or the person who had unlocked them wanted no lock any more
 * @ALTM_LOCK_REASON_TRIES: after ten wrong tries
 * @ALTM_LOCK_REASON_RESET: HQ reset the PIN, because it was forgotten
 * @ALTM_LOCK_REASON_WIPE: HQ had the tablet wiped
 * @ALTM_LOCK_REASON_RETIRED: HQ took all who held them off its list of mediators
 */
typedef enum
{
  ALTM_LOCK_REASON_NONE,
  ALTM_LOCK_REASON_TRIES,
  ALTM_LOCK_REASON_RESET,
  ALTM_LOCK_REASON_WIPE,
  ALTM_LOCK_REASON_RETIRED,
} AltmLockReason;

/**
 * AltmLockState: of a tablet's lock. Owns what it points at.
 * @is_set: whether there are keys, so that readable copies are made and may be unlocked
 * @is_damaged: whether `keys.json` cannot be understood: nothing can be unlocked, no readable copy is made,
 *   and a reset through HQ makes room for a new lock
 * @vault: (nullable): the keys; %NULL where none are set, or they are damaged
 * @holders: their names, sorted; none where none are set
 * @tries_left: of %ALTM_LOCK_TRIES
 * @wait_until: microseconds since 1970-01-01 UTC before which no try is taken, 0 where one is taken now
 * @destroyed_because: why there are none, until a lock is set again
 */
typedef struct
{
  gboolean is_set;
  gboolean is_damaged;
  AltmVault *vault;
  char **holders;
  int tries_left;
  gint64 wait_until;
  AltmLockReason destroyed_because;
} AltmLockState;

GQuark altm_lock_error_quark (void);
void altm_lock_state_clear (AltmLockState *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AltmLockState, altm_lock_state_clear)

gboolean altm_lock_load_state (AltmStore *store, gint64 now, AltmLockState *state, GError **error);
AltmVault *altm_lock_begin_try (AltmStore *store, const char *holder, gint64 now, GError **error);
gboolean altm_lock_end_try (AltmStore *store, AltmVault *vault, gboolean is_open, gint64 now, GError **error);
gboolean altm_lock_cancel_try (AltmStore *store, GError **error);
gboolean altm_lock_set (AltmStore *store, AltmVault *before, AltmVault *vault, GError **error);
gboolean altm_lock_destroy (AltmStore *store, AltmLockReason because, GError **error);
gboolean altm_lock_retire (AltmStore *store, AltmLists *lists, GError **error);

G_END_DECLS
