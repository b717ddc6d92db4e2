/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-outbox.h"

#include <sodium.h>
#include <string.h>

#include "altm-copies-private.h"
#include "altm-outbox-private.h"
#include "altm-seal.h"
#include "altm-store-private.h"
#include "altm-time.h"
#include "altm-uuid.h"

/**
 * altm_queued_line_free:
 * @self: (nullable): freed
 */
void
altm_queued_line_free (AltmQueuedLine *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static gboolean
refuse (GError **error, AltmRecordError code, const char *why)
{
  g_set_error_literal (error, ALTM_RECORD_ERROR, code, why);
  return FALSE;
}

/* A record's revision, the latest for @rev 0; @before stays empty where there is none. */
static gboolean
load_revision (AltmStore *store, const char *id, gint64 rev, AltmLine *before, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, error, "SELECT bytes FROM lines WHERE id = ?1 AND (?2 = 0 OR rev = ?2) ORDER BY rev DESC LIMIT 1",
                    "si", id, rev);
  g_autoptr(GError) problem = NULL;

  if (rows == NULL)
    return FALSE;
  if (altm_sql_step (sql, rows, &problem))
    return altm_line_read (before, sqlite3_column_blob (rows, 0),
                           (gsize) sqlite3_column_bytes (rows, 0), error);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* The very same revision again: its form was saved, and nobody lived to say so. */
static gboolean
is_saved_already (AltmStore *store, const AltmEntry *entry, GError **error)
{
  g_auto(AltmLine) saved = { NULL };

  return entry->id != NULL && entry->rev > 0 && load_revision (store, entry->id, entry->rev, &saved, error) &&
         saved.root != NULL && entry->is_deleted == saved.is_deleted && strcmp (entry->type, saved.type) == 0 &&
         (entry->is_deleted || json_equal (entry->data, saved.data));
}

static gboolean
choose_revision (const AltmEntry *entry, const AltmLine *before, AltmLine *line, GError **error)
{
  line->rev = entry->rev > 0 ? entry->rev : before->rev + 1;
  if (before->root != NULL && strcmp (before->type, entry->type) != 0)
    return refuse (error, ALTM_RECORD_ERROR_INCONSISTENT, "type: the record is of another type");
  if (before->root != NULL && line->rev <= before->rev)
    return refuse (error, ALTM_RECORD_ERROR_INCONSISTENT, "rev: the record has this revision already");
  if (before->root == NULL && entry->is_deleted && entry->rev < 2)
    return refuse (error, ALTM_RECORD_ERROR_INCONSISTENT, "id: there is no such record to withdraw");
  return TRUE;
}

/* An agreement that is taken back takes with it what was sealed under it. */
static gboolean
is_consent_withdrawn (const AltmRecordType *type, const AltmLine *line, AltmLists *lists)
{
  g_autoptr(GError) problem = NULL;

  return line->rev > 1 && line->data != NULL && type->check != NULL && !type->check (line->data, TRUE, lists, &problem) &&
         g_error_matches (problem, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_NO_CONSENT);
}

/* A seal of an earlier revision stays with HQ: what is absent is unchanged. */
static gboolean
seal_private (AltmStore *store, const AltmRecordType *type, const AltmEntry *entry, AltmLine *line,
              char **sealed, GError **error)
{
  g_autofree char *key = NULL;

  line->has_private = entry->private != NULL || is_consent_withdrawn (type, line, altm_store_get_lists (store));
  if (entry->private == NULL)
    return TRUE;
  if (json_is_null (entry->private))
    return TRUE;
  if (!altm_record_check_private (type, entry->private, error))
    return FALSE;
  if (json_object_size (entry->private) == 0)
    {
      line->has_private = FALSE;
      return TRUE;
    }
  key = altm_store_get_setting (store, "seal_key");
  if (key == NULL)
    return refuse (error, ALTM_RECORD_ERROR_INCONSISTENT,
                   "private: this tablet is not enrolled, so nothing can be sealed for HQ");
  *sealed = altm_seal (key, line->id, line->rev, entry->private, error);
  line->private_text = *sealed;
  return *sealed != NULL;
}

/* @private: what the line holds sealed, in clear. */
static gboolean
insert_line (AltmStore *store, const AltmLine *line, const char *text, json_t *private, gint64 now, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr(GBytes) copy = altm_copies_make (store, line->id, line->rev, private);
  guint8 sha256[crypto_hash_sha256_BYTES];

  crypto_hash_sha256 (sha256, (const guint8 *) text, strlen (text));
  if (line->rev > 1 &&
      !altm_sql_run (sql, error, "UPDATE lines SET is_latest = 0 WHERE id = ? AND is_latest", "s", line->id))
    return FALSE;
  if (line->rev > 1 && (line->has_private || line->is_deleted) && !altm_copies_forget (store, line->id, error))
    return FALSE;
  return altm_sql_run (sql, error,
                       "INSERT INTO lines (seq, id, rev, type, time, is_deleted, is_latest, state,"
                       "                   queued_at, bytes, sha256, copy)"
                       " VALUES (?, ?, ?, ?, ?, ?, 1, 0, ?, ?, ?, ?)",
                       "isisiiibhb", line->seq, line->id, line->rev, line->type, line->time,
                       (gint64) line->is_deleted, now, bytes, sha256, copy);
}

static char *
format_local (gint64 now)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();

  return altm_time_format (now, zone);
}

