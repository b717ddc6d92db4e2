/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-lock-keeper.h"

G_BEGIN_DECLS

#define ALTM_TYPE_LOCK_WATCH (altm_lock_watch_get_type ())
G_DECLARE_FINAL_TYPE (AltmLockWatch, altm_lock_watch, ALTM, LOCK_WATCH, GObject)

/**
 * AltmLockWatch: locks the keeper when the tablet goes to sleep or its screen is locked, as far
 * as logind and the shell say so; where they do not exist, the keeper's own time is left. While
 * unlocked it asks logind to wait with sleep until the pair is wiped.
 */
AltmLockWatch *altm_lock_watch_new (AltmLockKeeper *keeper);
void altm_lock_watch_start (AltmLockWatch *self);
void altm_lock_watch_listen (AltmLockWatch *self, GDBusConnection *bus, GBusType type);

G_END_DECLS
