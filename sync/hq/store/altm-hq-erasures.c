/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-erasures.h"

#include <string.h>

#include "altm-hq-derive.h"
#include "altm-hq-erased-list.h"
#include "altm-hq-log.h"

/* As the trigger of the journal has it: what an erasure leaves of the line ?1. */
#define LEFT_OF_PRIVATE                                                                                                \
  "SELECT CAST (json_remove (CAST (?1 AS TEXT), fullkey) AS BLOB) FROM json_each (CAST (?1 AS TEXT)) WHERE key = 'private'"
#define LEFT_OF_RECORD                                                                                                 \
  "SELECT CAST (json_set (json_group_object (key, value), '$.deleted', json ('true')) AS BLOB)"                        \
  " FROM json_each (CAST (?1 AS TEXT)) WHERE key IN ('seq', 'id', 'rev', 'type', 'at', 'shift')"

/* A line that could not be read has no id of its own in quarantine, and may still be of a record: the one that it names as its
 * own, or, where it is no JSON, any whose id is in it. SQLite would read text to its first NUL alone. */
#define MAY_BE_OF(bytes, id)                                                                                           \
  "CASE WHEN instr (" bytes ", X'00') = 0 AND json_valid (CAST (" bytes " AS TEXT))"                                   \
  " THEN json_extract (CAST (" bytes " AS TEXT), '$.id') IS " id                                                       \
  " ELSE instr (" bytes ", CAST (" id " AS BLOB)) > 0 END"
#define OF_QUARANTINE "(id = ?1 OR (id IS NULL AND " MAY_BE_OF ("bytes", "?1") "))"

/* Who reads meanwhile is waited for no longer than a tablet may wait. */
#define FOLD_TRIES 20
#define FOLD_WAIT (G_USEC_PER_SEC / 100)

G_DEFINE_QUARK (altm-hq-erasures-error-quark, altm_hq_erasures_error)

static gboolean
fail (GError **error, AltmHqErasuresError code, const char *why)
{
  g_set_error_literal (error, ALTM_HQ_ERASURES_ERROR, code, why);
  return FALSE;
}

/**
 * altm_hq_erasures_check:
 * @id: a record
 *
 * Returns: %TRUE where it can be erased, or %FALSE with %ALTM_HQ_ERASURES_ERROR_UNKNOWN, _SCOPE or _KIND, or an
 *   %ALTM_STORE_ERROR
 */
gboolean
altm_hq_erasures_check (AltmSql *sql, const char *id, const char *scope, GError **error)
{
  g_autofree char *type = altm_sql_get_text (sql, "SELECT type FROM journal JOIN records ON line = n WHERE id = ?", "s", id);

  if (g_strcmp0 (scope, ALTM_HQ_SCOPE_PRIVATE) != 0 && g_strcmp0 (scope, ALTM_HQ_SCOPE_RECORD) != 0)
    return fail (error, ALTM_HQ_ERASURES_ERROR_SCOPE, "what is erased is `private` or `record`; nothing was changed");
  if (g_strcmp0 (type, "shift") == 0 || g_strcmp0 (type, "flow") == 0)
    return fail (error, ALTM_HQ_ERASURES_ERROR_KIND, "a shift or a count of clients is about nobody; nothing was changed");
  if (type != NULL || altm_sql_get_integer (sql, 0, "SELECT 1 FROM quarantine WHERE " OF_QUARANTINE " LIMIT 1", "s", id))
    return altm_sql_check (sql, error);
  return altm_sql_check (sql, error) && fail (error, ALTM_HQ_ERASURES_ERROR_UNKNOWN, "HQ has no such record; nothing was changed");
}

/**
 * altm_hq_erasures_begin:
 * @ids: (element-type utf8): records
 *
 * Begins a transaction for altm_hq_erasures_erase(), once the ids are in the list beside the store. So a crash in between
 * loses nothing: the store takes up at its next opening what the list has and it has not. The other way round, a
 * backup could bring back what was said to be erased.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_erasures_begin (AltmHqStore *store, GPtrArray *ids, const AltmHqErasure *erasure, GError **error)
{
  return altm_hq_erased_list_add (altm_hq_store_get_directory (store), ids, erasure, error) &&
         altm_sql_begin (altm_hq_store_get_sql (store), error);
}

/**
 * altm_hq_erasures_end:
 * @is_good: whether all went well; else it is undone, and @error is the caller's
 *
 * Ends the transaction, and empties the write-ahead log, which would still have what is gone; where somebody reads meanwhile
 * the next erasure or the daily purge does.
 *
 * Returns: %TRUE only where it is on the disk
 */
gboolean
altm_hq_erasures_end (AltmHqStore *store, gboolean is_good, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);

  if (!altm_sql_end (sql, is_good, error))
    return FALSE;
  for (int i = 0; i < FOLD_TRIES && !altm_sql_fold_log (sql, FALSE, NULL); i++)
    g_usleep (FOLD_WAIT);
  altm_sql_check (sql, NULL);
  return TRUE;
}