static gboolean
add_entry (AltmStore *store, const AltmEntry *entry, gint64 now, char **id, GError **error)
{
  const AltmRecordType *type = altm_record_type_find (entry->type);
  AltmLists *lists = altm_store_get_lists (store);
  g_auto(AltmLine) before = { NULL };
  g_auto(AltmLine) written = { NULL };
  AltmLine line = { NULL };
  g_autoptr(GError) problem = NULL;
  g_autofree char *at = NULL, *sealed = NULL, *text = NULL;

  if (type == NULL)
    return refuse (error, ALTM_RECORD_ERROR_UNKNOWN_TYPE, "type: not known");
  if (entry->id != NULL && !altm_uuid_is_v7 (entry->id))
    return refuse (error, ALTM_RECORD_ERROR_OUT_OF_RANGE, "id: not a UUIDv7 in lower-case text");
  if (entry->id != NULL && !load_revision (store, entry->id, 0, &before, error))
    return FALSE;

  if (is_saved_already (store, entry, &problem))
    {
      *id = g_strdup (entry->id);
      return TRUE;
    }
  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  *id = entry->id != NULL ? g_strdup (entry->id) : altm_uuid_new_v7 (now);
  at = entry->at != NULL ? g_strdup (entry->at) : before.at != NULL ? g_strdup (before.at) : format_local (now);
  line.id = *id;
  line.type = type->name;
  line.at = at;
  line.by = entry->by != NULL ? entry->by : before.by;
  line.shift = entry->shift != NULL ? entry->shift : before.shift;
  line.place = entry->place != NULL ? entry->place : before.place;
  line.lists = altm_lists_get_version (lists);
  line.is_deleted = entry->is_deleted;
  line.data = entry->is_deleted ? NULL : entry->data;
  if (!altm_time_parse (at, &line.time))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, "at: not an instant of RFC 3339");
  if (!line.is_deleted && line.data == NULL)
    return refuse (error, ALTM_RECORD_ERROR_MISSING_FIELD, "data: missing");
  if (!choose_revision (entry, &before, &line, error) ||
      (line.data != NULL && !altm_record_check_known (type, line.data, error)) ||
      !seal_private (store, type, entry, &line, &sealed, error) ||
      !altm_line_check (&line, lists, error))
    return FALSE;

  line.seq = altm_store_next_seq (store);
  text = altm_line_write (&line);
  if (strlen (text) > ALTM_LINE_BYTES)
    return refuse (error, ALTM_RECORD_ERROR_TOO_LONG, "the record is longer than HQ takes");
  /* Read back as HQ will read it: what it would refuse is refused here, before it is queued. */
  if (!altm_line_read (&written, text, strlen (text), error))
    return FALSE;
  return insert_line (store, &line, text, entry->private, now, error);
}

