/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-figures.h"

#include "altm-sums.h"
#include "altm-time.h"
#include "altm-weeks.h"

#define SILENT_AFTER G_TIME_SPAN_DAY

static json_t *
write_time (gint64 time)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  g_autofree char *text = time > 0 ? altm_time_format (time, paris) : NULL;

  return text != NULL ? json_string (text) : json_null ();
}

/* A tablet that says nothing goes on as it did before, as far as anybody knows: what waited when it was heard last, and
 * since then as many records a day as it brought until then. */
static gint64
expect_records (gint64 held, gint64 pending, gint64 enrolled, gint64 seen, gint64 now)
{
  gint64 heard = MAX ((seen - enrolled) / G_TIME_SPAN_DAY, 1);
  gint64 silent = MAX (now - seen, 0) / G_TIME_SPAN_DAY;

  return seen > 0 ? pending + (held * silent + heard / 2) / heard : 0;
}

/* Until when all that a tablet recorded has come in. */
static gint64
find_complete (AltmRows *row)
{
  gint64 seen = sqlite3_column_int64 (row, 1), oldest = sqlite3_column_int64 (row, 3);

  return sqlite3_column_int64 (row, 2) > 0 && oldest > 0 ? MIN (oldest, seen) : seen;
}

static json_t *
describe_silent (AltmRows *row, gint64 now)
{
  gint64 seen = sqlite3_column_int64 (row, 1), pending = sqlite3_column_int64 (row, 2);
  gint64 expected = expect_records (sqlite3_column_int64 (row, 5), pending, sqlite3_column_int64 (row, 4), seen, now);

  return json_pack ("{s:s, s:o, s:o, s:I, s:I}", "name", altm_rows_text (row, 0), "last_seen", write_time (seen),
                    "complete_to", write_time (find_complete (row)), "pending", (json_int_t) pending, "expected",
                    (json_int_t) expected);
}

/**
 * altm_figures_tell_completeness:
 * @now: microseconds since 1970-01-01 UTC
 * @root: gets "complete_to" and "silent_devices"
 *
 * A tablet that was heard in the last day vouches for what it recorded before its oldest waiting line; one that was not is
 * named with a "complete_to" of its own, and is not in that of all.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_figures_tell_completeness (AltmSql *sql, gint64 now, json_t *root, GError **error)
{
  json_t *silent = json_array ();
  gint64 complete_to = 0;
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem, "SELECT name, last_seen, pending, oldest, enrolled_at, held FROM devices WHERE revoked_at IS NULL", "");

  while (altm_sql_step (sql, rows, &problem))
    {
      gint64 seen = sqlite3_column_int64 (rows, 1), complete = find_complete (rows);

      if (MAX (seen, sqlite3_column_int64 (rows, 4)) < now - SILENT_AFTER)
        json_array_append_new (silent, describe_silent (rows, now));
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

  if (sums == NULL || !altm_figures_tell_completeness (sql, now, root, error) || !count_referrals (sql, filter, root, error))
    return NULL;
  write_sums (root, sums);
  return g_steal_pointer (&root);
}

/* Other figures of the console, by the codes of their lists. */
static const char *const more_codes[] = {
  "by_origin", "by_public", "by_setting", "by_school_theme", "by_action", "by_conflict_mode", "by_campaign", "by_age",
  "by_gender", "by_kind", "by_subject",
};

/* A shift that nobody ended ends with its last record; one that was forgotten for days ends after 12 hours. */
static gboolean
count_shifts (AltmSql *sql, const AltmFilter *filter, json_t *root, GError **error)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem,
    "SELECT place, channel, team, MAX (0, MIN (43200000000, IFNULL (ended, IFNULL (last, began)) - began)), mediators"
    " FROM shifts LEFT JOIN shift_ends ON shift = id WHERE began >= ? AND began < ?",
    "ii", altm_calendar_find_instant (paris, filter->from), altm_calendar_find_instant (paris, filter->to));
  gint64 shifts = 0, on_shift = 0, of_mediators = 0;

  while (altm_sql_step (sql, rows, &problem))
    if (altm_filter_takes (filter, altm_rows_text (rows, 0), altm_rows_text (rows, 1), altm_rows_text (rows, 2)))
      {
        gint64 minutes = sqlite3_column_int64 (rows, 3) / G_TIME_SPAN_MINUTE;

        shifts++;
        on_shift += minutes;
        of_mediators += minutes * sqlite3_column_int64 (rows, 4);
      }
  json_object_set_new (root, "shifts", json_pack ("{s:I, s:I, s:I}", "number", (json_int_t) shifts, "minutes",
                                                  (json_int_t) on_shift, "mediator_minutes", (json_int_t) of_mediators));
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_figures_is_qpv:
 * @place: the id of a place
 *
 * Returns: whether it is a QPV, or lies in one
 */