static gboolean
find_left (AltmSql *sql, gboolean is_whole, GBytes *bytes, GBytes **left, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = is_whole ? altm_sql_query (sql, &problem, LEFT_OF_RECORD, "b", bytes)
                                      : altm_sql_query (sql, &problem, LEFT_OF_PRIVATE, "b", bytes);

  *left = NULL;
  if (problem == NULL && altm_sql_step (sql, rows, &problem))
    *left = altm_rows_bytes (rows, 0);
  return altm_sql_pass (&problem, error);
}

/* What is no JSON is not looked into: nothing is left of it. */
static gboolean
find_left_of_any (AltmSql *sql, gboolean is_whole, GBytes *bytes, GBytes **left, GError **error)
{
  if (altm_sql_get_integer (sql, 0, "SELECT json_valid (CAST (?1 AS TEXT))", "b", bytes))
    return find_left (sql, is_whole, bytes, left, error);
  *left = g_bytes_new (NULL, 0);
  return TRUE;
}

/**
 * altm_hq_erasures_leave:
 * @id: (nullable): of the line; %NULL where that could not be read
 * @bytes: the line as it came
 * @left: (out) (transfer full): what may be kept of it; %NULL where all may
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_erasures_leave (AltmSql *sql, const char *id, const char *bytes, gsize length, GBytes **left, GError **error)
{
  g_autoptr(GBytes) line = g_bytes_new_static (bytes, length);
  g_autofree char *scope =
    id != NULL ? altm_sql_get_text (sql, "SELECT MAX (scope) FROM erasures WHERE id = ?", "s", id)
               : altm_sql_get_text (sql, "SELECT MAX (scope) FROM erasures WHERE " MAY_BE_OF ("?1", "id"), "b", line);

  *left = NULL;
  if (scope == NULL)
    return TRUE;
  return find_left_of_any (sql, strcmp (scope, ALTM_HQ_SCOPE_RECORD) == 0, line, left, error);
}

static gboolean
replace_line (AltmSql *sql, gint64 n, GBytes *left, GError **error)
{
  guint8 sha256[crypto_hash_sha256_BYTES];

  altm_hq_hash (g_bytes_get_data (left, NULL), g_bytes_get_size (left), sha256);
  return altm_sql_run (sql, error, "UPDATE journal SET bytes = ?, left_sha256 = ? WHERE n = ?", "bhi", left, sha256, n);
}

static gboolean
replace_refused (AltmSql *sql, gint64 n, GBytes *left, GError **error)
{
  return altm_sql_run (sql, error, "UPDATE quarantine SET bytes = ? WHERE n = ?", "bi", left, n);
}

/* The rows are read first: what a query goes over is not changed under it. */
static gboolean
replace_rows (AltmSql *sql, AltmRows *rows, gboolean is_whole,
              gboolean (*replace) (AltmSql *sql, gint64 n, GBytes *left, GError **error), GError **error)
{
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(GError) problem = NULL;

  while (altm_sql_step (sql, rows, &problem))
    {
      gint64 n = sqlite3_column_int64 (rows, 0);

      g_array_append_val (numbers, n);
      g_ptr_array_add (all, altm_rows_bytes (rows, 1));
    }
  altm_rows_end (rows);
  for (guint i = 0; problem == NULL && i < all->len; i++)
    {
      g_autoptr(GBytes) left = NULL;

      if (find_left_of_any (sql, is_whole, all->pdata[i], &left, &problem) && left != NULL)
        replace (sql, g_array_index (numbers, gint64, i), left, &problem);
    }
  return altm_sql_pass (&problem, error);
}

static gboolean
replace_all (AltmSql *sql, const char *id, gboolean is_whole, GError **error)
{
  g_autoptr(GError) problem = NULL;
  AltmRows *lines = altm_sql_query (sql, &problem, "SELECT n, bytes FROM journal WHERE id = ?", "s", id);
  AltmRows *refused = altm_sql_query (sql, &problem, "SELECT n, bytes FROM quarantine WHERE " OF_QUARANTINE, "s", id);

  if (problem == NULL && replace_rows (sql, lines, is_whole, replace_line, &problem))
    replace_rows (sql, refused, is_whole, replace_refused, &problem);
  return altm_sql_pass (&problem, error);
}

static gboolean
forget_sealed (AltmSql *sql, const char *id, GError **error)
{
  return altm_sql_run (sql, error, "DELETE FROM sealed WHERE line IN (SELECT n FROM journal WHERE id = ?)", "s", id);
}

static gboolean
note_erasure (AltmSql *sql, const char *id, const AltmHqErasure *erasure, GError **error)
{
  return altm_sql_run (sql, error, "INSERT OR IGNORE INTO erasures (id, scope, at, who, why) VALUES (?, ?, ?, ?, ?)", "ssiss",
                       id, erasure->scope, erasure->at, erasure->who, erasure->why);
}

/* What is counted stays as it is. */
static gboolean
erase_private (AltmHqStore *store, AltmRollups *rollups, const char *id, const AltmHqErasure *erasure, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);

  return note_erasure (sql, id, erasure, error) && replace_all (sql, id, FALSE, error) && forget_sealed (sql, id, error) &&
         altm_sql_run (sql, error, "UPDATE records SET has_private = 0 WHERE line IN (SELECT n FROM journal WHERE id = ?)", "s", id);
}

