/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-draft.h"

#include <sodium.h>
#include <string.h>

#include "altm-copies-private.h"
#include "altm-outbox-private.h"
#include "altm-record.h"
#include "altm-store-private.h"

#define FORM_BYTES 64

/**
 * altm_draft_free:
 * @self: (nullable): freed
 */
void
altm_draft_free (AltmDraft *self)
{
  if (self == NULL)
    return;
  g_free (self->form);
  g_free (self->id);
  g_clear_pointer (&self->data, json_decref);
  g_clear_pointer (&self->private, json_decref);
  g_free (self);
}

static char *
name_draft (const char *form, const char *id)
{
  return g_strdup_printf ("draft/%s/%s", form, id != NULL ? id : "");
}

static gboolean
refuse (GError **error, AltmRecordError code, const char *why)
{
  g_set_error_literal (error, ALTM_RECORD_ERROR, code, why);
  return FALSE;
}

static gboolean
check_form (AltmStore *store, const char *form, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  gsize length = strlen (form);

  if (length == 0 || length > FORM_BYTES || strspn (form, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
    return refuse (error, ALTM_RECORD_ERROR_OUT_OF_RANGE, "form: no name of a form");
  return altm_sql_get_integer (sql, 0, "SELECT COUNT (*) FROM drafts WHERE form <> ?", "s", form) < ALTM_DRAFTS ||
         refuse (error, ALTM_RECORD_ERROR_OUT_OF_RANGE, "form: too many forms have a draft");
}

static gboolean
check_part (json_t *part, GError **error)
{
  g_autofree char *text = altm_json_write (part);
  gboolean is_short = strlen (text) <= ALTM_DRAFT_BYTES;

  sodium_memzero (text, strlen (text));
  return is_short || refuse (error, ALTM_RECORD_ERROR_TOO_LONG, "the draft is too long");
}

/* Sealed text that is replaced or removed. */
static gboolean
forget_private (AltmStore *store, const char *form, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);

  if (!altm_sql_run (sql, error, "UPDATE drafts SET private = NULL WHERE form = ? AND private IS NOT NULL", "s", form))
    return FALSE;
  if (sqlite3_changes (altm_sql_get_handle (sql)) > 0)
    altm_store_fold_after (store);
  return TRUE;
}

static gboolean
keep (AltmStore *store, const char *form, const char *id, json_t *data, GBytes *private, gint64 now, GError **error)
{
  g_autofree char *text = altm_json_write (data);

  /* Without a word on it the private part stays, if the draft is of the same record: it is sealed to that. */
  return altm_sql_run (altm_store_get_sql (store), error,
                       "INSERT INTO drafts VALUES (?, ?, ?, ?, ?)"
                       " ON CONFLICT (form) DO UPDATE SET id = excluded.id, updated_at = excluded.updated_at,"
                       "  data = excluded.data, private = CASE WHEN excluded.private IS NOT NULL THEN excluded.private"
                       "   WHEN id IS excluded.id THEN private END",
                       "ssisb", form, id, now, text, private);
}

/* Checked and sealed before the transaction begins; @sealed is %NULL where nothing is. */
static gboolean
prepare (AltmStore *store, const AltmDraftChange *change, GBytes **sealed, GError **error)
{
  AltmCopier *copier = altm_store_get_copier (store);
  g_autofree char *what = name_draft (change->form, change->id);

  if (!check_form (store, change->form, error) || !check_part (change->data, error) ||
      (change->private != NULL && !check_part (change->private, error)))
    return FALSE;
  if (copier != NULL && json_is_object (change->private) && json_object_size (change->private) > 0)
    *sealed = altm_copier_seal (copier, what, change->private);
  return TRUE;
}

static gboolean
save_within (AltmStore *store, const AltmDraftChange *change, GBytes *sealed, gint64 now, GError **error)
{
  return (change->private == NULL || sealed != NULL || forget_private (store, change->form, error)) &&
         keep (store, change->form, change->id, change->data, sealed, now, error);
}

/**
 * altm_draft_save:
 * @form: the form's name: lower-case letters, digits and `-`
 * @id: (nullable): the id that the record is to have
 * @data: an object of what was entered, nothing that describes a person
 * @private: (nullable): an object of private fields, JSON null to remove them; %NULL: unchanged, which is how
 *   a form goes on that was opened while locked
 * @now: microseconds since 1970-01-01 UTC
 *
 * Keeps a form as it is now, in place of what was kept of it. Its private part is sealed to the tablet's keys
 * at once; where no lock is set there is nobody to seal it to, and it is not kept: nothing on the disk ever
 * holds it in clear.
 *
 * Returns: %TRUE where it is on the disk, or %FALSE with %ALTM_RECORD_ERROR_TOO_LONG (over
 *   %ALTM_DRAFT_BYTES), _OUT_OF_RANGE (no name, or over %ALTM_DRAFTS forms) or an %ALTM_STORE_ERROR
 */
gboolean
altm_draft_save (AltmStore *store, const char *form, const char *id, json_t *data, json_t *private, gint64 now,
                 GError **error)
{
  AltmDraftChange change = { form, id, data, private };
  g_autoptr(GBytes) sealed = NULL;

  return prepare (store, &change, &sealed, error) && altm_store_begin (store, error) &&
         altm_store_end (store, save_within (store, &change, sealed, now, error), error);
}

static AltmDraft *
read_draft (AltmRows *row, AltmSealPair *pair)
{
  AltmDraft *self = g_new0 (AltmDraft, 1);
  const char *data = altm_rows_text (row, 3);
  gsize length = (gsize) sqlite3_column_bytes (row, 4);
  g_autofree char *what = NULL;

  self->form = g_strdup (altm_rows_text (row, 0));
  self->id = g_strdup (altm_rows_text (row, 1));
  self->updated_at = sqlite3_column_int64 (row, 2);
  self->data = altm_json_parse (data, strlen (data), NULL);
  if (self->data == NULL)
    self->data = json_object ();
  self->state = length > 0 ? ALTM_COPY_READABLE : ALTM_COPY_NONE;
  if (length == 0 || pair == NULL)
    return self;
  what = name_draft (self->form, self->id);
  self->private = altm_copier_open (pair, what, sqlite3_column_blob (row, 4), length);
  if (self->private == NULL)
    self->state = ALTM_COPY_UNREADABLE;
  return self;
}

/**
 * altm_draft_load:
 * @form: the form's name
 * @pair: (nullable): the tablet's, unlocked; without it the private part stays sealed, and state alone tells
 *   of it
 *
 * Returns: (transfer full): the form as it was left, or %NULL with %ALTM_STORE_ERROR_MISSING where there is
 *   no draft, or another %ALTM_STORE_ERROR
 */
AltmDraft *
altm_draft_load (AltmStore *store, const char *form, AltmSealPair *pair, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem, "SELECT form, id, updated_at, data, private FROM drafts WHERE form = ?", "s", form);

  if (problem == NULL && altm_sql_step (sql, rows, &problem))
    return read_draft (rows, pair);
  if (problem == NULL)
    g_set_error_literal (&problem, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING, "there is no draft of this form");
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static gboolean
drop (AltmStore *store, const char *form, GError **error)
{
  return forget_private (store, form, error) &&
         altm_sql_run (altm_store_get_sql (store), error, "DELETE FROM drafts WHERE form = ?", "s", form);
}

/**
 * altm_draft_drop:
 * @form: the form's name; one without a draft is no error
 *
 * Forgets a draft that nobody wants any more. The draft of a record that is saved goes with
 * altm_draft_finish().
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_draft_drop (AltmStore *store, const char *form, GError **error)
{
  return altm_store_begin (store, error) && altm_store_end (store, drop (store, form, error), error);
}

static gboolean
drop_all (AltmStore *store, const char *const *forms, GError **error)
{
  for (gsize i = 0; forms[i] != NULL; i++)
    if (!drop (store, forms[i], error))
      return FALSE;
  return TRUE;
}

/**
 * altm_draft_finish:
 * @forms: names of forms, ended by %NULL; one without a draft is no error
 * @entries: (array length=n_entries): the records that were entered in them
 * @now: microseconds since 1970-01-01 UTC
 *
 * Queues records as altm_outbox_add() does and forgets their drafts, in one transaction: whatever happens
 * to the tablet, it then has either the drafts or the records.
 *
 * Returns: %TRUE, or %FALSE with the errors of altm_outbox_add(); the drafts are still there then
 */
gboolean
altm_draft_finish (AltmStore *store, const char *const *forms, const AltmEntry *entries, gsize n_entries,
                   gint64 now, GError **error)
{
  return altm_draft_finish_with (store, forms, NULL, entries, n_entries, now, error);
}

/**
 * altm_draft_finish_with:
 * @forms: as in altm_draft_finish()
 * @change: (nullable): a form that goes on, changed, in the same transaction: a list from which a line is done
 * @entries: (array length=n_entries): the records
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: %TRUE, or %FALSE with the errors of altm_draft_save() and altm_outbox_add(), and everything is as
 *   it was
 */
gboolean
altm_draft_finish_with (AltmStore *store, const char *const *forms, const AltmDraftChange *change,
                        const AltmEntry *entries, gsize n_entries, gint64 now, GError **error)
{
  g_autoptr(GBytes) sealed = NULL;
  gboolean is_good;

  if ((change != NULL && !prepare (store, change, &sealed, error)) || !altm_store_begin (store, error))
    return FALSE;
  is_good = altm_outbox_add_within (store, entries, n_entries, now, NULL, error) && drop_all (store, forms, error) &&
            (change == NULL || save_within (store, change, sealed, now, error));
  return altm_store_end (store, is_good, error);
}

/**
 * altm_draft_list:
 *
 * Returns: (transfer full): the names of the forms that have a draft, the latest first, or %NULL with an
 *   %ALTM_STORE_ERROR
 */
char **
altm_draft_list (AltmStore *store, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem, "SELECT form FROM drafts ORDER BY updated_at DESC, form", "");

  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    g_strv_builder_add (builder, altm_rows_text (rows, 0));
  if (problem == NULL)
    return g_strv_builder_end (builder);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