gboolean
altm_figures_is_qpv (AltmLists *lists, const char *place)
{
  json_t *found = altm_lists_find_place (lists, place);

  return g_strcmp0 (altm_json_get_string (found, "kind"), "qpv") == 0 || altm_json_get_string (found, "qpv") != NULL;
}

/* Of interventions at places that HQ can tell: in a QPV, or not. */
static json_t *
count_qpv (AltmLists *lists, json_t *places)
{
  gint64 in = 0, known = 0;
  const char *id;
  json_t *count;

  json_object_foreach (places, id, count)
    {
      known += json_integer_value (count);
      in += altm_figures_is_qpv (lists, id) ? json_integer_value (count) : 0;
    }
  return json_pack ("{s:I, s:I}", "in", (json_int_t) in, "of", (json_int_t) known);
}

static gboolean
add_more (AltmHqStore *store, const AltmFilter *filter, const AltmSums *sums, json_t *root, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (more_codes); i++)
    json_object_set_new (root, more_codes[i], copy_codes (sums, more_codes[i]));
  json_object_set_new (root, "minutes", json_integer (altm_sums_get (sums, "minutes")));
  json_object_set_new (root, "slots", json_integer (altm_sums_get (sums, "slots")));
  json_object_set_new (root, "qpv", count_qpv (altm_hq_store_get_lists (store, 0), altm_sums_get_places (sums)));
  json_object_set (root, "by_place", altm_sums_get_places (sums));
  json_object_set (root, "clients_by_office", altm_sums_get_offices (sums));
  json_object_set_new (root, "clients_by_hour", altm_sums_write_hours (sums));
  return count_shifts (altm_hq_store_get_sql (store), filter, root, error);
}

static json_t *
describe_period (AltmHqStore *store, const AltmFilter *filter, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(json_t) root = json_object ();
  g_autoptr(AltmSums) sums = altm_sums_count (sql, filter, error);

  if (sums == NULL || !count_referrals (sql, filter, root, error) || !add_more (store, filter, sums, root, error))
    return NULL;
  write_sums (root, sums);
  return g_steal_pointer (&root);
}

static gboolean
add_year_before (AltmHqStore *store, const AltmFilter *filter, json_t *root, GError **error)
{
  AltmFilter before = *filter;
  json_t *described;

  if (filter->from == ALTM_FILTER_FIRST || filter->to == ALTM_FILTER_LAST)
    return json_object_set_new (root, "before", json_null ()) == 0;
  before.from = altm_calendar_find_year_before (filter->from);
  before.to = altm_calendar_find_year_before (filter->to);
  described = describe_period (store, &before, error);
  return described != NULL && json_object_set_new (root, "before", described) == 0;
}

/**
 * altm_figures_describe_alone:
 * @filter: which records count
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): as altm_figures_describe(), without `weeks`, `before` and `devices`, or %NULL with an
 *   %ALTM_STORE_ERROR
 */
json_t *
altm_figures_describe_alone (AltmHqStore *store, const AltmFilter *filter, gint64 now, GError **error)
{
  g_autoptr(json_t) root = describe_period (store, filter, error);

  return root != NULL && altm_figures_tell_completeness (altm_hq_store_get_sql (store), now, root, error) ? g_steal_pointer (&root) : NULL;
}

/**
 * altm_figures_describe:
 * @filter: which records count
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): all that altm_figures_count() says; how many `devices` are enrolled; `minutes` of
 *   interventions; `shifts`: their `number`, `minutes`, and those times the mediators on each; `qpv`: interventions `in` one `of` all; interventions `by_place`;
 *   `clients_by_office` and `clients_by_hour` of the week; more figures by code; `weeks` as altm_weeks_count(); `before`:
 *   the same of the period a year earlier, null where there is no beginning or no end; or %NULL with an
 *   %ALTM_STORE_ERROR
 */
json_t *
altm_figures_describe (AltmHqStore *store, const AltmFilter *filter, gint64 now, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(json_t) root = describe_period (store, filter, error);
  json_t *weeks;

  if (root == NULL || !altm_figures_tell_completeness (sql, now, root, error) || !add_year_before (store, filter, root, error) ||
      (weeks = altm_weeks_count (sql, filter, error)) == NULL)
    return NULL;
  json_object_set_new (root, "weeks", weeks);
  json_object_set_new (root, "devices",
                       json_integer (altm_sql_get_integer (sql, 0, "SELECT COUNT (*) FROM devices WHERE revoked_at IS NULL", "")));
  return g_steal_pointer (&root);
}
