/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"

G_BEGIN_DECLS

/**
 * AltmDigest: of the notes in a range of seqs (PROTOCOL, digest).
 * @sha256: over the notes' SHA-256 values in the order of seq, in lower-case hex
 */
typedef struct
{
  gint64 count;
  gint64 high_seq;
  char sha256[65];
} AltmDigest;

/**
 * AltmDigestOf: which lines count as noted.
 * @ALTM_DIGEST_OF_NOTES: those that are
 * @ALTM_DIGEST_OF_QUEUED: what is queued too: HQ may hold it, though its receipt was lost
 * @ALTM_DIGEST_OF_QUARANTINED: what is in quarantine too: HQ may have taken it after all, though its word was lost
 */
typedef enum
{
  ALTM_DIGEST_OF_NOTES,
  ALTM_DIGEST_OF_QUEUED,
  ALTM_DIGEST_OF_QUARANTINED,
  ALTM_N_DIGESTS_OF,
} AltmDigestOf;

gboolean altm_notes_digest (AltmStore *store, gint64 from, gint64 to, AltmDigestOf of, AltmDigest *digest, GError **error);
gint64 altm_notes_last_seq (AltmStore *store);
void altm_notes_list (AltmStore *store, gint64 from, gint64 to, GArray *seqs);
gboolean altm_notes_offer_again (AltmStore *store, const char *reason, gint64 since, gint64 now, GError **error);
gboolean altm_notes_adopt (AltmStore *store, const char *epoch, GArray *lacking, GError **error);
gboolean altm_notes_restart (AltmStore *store, const AltmSetting *settings, gsize n_settings, GError **error);
gint64 altm_notes_count (AltmStore *store);
gint64 altm_notes_count_lost (AltmStore *store);

G_END_DECLS
