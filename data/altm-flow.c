/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-flow.h"

#include <string.h>

#include "altm-flow-private.h"
#include "altm-outbox-private.h"
#include "altm-store-private.h"
#include "altm-time.h"
#include "altm-uuid.h"

static gint64
slot_of (gint64 now)
{
  return now / ALTM_SLOT * ALTM_SLOT;
}

static gboolean
check_code (AltmStore *store, const char *office, const char *code, GError **error)
{
  AltmLists *lists = altm_store_get_lists (store);
  json_t *place = altm_lists_find_place (lists, office);

  if (altm_lists_has_code (lists, "poste_compteur", code) &&
      g_strcmp0 (altm_json_get_string (place, "kind"), "post_office") == 0)
    return TRUE;
  g_set_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_CODE,
               "%s at %s: no such counter or post office", code, office);
  return FALSE;
}

static gboolean
touch_slot (AltmStore *store, const char *office, gint64 now, GError **error)
{
  g_autofree char *id = altm_uuid_new_v7 (now);

  return altm_sql_run (altm_store_get_sql (store), error,
                       "INSERT INTO flow_slots (office, slot, id, shift, by, is_dirty)"
                       " SELECT ?, ?, ?, value ->> 'id', value ->> 'by', 1"
                       "  FROM (SELECT (SELECT value FROM settings WHERE name = 'shift') AS value)"
                       "  WHERE TRUE" /* else SQLite takes ON for a join's */
                       " ON CONFLICT (office, slot) DO UPDATE SET is_dirty = 1",
                       "sis", office, slot_of (now), id);
}

static gboolean
write_tap (AltmStore *store, const AltmTap *tap, GError **error)
{
  static const char *const queries[] = {
    "INSERT INTO flow_counts VALUES (?1, ?2, ?3, MAX (?4, 0))"
    " ON CONFLICT (office, slot, code) DO UPDATE SET count = MAX (count + ?4, 0)",
    "INSERT INTO flow_counts VALUES (?1, ?2, ?3, MAX (?4, 0))"
    " ON CONFLICT (office, slot, code) DO UPDATE SET count = MAX (count, ?4)",
  };

  return touch_slot (store, tap->office, tap->time, error) &&
         altm_sql_run (altm_store_get_sql (store), error, queries[tap->is_maximum], "sisi", tap->office,
                       slot_of (tap->time), tap->code, (gint64) tap->number);
}

/**
 * altm_flow_tap:
 * @taps: what was counted and seen, in its order
 *
 * Counts all of it, or nothing, in one transaction. When it returns %TRUE it is on the disk.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_RECORD_ERROR_UNKNOWN_CODE or an %ALTM_STORE_ERROR
 */
gboolean
altm_flow_tap (AltmStore *store, const AltmTap *const *taps, guint n_taps, GError **error)
{
  gboolean is_good = TRUE;

  for (guint i = 0; i < n_taps; i++)
    if (!check_code (store, taps[i]->office, taps[i]->code, error))
      return FALSE;
  if (!altm_store_begin (store, error))
    return FALSE;
  for (guint i = 0; is_good && i < n_taps; i++)
    is_good = write_tap (store, taps[i], error);
  return altm_store_end (store, is_good, error);
}

/**
 * altm_flow_count:
 * @office: the id of a post office
 * @code: a code of the list poste_compteur
 * @step: +1 for a client, -1 to undo one; a count never falls below 0
 * @now: microseconds since 1970-01-01 UTC
 *
 * Counts in the quarter of an hour that holds @now. When it returns %TRUE it is on the disk.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_RECORD_ERROR_UNKNOWN_CODE or an %ALTM_STORE_ERROR
 */
gboolean
altm_flow_count (AltmStore *store, const char *office, const char *code, int step, gint64 now, GError **error)
{
  const AltmTap tap = { office, code, FALSE, step, now };
  const AltmTap *const taps[] = { &tap };

  return altm_flow_tap (store, taps, 1, error);
}

/**
 * altm_flow_raise:
 * @code: a counter that is a maximum: file_max or attente_max_min
 * @value: what was seen, 0 or more
 *
 * Keeps the greater of @value and what the running slot has. The rest is as in altm_flow_count().
 *
 * Returns: %TRUE, or %FALSE with %ALTM_RECORD_ERROR_UNKNOWN_CODE or an %ALTM_STORE_ERROR
 */
gboolean
altm_flow_raise (AltmStore *store, const char *office, const char *code, int value, gint64 now, GError **error)
{
  const AltmTap tap = { office, code, TRUE, value, now };
  const AltmTap *const taps[] = { &tap };

  return altm_flow_tap (store, taps, 1, error);
}

static json_t *
load_counts (AltmStore *store, const char *office, gint64 slot)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, NULL, "SELECT code, count FROM flow_counts WHERE office = ? AND slot = ? AND count > 0", "si", office, slot);
  json_t *counts = json_object ();

  while (altm_sql_step (sql, rows, NULL))
    json_object_set_new (counts, altm_rows_text (rows, 0), json_integer (sqlite3_column_int64 (rows, 1)));
  return counts;
}

/**
 * altm_flow_load:
 * @office: the id of a post office
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): code to count in the quarter of an hour that holds @now; counters at
 *   0 are absent
 */
json_t *
altm_flow_load (AltmStore *store, const char *office, gint64 now)
{
  return load_counts (store, office, slot_of (now));
}

static gboolean
queue_slot (AltmStore *store, AltmRows *row, gint64 now, GError **error)
{
  const char *office = altm_rows_text (row, 0);
  gint64 slot = sqlite3_column_int64 (row, 1);
  g_autofree char *start = altm_time_format_slot (slot);
  g_autoptr(json_t) data = json_pack ("{s:s, s:s, s:o}", "office", office, "slot", start, "counts",
                                      load_counts (store, office, slot));
  AltmEntry entry = { .type = "flow", .id = altm_rows_text (row, 2), .at = start, .place = office, .data = data };

  entry.shift = altm_rows_text (row, 3);
  entry.by = altm_rows_text (row, 4);
  return altm_outbox_add_within (store, &entry, 1, now, NULL, error);
}

/* As altm_flow_queue(), within a transaction of the caller's. */
gboolean
altm_flow_queue_within (AltmStore *store, gboolean with_running_slot, gint64 now, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  gint64 last = with_running_slot ? G_MAXINT64 : slot_of (now) - 1;
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT office, slot, id, shift, by FROM flow_slots WHERE is_dirty AND slot <= ?", "i", last);

  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    queue_slot (store, rows, now, &problem);
  if (problem == NULL)
    return altm_sql_run (sql, error, "UPDATE flow_slots SET is_dirty = 0 WHERE is_dirty AND slot <= ?", "i", last);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_flow_queue:
 * @with_running_slot: whether the slot that still runs is queued too (the shift ends, or all is
 *   to be sent); later taps then make a new revision
 * @now: microseconds since 1970-01-01 UTC
 *
 * Queues the slots that were counted in since they were queued last, as their totals.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_flow_queue (AltmStore *store, gboolean with_running_slot, gint64 now, GError **error)
{
  gint64 last = with_running_slot ? G_MAXINT64 : slot_of (now) - 1;

  if (!altm_sql_get_integer (altm_store_get_sql (store), 0,
                             "SELECT 1 FROM flow_slots WHERE is_dirty AND slot <= ? LIMIT 1", "i", last))
    return TRUE;
  return altm_store_begin (store, error) &&
         altm_store_end (store, altm_flow_queue_within (store, with_running_slot, now, error), error);
}
