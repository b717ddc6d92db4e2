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

/**
 * altm_mask_counts:
 * @counts: code to count, of a table whose sum is known: what is masked becomes null
 *
 * Masks what would tell of a few people: counts from 1 to 4; and, as one that is masked alone is the sum less the others, and
 * several that add up to less than 5 still tell of a few, the smallest others until neither is so (secondary suppression).
 * 0 stays: it tells of nobody.
 */
void
altm_mask_counts (json_t *counts)
{
  Masked masked = { 0 };
  const char *smallest = find_smallest (counts);

  while (smallest != NULL &&
         (altm_json_get_integer (counts, smallest, 0) < ALTM_MASK_LEAST ||
          (masked.number > 0 && (masked.number < 2 || masked.sum < ALTM_MASK_LEAST))))
    {
      mask (counts, smallest, &masked);
      smallest = find_smallest (counts);
    }
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