/* As altm_outbox_add(), within a transaction of the caller's. */
gboolean
altm_outbox_add_within (AltmStore *store, const AltmEntry *entries, gsize n_entries, gint64 now,
                        char ***ids, GError **error)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (gsize i = 0; i < n_entries; i++)
    {
      g_autofree char *id = NULL;

      if (!add_entry (store, &entries[i], now, &id, error))
        return FALSE;
      g_strv_builder_add (builder, id);
    }
  if (ids != NULL)
    *ids = g_strv_builder_end (builder);
  return TRUE;
}

/**
 * altm_outbox_add:
 * @entries: (array length=n_entries): what was recorded at once, a contact and its referral say
 * @now: microseconds since 1970-01-01 UTC
 * @ids: (out) (optional) (transfer full): the records' ids, in the order of @entries
 *
 * Checks, seals, serialises and queues records, all or none of them, in one transaction. When it
 * returns %TRUE they are on the disk. A revision that is there already with the same data, under the
 * id and rev that the entry names, is not made again: whoever chooses a record's id before it is
 * saved can save it once more where nobody knows whether it was.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_RECORD_ERROR (the message names the field),
 *   %ALTM_SEAL_ERROR_KEY or an %ALTM_STORE_ERROR; nothing was saved then
 */
gboolean
altm_outbox_add (AltmStore *store, const AltmEntry *entries, gsize n_entries, gint64 now,
                 char ***ids, GError **error)
{
  g_auto(GStrv) made = NULL;

  if (!altm_store_begin (store, error) ||
      !altm_store_end (store, altm_outbox_add_within (store, entries, n_entries, now, &made, error), error))
    return FALSE;
  if (ids != NULL)
    *ids = g_steal_pointer (&made);
  return TRUE;
}

/* @column: of the bytes; that of their SHA-256 follows it. */
static gboolean
is_frozen (AltmRows *row, int column)
{
  return altm_line_is_frozen (sqlite3_column_blob (row, column), (gsize) sqlite3_column_bytes (row, column),
                              sqlite3_column_blob (row, column + 1), (gsize) sqlite3_column_bytes (row, column + 1));
}

/**
 * altm_outbox_take:
 * @most_lines: at most so many
 * @most_bytes: whose bytes, newlines included, come to at most this, but one line at least
 *
 * A line whose bytes are not those that were frozen is left out: it waits for the store to be
 * opened again, which finds it damaged.
 *
 * Returns: (transfer full) (element-type AltmQueuedLine): the first queued lines in the order of
 *   seq, none where nothing waits; %NULL with an %ALTM_STORE_ERROR
 */
GPtrArray *
altm_outbox_take (AltmStore *store, gsize most_lines, gsize most_bytes, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify) altm_queued_line_free);
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT seq, id, rev, bytes, sha256 FROM lines WHERE state = 0 ORDER BY seq LIMIT ?", "i",
                    (gint64) most_lines);
  gsize total = 0;

  while (altm_sql_step (sql, rows, &problem))
    {
      AltmQueuedLine *line;

      if (!is_frozen (rows, 3))
        continue;
      total += (gsize) sqlite3_column_bytes (rows, 3) + 1;
      if (lines->len > 0 && total > most_bytes)
        break;
      line = g_new0 (AltmQueuedLine, 1);
      line->seq = sqlite3_column_int64 (rows, 0);
      line->id = g_strdup (altm_rows_text (rows, 1));
      line->rev = sqlite3_column_int64 (rows, 2);
      line->bytes = altm_rows_bytes (rows, 3);
      g_ptr_array_add (lines, line);
    }

  if (problem == NULL)
    return g_steal_pointer (&lines);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/**
 * altm_outbox_oldest_after:
 * @seq: a seq, 0 for all
 *
 * Returns: when the first queued line above @seq was queued, microseconds since 1970-01-01 UTC,
 *   0 where none is
 */
