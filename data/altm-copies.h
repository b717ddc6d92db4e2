/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"
#include "altm-seal.h"

G_BEGIN_DECLS

/**
 * AltmCopyState: of what a record or a draft has in private.
 * @ALTM_COPY_NONE: nothing
 * @ALTM_COPY_READABLE: something, which the tablet's keys open
 * @ALTM_COPY_UNREADABLE: something that can't be read here: recorded without a lock, or under keys that are
 *   destroyed. It can be replaced or removed
 */
typedef enum
{
  ALTM_COPY_NONE,
  ALTM_COPY_READABLE,
  ALTM_COPY_UNREADABLE,
} AltmCopyState;

json_t *altm_copies_load (AltmStore *store, const char *id, AltmSealPair *pair, AltmCopyState *state, GError **error);

G_END_DECLS
