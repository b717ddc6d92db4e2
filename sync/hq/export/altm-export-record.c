/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-export-record.h"

#include <string.h>

#include "altm-time.h"

static gboolean
read_row (AltmExportRecord *self, AltmRows *row, AltmHqStore *store, GTimeZone *paris)
{
  AltmLine *line = &self->line;
  const char *channel = altm_rows_text (row, 8);

  *self = (AltmExportRecord) {
    .device_id = altm_rows_text (row, 0),
    .device_name = altm_rows_text (row, 1),
    .received_at = sqlite3_column_int64 (row, 3),
    .has_private = sqlite3_column_int (row, 4),
    .time = sqlite3_column_int64 (row, 5),
    .is_known = sqlite3_column_int (row, 6),
    .status = altm_rows_text (row, 7),
    .channel = channel,
  };
  if (!altm_line_read (line, sqlite3_column_blob (row, 2), (gsize) sqlite3_column_bytes (row, 2), NULL))
    return FALSE;
  altm_facts_read (line, self->time, paris, line->lists > 0 ? altm_hq_store_get_lists (store, line->lists) : NULL, &self->facts);
  if (channel != NULL)
    self->facts.channel = channel;
  return TRUE;
}

static gboolean
visit_row (AltmRows *row, AltmHqStore *store, GTimeZone *paris, const AltmFilter *filter, AltmExportVisit visit, gpointer data,
           GError **error)
{
  AltmExportRecord record;
  gboolean goes_on = TRUE;

  if (read_row (&record, row, store, paris) &&
      altm_filter_takes (filter, record.facts.place, record.facts.channel, record.facts.team))
    goes_on = visit (&record, data, error);
  altm_line_clear (&record.line);
  return goes_on;
}

/**
 * altm_export_visit:
 * @filter: of which days, places, channel and teams; as the figures take them
 * @type: (nullable): of which type alone
 * @cancellable: (nullable): asked before each record
 *
 * Calls @visit with the present state of each record, in the order of arrival, withdrawn ones too. All are of one moment,
 * whatever comes meanwhile.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR, %G_IO_ERROR_CANCELLED or what @visit set
 */
gboolean
altm_export_visit (AltmHqStore *store, const AltmFilter *filter, const char *type, AltmExportVisit visit, gpointer data,
                   GCancellable *cancellable, GError **error)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem,
    "SELECT device_id, devices.name, bytes, received_at, has_private, records.time, is_known, status, channel FROM records"
    " JOIN journal ON journal.n = records.line JOIN devices ON devices.n = journal.device"
    " LEFT JOIN referrals ON referrals.line = records.line"
    " WHERE records.time >= ?1 AND records.time < ?2 AND (?3 IS NULL OR records.type = ?3) ORDER BY records.line",
    "iis", altm_calendar_find_instant (paris, filter->from), altm_calendar_find_instant (paris, filter->to), type);

  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    if (!g_cancellable_set_error_if_cancelled (cancellable, &problem))
      visit_row (rows, store, paris, filter, visit, data, &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static void
add_text (json_t *root, const char *name, const char *text)
{
  if (text != NULL && *text != '\0')
    json_object_set_new (root, name, json_string (text));
}

/* What the line itself does not say, and the figures go by. */
static void
add_facts (json_t *root, const AltmExportRecord *record, GTimeZone *zone)
{
  const AltmLine *line = &record->line;
  g_autofree char *counted = altm_time_format (record->time, zone);
  const char *own = strcmp (line->type, "flow") == 0 ? altm_json_get_string (line->data, "slot") : line->at;
  gint64 time;

  add_text (root, "shift", line->shift);
  add_text (root, "team", record->facts.team);
  add_text (root, "status", record->status);
  if (!altm_time_parse (own, &time) || time != record->time)
    add_text (root, "counted_at", counted);
  if (!record->is_known)
    json_object_set_new (root, "uncounted", json_true ());
}

/**
 * altm_export_describe:
 * @zone: UTC
 *
 * Returns: (transfer full): `device_id`, `id`, `rev`, `type`, `at`, `received_at`, `by`, `place`, `data`, `has_private`,
 *   and `deleted`; `shift`; `team`, where the lists name the mediator's; a referral's `status`, as HQ received or set it last;
 *   `counted_at`, where the figures go by another time than the record's own; `uncounted`, where this program cannot read
 *   it. What there is none of is left out
 */
json_t *
altm_export_describe (const AltmExportRecord *record, GTimeZone *zone)
{
  const AltmLine *line = &record->line;
  g_autofree char *received = altm_time_format (record->received_at, zone);
  json_t *root = json_pack ("{s:s, s:s, s:I, s:s, s:s, s:s, s:s*, s:s*, s:O*, s:b}", "device_id", record->device_id, "id", line->id,
                            "rev", (json_int_t) line->rev, "type", line->type, "at", line->at, "received_at", received, "by",
                            line->by, "place", line->place, "data", line->data, "has_private", record->has_private);

  if (line->is_deleted)
    json_object_set_new (root, "deleted", json_true ());
  add_facts (root, record, zone);
  return root;
}
