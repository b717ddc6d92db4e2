/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the two halves of the keys' code share. Tests, and nobody else, also make a passphrase cheap to guess,
 * and cut `keys protect` off. */

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

/** AltmHqKey: a pair: its public half, KEYID.BASE64, and the secret one sealed to the master's public half. */
typedef struct
{
  char *key;
  gint64 made_at;
  char *sealed; /* NULL where it lies open in STORE.key */
} AltmHqKey;

struct _AltmHqKeys
{
  char *path;     /* STORE.keys */
  char *raw_path; /* STORE.key */
  char *gone_path; /* what STORE.key is called while it is being overwritten */
  AltmVault *vault; /* the master pair and its holders; NULL while nothing is protected */
  GPtrArray *keys;  /* of AltmHqKey, in the order in which they were made */
  char *current;
  gboolean has_raw;
  AltmVaultCost cost; /* zero: as long as it takes on this machine */
  AltmHqKeysStep last;
};

void altm_hq_keys_set_cost (AltmHqKeys *self, AltmVaultCost cost);
void altm_hq_keys_stop_after (AltmHqKeys *self, AltmHqKeysStep step);

gboolean altm_hq_keys_fail (GError **error, AltmHqKeysError code, const char *why);
gboolean altm_hq_keys_fail_at (GError **error, AltmHqKeysError code, const char *path, const char *why);
gboolean altm_hq_keys_fail_damaged (GError **error, const char *path);
gboolean altm_hq_keys_fail_unprotected (GError **error);
AltmHqKey *altm_hq_keys_find (AltmHqKeys *self, const char *name);
AltmHqKey *altm_hq_keys_add (AltmHqKeys *self, const char *text, gint64 made_at, const char *sealed);
gboolean altm_hq_keys_reload (AltmHqKeys *self, GError **error);
gboolean altm_hq_keys_save (AltmHqKeys *self, GError **error);
gboolean altm_hq_keys_translate (GError *problem, const char *holder, GError **error);
AltmSealPair *altm_hq_keys_open_master (AltmHqKeys *self, const AltmHqHolder *holder, GError **error);
AltmSealPair *altm_hq_keys_open_key (AltmHqKeys *self, const AltmHqKey *key, AltmSealPair *master, GError **error);
char *altm_hq_keys_seal_secret (AltmHqKeys *self, AltmSealPair *pair, GError **error);

G_END_DECLS
