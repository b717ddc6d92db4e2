/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-shift-move.h"

#include "altm-latest.h"
#include "altm-outbox-private.h"
#include "altm-shift-private.h"
#include "altm-store-private.h"
#include "altm-word.h"

/* What was recorded in the shift where it was said to be, and was not withdrawn. */
static GPtrArray *
find_records (AltmStore *store, const AltmLine *shift, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem,
    "SELECT id FROM lines WHERE is_latest AND time >= ? AND type IN ('contact', 'observation', 'referral') AND NOT is_deleted"
    " AND json_extract (CAST (bytes AS TEXT), '$.shift') = ? AND json_extract (CAST (bytes AS TEXT), '$.place') = ?"
    " ORDER BY time",
    "iss", shift->time, shift->id, shift->place);

  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    g_ptr_array_add (ids, g_strdup (altm_rows_text (rows, 0)));
  if (problem == NULL)
    return g_steal_pointer (&ids);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static gboolean
move_within (AltmStore *store, const AltmLatest *latest, const char *place, gint64 now, GError **error)
{
  const AltmLine *line = &latest->line;
  g_autoptr(json_t) data = json_deep_copy (line->data);
  AltmEntry entry = { .type = line->type, .id = line->id, .by = line->by, .shift = line->shift, .place = place, .data = data };

  return altm_word_adopt (store, line, latest->state, data, error) &&
         altm_outbox_add_within (store, &entry, 1, now, NULL, error);
}

static gboolean
move_all_within (AltmStore *store, const AltmLatest *shift, GPtrArray *records, const char *place, gint64 now,
                 GError **error)
{
  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr(AltmLatest) latest = altm_latest_load (store, records->pdata[i], error);

      if (latest == NULL || !move_within (store, latest, place, now, error))
        return FALSE;
    }
  return move_within (store, shift, place, now, error) && altm_shift_set_place_within (store, shift->line.id, place, error);
}

/**
 * altm_shift_move:
 * @id: of a shift
 * @place: id of the place at which it is, or was
 * @now: microseconds since 1970-01-01 UTC
 *
 * The place was chosen wrongly: queues a new revision of the shift, and of each contact, observation and referral that was
 * recorded in it there, in one transaction. What was counted at a post office is that office's, and stays.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_MISSING where there is no such shift, %ALTM_RECORD_ERROR where the place
 *   is in no list, or another #AltmStoreError; nothing was saved then
 */
gboolean
altm_shift_move (AltmStore *store, const char *id, const char *place, gint64 now, GError **error)
{
  g_autoptr(AltmLatest) shift = altm_latest_load (store, id, error);
  g_autoptr(GPtrArray) records = NULL;

  if (shift == NULL)
    return FALSE;
  if (g_strcmp0 (shift->line.type, "shift") != 0 || shift->line.is_deleted)
    {
      g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING, "There is no shift %s", id);
      return FALSE;
    }
  records = find_records (store, &shift->line, error);
  return records != NULL && altm_store_begin (store, error) &&
         altm_store_end (store, move_all_within (store, shift, records, place, now, error), error);
}
