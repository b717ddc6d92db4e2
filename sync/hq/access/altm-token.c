/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-token.h"

#include <string.h>

#define TOKEN_BYTES 32

/**
 * altm_token_new:
 * @sha256: (out caller-allocates): of the token: what is kept of it
 *
 * Returns: (transfer full): 256 random bits as base64url (RFC 4648, section 5); freed by altm_token_free()
 */
char *
altm_token_new (guint8 sha256[crypto_hash_sha256_BYTES])
{
  guint8 bytes[TOKEN_BYTES];
  gsize size = sodium_base64_ENCODED_LEN (TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  char *token = g_malloc (size);

  randombytes_buf (bytes, sizeof bytes);
  sodium_bin2base64 (token, size, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero (bytes, sizeof bytes);
  altm_token_hash (token, sha256);
  return token;
}

void
altm_token_hash (const char *token, guint8 sha256[crypto_hash_sha256_BYTES])
{
  crypto_hash_sha256 (sha256, (const guint8 *) token, strlen (token));
}

/**
 * altm_token_free:
 * @token: (nullable): wiped and freed
 */
void
altm_token_free (char *token)
{
  if (token != NULL)
    sodium_memzero (token, strlen (token));
  g_free (token);
}