gint64
altm_outbox_oldest_after (AltmStore *store, gint64 seq)
{
  return altm_sql_get_integer (altm_store_get_sql (store), 0,
                               "SELECT queued_at FROM lines WHERE state = 0 AND seq > ? ORDER BY seq LIMIT 1",
                               "i", seq);
}

static gboolean
settle_line (AltmSql *sql, const AltmQueuedLine *line, const AltmVerdict *verdict, gint64 now, GError **error)
{
  guint8 sha256[crypto_hash_sha256_BYTES];
  gboolean is_taken = verdict->type == NULL;

  if (!altm_sql_run (sql, error,
                     "UPDATE lines SET state = ?, settled_at = ?, reason = ?, detail = ? WHERE seq = ?",
                     "iissi", (gint64) (is_taken ? ALTM_STATE_ACKNOWLEDGED : ALTM_STATE_QUARANTINED),
                     now, verdict->type, verdict->detail, line->seq))
    return FALSE;
  if (!is_taken)
    return TRUE;
  crypto_hash_sha256 (sha256, g_bytes_get_data (line->bytes, NULL), g_bytes_get_size (line->bytes));
  return altm_sql_run (sql, error, "INSERT OR REPLACE INTO notes (seq, id, rev, sha256) VALUES (?, ?, ?, ?)",
                       "isih", line->seq, line->id, line->rev, sha256);
}

/**
 * altm_outbox_settle:
 * @lines: (element-type AltmQueuedLine): lines that HQ answered
 * @verdicts: (array): HQ's word on each of them
 * @now: microseconds since 1970-01-01 UTC
 *
 * The only way out of the queue: acknowledges what HQ took, with its note, and puts the rest in
 * quarantine, in one transaction.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR; all are queued still then
 */
gboolean
altm_outbox_settle (AltmStore *store, GPtrArray *lines, const AltmVerdict *verdicts, gint64 now,
                    GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autofree char *time = g_strdup_printf ("%" G_GINT64_FORMAT, now);
  g_autofree char *count = NULL;
  gboolean is_good = TRUE;
  g_autoptr(GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);

  if (!altm_store_begin (store, error))
    return FALSE;
  for (guint i = 0; is_good && i < lines->len; i++)
    {
      const AltmQueuedLine *line = g_ptr_array_index (lines, i);

      is_good = settle_line (sql, line, &verdicts[i], now, error);
      if (verdicts[i].type == NULL)
        g_hash_table_add (taken, line->id);
    }
  count = g_strdup_printf ("%u", g_hash_table_size (taken));
  is_good = is_good && altm_store_set_setting (store, "last_receipt", time, error) &&
            altm_store_set_setting (store, "last_count", count, error);
  return altm_store_end (store, is_good, error);
}

static gint64
get_number (AltmStore *store, const char *name)
{
  g_autofree char *value = altm_store_get_setting (store, name);

  return value != NULL ? g_ascii_strtoll (value, NULL, 10) : 0;
}

static gint64
count_state (AltmStore *store, AltmState state)
{
  return altm_sql_get_integer (altm_store_get_sql (store), 0,
                               "SELECT COUNT (*) FROM lines WHERE state = ?", "i", (gint64) state);
}

/**
 * altm_outbox_summarise:
 * @summary: (out caller-allocates): how many lines are in which state, of how many records, and since when
 *
 * Returns: %TRUE; %FALSE with an %ALTM_STORE_ERROR is for a store that cannot be read
 */
gboolean
altm_outbox_summarise (AltmStore *store, AltmOutboxSummary *summary, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);

  summary->queued = count_state (store, ALTM_STATE_QUEUED);
  summary->waiting = altm_sql_get_integer (sql, 0, "SELECT COUNT (DISTINCT id) FROM lines WHERE state = 0", "");
  summary->acknowledged = count_state (store, ALTM_STATE_ACKNOWLEDGED);
  summary->quarantined = count_state (store, ALTM_STATE_QUARANTINED);
  summary->to_settle =
    altm_sql_get_integer (sql, 0, "SELECT COUNT (*) FROM lines WHERE " ALTM_OUTBOX_TO_SETTLE, "");
  summary->oldest = altm_outbox_oldest_after (store, 0);
  summary->last_receipt = get_number (store, "last_receipt");
  summary->last_count = get_number (store, "last_count");
  summary->high_seq = altm_sql_get_integer (sql, -1, "SELECT IFNULL (MAX (seq), 0) FROM notes", "");
  if (summary->high_seq >= 0)
    return TRUE;
  g_set_error_literal (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED, "the outbox cannot be read");
  return FALSE;
}

