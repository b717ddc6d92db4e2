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

/** AltmSealPair: HQ's key pair; wiped by altm_seal_pair_free(). */
typedef struct _AltmSealPair AltmSealPair;

GQuark altm_seal_error_quark (void);
gboolean altm_seal_is_key (const char *key);
gboolean altm_seal_is_sealed (const char *text);
char *altm_seal (const char *key, const char *id, gint64 rev, json_t *private, GError **error);
AltmSealPair *altm_seal_pair_load (const char *path, GError **error);
void altm_seal_pair_free (AltmSealPair *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmSealPair, altm_seal_pair_free)
const char *altm_seal_pair_get_key (AltmSealPair *self);
json_t *altm_seal_pair_open (AltmSealPair *self, const char *sealed, GError **error);

G_END_DECLS
