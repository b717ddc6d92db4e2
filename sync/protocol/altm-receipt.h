/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-outbox.h"

G_BEGIN_DECLS

#define ALTM_RECEIPT_ERROR (altm_receipt_error_quark ())

/**
 * AltmReceiptError: why an answer is no receipt for a batch, whose lines then stay queued.
 * @ALTM_RECEIPT_ERROR_SYNTAX: not a receipt at all
 * @ALTM_RECEIPT_ERROR_FOREIGN: of another batch, or for other bytes
 * @ALTM_RECEIPT_ERROR_EPOCH: of another epoch than expected: HQ's store was restored
 * @ALTM_RECEIPT_ERROR_COUNT: stored, duplicate and problems are not the lines sent
 */
typedef enum
{
  ALTM_RECEIPT_ERROR_SYNTAX,
  ALTM_RECEIPT_ERROR_FOREIGN,
  ALTM_RECEIPT_ERROR_EPOCH,
  ALTM_RECEIPT_ERROR_COUNT,
} AltmReceiptError;

/**
 * AltmReceipt: HQ's word on a batch. Texts belong to @root where it was read, else to the caller.
 * @problems: an array of {"line", "seq", "id", "rev", "status", "type", "detail"}
 */
typedef struct
{
  json_t *root;
  const char *batch;
  const char *epoch;
  const char *sha256;
  gint64 stored;
  gint64 duplicate;
  gint64 high_seq;
  gint64 held;
  json_t *problems;
} AltmReceipt;

GQuark altm_receipt_error_quark (void);
void altm_receipt_clear (AltmReceipt *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AltmReceipt, altm_receipt_clear)

gboolean altm_receipt_read (AltmReceipt *self, GBytes *body, GError **error);
gboolean altm_receipt_check (const AltmReceipt *self, const char *batch, const char *epoch,
                             const char *sha256, gsize n_lines, GError **error);
AltmVerdict *altm_receipt_get_verdicts (const AltmReceipt *self, gsize n_lines);
char *altm_receipt_write (const AltmReceipt *self);

G_END_DECLS