static const char *const state_names[] = {
  [ALTM_STATE_QUEUED] = "queued",
  [ALTM_STATE_ACKNOWLEDGED] = "acknowledged",
  [ALTM_STATE_QUARANTINED] = "quarantined",
};

static void
print_line (AltmRows *row, FILE *output)
{
  g_autoptr(json_t) root = altm_json_parse (sqlite3_column_blob (row, 0), (gsize) sqlite3_column_bytes (row, 0), NULL);
  g_autoptr(json_t) shown =
    json_pack ("{s:s, s:s*, s:s*, s:O*}", "state", state_names[CLAMP (sqlite3_column_int (row, 1), 0, 2)], "reason",
               altm_rows_text (row, 2), "detail", altm_rows_text (row, 3), "line", root);
  g_autofree char *text = altm_json_write (shown);

  fprintf (output, "%s\n", text);
}

/**
 * altm_outbox_print:
 * @output: where it goes
 *
 * Writes each line with what became of it, in the order of seq, as NDJSON: "state", where HQ could
 * not take it "reason" and "detail", and the "line".
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_outbox_print (AltmStore *store, FILE *output, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem, "SELECT bytes, state, reason, detail FROM lines ORDER BY seq", "");

  while (altm_sql_step (sql, rows, &problem))
    print_line (rows, output);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
verify_note (AltmSql *sql, AltmRows *row, GError **error)
{
  guint8 sha256[crypto_hash_sha256_BYTES];

  crypto_hash_sha256 (sha256, sqlite3_column_blob (row, 1), (guint64) sqlite3_column_bytes (row, 1));
  if (sqlite3_column_bytes (row, 3) == sizeof sha256 &&
      memcmp (sha256, sqlite3_column_blob (row, 3), sizeof sha256) == 0)
    return TRUE;
  g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED,
               "line %" G_GINT64_FORMAT ": its bytes are not those that HQ acknowledged",
               (gint64) sqlite3_column_int64 (row, 0));
  return FALSE;
}

static gboolean
verify_line (AltmRows *row, GError **error)
{
  g_auto(AltmLine) line = { NULL };

  if (!altm_line_read (&line, sqlite3_column_blob (row, 1), (gsize) sqlite3_column_bytes (row, 1), error))
    {
      g_prefix_error (error, "line %" G_GINT64_FORMAT ": ", (gint64) sqlite3_column_int64 (row, 0));
      return FALSE;
    }
  if (is_frozen (row, 1))
    return TRUE;
  g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED,
               "line %" G_GINT64_FORMAT ": its bytes are not those that were queued",
               (gint64) sqlite3_column_int64 (row, 0));
  return FALSE;
}

/**
 * altm_outbox_verify:
 *
 * Checks the file (SQLite's integrity_check), that each line can be read and has the bytes it was
 * queued with, and that each one still here that HQ acknowledged has the bytes it was acknowledged with.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_DAMAGED or an %ALTM_RECORD_ERROR
 */
gboolean
altm_outbox_verify (AltmStore *store, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(AltmRows) rows = NULL;
  g_autoptr(GError) problem = NULL;

  if (!altm_sql_verify (sql, "PRAGMA integrity_check(1)", error))
    return FALSE;
  rows = altm_sql_query (sql, &problem,
                         "SELECT l.seq, l.bytes, l.sha256, n.sha256 FROM lines AS l"
                         " LEFT JOIN notes AS n ON n.seq = l.seq AND n.id = l.id AND n.rev = l.rev",
                         "");
  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    if (verify_line (rows, &problem) && sqlite3_column_type (rows, 3) != SQLITE_NULL)
      verify_note (sql, rows, &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
