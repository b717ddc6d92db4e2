/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-figures.h"

#include "altm-sums.h"
#include "altm-time.h"

#define SILENT_AFTER G_TIME_SPAN_DAY

static json_t *
write_time (gint64 time)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  g_autofree char *text = time > 0 ? altm_time_format (time, paris) : NULL;

  return text != NULL ? json_string (text) : json_null ();
}

/* A tablet that was heard in the last day vouches for what it recorded before its oldest waiting
 * line; one that was not is named, and vouches for nothing. */
static gboolean
count_devices (AltmSql *sql, gint64 now, json_t *root, GError **error)
{
  json_t *silent = json_array ();
  gint64 complete_to = 0;
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem, "SELECT name, last_seen, pending, oldest, enrolled_at FROM devices WHERE revoked_at IS NULL", "");

  while (altm_sql_step (sql, rows, &problem))
    {
      gint64 seen = sqlite3_column_int64 (rows, 1);
      gint64 oldest = sqlite3_column_int64 (rows, 3);
      gint64 complete = sqlite3_column_int64 (rows, 2) > 0 && oldest > 0 ? MIN (oldest, seen) : seen;

      if (MAX (seen, sqlite3_column_int64 (rows, 4)) < now - SILENT_AFTER)
        json_array_append_new (silent, json_pack ("{s:s, s:o, s:I}", "name", altm_rows_text (rows, 0), "last_seen",
                                                  write_time (seen), "pending", (json_int_t) sqlite3_column_int64 (rows, 2)));
      else if (seen > 0)
        complete_to = complete_to == 0 ? complete : MIN (complete_to, complete);
    }
  json_object_set_new (root, "complete_to", write_time (complete_to));
  json_object_set_new (root, "silent_devices", silent);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static json_t *
copy_codes (const AltmSums *sums, const char *figure)
{
  json_t *codes = altm_sums_get_codes (sums, figure);

  return codes != NULL ? json_incref (codes) : json_object ();
}

/* The newsletter's processes stand there also where nothing was done in one. */
static json_t *
write_processes (const AltmSums *sums)
{
  json_t *processes = json_pack ("{s:i, s:i, s:i, s:i, s:i}", "telephone_habitants", 0, "telephone_familles", 0,
                                 "espace_public", 0, "bureau_poste", 0, "autre", 0);

  json_object_update (processes, altm_sums_get_codes (sums, "by_process"));
  return processes;
}

static void
write_sums (json_t *root, const AltmSums *sums)
{
  static const char *const numbers[] = { "interventions", "attempts", "people", "observations" };
  static const char *const codes[] = { "flow", "by_register", "by_theme", "by_result" };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    json_object_set_new (root, numbers[i], json_integer (altm_sums_get (sums, numbers[i])));
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    json_object_set_new (root, codes[i], copy_codes (sums, codes[i]));
  json_object_set_new (root, "by_process", write_processes (sums));
  json_object_set (root, "by_channel", altm_sums_get_channels (sums));
}

static gboolean
count_referrals (AltmSql *sql, const AltmFilter *filter, json_t *root, GError **error)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  g_autoptr(json_t) statuses = json_object ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem, "SELECT status, place, channel, team FROM referrals WHERE time >= ? AND time < ?", "ii",
    altm_calendar_find_instant (paris, filter->from), altm_calendar_find_instant (paris, filter->to));
  gint64 referrals = 0;

  while (altm_sql_step (sql, rows, &problem))
    if (altm_filter_takes (filter, altm_rows_text (rows, 1), altm_rows_text (rows, 2), altm_rows_text (rows, 3)))
      {
        const char *status = altm_rows_text (rows, 0);

        referrals++;
        json_object_set_new (statuses, status, json_integer (altm_json_get_integer (statuses, status, 0) + 1));
      }
  json_object_set_new (root, "referrals", json_integer (referrals));
  json_object_set (root, "referrals_by_status", statuses);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_figures_count:
 * @filter: which records count
 * @now: microseconds since 1970-01-01 UTC
 *
 * Counts by the rules of the trade (altm_facts_visit()).
 *
 * Returns: (transfer full): "complete_to", "silent_devices" and the figures, or %NULL with an
 *   %ALTM_STORE_ERROR
 */
json_t *
altm_figures_count (AltmHqStore *store, const AltmFilter *filter, gint64 now, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(json_t) root = json_object ();
  g_autoptr(AltmSums) sums = altm_sums_count (sql, filter, error);

  if (sums == NULL || !count_devices (sql, now, root, error) || !count_referrals (sql, filter, root, error))
    return NULL;
  write_sums (root, sums);
  return g_steal_pointer (&root);
}
