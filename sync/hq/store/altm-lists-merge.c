/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-lists-merge.h"

/* What an entry is known by is its first field, whatever the list. */
static const char *
get_key (json_t *entry)
{
  static const char *const names[] = { "id", "code", "theme" };
  const char *key = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (names) && key == NULL; i++)
    key = altm_json_get_string (entry, names[i]);
  return key;
}

static GHashTable *
index_entries (json_t *entries)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);
  json_t *entry;
  gsize i;

  json_array_foreach (entries, i, entry)
    if (get_key (entry) != NULL)
      g_hash_table_insert (index, (gpointer) get_key (entry), entry);
  return index;
}

static gboolean
is_same (json_t *one, json_t *other)
{
  return one == other || (one != NULL && other != NULL && json_equal (one, other));
}

static void
merge_field (json_t *merged, const char *name, json_t *base, json_t *newer)
{
  json_t *value = json_object_get (newer, name);

  if (!is_same (json_object_get (merged, name), json_object_get (base, name)))
    return;
  if (value != NULL)
    json_object_set (merged, name, value);
  else
    json_object_del (merged, name);
}

/* Field by field: what HQ did not touch goes with the project's lists. An entry of HQ's own, which only later came to be in
 * the project's too, stays as it is. */
static json_t *
merge_entry (json_t *base, json_t *own, json_t *newer)
{
  json_t *merged = json_copy (own);
  const char *name;
  json_t *value;

  if (base == NULL || newer == NULL)
    return merged;
  json_object_foreach (base, name, value)
    merge_field (merged, name, base, newer);
  json_object_foreach (newer, name, value)
    merge_field (merged, name, base, newer);
  return merged;
}

/* In HQ's order, then what is new. What HQ has no more, though it was brought, HQ took out. */
static json_t *
merge_entries (json_t *base, json_t *own, json_t *newer)
{
  g_autoptr(GHashTable) based = index_entries (base), owned = index_entries (own), newest = index_entries (newer);
  json_t *merged = json_array ();
  json_t *entry;
  gsize i;

  json_array_foreach (own, i, entry)
    {
      const char *key = get_key (entry);

      json_array_append_new (merged, merge_entry (key != NULL ? g_hash_table_lookup (based, key) : NULL, entry,
                                                  key != NULL ? g_hash_table_lookup (newest, key) : NULL));
    }
  json_array_foreach (newer, i, entry)
    {
      const char *key = get_key (entry);

      if (key != NULL && !g_hash_table_contains (owned, key) && !g_hash_table_contains (based, key))
        json_array_append (merged, entry);
    }
  return merged;
}

static json_t *
merge_part (json_t *base, json_t *own, json_t *newer)
{
  json_t *merged;
  const char *name;
  json_t *each;

  if (json_is_array (own) && json_is_array (newer))
    return merge_entries (base, own, newer);
  if (!json_is_object (own) || !json_is_object (newer))
    return json_incref (own != NULL ? own : newer);
  merged = json_copy (own);
  json_object_foreach (newer, name, each)
    json_object_set_new (merged, name, merge_part (json_object_get (base, name), json_object_get (own, name), each));
  return merged;
}

/**
 * altm_lists_merge:
 * @base: (nullable): the project's lists that were brought to HQ last, as `GET /v1/reference` answers them
 * @own: HQ's newest
 * @newer: the project's lists that a newer program brings
 *
 * Brings to HQ what is new in the project's lists without undoing what HQ did: entries and fields that HQ changed, added or
 * retired stay as HQ has them; entries that are new, and fields that HQ never touched, are the project's.
 *
 * Returns: (transfer full): the lists that HQ is to have, under the number of @own
 */
json_t *
altm_lists_merge (json_t *base, json_t *own, json_t *newer)
{
  return merge_part (base, own, newer);
}
