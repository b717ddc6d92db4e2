/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What it costs to guess a passphrase, which tests make cheap; nobody else does. And where `keys protect`
 * may be cut off, which they do. */

#include "altm-hq-keys.h"
#include "altm-vault-private.h"

G_BEGIN_DECLS

/**
 * AltmHqKeysStep: what `keys protect` has done so far.
 * @ALTM_HQ_KEYS_STEP_WRITTEN: the keys file is on the disk
 * @ALTM_HQ_KEYS_STEP_CHECKED: it was read again and every key in it opened
 * @ALTM_HQ_KEYS_STEP_RENAMED: `STORE.key` no longer has its name
 * @ALTM_HQ_KEYS_STEP_DONE: all of it
 */
typedef enum
{
  ALTM_HQ_KEYS_STEP_WRITTEN,
  ALTM_HQ_KEYS_STEP_CHECKED,
  ALTM_HQ_KEYS_STEP_RENAMED,
  ALTM_HQ_KEYS_STEP_DONE,
} AltmHqKeysStep;

void altm_hq_keys_set_cost (AltmHqKeys *self, AltmVaultCost cost);
void altm_hq_keys_stop_after (AltmHqKeys *self, AltmHqKeysStep step);

G_END_DECLS
