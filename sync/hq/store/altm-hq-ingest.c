/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-ingest.h"

#include <sodium.h>
#include <string.h>

#include "altm-hq-derive.h"
#include "altm-hq-erasures.h"
#include "altm-hq-log.h"
#include "altm-receipt.h"

#define BATCH_LIFETIME (30 * G_TIME_SPAN_DAY)

G_DEFINE_QUARK (altm-ingest-error-quark, altm_ingest_error)

const AltmLimits altm_limits = {
  .batch_bytes = ALTM_BATCH_BYTES,
  .inflated_bytes = 8 * 1024 * 1024,
  .line_bytes = ALTM_LINE_BYTES,
  .lines = 2000,
};

typedef enum
{
  STORED,
  DUPLICATE,
  REJECTED,
  CONFLICT,
} Outcome;

typedef struct
{
  AltmHqStore *store;
  AltmSql *sql;
  AltmRollups *rollups;
  const AltmHqDevice *device;
  gint64 now;
  gint64 skew;
  gint64 held;
  gint64 high_seq;
  gint64 counts[2];
  json_t *problems;
  GHashTable *seen; /* the seqs of this batch so far -> Seen */
  gboolean is_untold; /* no device may find HQ to hold it yet */
} Ingest;

/* A seq as it stands in the batch that comes in. */
typedef struct
{
  gint64 seq;
  gint64 rev;
  char id[37];
} Seen;

static gboolean
fail (GError **error, AltmProblem problem, const char *why)
{
  g_set_error_literal (error, ALTM_INGEST_ERROR, problem, why);
  return FALSE;
}

static gboolean
check_batch (Ingest *self, const char *batch, const guint8 *sha256, GError **error)
{
  g_autoptr(AltmRows) rows =
    altm_sql_query (self->sql, error, "SELECT sha256 FROM batches WHERE device = ? AND batch = ?", "is",
                    self->device->n, batch);

  if (rows == NULL)
    return FALSE;
  if (altm_sql_step (self->sql, rows, NULL))
    return memcmp (sqlite3_column_blob (rows, 0), sha256, crypto_hash_sha256_BYTES) == 0 ||
           fail (error, ALTM_PROBLEM_BATCH_REUSED, "the batch's id was used for other bytes");
  return altm_sql_run (self->sql, error, "DELETE FROM batches WHERE received_at < ?", "i", self->now - BATCH_LIFETIME) &&
         altm_sql_run (self->sql, error, "INSERT INTO batches VALUES (?, ?, ?, ?)", "ishi", self->device->n, batch,
                       sha256, self->now);
}

static gboolean
is_same_revision (const AltmLine *one, const char *id, gint64 rev)
{
  return one->rev == rev && strcmp (one->id, id) == 0;
}

static gboolean
note_has_another (Ingest *self, const AltmLine *line)
{
  g_autoptr(AltmRows) rows = altm_sql_query (self->sql, NULL,
                                             "SELECT id, rev FROM notes JOIN journal ON journal.n = notes.line"
                                             " WHERE notes.device = ? AND seq = ?",
                                             "ii", self->device->n, line->seq);

  return altm_sql_step (self->sql, rows, NULL) &&
         !is_same_revision (line, altm_rows_text (rows, 0), sqlite3_column_int64 (rows, 1));
}

/* A seq that stands for another revision already: this tablet's store was copied or restored. */
static gboolean
check_seq (Ingest *self, const AltmLine *line, GError **error)
{
  const Seen *earlier = g_hash_table_lookup (self->seen, &line->seq);
  Seen *seen;

  if ((earlier != NULL && !is_same_revision (line, earlier->id, earlier->rev)) ||
      (line->seq <= self->device->high_seq && note_has_another (self, line)))
    return fail (error, ALTM_PROBLEM_SEQ_REUSED, "a seq stands for another revision already");
  if (earlier != NULL)
    return TRUE;
  seen = g_new (Seen, 1);
  seen->seq = line->seq;
  seen->rev = line->rev;
  g_strlcpy (seen->id, line->id, sizeof seen->id);
  g_hash_table_insert (self->seen, &seen->seq, seen);
  return TRUE;
}

