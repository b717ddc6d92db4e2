/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-comparison.h"

#include "altm-notes.h"
#include "altm-push.h"

typedef struct
{
  gint64 from;
  gint64 to;
} Range;

struct _AltmComparison
{
  AltmStore *store;
  GArray *ranges; /* still to be compared, the next one last */
  GArray *lacking;
  gint64 last_seq;
  char *epoch;
  gboolean must_fork;
};

static void
add_range (AltmComparison *self, gint64 from, gint64 to)
{
  Range range = { from, to };

  g_array_append_val (self->ranges, range);
}

/**
 * altm_comparison_new:
 *
 * Returns: (transfer full): a comparison over all the seqs given out
 */
AltmComparison *
altm_comparison_new (AltmStore *store)
{
  AltmComparison *self = g_new0 (AltmComparison, 1);

  self->store = store;
  self->ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  self->lacking = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->last_seq = altm_notes_last_seq (store);
  add_range (self, 1, MAX (self->last_seq, 1));
  return self;
}

void
altm_comparison_free (AltmComparison *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->ranges);
  g_array_unref (self->lacking);
  g_free (self->epoch);
  g_free (self);
}

/**
 * altm_comparison_next:
 * @from: (out): first seq of the range whose digest is wanted
 * @to: (out): its last seq
 *
 * Returns: whether another digest is wanted
 */
gboolean
altm_comparison_next (AltmComparison *self, gint64 *from, gint64 *to)
{
  Range *range;

  if (self->must_fork || self->ranges->len == 0)
    return FALSE;
  range = &g_array_index (self->ranges, Range, self->ranges->len - 1);
  *from = range->from;
  *to = range->to;
  return TRUE;
}

static gboolean
is_equal (AltmComparison *self, Range range, gint64 count, const char *sha256, GError **error)
{
  for (guint of = 0; of < ALTM_N_DIGESTS_OF; of++)
    {
      AltmDigest own;

      if (altm_notes_digest (self->store, range.from, range.to, (AltmDigestOf) of, &own, error) && own.count == count &&
          g_strcmp0 (own.sha256, sha256) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
judge_range (AltmComparison *self, Range range, gint64 count, const char *sha256, GError **error)
{
  gint64 middle = range.from + (range.to - range.from) / 2;

  if (is_equal (self, range, count, sha256, error))
    return;
  if (count == 0)
    altm_notes_list (self->store, range.from, range.to, self->lacking);
  else if (range.from == range.to)
    self->must_fork = TRUE; /* HQ holds under this seq what is not this tablet's */
  else
    {
      add_range (self, range.from, middle);
      add_range (self, middle + 1, range.to);
    }
}

static gboolean
fail (GError **error, const char *why)
{
  g_set_error_literal (error, ALTM_PUSH_ERROR, ALTM_PUSH_ERROR_ANSWER, why);
  return FALSE;
}

/**
 * altm_comparison_take:
 * @digest: HQ's answer for the range that altm_comparison_next() gave
 *
 * Returns: %TRUE, or %FALSE with %ALTM_PUSH_ERROR_ANSWER where it is no digest, or of another
 *   epoch than the one before it, or an %ALTM_STORE_ERROR
 */
gboolean
altm_comparison_take (AltmComparison *self, json_t *digest, GError **error)
{
  const char *epoch = altm_json_get_string (digest, "epoch");
  const char *sha256 = altm_json_get_string (digest, "sha256");
  gint64 count = altm_json_get_integer (digest, "count", -1);
  gint64 high_seq = altm_json_get_integer (digest, "high_seq", -1);
  g_autoptr(GError) problem = NULL;
  Range range;

  if (epoch == NULL || sha256 == NULL || count < 0 || high_seq < 0)
    return fail (error, "HQ's answer is no digest");
  if (self->epoch != NULL && g_strcmp0 (self->epoch, epoch) != 0)
    return fail (error, "HQ's store was restored meanwhile");
  if (self->epoch == NULL)
    self->epoch = g_strdup (epoch);

  range = g_array_index (self->ranges, Range, self->ranges->len - 1);
  g_array_set_size (self->ranges, self->ranges->len - 1);
  if (high_seq > self->last_seq)
    self->must_fork = TRUE;
  else
    judge_range (self, range, count, sha256, &problem);
  if (problem == NULL)
    return altm_store_check (self->store, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_comparison_must_fork:
 *
 * Returns: whether HQ holds what this tablet never noted: its store is a copy, or was restored
 */
gboolean
altm_comparison_must_fork (AltmComparison *self)
{
  return self->must_fork;
}

/**
 * altm_comparison_finish:
 *
 * Queues again what HQ lacks and adopts its epoch.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_comparison_finish (AltmComparison *self, GError **error)
{
  return altm_notes_adopt (self->store, self->epoch, self->lacking, error);
}
