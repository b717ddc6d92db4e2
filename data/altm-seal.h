/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-json.h"

G_BEGIN_DECLS

#define ALTM_SEAL_ERROR (altm_seal_error_quark ())

/**
 * AltmSealError:
 * @ALTM_SEAL_ERROR_KEY: not a key of the form KEYID.BASE64, or its KEYID is another key's
 * @ALTM_SEAL_ERROR_TEXT: not sealed to this key, or altered since
 * @ALTM_SEAL_ERROR_FILE: a key file that cannot be read or made, or that others may read
 */
typedef enum
{
  ALTM_SEAL_ERROR_KEY,
  ALTM_SEAL_ERROR_TEXT,
  ALTM_SEAL_ERROR_FILE,
} AltmSealError;

/**
 * AltmSealPair: a key pair, HQ's or a tablet's, in memory that is neither swapped out nor in a core
 * dump. Several threads may hold and use one; it is wiped with the last reference.
 */
typedef struct _AltmSealPair AltmSealPair;

/** ALTM_SEAL_KEY_BYTES: of either half of a pair, which are X25519 keys (RFC 7748). */
#define ALTM_SEAL_KEY_BYTES 32

/** ALTM_SEAL_BYTES: by so much sealing makes bytes longer (libsodium, crypto_box_SEALBYTES). */
#define ALTM_SEAL_BYTES 48

GQuark altm_seal_error_quark (void);
gboolean altm_seal_is_key (const char *key);
gboolean altm_seal_read_key (const char *key, guint8 *public, GError **error);
gboolean altm_seal_is_sealed (const char *text);
char *altm_seal (const char *key, const char *id, gint64 rev, json_t *private, GError **error);
AltmSealPair *altm_seal_pair_load (const char *path, GError **error);
AltmSealPair *altm_seal_pair_new (void);
AltmSealPair *altm_seal_pair_new_from_secret (const guint8 *secret);
AltmSealPair *altm_seal_pair_ref (AltmSealPair *self);
void altm_seal_pair_free (AltmSealPair *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmSealPair, altm_seal_pair_free)
const char *altm_seal_pair_get_key (AltmSealPair *self);
const guint8 *altm_seal_pair_get_secret (AltmSealPair *self);
gboolean altm_seal_pair_open_bytes (AltmSealPair *self, const guint8 *sealed, gsize length, guint8 *clear);
json_t *altm_seal_pair_open (AltmSealPair *self, const char *sealed, GError **error);

G_END_DECLS