/* Counted no more while its line still says what was counted; nobody has to look any more at what was refused of it. */
static gboolean
erase_whole (AltmHqStore *store, AltmRollups *rollups, const char *id, const AltmHqErasure *erasure, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);

  return altm_hq_derive_forget (rollups, sql, id, error) && note_erasure (sql, id, erasure, error) &&
         replace_all (sql, id, TRUE, error) && forget_sealed (sql, id, error) &&
         altm_sql_run (sql, error,
                       "UPDATE quarantine SET settled = 'refused', settled_at = ?2, settled_by = ?3"
                       " WHERE settled IS NULL AND " OF_QUARANTINE,
                       "sis", id, erasure->at, erasure->who) &&
         (!altm_sql_get_integer (sql, 0, "SELECT 1 FROM journal WHERE id = ?", "s", id) ||
          altm_hq_derive_record (store, rollups, id, error));
}

/**
 * altm_hq_erasures_erase:
 *
 * Erases of each record what @erasure says, all revisions and those in quarantine too, in a transaction that
 * altm_hq_erasures_begin() began. The keys of the lines, their hashes and notes stay, so that the same lines are
 * `duplicate` when they come again; others of the record are erased on their arrival, altm_hq_erasures_leave().
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR: the transaction then has to be undone
 */
gboolean
altm_hq_erasures_erase (AltmHqStore *store, GPtrArray *ids, const AltmHqErasure *erasure, GError **error)
{
  g_autoptr(AltmRollups) rollups = altm_rollups_new (store, error);
  gboolean is_whole = strcmp (erasure->scope, ALTM_HQ_SCOPE_RECORD) == 0;

  if (rollups == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!(is_whole ? erase_whole : erase_private) (store, rollups, ids->pdata[i], erasure, error))
      return FALSE;
  return altm_rollups_write (rollups, error);
}

/**
 * altm_hq_erasures_carry:
 * @from: the store whose place another takes; what can't be read of it is left out
 * @to: the one that takes its place
 *
 * Erases in @to what was erased in @from.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR of @to
 */
gboolean
altm_hq_erasures_carry (AltmSql *from, AltmHqStore *to, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (to);
  g_autoptr(GError) unread = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (from, &unread, "SELECT id, scope, at, who, why FROM erasures", "");
  gboolean is_done = altm_sql_begin (sql, error);

  while (is_done && unread == NULL && altm_sql_step (from, rows, &unread))
    {
      const AltmHqErasure erasure = { altm_rows_text (rows, 1), sqlite3_column_int64 (rows, 2), altm_rows_text (rows, 3),
                                      altm_rows_text (rows, 4) };
      g_autoptr(GPtrArray) ids = g_ptr_array_new ();

      g_ptr_array_add (ids, (gpointer) altm_rows_text (rows, 0));
      is_done = altm_hq_erasures_erase (to, ids, &erasure, error);
    }
  return altm_hq_erasures_end (to, is_done, error);
}

static gboolean
replay_scope (AltmHqStore *store, GPtrArray *ids, const char *scope, gint64 now, GError **error)
{
  const AltmHqErasure erasure = { scope, now, ALTM_HQ_ITSELF, NULL };

  return ids->len == 0 || altm_hq_erasures_erase (store, ids, &erasure, error);
}

static gboolean
log_replay (AltmSql *sql, guint n, gint64 now, GError **error)
{
  g_autofree char *how_many = g_strdup_printf ("%u", n);
  const AltmHqEntry entry = { now, ALTM_HQ_ITSELF, "erased-again", NULL, how_many, NULL };

  return altm_hq_log_add (sql, &entry, error);
}

static gboolean
replay_missing (AltmHqStore *store, GPtrArray *sealed, GPtrArray *whole, gint64 now, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);

  return altm_sql_begin (sql, error) &&
         altm_hq_erasures_end (store,
                               replay_scope (store, sealed, ALTM_HQ_SCOPE_PRIVATE, now, error) &&
                                 replay_scope (store, whole, ALTM_HQ_SCOPE_RECORD, now, error) &&
                                 log_replay (sql, sealed->len + whole->len, now, error),
                               error);
}

/**
 * altm_hq_erasures_replay:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Erases what the list beside the store says was erased and the store does not know of, notes in the access log how many
 * erasures these were, and puts into the list what the store knows alone.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR or a %G_FILE_ERROR
 */
gboolean
altm_hq_erasures_replay (AltmHqStore *store, gint64 now, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  const char *directory = altm_hq_store_get_directory (store);
  g_autoptr(GPtrArray) sealed = altm_hq_erased_list_find_missing (directory, sql, ALTM_HQ_SCOPE_PRIVATE, error);
  g_autoptr(GPtrArray) whole =
    sealed != NULL ? altm_hq_erased_list_find_missing (directory, sql, ALTM_HQ_SCOPE_RECORD, error) : NULL;

  return whole != NULL && (sealed->len + whole->len == 0 || replay_missing (store, sealed, whole, now, error)) &&
         altm_hq_erased_list_complete (directory, sql, error);
}
