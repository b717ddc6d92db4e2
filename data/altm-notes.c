/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-notes.h"

#include <sodium.h>

#include "altm-store-private.h"

/**
 * altm_notes_digest:
 * @from: first seq
 * @to: last seq
 * @of: which lines count as noted
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_notes_digest (AltmStore *store, gint64 from, gint64 to, AltmDigestOf of, AltmDigest *digest, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT seq, sha256, NULL FROM notes WHERE seq BETWEEN ?1 AND ?2 AND NOT is_lost"
                    " UNION ALL SELECT seq, NULL, bytes FROM lines"
                    "  WHERE (state = 0 AND ?3 >= 1 OR state = 2 AND ?3 >= 2) AND seq BETWEEN ?1 AND ?2"
                    "  AND seq NOT IN (SELECT seq FROM notes)"
                    " ORDER BY 1",
                    "iii", from, to, (gint64) of);
  crypto_hash_sha256_state state;
  guint8 sha256[crypto_hash_sha256_BYTES];

  digest->count = 0;
  crypto_hash_sha256_init (&state);
  while (altm_sql_step (sql, rows, &problem))
    {
      const guint8 *noted = sqlite3_column_blob (rows, 1);

      if (noted == NULL)
        crypto_hash_sha256 (sha256, sqlite3_column_blob (rows, 2), (guint64) sqlite3_column_bytes (rows, 2));
      crypto_hash_sha256_update (&state, noted != NULL ? noted : sha256, sizeof sha256);
      digest->count++;
    }
  crypto_hash_sha256_final (&state, sha256);
  sodium_bin2hex (digest->sha256, sizeof digest->sha256, sha256, sizeof sha256);
  digest->high_seq = altm_sql_get_integer (sql, 0, "SELECT MAX (seq) FROM notes WHERE NOT is_lost", "");
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_notes_last_seq:
 *
 * Returns: the highest seq given out so far, 0 for none
 */
gint64
altm_notes_last_seq (AltmStore *store)
{
  return altm_sql_get_integer (altm_store_get_sql (store), 0,
                               "SELECT MAX (IFNULL ((SELECT MAX (seq) FROM lines), 0),"
                               "            IFNULL ((SELECT MAX (seq) FROM notes), 0),"
                               "            IFNULL ((SELECT CAST (value AS INTEGER) FROM settings"
                               "                     WHERE name = 'last_seq'), 0))",
                               "");
}

/**
 * altm_notes_count:
 *
 * Returns: how many lines HQ holds of this device, by what it said so far
 */
gint64
altm_notes_count (AltmStore *store)
{
  return altm_sql_get_integer (altm_store_get_sql (store), 0,
                               "SELECT COUNT (*) FROM notes WHERE NOT is_lost", "");
}

/**
 * altm_notes_count_lost:
 *
 * Returns: how many records HQ lost that had left this tablet too
 */
gint64
altm_notes_count_lost (AltmStore *store)
{
  return altm_sql_get_integer (altm_store_get_sql (store), 0, "SELECT COUNT (*) FROM notes WHERE is_lost", "");
}

/**
 * altm_notes_list:
 * @seqs: (element-type gint64): gets the seqs noted from @from to @to
 */
void
altm_notes_list (AltmStore *store, gint64 from, gint64 to, GArray *seqs)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, NULL, "SELECT seq FROM notes WHERE seq BETWEEN ? AND ? AND NOT is_lost", "ii", from, to);

  while (altm_sql_step (sql, rows, NULL))
    {
      gint64 seq = sqlite3_column_int64 (rows, 0);

      g_array_append_val (seqs, seq);
    }
}

