/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-withdrawal.h"

#include "altm-latest.h"
#include "altm-store-private.h"
#include "altm-outbox-private.h"

/* One record as it was: @copies are of its revisions, which the withdrawal takes from the tablet. */
typedef struct
{
  AltmLatest *before;
  GPtrArray *copies;
} Taken;

typedef struct
{
  gint64 seq;
  GBytes *bytes;
} Copy;

struct _AltmWithdrawal
{
  char *id;
  GPtrArray *taken;
};

static void
copy_free (gpointer data)
{
  Copy *self = data;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static void
taken_free (gpointer data)
{
  Taken *self = data;

  altm_latest_free (self->before);
  g_clear_pointer (&self->copies, g_ptr_array_unref);
  g_free (self);
}

/**
 * altm_withdrawal_new:
 * @id: of a record
 */
AltmWithdrawal *
altm_withdrawal_new (const char *id)
{
  AltmWithdrawal *self = g_atomic_rc_box_new0 (AltmWithdrawal);

  self->id = g_strdup (id);
  self->taken = g_ptr_array_new_with_free_func (taken_free);
  return self;
}

AltmWithdrawal *
altm_withdrawal_ref (AltmWithdrawal *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  AltmWithdrawal *self = data;

  g_free (self->id);
  g_ptr_array_unref (self->taken);
}

void
altm_withdrawal_unref (AltmWithdrawal *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/* From the contact's own time on, in which nearly all records of before need not be looked at. */
static char **
find_referrals (AltmStore *store, const char *id, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem,
    "SELECT id FROM lines WHERE is_latest AND type = 'referral' AND NOT is_deleted"
    " AND time >= (SELECT time FROM lines WHERE id = ?1 ORDER BY rev DESC LIMIT 1)"
    " AND json_extract (CAST (bytes AS TEXT), '$.data.contact') = ?1 ORDER BY seq",
    "s", id);

  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    g_strv_builder_add (builder, altm_rows_text (rows, 0));
  if (problem == NULL)
    return g_strv_builder_end (builder);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/**
 * altm_withdrawal_count_referrals:
 * @id: of a contact
 *
 * Returns: how many referrals go with it when it is withdrawn
 */
int
altm_withdrawal_count_referrals (AltmStore *store, const char *id)
{
  g_auto(GStrv) ids = find_referrals (store, id, NULL);

  return ids == NULL ? 0 : (int) g_strv_length (ids);
}

static gboolean
load_copies (Taken *self, AltmStore *store, const char *id, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem, "SELECT seq, copy FROM lines WHERE id = ? AND copy IS NOT NULL", "s", id);

  self->copies = g_ptr_array_new_with_free_func (copy_free);
  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    {
      Copy *copy = g_new0 (Copy, 1);

      copy->seq = sqlite3_column_int64 (rows, 0);
      copy->bytes = altm_rows_bytes (rows, 1);
      g_ptr_array_add (self->copies, copy);
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
queue (AltmStore *store, const AltmLine *line, gboolean is_deleted, gint64 now, GError **error)
{
  AltmEntry entry = { .type = line->type, .id = line->id, .is_deleted = is_deleted, .by = line->by, .shift = line->shift };

  entry.place = line->place;
  entry.at = line->at;
  entry.data = is_deleted ? NULL : line->data;
  return altm_outbox_add_within (store, &entry, 1, now, NULL, error);
}

static gboolean
withdraw (AltmWithdrawal *self, AltmStore *store, const char *id, gint64 now, GError **error)
{
  AltmLatest *before = altm_latest_load (store, id, error);
  Taken *taken;

  if (before == NULL)
    return FALSE;
  taken = g_new0 (Taken, 1);
  taken->before = before;
  g_ptr_array_add (self->taken, taken);
  if (!before->line.is_deleted)
    return load_copies (taken, store, id, error) && queue (store, &before->line, TRUE, now, error);
  g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING, "The record %s was withdrawn", id);
  return FALSE;
}

static gboolean
withdraw_all (AltmWithdrawal *self, AltmStore *store, gint64 now, GError **error)
{
  g_auto(GStrv) referrals = find_referrals (store, self->id, error);

  if (referrals == NULL || !withdraw (self, store, self->id, now, error))
    return FALSE;
  for (gsize i = 0; referrals[i] != NULL; i++)
    if (!withdraw (self, store, referrals[i], now, error))
      return FALSE;
  return TRUE;
}

/**
 * altm_withdrawal_make:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Queues a revision that withdraws the record, and one for each referral of a contact, in one transaction. What the tablet
 * could show of their private text goes from its files.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_MISSING where there is no such record or it was withdrawn, an
 *   %ALTM_RECORD_ERROR or another #AltmStoreError; nothing was saved then
 */
gboolean
altm_withdrawal_make (AltmWithdrawal *self, AltmStore *store, gint64 now, GError **error)
{
  if (altm_store_begin (store, error) && altm_store_end (store, withdraw_all (self, store, now, error), error))
    return TRUE;
  g_ptr_array_set_size (self->taken, 0);
  return FALSE;
}

/* What the tablet could show of its private text went when it was withdrawn. */
static gboolean
take_back (AltmWithdrawal *self, AltmStore *store, const char *id, GError **error)
{
  AltmLatest *before = altm_latest_load_before (store, id, error);
  Taken *taken;

  if (before == NULL)
    return FALSE;
  taken = g_new0 (Taken, 1);
  taken->before = before;
  taken->copies = g_ptr_array_new ();
  g_ptr_array_add (self->taken, taken);
  return TRUE;
}

/* Those of the contact that were withdrawn together with it. */
static gboolean
take_referrals_back (AltmWithdrawal *self, AltmStore *store, const char *contact, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem,
    "SELECT id FROM lines AS l WHERE is_latest AND is_deleted AND type = 'referral'"
    " AND queued_at = (SELECT queued_at FROM lines WHERE id = ?1 ORDER BY rev DESC LIMIT 1)"
    " AND EXISTS (SELECT 1 FROM lines WHERE id = l.id AND NOT is_deleted"
    "             AND json_extract (CAST (bytes AS TEXT), '$.data.contact') = ?1) ORDER BY seq",
    "s", contact);

  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    take_back (self, store, altm_rows_text (rows, 0), &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_withdrawal_load:
 * @id: of a record that was withdrawn, some time ago
 *
 * Returns: (transfer full) (nullable): what altm_withdrawal_undo() takes: with a contact, its referrals that went with
 *   it; with a referral, its contact. %NULL with %ALTM_STORE_ERROR_MISSING where the tablet no longer has what the record
 *   was, or another #AltmStoreError
 */
AltmWithdrawal *
altm_withdrawal_load (AltmStore *store, const char *id, GError **error)
{
  g_autoptr(AltmWithdrawal) self = altm_withdrawal_new (id);
  const AltmLine *line;
  const char *contact;

  if (!take_back (self, store, id, error))
    return NULL;
  line = &((Taken *) self->taken->pdata[0])->before->line;
  contact = g_strcmp0 (line->type, "referral") == 0 ? altm_json_get_string (line->data, "contact") : NULL;
  if (contact != NULL)
    take_back (self, store, contact, NULL);
  else if (!take_referrals_back (self, store, id, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Sealed as it was to the tablet's keys: where they are others by now, it opens no more. */
static gboolean
put_copies_back (const Taken *self, AltmStore *store, GError **error)
{
  for (guint i = 0; i < self->copies->len; i++)
    {
      const Copy *copy = self->copies->pdata[i];

      if (!altm_sql_run (altm_store_get_sql (store), error, "UPDATE lines SET copy = ? WHERE seq = ?", "bi", copy->bytes,
                         copy->seq))
        return FALSE;
    }
  return TRUE;
}

static gboolean
restore (const Taken *self, AltmStore *store, gint64 now, GError **error)
{
  g_autoptr(AltmLatest) latest = altm_latest_load (store, self->before->line.id, error);

  if (latest == NULL)
    return FALSE;
  /* Somebody has made something of it since. */
  if (!latest->line.is_deleted)
    return TRUE;
  return queue (store, &self->before->line, FALSE, now, error) && put_copies_back (self, store, error);
}

/**
 * altm_withdrawal_undo:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Queues what was withdrawn once more, each record as it was before, in one transaction. Private text is HQ's as it was,
 * and can be read on the tablet again if it could be.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_RECORD_ERROR or an #AltmStoreError; nothing was saved then
 */
gboolean
altm_withdrawal_undo (AltmWithdrawal *self, AltmStore *store, gint64 now, GError **error)
{
  gboolean is_good = TRUE;

  if (!altm_store_begin (store, error))
    return FALSE;
  for (guint i = 0; is_good && i < self->taken->len; i++)
    is_good = restore (self->taken->pdata[i], store, now, error);
  return altm_store_end (store, is_good, error);
}
