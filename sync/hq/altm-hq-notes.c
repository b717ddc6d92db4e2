/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-notes.h"

#include <sodium.h>
#include <string.h>

#define NEWS_AT_ONCE 200

/**
 * altm_hq_notes_digest:
 * @from: first seq
 * @to: last seq
 *
 * Returns: (transfer full): {"epoch", "count", "high_seq", "sha256"} of the device's notes from
 *   @from to @to, or %NULL with an %ALTM_STORE_ERROR
 */
json_t *
altm_hq_notes_digest (AltmHqStore *store, const AltmHqDevice *device, gint64 from, gint64 to, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT sha256 FROM notes JOIN journal ON journal.n = notes.line"
                    " WHERE notes.device = ? AND seq BETWEEN ? AND ? ORDER BY seq",
                    "iii", device->n, from, to);
  crypto_hash_sha256_state state;
  guint8 sha256[crypto_hash_sha256_BYTES];
  char hex[2 * crypto_hash_sha256_BYTES + 1];
  gint64 count = 0;

  crypto_hash_sha256_init (&state);
  for (; altm_sql_step (sql, rows, &problem); count++)
    crypto_hash_sha256_update (&state, sqlite3_column_blob (rows, 0), crypto_hash_sha256_BYTES);
  crypto_hash_sha256_final (&state, sha256);
  sodium_bin2hex (hex, sizeof hex, sha256, sizeof sha256);
  if (problem == NULL)
    return json_pack ("{s:s, s:I, s:I, s:s}", "epoch", altm_hq_store_get_epoch (store), "count", (json_int_t) count,
                      "high_seq", (json_int_t) device->high_seq, "sha256", hex);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/* A cursor is EPOCH:N; one of another epoch, or none, begins at the beginning. */
static gint64
read_cursor (AltmHqStore *store, const char *cursor)
{
  const char *epoch = altm_hq_store_get_epoch (store);
  gsize length = strlen (epoch);

  if (cursor == NULL || strncmp (cursor, epoch, length) != 0 || cursor[length] != ':')
    return 0;
  return g_ascii_strtoll (cursor + length + 1, NULL, 10);
}

/**
 * altm_hq_notes_news:
 * @after: (nullable): the cursor of the last answer
 *
 * Returns: (transfer full): {"cursor", "items"}; for a revoked device only `wipe` is left.
 *   %NULL with an %ALTM_STORE_ERROR
 */
json_t *
altm_hq_notes_news (AltmHqStore *store, const AltmHqDevice *device, const char *after, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  gint64 last = read_cursor (store, after);
  g_autoptr(json_t) items = json_array ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT n, body FROM news WHERE device = ?1 AND n > ?2 AND (NOT ?3 OR kind = 'wipe')"
                    " ORDER BY n LIMIT ?4",
                    "iiii", device->n, last, (gint64) device->is_revoked, (gint64) NEWS_AT_ONCE);
  g_autofree char *cursor = NULL;

  while (altm_sql_step (sql, rows, &problem))
    {
      const char *body = altm_rows_text (rows, 1);

      last = sqlite3_column_int64 (rows, 0);
      json_array_append_new (items, altm_json_parse (body, strlen (body), NULL));
    }
  cursor = g_strdup_printf ("%s:%" G_GINT64_FORMAT, altm_hq_store_get_epoch (store), last);
  if (problem == NULL)
    return json_pack ("{s:s, s:O}", "cursor", cursor, "items", items);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
