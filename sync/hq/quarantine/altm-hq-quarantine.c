/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-quarantine.h"

#include <string.h>

#include "altm-hq-ingest.h"
#include "altm-hq-news.h"

G_DEFINE_QUARK (altm-hq-quarantine-error-quark, altm_hq_quarantine_error)

/* A line in quarantine, about which something is decided. */
typedef struct
{
  const AltmHqRuling *ruling;
  AltmHqDevice device;
  gint64 received_at;
  gint64 rev;
  char *id;
  char *problem;
  char *state;
  GBytes *bytes;
  gboolean is_left; /* by an erasure: no longer as they came */
  AltmHqArrival arrival;
} Entry;

static void
entry_clear (Entry *self)
{
  altm_hq_device_clear (&self->device);
  g_free (self->id);
  g_free (self->problem);
  g_free (self->state);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  altm_hq_arrival_clear (&self->arrival);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Entry, entry_clear)

static gboolean
fail (GError **error, AltmHqQuarantineError code, const char *why)
{
  g_set_error_literal (error, ALTM_HQ_QUARANTINE_ERROR, code, why);
  return FALSE;
}

static gboolean
load (AltmHqStore *store, const AltmHqRuling *ruling, Entry *entry, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, error,
                    "SELECT quarantined.device, devices.skew, received_at, quarantined.id, rev, problem, state, bytes, sha256"
                    " FROM quarantined JOIN devices ON devices.n = quarantined.device WHERE quarantined.n = ?",
                    "i", ruling->n);

  if (rows == NULL)
    return FALSE;
  if (!altm_sql_step (sql, rows, NULL))
    return altm_sql_check (sql, error) &&
           fail (error, ALTM_HQ_QUARANTINE_ERROR_UNKNOWN, "there is no such line in quarantine; nothing was changed");
  entry->ruling = ruling;
  entry->device.n = sqlite3_column_int64 (rows, 0);
  entry->device.skew = sqlite3_column_int64 (rows, 1);
  entry->received_at = sqlite3_column_int64 (rows, 2);
  entry->id = g_strdup (altm_rows_text (rows, 3));
  entry->rev = sqlite3_column_int64 (rows, 4);
  entry->problem = g_strdup (altm_rows_text (rows, 5));
  entry->state = g_strdup (altm_rows_text (rows, 6));
  entry->bytes = altm_rows_bytes (rows, 7);
  altm_hq_arrival_read (&entry->arrival, store, g_bytes_get_data (entry->bytes, NULL), g_bytes_get_size (entry->bytes));
  entry->is_left = memcmp (entry->arrival.sha256, sqlite3_column_blob (rows, 8), sizeof entry->arrival.sha256) != 0;
  memcpy (entry->arrival.sha256, sqlite3_column_blob (rows, 8), sizeof entry->arrival.sha256);
  return TRUE;
}

/**
 * altm_hq_quarantine_can_accept:
 * @arrival: a line as it came
 *
 * It is judged again: what a revoked tablet brought, or what was in no list then, may be right now. What identifies a person
 * in a text, and what has not the form of a line, never is.
 *
 * Returns: whether HQ can take it after all, where nothing else stands under its id and revision
 */
gboolean
altm_hq_quarantine_can_accept (AltmHqStore *store, const AltmHqArrival *arrival)
{
  return arrival->is_read &&
         (arrival->refusal == NULL ||
          (arrival->is_known && g_error_matches (arrival->refusal, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_CODE)));
}

/* Whoever brought these bytes hears of it. */
static gboolean
tell_accepted (AltmSql *sql, const Entry *entry, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem, "SELECT device FROM quarantine WHERE sha256 = ?", "h", entry->arrival.sha256);

  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    altm_hq_news_tell_accepted (sql, sqlite3_column_int64 (rows, 0), entry->id, entry->rev, entry->ruling->now, &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
accept (AltmHqStore *store, const Entry *entry, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);

  if (!altm_hq_quarantine_can_accept (store, &entry->arrival))
    return fail (error, ALTM_HQ_QUARANTINE_ERROR_FORM, "it cannot be taken as it is; nothing was changed");
  if (altm_sql_get_integer (sql, 0, "SELECT 1 FROM journal WHERE id = ? AND rev = ?", "si", entry->id, entry->rev))
    return fail (error, ALTM_HQ_QUARANTINE_ERROR_HELD, "another version is held, and the first stays; nothing was changed");
  return altm_hq_ingest_add (store, &entry->device, &entry->arrival, entry->is_left, entry->received_at, error) &&
         tell_accepted (sql, entry, error);
}

static gboolean
refuse (AltmHqStore *store, const Entry *entry, GError **error)
{
  return TRUE;
}

/* The latest tablet that brought it and can be told: after a fork the one before is nobody's. */
static gboolean
ask (AltmHqStore *store, const Entry *entry, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  gint64 device = altm_sql_get_integer (sql, 0,
                                        "SELECT MAX (device) FROM quarantine JOIN devices ON devices.n = device"
                                        " WHERE sha256 = ? AND revoked_at IS NULL",
                                        "h", entry->arrival.sha256);

  if (entry->id == NULL || device == 0)
    return fail (error, ALTM_HQ_QUARANTINE_ERROR_UNTOLD, "no tablet can be asked for it; nothing was changed");
  return altm_hq_news_ask_correction (sql, device, entry->id, entry->problem, entry->ruling->now, error);
}

static const struct
{
  const char *name;
  const char *settled;
  gboolean (*decide) (AltmHqStore *store, const Entry *entry, GError **error);
} decisions[] = {
  { "accept", "accepted", accept },
  { "refuse", "refused", refuse },
  { "ask", "asked", ask },
};

static gboolean
is_open (const Entry *entry, const char *settled)
{
  return strcmp (entry->state, "waiting") == 0 || (strcmp (entry->state, "asked") == 0 && strcmp (settled, "asked") != 0);
}

/**
 * altm_hq_quarantine_settle:
 *
 * Settles a line in quarantine, in a transaction of the caller's: takes it after all (the tablet hears `accepted`), refuses
 * it for good, or asks the tablet for a correction, until which nothing is settled for good. Its bytes are kept whatever is
 * decided, and the same bytes that another device brought are settled with it.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_HQ_QUARANTINE_ERROR or an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_quarantine_settle (AltmHqStore *store, const AltmHqRuling *ruling, GError **error)
{
  g_auto(Entry) entry = { NULL };
  gsize i = 0;

  while (i < G_N_ELEMENTS (decisions) && g_strcmp0 (decisions[i].name, ruling->decision) != 0)
    i++;
  if (i == G_N_ELEMENTS (decisions))
    return fail (error, ALTM_HQ_QUARANTINE_ERROR_DECISION, "accept, refuse or ask; nothing was changed");
  if (!load (store, ruling, &entry, error))
    return FALSE;
  if (!is_open (&entry, decisions[i].settled))
    return fail (error, ALTM_HQ_QUARANTINE_ERROR_SETTLED, "it is settled already; nothing was changed");
  return decisions[i].decide (store, &entry, error) &&
         altm_sql_run (altm_hq_store_get_sql (store), error,
                       "UPDATE quarantine SET settled = ?, settled_at = ?, settled_by = ? WHERE sha256 = ?", "sish",
                       decisions[i].settled, ruling->now, ruling->who, entry.arrival.sha256);
}
