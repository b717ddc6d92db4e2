/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sodium.h>

G_BEGIN_DECLS

char *altm_token_new (guint8 sha256[crypto_hash_sha256_BYTES]);
void altm_token_hash (const char *token, guint8 sha256[crypto_hash_sha256_BYTES]);
void altm_token_free (char *token);

G_END_DECLS