/* The journal's line under the arrival's key, 0 where there is none; whether others of its id are. */
static gint64
find_line (Ingest *self, const AltmHqArrival *arrival, gboolean *is_same, gboolean *has_others)
{
  g_autoptr(AltmRows) rows =
    altm_sql_query (self->sql, NULL, "SELECT n, rev, sha256 FROM journal WHERE id = ?", "s", arrival->line.id);
  gint64 found = 0;

  *has_others = FALSE;
  while (altm_sql_step (self->sql, rows, NULL))
    {
      if (sqlite3_column_int64 (rows, 1) != arrival->line.rev)
        *has_others = TRUE;
      else
        {
          found = sqlite3_column_int64 (rows, 0);
          *is_same = memcmp (sqlite3_column_blob (rows, 2), arrival->sha256, sizeof arrival->sha256) == 0;
        }
    }
  return found;
}

static gboolean
note_line (Ingest *self, gint64 seq, gint64 line, GError **error)
{
  if (self->is_untold)
    return TRUE;
  if (!altm_sql_run (self->sql, error, "INSERT OR IGNORE INTO notes VALUES (?, ?, ?)", "iii", self->device->n, seq, line))
    return FALSE;
  self->held += sqlite3_changes (altm_sql_get_handle (self->sql));
  self->high_seq = MAX (self->high_seq, seq);
  return TRUE;
}

/* @bytes: all of the arrival's, or what may be kept of them, and then their own SHA-256 */
static gboolean
insert_line (Ingest *self, const AltmHqArrival *arrival, GBytes *bytes, const guint8 *left_sha256, GError **error)
{
  const AltmLine *line = &arrival->line;

  return altm_sql_run (self->sql, error,
                       "INSERT INTO journal (device, id, rev, received_at, skew, sha256, bytes, left_sha256)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                       "isiiihbh", self->device->n, line->id, line->rev, self->now, self->skew, arrival->sha256, bytes,
                       left_sha256) &&
         note_line (self, line->seq, sqlite3_last_insert_rowid (altm_sql_get_handle (self->sql)), error);
}

static gboolean
store_whole (Ingest *self, const AltmHqArrival *arrival, gboolean has_others, GError **error)
{
  const AltmLine *line = &arrival->line;
  g_autoptr(GBytes) bytes = g_bytes_new_static (arrival->bytes, arrival->length);
  gint64 n, time = altm_hq_derive_time (line, self->skew, self->now);

  if (!insert_line (self, arrival, bytes, NULL, error))
    return FALSE;
  n = sqlite3_last_insert_rowid (altm_sql_get_handle (self->sql));
  if ((line->private_text != NULL && !altm_sql_run (self->sql, error, "INSERT INTO sealed VALUES (?)", "i", n)) ||
      !altm_rollups_see (self->rollups, line, time, error))
    return FALSE;
  /* A first revision cannot take anything over from another, but for one in quarantine below it. */
  if (has_others || line->rev > 1)
    return altm_hq_derive_record (self->store, self->rollups, line->id, error);
  return altm_hq_derive_first (self->rollups, self->sql, n, arrival, time, error);
}

/* Of a record that was erased, which a tablet had another line of. */
static gboolean
store_left (Ingest *self, const AltmHqArrival *arrival, GBytes *left, GError **error)
{
  g_auto(AltmHqArrival) kept = { NULL };
  g_autofree char *name = altm_sql_get_text (self->sql, "SELECT name FROM devices WHERE n = ?", "i", self->device->n);
  const AltmHqEntry entry = { self->now, name != NULL ? name : self->device->device_id, "erased-on-arrival", arrival->line.id };

  altm_hq_arrival_read (&kept, self->store, g_bytes_get_data (left, NULL), g_bytes_get_size (left));
  return insert_line (self, arrival, left, kept.sha256, error) &&
         altm_rollups_see (self->rollups, &kept.line, altm_hq_derive_time (&kept.line, self->skew, self->now), error) &&
         altm_hq_derive_record (self->store, self->rollups, arrival->line.id, error) &&
         altm_hq_log_add (self->sql, &entry, error);
}

static gboolean
store_line (Ingest *self, const AltmHqArrival *arrival, gboolean has_others, GError **error)
{
  g_autoptr(GBytes) left = NULL;

  if (!altm_hq_erasures_leave (self->sql, arrival->line.id, arrival->bytes, arrival->length, &left, error))
    return FALSE;
  return left != NULL ? store_left (self, arrival, left, error) : store_whole (self, arrival, has_others, error);
}

