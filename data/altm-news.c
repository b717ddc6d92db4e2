/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-news.h"

#include <sodium.h>
#include <string.h>

#include "altm-lock.h"
#include "altm-store-private.h"
#include "altm-wipe.h"

/* HQ took after all what it had refused: the line is acknowledged, with its note. */
static gboolean
take_accepted (AltmStore *store, json_t *item, gint64 now, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  const char *id = altm_json_get_string (item, "record");
  gint64 rev = altm_json_get_integer (item, "rev", 0);
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, error, "SELECT seq, bytes FROM lines WHERE id = ? AND rev = ? AND state = 2", "si", id, rev);
  guint8 sha256[crypto_hash_sha256_BYTES];
  gint64 seq;

  if (rows == NULL)
    return FALSE;
  if (!altm_sql_step (sql, rows, NULL))
    return TRUE;
  seq = sqlite3_column_int64 (rows, 0);
  crypto_hash_sha256 (sha256, sqlite3_column_blob (rows, 1), (guint64) sqlite3_column_bytes (rows, 1));
  return altm_sql_run (sql, error,
                       "UPDATE lines SET state = 1, settled_at = ?, reason = NULL, detail = NULL WHERE seq = ?", "ii",
                       now, seq) &&
         altm_sql_run (sql, error, "INSERT OR REPLACE INTO notes (seq, id, rev, sha256) VALUES (?, ?, ?, ?)", "isih",
                       seq, id, rev, sha256);
}

/* HQ asks for a correction of what it holds, or decided so of two versions; what was corrected or withdrawn since is another
 * line. Of what it refused the tablet tells already. */
static gboolean
take_correction (AltmStore *store, json_t *item, gint64 now, GError **error)
{
  return altm_sql_run (altm_store_get_sql (store), error,
                       "UPDATE lines SET reason = CASE state WHEN 1 THEN ?2 ELSE 'asked' END"
                       " WHERE id = ?1 AND is_latest AND (state = 1 OR (state = 2 AND reason = 'conflict'))",
                       "ss", altm_json_get_string (item, "record"), altm_json_get_string (item, "reason"));
}

/* What is done with news beside keeping them. */
static const struct
{
  const char *kind;
  gboolean (*take) (AltmStore *store, json_t *item, gint64 now, GError **error);
} takers[] = { { "accepted", take_accepted }, { "correction", take_correction } };

static gboolean
take_item (AltmStore *store, json_t *item, gint64 now, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  const char *id = altm_json_get_string (item, "id");
  const char *kind = altm_json_get_string (item, "kind");
  g_autofree char *body = altm_json_write (item);

  if (id == NULL || kind == NULL)
    return TRUE;
  if (!altm_sql_run (sql, error, "INSERT OR IGNORE INTO news VALUES (?, ?, ?, ?)", "ssis", id, kind, now, body))
    return FALSE;
  if (sqlite3_changes (altm_sql_get_handle (sql)) == 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (takers); i++)
    if (strcmp (takers[i].kind, kind) == 0)
      return takers[i].take (store, item, now, error);
  return TRUE;
}

static gboolean
wipe (AltmStore *store, gint64 now, GError **error)
{
  return altm_wipe_keys (store, now, error);
}

static gboolean
reset_pin (AltmStore *store, gint64 now, GError **error)
{
  return altm_lock_destroy (store, ALTM_LOCK_REASON_RESET, error);
}

static gboolean
is_known (AltmStore *store, const char *id)
{
  return altm_sql_get_integer (altm_store_get_sql (store), 0, "SELECT 1 FROM news WHERE id = ?", "s", id) != 0;
}

/* What HQ orders is done before its news is kept: after a crash it comes again, and is done again. */
static gboolean
obey (AltmStore *store, json_t *item, gint64 now, GError **error)
{
  static const struct
  {
    const char *kind;
    gboolean (*obey) (AltmStore *store, gint64 now, GError **error);
  } orders[] = { { "wipe", wipe }, { "pin-reset", reset_pin } };
  const char *kind = altm_json_get_string (item, "kind");
  const char *id = altm_json_get_string (item, "id");

  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    if (id != NULL && g_strcmp0 (kind, orders[i].kind) == 0 && !is_known (store, id))
      return orders[i].obey (store, now, error);
  return TRUE;
}

/**
 * altm_news_take:
 * @items: an array of HQ's news; one that is known by its id is left out
 * @cursor: what to ask from the next time
 * @now: microseconds since 1970-01-01 UTC
 *
 * Does what `wipe` and `pin-reset` order; then keeps HQ's news, does what `accepted` and `correction` say, and moves
 * the cursor on, in one transaction.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR; the same news come again then
 */
gboolean
altm_news_take (AltmStore *store, json_t *items, const char *cursor, gint64 now, GError **error)
{
  gboolean is_good = TRUE;
  gsize i;
  json_t *item;

  json_array_foreach (items, i, item)
    is_good = is_good && obey (store, item, now, error);
  if (!is_good || !altm_store_begin (store, error))
    return FALSE;
  json_array_foreach (items, i, item)
    is_good = is_good && take_item (store, item, now, error);
  is_good = is_good && altm_store_set_setting (store, "news", cursor, error);
  return altm_store_end (store, is_good, error);
}
