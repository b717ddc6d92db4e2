/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-word.h"

#include "altm-store-private.h"
#include "altm-time.h"

static void
word_free (gpointer data)
{
  AltmWord *self = data;

  g_free (self->status);
  g_free (self);
}

static void
take_word (GHashTable *words, json_t *item, gint64 arrived)
{
  const char *record = altm_json_get_string (item, "record");
  const char *status = altm_json_get_string (item, "status");
  AltmWord *known = record == NULL ? NULL : g_hash_table_lookup (words, record);
  gint64 time = arrived;
  AltmWord *word;

  if (record == NULL || status == NULL)
    return;
  altm_time_parse (altm_json_get_string (item, "at"), &time);
  if (known != NULL && known->time > time)
    return;
  word = g_new0 (AltmWord, 1);
  word->status = g_strdup (status);
  word->time = time;
  g_hash_table_replace (words, g_strdup (record), word);
}

/**
 * altm_word_load_all:
 *
 * Returns: (transfer full) (element-type utf8 AltmWord) (nullable): HQ's last word on each referral, by its record's id;
 *   %NULL with an #AltmStoreError
 */
GHashTable *
altm_word_load_all (AltmStore *store, GError **error)
{
  g_autoptr(GHashTable) words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, word_free);
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    altm_store_get_sql (store), &problem, "SELECT at, body FROM news WHERE kind = 'referral' ORDER BY at, rowid", "");

  while (problem == NULL && altm_sql_step (altm_store_get_sql (store), rows, &problem))
    {
      const char *body = altm_rows_text (rows, 1);
      g_autoptr(json_t) item = body == NULL ? NULL : altm_json_parse (body, strlen (body), NULL);

      if (item != NULL)
        take_word (words, item, sqlite3_column_int64 (rows, 0));
    }
  if (problem == NULL)
    return g_steal_pointer (&words);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/**
 * altm_word_is_last:
 * @state: where the referral's latest revision on this tablet is
 * @settled_at: when HQ's receipt for it came, by this tablet's clock, in microseconds since 1970-01-01 UTC
 * @skew: of altm_store_get_skew()
 *
 * The status is the one that HQ received or set last (PROTOCOL.md, Words): a line that HQ has not yet will be received
 * later than anything that was set.
 */
gboolean
altm_word_is_last (const AltmWord *self, AltmState state, gint64 settled_at, gint64 skew)
{
  return state == ALTM_STATE_ACKNOWLEDGED && self->time + skew > settled_at;
}

/**
 * altm_word_adopt:
 * @line: a referral's latest revision on this tablet
 * @state: where that is
 * @data: the fields of the next one, whose status is replaced by HQ's where that was the last word: what HQ set is not
 *   set back by a revision that is about something else
 *
 * Returns: %FALSE with an #AltmStoreError where the store cannot be read
 */
gboolean
altm_word_adopt (AltmStore *store, const AltmLine *line, AltmState state, json_t *data, GError **error)
{
  g_autoptr(GHashTable) words = altm_word_load_all (store, error);
  gint64 settled_at = altm_sql_get_integer (altm_store_get_sql (store), 0,
                                            "SELECT settled_at FROM lines WHERE id = ? AND rev = ?", "si",
                                            line->id, line->rev);
  const AltmWord *word;

  if (words == NULL)
    return FALSE;
  word = g_hash_table_lookup (words, line->id);
  if (word != NULL && altm_word_is_last (word, state, settled_at, altm_store_get_skew (store)))
    json_object_set_new (data, "status", json_string (word->status));
  return TRUE;
}