static gboolean
set_aside (Ingest *self, const AltmHqArrival *arrival, const char *problem, const char *detail, GError **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (arrival->bytes, arrival->length);
  g_autoptr(GBytes) left = NULL;
  const AltmLine *line = &arrival->line;

  return altm_hq_erasures_leave (self->sql, line->id, arrival->bytes, arrival->length, &left, error) &&
         altm_sql_run (self->sql, error,
                       "INSERT OR IGNORE INTO quarantine"
                       " (device, received_at, seq, id, rev, problem, detail, sha256, bytes)"
                       " VALUES (?, ?, NULLIF (?, 0), ?, NULLIF (?, 0), ?, ?, ?, ?)",
                       "iiisisshb", self->device->n, self->now, line->seq, line->id, line->rev, problem, detail,
                       arrival->sha256, left != NULL ? left : bytes);
}

/* A revision that was refused still says what becomes of the private part of those above it. */
static gboolean
derive_above (Ingest *self, const AltmHqArrival *arrival, GError **error)
{
  const AltmLine *line = &arrival->line;

  return !arrival->is_read ||
         !altm_sql_get_integer (self->sql, 0, "SELECT 1 FROM journal WHERE id = ? AND rev > ?", "si", line->id, line->rev) ||
         altm_hq_derive_record (self->store, self->rollups, line->id, error);
}

static json_t *
integer_or_null (gint64 number)
{
  return number > 0 ? json_integer (number) : json_null ();
}

static gboolean
report (Ingest *self, guint index, const AltmHqArrival *arrival, const char *status, const char *problem, const char *detail,
        GError **error)
{
  g_autofree char *type = g_strconcat (ALTM_PROBLEM_PREFIX, problem, NULL);
  const AltmLine *line = &arrival->line;
  g_autofree char *text = g_utf8_make_valid (detail, -1);

  json_array_append_new (self->problems,
                         json_pack ("{s:i, s:o, s:s?, s:o, s:s, s:s, s:s}", "line", (int) index, "seq",
                                    integer_or_null (line->seq), "id", line->id, "rev", integer_or_null (line->rev),
                                    "status", status, "type", type, "detail", text));
  return set_aside (self, arrival, problem, text, error) && derive_above (self, arrival, error);
}

static gboolean
take_arrival (Ingest *self, guint index, const AltmHqArrival *arrival, GError **error)
{
  gboolean is_same = FALSE, has_others = FALSE;
  gint64 found = arrival->is_read ? find_line (self, arrival, &is_same, &has_others) : 0;

  /* What HQ holds it holds, also where it would not be taken today, or was taken after all. */
  if (found > 0 && is_same)
    {
      self->counts[DUPLICATE]++;
      return note_line (self, arrival->line.seq, found, error);
    }
  if (arrival->refusal != NULL)
    return report (self, index, arrival, "rejected", altm_record_error_name (arrival->refusal->code),
                   arrival->refusal->message, error);
  if (self->device->is_revoked)
    return report (self, index, arrival, "rejected", altm_record_error_name (ALTM_RECORD_ERROR_REVOKED),
                   "the device is revoked", error);
  if (found > 0)
    return report (self, index, arrival, "conflict", "conflict", "this revision is held with other bytes", error);
  self->counts[STORED]++;
  return store_line (self, arrival, has_others, error);
}

static gboolean
take_line (Ingest *self, guint index, const char *bytes, gsize length, GError **error)
{
  g_auto(AltmHqArrival) arrival = { NULL };

  if (index >= altm_limits.lines)
    return fail (error, ALTM_PROBLEM_TOO_LARGE, "more lines than are taken at once");
  altm_hq_arrival_read (&arrival, self->store, bytes, length);
  if (arrival.is_read && !self->device->is_revoked && !check_seq (self, &arrival.line, error))
    return FALSE;
  return take_arrival (self, index, &arrival, error);
}

/* One line after the other, so that a batch never stands in memory as 2,000 trees of JSON; what
 * then turns out to be wrong with the whole batch undoes the transaction. */
