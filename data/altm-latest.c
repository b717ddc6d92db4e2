/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-latest.h"

#include "altm-draft.h"
#include "altm-store-private.h"
#include "altm-word.h"

/**
 * altm_latest_free:
 * @self: (nullable): freed
 */
void
altm_latest_free (AltmLatest *self)
{
  if (self == NULL)
    return;
  altm_line_clear (&self->line);
  g_free (self->reason);
  g_free (self->detail);
  g_free (self);
}

static gboolean
take_row (AltmLatest *self, AltmRows *rows, GError **error)
{
  g_autoptr(GBytes) bytes = altm_rows_bytes (rows, 0);
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  self->state = sqlite3_column_int (rows, 1);
  self->reason = g_strdup (altm_rows_text (rows, 2));
  self->detail = g_strdup (altm_rows_text (rows, 3));
  return altm_line_read (&self->line, text, size, error);
}

/* @query: asks for the bytes, the state, the reason and the detail of one line of a record */
static AltmLatest *
load (AltmStore *store, const char *query, const char *id, GError **error)
{
  g_autoptr(AltmLatest) self = g_new0 (AltmLatest, 1);
  g_autoptr(AltmRows) rows = altm_sql_query (altm_store_get_sql (store), error, query, "s", id);
  g_autoptr(GError) problem = NULL;

  if (rows == NULL)
    return NULL;
  if (altm_sql_step (altm_store_get_sql (store), rows, &problem))
    return take_row (self, rows, error) ? g_steal_pointer (&self) : NULL;
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  else
    g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING, "There is no record %s", id);
  return NULL;
}

/**
 * altm_latest_load:
 * @id: of a record
 *
 * Returns: (transfer full) (nullable): the record, or %NULL with %ALTM_STORE_ERROR_MISSING where
 *   the tablet has no such record, or another #AltmStoreError where it cannot be read
 */
AltmLatest *
altm_latest_load (AltmStore *store, const char *id, GError **error)
{
  return load (store, "SELECT bytes, state, reason, detail FROM lines WHERE id = ? ORDER BY rev DESC LIMIT 1", id, error);
}

/**
 * altm_latest_load_before:
 * @id: of a record that was withdrawn
 *
 * Returns: (transfer full) (nullable): the record as it was before that, or %NULL with %ALTM_STORE_ERROR_MISSING where
 *   the tablet has that no more, or another #AltmStoreError where it cannot be read
 */
AltmLatest *
altm_latest_load_before (AltmStore *store, const char *id, GError **error)
{
  return load (store,
               "SELECT bytes, state, reason, detail FROM lines WHERE id = ? AND NOT is_deleted ORDER BY rev DESC LIMIT 1",
               id, error);
}

/**
 * altm_latest_set_private:
 * @id: of a record that was not withdrawn
 * @private: its private fields from now on; JSON null to remove them
 * @form: (nullable): whose draft goes along, in the same transaction
 * @now: microseconds since 1970-01-01 UTC
 *
 * Queues a new revision with the fields of the latest one, whichever page was looking at an
 * older one. A key is not needed for it: a locked tablet can.
 *
 * Returns: %FALSE with %ALTM_STORE_ERROR_MISSING where there is no such record, %ALTM_RECORD_ERROR
 *   where it is refused, or another #AltmStoreError; nothing was saved then
 */
gboolean
altm_latest_set_private (AltmStore *store, const char *id, json_t *private, const char *form, gint64 now,
                         GError **error)
{
  g_autoptr(AltmLatest) latest = altm_latest_load (store, id, error);
  const char *const forms[] = { form, NULL };
  g_autoptr(json_t) data = NULL;
  AltmEntry entry = { 0 };

  if (latest == NULL)
    return FALSE;
  if (latest->line.is_deleted)
    {
      g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING, "The record %s was withdrawn", id);
      return FALSE;
    }
  data = json_deep_copy (latest->line.data);
  if (!altm_word_adopt (store, &latest->line, latest->state, data, error))
    return FALSE;
  entry.type = latest->line.type;
  entry.id = id;
  entry.by = latest->line.by;
  entry.shift = latest->line.shift;
  entry.data = data;
  entry.private = private;
  return altm_draft_finish (store, forms, &entry, 1, now, error);
}
