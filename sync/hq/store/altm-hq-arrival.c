/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-arrival.h"

#include <gnutls/crypto.h>

/* A code that the line's own lists have not, but those of now: HQ takes such a line after all where somebody says so, and
 * from then on it counts. */
static gboolean
is_right_by_now (AltmHqStore *store, const AltmHqArrival *arrival)
{
  return g_error_matches (arrival->refusal, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_CODE) &&
         altm_line_check (&arrival->line, altm_hq_store_get_lists (store, 0), NULL);
}

/* What this program cannot judge, a newer tablet's or another version's, is kept for one that can. */
static void
judge (AltmHqStore *store, AltmHqArrival *arrival)
{
  AltmLists *named = altm_hq_store_get_lists (store, arrival->line.lists);
  AltmLists *lists = named != NULL ? named : altm_hq_store_get_lists (store, 0);

  if (arrival->line.version > ALTM_LINE_VERSION)
    return;
  /* What identifies a person in a text is refused when it comes, but a line that an older program
   * took is in the journal and goes on counting. */
  arrival->is_known = altm_line_check (&arrival->line, lists, &arrival->refusal) ||
                      g_error_matches (arrival->refusal, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_PERSONAL) ||
                      is_right_by_now (store, arrival);
  if (g_error_matches (arrival->refusal, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_TYPE) ||
      (named == NULL && g_error_matches (arrival->refusal, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_CODE)))
    g_clear_error (&arrival->refusal);
}

/**
 * altm_hq_hash:
 * @sha256: (out caller-allocates) (array fixed-size=32): of the bytes
 *
 * GnuTLS's SHA-256 uses the processor's own, four times as fast as libsodium's where that was measured: it is a tenth of
 * what a line costs HQ.
 */
void
altm_hq_hash (const char *bytes, gsize length, guint8 *sha256)
{
  if (gnutls_hash_fast (GNUTLS_DIG_SHA256, bytes, length, sha256) < 0)
    g_error ("no SHA-256 could be made"); /* a wrong one would be kept for good */
}

/**
 * altm_hq_arrival_read:
 * @self: (out caller-allocates): the line, judged by the lists that it names
 * @bytes: (transfer none): has to outlive @self
 */
void
altm_hq_arrival_read (AltmHqArrival *self, AltmHqStore *store, const char *bytes, gsize length)
{
  *self = (AltmHqArrival) { .bytes = bytes, .length = length };
  altm_hq_hash (bytes, length, self->sha256);
  if (length > ALTM_LINE_BYTES)
    {
      g_set_error (&self->refusal, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_TOO_LONG, "longer than %d bytes", ALTM_LINE_BYTES);
      return;
    }
  self->is_read = altm_line_read (&self->line, bytes, length, &self->refusal);
  if (self->is_read)
    judge (store, self);
}

void
altm_hq_arrival_clear (AltmHqArrival *self)
{
  altm_line_clear (&self->line);
  g_clear_error (&self->refusal);
}
