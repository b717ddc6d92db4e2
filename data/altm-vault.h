/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-seal.h"

G_BEGIN_DECLS

#define ALTM_VAULT_ERROR (altm_vault_error_quark ())

/**
 * AltmVaultError:
 * @ALTM_VAULT_ERROR_MISSING: no lock is set: there is no `keys.json`
 * @ALTM_VAULT_ERROR_DAMAGED: `keys.json` is not what this program writes
 * @ALTM_VAULT_ERROR_HOLDER: nobody of that name can open it, or the name is none
 * @ALTM_VAULT_ERROR_SECRET: not the holder's PIN or passphrase, or the file was altered, which look alike
 * @ALTM_VAULT_ERROR_MEMORY: too little memory is free at the moment to open it
 * @ALTM_VAULT_ERROR_WEAK: a secret that others would guess; the message, translated, says why
 */
typedef enum
{
  ALTM_VAULT_ERROR_MISSING,
  ALTM_VAULT_ERROR_DAMAGED,
  ALTM_VAULT_ERROR_HOLDER,
  ALTM_VAULT_ERROR_SECRET,
  ALTM_VAULT_ERROR_MEMORY,
  ALTM_VAULT_ERROR_WEAK,
} AltmVaultError;

/** AltmVaultKind: what a holder's secret is, so that the right keys are shown to type it. */
typedef enum
{
  ALTM_VAULT_PIN,
  ALTM_VAULT_PASSPHRASE,
} AltmVaultKind;

/** ALTM_VAULT_PIN_DIGITS: the least that a PIN has. */
#define ALTM_VAULT_PIN_DIGITS 6

/** ALTM_VAULT_PASSPHRASE_CHARACTERS: the least that a passphrase has. */
#define ALTM_VAULT_PASSPHRASE_CHARACTERS 10

/** ALTM_VAULT_HOLDERS: at most so many share a tablet. */
#define ALTM_VAULT_HOLDERS 64

/**
 * AltmVault: a tablet's key pair as `keys.json` keeps it: the public half in clear, the secret half
 * wrapped once for each mediator by a PIN or a passphrase. Never changes: what changes it makes another,
 * which altm_lock_set() puts on the disk. Any thread may use it.
 */
typedef struct _AltmVault AltmVault;

GQuark altm_vault_error_quark (void);
AltmVault *altm_vault_load (const char *directory, GError **error);
AltmVault *altm_vault_read (json_t *root);
char *altm_vault_write (AltmVault *self);
AltmVault *altm_vault_ref (AltmVault *self);
void altm_vault_unref (AltmVault *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmVault, altm_vault_unref)

const char *altm_vault_get_key (AltmVault *self);
char **altm_vault_list_holders (AltmVault *self);
AltmVaultKind altm_vault_get_kind (AltmVault *self, const char *holder);

gboolean altm_vault_check_secret (const char *secret, GError **error);
AltmSealPair *altm_vault_open (AltmVault *self, const char *holder, const char *secret, GError **error);
AltmVault *altm_vault_create (const char *holder, const char *secret, AltmSealPair **pair, GError **error);
AltmVault *altm_vault_set_holder (AltmVault *self, AltmSealPair *pair, const char *holder, const char *secret,
                                  GError **error);
AltmVault *altm_vault_remove_holder (AltmVault *self, const char *holder, GError **error);

gboolean altm_vault_destroy (const char *directory, GError **error);

G_END_DECLS
