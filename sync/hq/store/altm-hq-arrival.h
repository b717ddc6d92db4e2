/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sodium.h>

#include "altm-hq-store.h"
#include "altm-line.h"

G_BEGIN_DECLS

/**
 * AltmHqArrival: a line as it came, judged.
 * @bytes: (transfer none): as it came
 * @is_read: its own fields are right, so that its seq counts
 * @is_known: this program can interpret it
 * @refusal: (nullable): why it cannot be taken, an %ALTM_RECORD_ERROR or %ALTM_JSON_ERROR
 */
typedef struct
{
  const char *bytes;
  gsize length;
  AltmLine line;
  gboolean is_read;
  gboolean is_known;
  GError *refusal;
  guint8 sha256[crypto_hash_sha256_BYTES];
} AltmHqArrival;

void altm_hq_arrival_read (AltmHqArrival *self, AltmHqStore *store, const char *bytes, gsize length);
void altm_hq_arrival_clear (AltmHqArrival *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AltmHqArrival, altm_hq_arrival_clear)
void altm_hq_hash (const char *bytes, gsize length, guint8 *sha256);

G_END_DECLS
