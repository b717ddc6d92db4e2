/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the lock and the tests see of the vault: how it is kept, and how much it costs to guess, which tests
 * make cheap. */

#include "altm-vault.h"

G_BEGIN_DECLS

/** AltmVaultCost: of Argon2id (RFC 9106), as libsodium counts: passes, and bytes of memory. */
typedef struct
{
  guint64 opslimit;
  gsize memlimit;
} AltmVaultCost;

gboolean altm_vault_save (AltmVault *self, const char *directory, GError **error);
gboolean altm_vault_equal (AltmVault *self, AltmVault *other);
AltmVaultCost altm_vault_calibrate (void);
AltmVaultCost altm_vault_get_cost (AltmVault *self, const char *holder);
AltmVault *altm_vault_create_at_cost (const char *holder, const char *secret, AltmVaultCost cost, AltmSealPair **pair,
                                      GError **error);
AltmVault *altm_vault_set_holder_at_cost (AltmVault *self, AltmSealPair *pair, const char *holder, const char *secret,
                                          AltmVaultCost cost, GError **error);

G_END_DECLS
