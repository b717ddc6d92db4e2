/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-mask.h"

/* What is masked so far. */
typedef struct
{
  guint number;
  gint64 sum;
} Masked;

static void
mask (json_t *counts, const char *code, Masked *masked)
{
  masked->number++;
  masked->sum += altm_json_get_integer (counts, code, 0);
  json_object_set_new (counts, code, json_null ());
}

static const char *
find_smallest (json_t *counts)
{
  const char *smallest = NULL, *code;
  json_t *count;

  json_object_foreach (counts, code, count)
    if (json_integer_value (count) > 0 &&
        (smallest == NULL || json_integer_value (count) < altm_json_get_integer (counts, smallest, 0)))
      smallest = code;
  return smallest;
}

/* One that is masked alone is the sum less the others; and of several, each of which is 1 or more, none can be more than their
 * sum less 1 for each of the others: five that are 5 together are 1 each. Each has to leave room for 5. */
static gboolean
is_safe (const Masked *masked)
{
  return masked->number == 0 || (masked->number > 1 && masked->sum - (masked->number - 1) >= ALTM_MASK_LEAST);
}

/**
 * altm_mask_counts:
 * @counts: code to count, of a table whose sum is known: what is masked becomes null
 *
 * Masks what would tell of a few people: counts from 1 to 4, and the smallest others until the sum does not tell them either
 * (secondary suppression). 0 stays: it tells of nobody.
 *
 * Returns: %FALSE where that is not reached with all masked: then not even which of them there are may be told
 */
gboolean
altm_mask_counts (json_t *counts)
{
  Masked masked = { 0 };
  const char *smallest = find_smallest (counts);

  while (smallest != NULL && (altm_json_get_integer (counts, smallest, 0) < ALTM_MASK_LEAST || !is_safe (&masked)))
    {
      mask (counts, smallest, &masked);
      smallest = find_smallest (counts);
    }
  return is_safe (&masked);
}

/**
 * altm_mask_table:
 * @counts: (nullable): code to count, of a table whose sum is known
 *
 * Returns: (transfer full): a copy that is masked as altm_mask_counts() does, null where nothing of it may be told
 */
json_t *
altm_mask_table (json_t *counts)
{
  g_autoptr(json_t) copy = counts != NULL ? json_copy (counts) : json_object ();

  return altm_mask_counts (copy) ? g_steal_pointer (&copy) : json_null ();
}

/**
 * altm_mask_few:
 * @counts: code to count, of a table whose sum nobody is told: counts from 1 to 4 become null
 *
 * Masks what would tell of a few people where no other count tells of the same ones.
 */
void
altm_mask_few (json_t *counts)
{
  const char *code;
  json_t *count;

  json_object_foreach (counts, code, count)
    json_object_set_new (counts, code, altm_mask_count (json_integer_value (count)));
}

/**
 * altm_mask_count:
 *
 * Returns: (transfer full): null for 1 to 4, else the count
 */
json_t *
altm_mask_count (gint64 count)
{
  return count > 0 && count < ALTM_MASK_LEAST ? json_null () : json_integer (count);
}
