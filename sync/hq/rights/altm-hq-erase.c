/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-erase.h"

#include "altm-hq-log.h"

static gboolean
log_each (AltmHqStore *store, GPtrArray *ids, const AltmHqErasure *erasure, GError **error)
{
  AltmHqEntry entry = { erasure->at, erasure->who, "erased", NULL, erasure->scope, erasure->why };

  for (guint i = 0; i < ids->len; i++)
    {
      entry.subject = ids->pdata[i];
      if (!altm_hq_log_add (altm_hq_store_get_sql (store), &entry, error))
        return FALSE;
    }
  return TRUE;
}

static GPtrArray *
read_ids (AltmHqStore *store, json_t *ids, const char *scope, GError **error)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new ();
  json_t *id;
  gsize i;

  json_array_foreach (ids, i, id)
    {
      const char *text = json_is_string (id) ? json_string_value (id) : "";

      if (!altm_hq_erasures_check (altm_hq_store_get_sql (store), text, scope, error))
        return NULL;
      g_ptr_array_add (all, (gpointer) text);
    }
  return g_steal_pointer (&all);
}

/**
 * altm_hq_erase:
 * @ids: an array of the ids of records, each of which has to be there
 *
 * Erases them for a person, all or none, as altm_hq_erasures_erase(), and notes each in the access log.
 *
 * Returns: (transfer full): "erased", once it is on the disk, or %NULL with %ALTM_HQ_ERASURES_ERROR or an %ALTM_STORE_ERROR
 */
char *
altm_hq_erase (AltmHqStore *store, json_t *ids, const AltmHqErasure *erasure, GError **error)
{
  g_autoptr(GPtrArray) all = read_ids (store, ids, erasure->scope, error);

  if (all == NULL || !altm_hq_erasures_begin (store, all, erasure, error) ||
      !altm_hq_erasures_end (store,
                             altm_hq_erasures_erase (store, all, erasure, error) && log_each (store, all, erasure, error), error))
    return NULL;
  return g_strdup ("erased");
}
