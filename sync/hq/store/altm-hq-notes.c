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

/* What HQ took after all is noted for the device as it is told of it, and not before: a device that finds HQ to hold what it
 * has not noted takes itself for a copy. Where this answer is lost, a line in its quarantine that HQ holds counts as equal. */
static gboolean
note_accepted (AltmSql *sql, const AltmHqDevice *device, gint64 after, gint64 last, GError **error)
{
  return altm_sql_run (sql, error,
                       "INSERT OR IGNORE INTO notes"
                       " SELECT quarantine.device, quarantine.seq, journal.n FROM news"
                       " JOIN quarantine ON quarantine.device = news.device AND quarantine.id = json_extract (news.body, '$.record')"
                       "  AND quarantine.rev = json_extract (news.body, '$.rev')"
                       " JOIN journal ON journal.id = quarantine.id AND journal.rev = quarantine.rev"
                       "  AND journal.sha256 = quarantine.sha256"
                       " WHERE news.device = ?1 AND news.n > ?2 AND news.n <= ?3 AND news.kind = 'accepted'",
                       "iii", device->n, after, last) &&
         altm_sql_run (sql, error,
                       "UPDATE devices SET (held, high_seq) = (SELECT COUNT (*), IFNULL (MAX (seq), 0) FROM notes WHERE device = ?1)"
                       " WHERE n = ?1",
                       "i", device->n);
}

static gboolean
note_told (AltmHqStore *store, const AltmHqDevice *device, gint64 after, gint64 last, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);

  return altm_sql_begin (sql, error) && altm_sql_end (sql, note_accepted (sql, device, after, last, error), error);
}

/**
 * altm_hq_notes_news:
 * @after: (nullable): the cursor of the last answer
 *
 * What it tells to be `accepted` is noted for the device by then.
 *
 * Returns: (transfer full): {"cursor", "items"}; for a revoked device only `wipe` is left.
 *   %NULL with an %ALTM_STORE_ERROR
 */
json_t *
altm_hq_notes_news (AltmHqStore *store, const AltmHqDevice *device, const char *after, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  gint64 first = read_cursor (store, after), last = first;
  g_autoptr(json_t) items = json_array ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT n, body, kind = 'accepted' FROM news WHERE device = ?1 AND n > ?2 AND (NOT ?3 OR kind = 'wipe')"
                    " ORDER BY n LIMIT ?4",
                    "iiii", device->n, first, (gint64) device->is_revoked, (gint64) NEWS_AT_ONCE);
  g_autofree char *cursor = NULL;
  gboolean has_accepted = FALSE;

  while (altm_sql_step (sql, rows, &problem))
    {
      const char *body = altm_rows_text (rows, 1);

      last = sqlite3_column_int64 (rows, 0);
      has_accepted = has_accepted || sqlite3_column_int (rows, 2);
      json_array_append_new (items, altm_json_parse (body, strlen (body), NULL));
    }
  cursor = g_strdup_printf ("%s:%" G_GINT64_FORMAT, altm_hq_store_get_epoch (store), last);
  if (problem == NULL && (!has_accepted || note_told (store, device, first, last, &problem)))
    return json_pack ("{s:s, s:O}", "cursor", cursor, "items", items);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
