/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-receipt.h"

#include <string.h>

#include "altm-problem.h"

G_DEFINE_QUARK (altm-receipt-error-quark, altm_receipt_error)

/**
 * altm_receipt_clear:
 *
 * Lets go of what altm_receipt_read() read.
 */
void
altm_receipt_clear (AltmReceipt *self)
{
  g_clear_pointer (&self->root, json_decref);
  memset (self, 0, sizeof *self);
}

static gboolean
fail (GError **error, AltmReceiptError code, const char *why)
{
  g_set_error_literal (error, ALTM_RECEIPT_ERROR, code, why);
  return FALSE;
}

/**
 * altm_receipt_read:
 * @self: (out): the receipt
 * @body: an answer's body
 *
 * Returns: %TRUE, or %FALSE with %ALTM_RECEIPT_ERROR_SYNTAX
 */
gboolean
altm_receipt_read (AltmReceipt *self, GBytes *body, GError **error)
{
  memset (self, 0, sizeof *self);
  self->root = altm_json_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body), NULL);
  self->batch = altm_json_get_string (self->root, "batch");
  self->epoch = altm_json_get_string (self->root, "epoch");
  self->sha256 = altm_json_get_string (self->root, "sha256");
  self->stored = altm_json_get_integer (self->root, "stored", -1);
  self->duplicate = altm_json_get_integer (self->root, "duplicate", -1);
  self->high_seq = altm_json_get_integer (self->root, "high_seq", -1);
  self->held = altm_json_get_integer (self->root, "held", -1);
  self->problems = json_object_get (self->root, "problems");
  if (self->batch == NULL || self->epoch == NULL || self->sha256 == NULL || self->stored < 0 ||
      self->duplicate < 0 || self->high_seq < 0 || self->held < 0 || !json_is_array (self->problems))
    return fail (error, ALTM_RECEIPT_ERROR_SYNTAX, "not a receipt");
  return TRUE;
}

static gboolean
check_problems (const AltmReceipt *self, gsize n_lines, GError **error)
{
  g_autofree gboolean *is_named = g_new0 (gboolean, n_lines);
  gsize i;
  json_t *problem;

  json_array_foreach (self->problems, i, problem)
    {
      gint64 line = altm_json_get_integer (problem, "line", -1);

      if (line < 0 || (gsize) line >= n_lines || is_named[line] ||
          altm_json_get_string (problem, "type") == NULL)
        return fail (error, ALTM_RECEIPT_ERROR_COUNT, "its problems name no lines of this batch");
      is_named[line] = TRUE;
    }
  return TRUE;
}

/**
 * altm_receipt_check:
 * @batch: the batch's id
 * @epoch: HQ's epoch, as this tablet knows it
 * @sha256: of the body before it was deflated, in lower-case hex
 * @n_lines: how many lines it held
 *
 * Returns: whether this is the receipt for that batch; %FALSE with %ALTM_RECEIPT_ERROR_FOREIGN,
 *   _EPOCH or _COUNT
 */
gboolean
altm_receipt_check (const AltmReceipt *self, const char *batch, const char *epoch, const char *sha256,
                    gsize n_lines, GError **error)
{
  gsize n_problems = json_array_size (self->problems);

  if (strcmp (self->batch, batch) != 0 || strcmp (self->sha256, sha256) != 0)
    return fail (error, ALTM_RECEIPT_ERROR_FOREIGN, "a receipt for something else");
  if (g_strcmp0 (self->epoch, epoch) != 0)
    return fail (error, ALTM_RECEIPT_ERROR_EPOCH, "a receipt of another epoch");
  if (n_problems > n_lines || (guint64) self->stored > n_lines || (guint64) self->duplicate > n_lines ||
      (guint64) self->stored + (guint64) self->duplicate + n_problems != n_lines)
    return fail (error, ALTM_RECEIPT_ERROR_COUNT, "a receipt for another number of lines");
  return check_problems (self, n_lines, error);
}

/**
 * altm_receipt_get_verdicts:
 * @n_lines: how many lines the batch held; the receipt has been checked against it
 *
 * Returns: (transfer full) (array length=n_lines): HQ's word on each line, in their order; the
 *   texts belong to the receipt. A problem's type is given without `/problems/`.
 */
AltmVerdict *
altm_receipt_get_verdicts (const AltmReceipt *self, gsize n_lines)
{
  AltmVerdict *verdicts = g_new0 (AltmVerdict, n_lines);
  gsize i;
  json_t *problem;

  json_array_foreach (self->problems, i, problem)
    {
      const char *type = altm_json_get_string (problem, "type");
      AltmVerdict *verdict = &verdicts[altm_json_get_integer (problem, "line", 0)];

      verdict->type = g_str_has_prefix (type, ALTM_PROBLEM_PREFIX) ? type + strlen (ALTM_PROBLEM_PREFIX) : type;
      verdict->detail = altm_json_get_string (problem, "detail");
    }
  return verdicts;
}

/**
 * altm_receipt_write:
 *
 * Returns: (transfer full): the receipt as HQ answers it
 */
char *
altm_receipt_write (const AltmReceipt *self)
{
  g_autoptr(json_t) root =
    json_pack ("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:O}", "batch", self->batch, "epoch", self->epoch,
               "sha256", self->sha256, "stored", (json_int_t) self->stored, "duplicate",
               (json_int_t) self->duplicate, "high_seq", (json_int_t) self->high_seq, "held",
               (json_int_t) self->held, "problems", self->problems);

  return altm_json_write (root);
}