static gboolean
take_lines (Ingest *self, GBytes *body, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  const char *end = text + length;

  for (guint index = 0; text < end; index++)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));
      gsize line = (gsize) ((newline != NULL ? newline : end) - text);

      if (!take_line (self, index, text, line, error))
        return FALSE;
      text += line + 1;
    }
  return TRUE;
}

static gboolean
take_all (Ingest *self, const char *batch, const guint8 *sha256, GBytes *body, const AltmHqSigns *signs,
          GError **error)
{
  g_autoptr(AltmRollups) rollups = altm_rollups_new (self->store, error);

  self->rollups = rollups;
  return rollups != NULL && check_batch (self, batch, sha256, error) && take_lines (self, body, error) &&
         altm_rollups_write (rollups, error) &&
         altm_hq_devices_see (self->store, self->device, signs, self->now, error) &&
         altm_sql_run (self->sql, error, "UPDATE devices SET held = ?, high_seq = ? WHERE n = ?", "iii", self->held,
                       self->high_seq, self->device->n);
}

/**
 * altm_hq_ingest:
 * @batch: the batch's id
 * @body: the lines, inflated
 * @signs: what the call said of the device's queue and clock
 * @now: microseconds since 1970-01-01 UTC
 *
 * Takes a batch: judges each line, journals what can be taken and derives from it, sets aside what
 * cannot, all in one transaction.
 *
 * Returns: (transfer full): the receipt, once all is on the disk, or %NULL with %ALTM_INGEST_ERROR
 *   (%ALTM_PROBLEM_TOO_LARGE, _BATCH_REUSED or _SEQ_REUSED) or an %ALTM_STORE_ERROR; nothing is
 *   stored then
 */
char *
altm_hq_ingest (AltmHqStore *store, const AltmHqDevice *device, const char *batch, GBytes *body,
                const AltmHqSigns *signs, gint64 now, GError **error)
{
  g_autoptr(json_t) problems = json_array ();
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  Ingest self = { store, altm_hq_store_get_sql (store), NULL, device, now };
  guint8 sha256[crypto_hash_sha256_BYTES];
  char hex[2 * crypto_hash_sha256_BYTES + 1];
  AltmReceipt receipt = { NULL };

  self.skew = signs->clock >= 0 ? signs->clock - now : device->skew;
  self.held = device->held;
  self.high_seq = device->high_seq;
  self.problems = problems;
  self.seen = seen;
  altm_hq_hash (g_bytes_get_data (body, NULL), g_bytes_get_size (body), sha256);
  if (!altm_sql_begin (self.sql, error) ||
      !altm_sql_end (self.sql, take_all (&self, batch, sha256, body, signs, error), error))
    return NULL;

  receipt = (AltmReceipt) { NULL, batch, altm_hq_store_get_epoch (store),
                            sodium_bin2hex (hex, sizeof hex, sha256, sizeof sha256), self.counts[STORED],
                            self.counts[DUPLICATE], self.high_seq, self.held, problems };
  return altm_receipt_write (&receipt);
}

/**
 * altm_hq_ingest_add:
 * @device: who brought it
 * @arrival: a line that can be taken, under a key that the journal has not; its SHA-256 is that of the line as it came
 * @is_left: whether its bytes are no longer those, but what an erasure left of them
 * @received_at: when it came, microseconds since 1970-01-01 UTC
 *
 * Takes a line that had been set aside, in a transaction of the caller's. It is noted for nobody: the device must
 * not find HQ to hold what it has not been told of.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_ingest_add (AltmHqStore *store, const AltmHqDevice *device, const AltmHqArrival *arrival, gboolean is_left,
                    gint64 received_at, GError **error)
{
  g_autoptr(AltmRollups) rollups = altm_rollups_new (store, error);
  g_autoptr(GBytes) bytes = g_bytes_new_static (arrival->bytes, arrival->length);
  Ingest self = { store, altm_hq_store_get_sql (store), rollups, device, received_at, device->skew, .is_untold = TRUE };
  gboolean is_same, has_others;

  if (rollups == NULL)
    return FALSE;
  find_line (&self, arrival, &is_same, &has_others);
  return (is_left ? store_left (&self, arrival, bytes, error) : store_line (&self, arrival, has_others, error)) &&
         altm_rollups_write (rollups, error);
}