/* What HQ lacks is queued again with its bytes; where they are gone the note says that it is lost. */
static gboolean
queue_again (AltmStore *store, gint64 seq, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);

  if (!altm_sql_get_integer (sql, 0, "SELECT 1 FROM lines WHERE seq = ?", "i", seq))
    return altm_sql_run (sql, error, "UPDATE notes SET is_lost = 1 WHERE seq = ?", "i", seq);
  return altm_sql_run (sql, error, "UPDATE lines SET state = 0, settled_at = NULL WHERE seq = ?", "i", seq) &&
         altm_sql_run (sql, error, "DELETE FROM notes WHERE seq = ?", "i", seq);
}

/* Under another epoch HQ may judge otherwise what it refused; and where it lost lines, it lost what it
 * had set aside too. */
static gboolean
offer_quarantined (AltmStore *store, GError **error)
{
  return altm_sql_run (altm_store_get_sql (store), error,
                       "UPDATE lines SET state = 0, settled_at = NULL, reason = NULL, detail = NULL"
                       " WHERE state = 2",
                       "");
}

/**
 * altm_notes_offer_again:
 * @reason: what a tablet that sets a line aside by itself gives as its reason
 * @since: microseconds since 1970-01-01 UTC
 * @now: the same
 *
 * Queues what is in quarantine again, with its bytes, but for what HQ refused from @since to @now.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_notes_offer_again (AltmStore *store, const char *reason, gint64 since, gint64 now, GError **error)
{
  return altm_sql_run (altm_store_get_sql (store), error,
                       "UPDATE lines SET state = 0, settled_at = NULL, reason = NULL, detail = NULL"
                       " WHERE state = 2 AND (reason = ?1 OR settled_at NOT BETWEEN ?2 AND ?3)",
                       "sii", reason, since, now);
}

/**
 * altm_notes_adopt:
 * @epoch: HQ's epoch, after a comparison under it
 * @lacking: (element-type gint64): the seqs that are noted here and that HQ lacks
 *
 * Ends a comparison: queues again what HQ lacks and adopts the epoch, in one transaction; and with it what
 * is in quarantine, under a new epoch, where HQ may judge otherwise, or where HQ lacks something: then it
 * lost what it had set aside too.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_notes_adopt (AltmStore *store, const char *epoch, GArray *lacking, GError **error)
{
  g_autofree char *known = NULL;
  gboolean is_good = TRUE;

  if (!altm_store_begin (store, error))
    return FALSE;
  known = altm_store_get_setting (store, "epoch");
  for (guint i = 0; is_good && i < lacking->len; i++)
    is_good = queue_again (store, g_array_index (lacking, gint64, i), error);
  if (g_strcmp0 (known, epoch) != 0 || lacking->len > 0)
    is_good = is_good && offer_quarantined (store, error);
  is_good = is_good && altm_store_set_setting (store, "epoch", epoch, error);
  return altm_store_end (store, is_good, error);
}

/**
 * altm_notes_restart:
 * @settings: (array length=n_settings): who the tablet is from now on, and at which HQ
 *
 * Begins anew as another device of HQ's, after an enrolment or a fork: seq goes on, the notes
 * start empty, and every line still on the tablet is queued again with its bytes, all in one
 * transaction with @settings, so that no token is ever sent to another HQ than its own.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_notes_restart (AltmStore *store, const AltmSetting *settings, gsize n_settings, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autofree char *last = NULL;
  gboolean is_good;

  if (!altm_store_begin (store, error))
    return FALSE;
  last = g_strdup_printf ("%" G_GINT64_FORMAT, altm_notes_last_seq (store));
  is_good = altm_store_set_setting (store, "last_seq", last, error) &&
            altm_store_set_setting (store, "news", NULL, error) &&
            altm_sql_run (sql, error, "DELETE FROM notes", "") &&
            altm_sql_run (sql, error,
                          "UPDATE lines SET state = 0, settled_at = NULL, reason = NULL, detail = NULL", "");
  for (gsize i = 0; is_good && i < n_settings; i++)
    is_good = altm_store_set_setting (store, settings[i].name, settings[i].value, error);
  return altm_store_end (store, is_good, error);
}
