/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-sums.h"

#include <string.h>

struct _AltmSums
{
  const AltmFilter *filter;
  GArray *counts; /* of gint64, by their number in the table `counted` */
  guint interventions; /* its number there */
  guint clients;       /* the number of those who came into an office */
  guint slots;         /* that of the hours in which clients were counted */
  AltmSpan span;
  GHashTable *figures; /* figure -> json_t: code -> count */
  json_t *channels;    /* channel -> interventions */
  json_t *places;      /* place -> interventions */
  json_t *offices;     /* post office -> clients */
  gint64 hours[ALTM_SUMS_HOURS]; /* clients */
  gboolean is_counted[ALTM_SUMS_HOURS];
};

/**
 * altm_sums_free:
 * @self: (nullable): freed
 */
void
altm_sums_free (AltmSums *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->counts);
  g_hash_table_unref (self->figures);
  json_decref (self->channels);
  json_decref (self->places);
  json_decref (self->offices);
  g_free (self);
}

static void
add_to (json_t *counts, const char *code, gint64 count)
{
  json_object_set_new (counts, code, json_integer (altm_json_get_integer (counts, code, 0) + count));
}

/* Days keep the hour of the day, months that of the week. */
static int
find_hour (const AltmSums *self, const AltmRollup *rollup)
{
  int days = rollup->start - altm_calendar_find_start (ALTM_SPAN_WEEK, rollup->start);
  int hour = rollup->hour + (self->span == ALTM_SPAN_DAY ? 24 * days : 0);

  return rollup->hour >= 0 && hour < ALTM_SUMS_HOURS ? hour : -1;
}

static void
add_clients (AltmSums *self, const AltmRollup *rollup, gint64 clients)
{
  int hour = find_hour (self, rollup);

  if (hour >= 0)
    self->hours[hour] += clients;
  add_to (self->offices, rollup->place, clients);
}

static void
add_slots (AltmSums *self, const AltmRollup *rollup, gint64 slots)
{
  int hour = find_hour (self, rollup);

  if (hour >= 0 && slots > 0)
    self->is_counted[hour] = TRUE;
}

static void
add_interventions (AltmSums *self, const AltmRollup *rollup, gint64 interventions)
{
  add_to (self->channels, rollup->channel, interventions);
  add_to (self->places, rollup->place, interventions);
}

static gboolean
add_rollup (const AltmRollup *rollup, gpointer data)
{
  AltmSums *self = data;
  const guint8 *at = rollup->counts, *end = at + rollup->length;
  AltmCount count;

  if (!altm_filter_takes (self->filter, rollup->place, rollup->channel, rollup->team))
    return TRUE;
  while (at < end && (at = altm_counts_read (at, end, &count)) != NULL)
    {
      if (count.what >= self->counts->len)
        g_array_set_size (self->counts, count.what + 1);
      g_array_index (self->counts, gint64, count.what) += count.count;
      if (count.what == self->interventions)
        add_interventions (self, rollup, count.count);
      else if (count.what == self->clients)
        add_clients (self, rollup, count.count);
      else if (count.what == self->slots)
        add_slots (self, rollup, count.count);
    }
  return at == end;
}

static gboolean
add_span (AltmSums *self, AltmSql *sql, AltmSpan span, int from, int to, GError **error)
{
  self->span = span;
  return altm_rollups_visit (sql, span, from, to, add_rollup, self, error);
}

/* Whole months by the month, what lies before and behind them by the day. */
static gboolean
add_period (AltmSums *self, AltmSql *sql, GError **error)
{
  const AltmFilter *filter = self->filter;
  int first = altm_calendar_find_start (ALTM_SPAN_MONTH, filter->from);
  int last = altm_calendar_find_start (ALTM_SPAN_MONTH, filter->to);

  if (first < filter->from)
    first = altm_calendar_find_next (ALTM_SPAN_MONTH, first);
  if (first >= last)
    return add_span (self, sql, ALTM_SPAN_DAY, filter->from, filter->to, error);
  return add_span (self, sql, ALTM_SPAN_DAY, filter->from, first, error) &&
         add_span (self, sql, ALTM_SPAN_MONTH, first, last, error) &&
         add_span (self, sql, ALTM_SPAN_DAY, last, filter->to, error);
}

static json_t *
bring_figure (AltmSums *self, const char *figure)
{
  json_t *codes = g_hash_table_lookup (self->figures, figure);

  if (codes == NULL)
    {
      codes = json_object ();
      g_hash_table_insert (self->figures, g_strdup (figure), codes);
    }
  return codes;
}

static gboolean
take_problem (GError *problem, GError **error)
{
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, problem);
  return FALSE;
}

static gboolean
name_counts (AltmSums *self, AltmSql *sql, GError **error)
{
  GError *problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (sql, &problem, "SELECT n, figure, code FROM counted", "");

  while (altm_sql_step (sql, rows, &problem))
    {
      guint what = (guint) sqlite3_column_int64 (rows, 0);

      if (what < self->counts->len && g_array_index (self->counts, gint64, what) > 0)
        add_to (bring_figure (self, altm_rows_text (rows, 1)), altm_rows_text (rows, 2),
                g_array_index (self->counts, gint64, what));
    }
  return take_problem (problem, error);
}

static void
raise_peak (json_t *flow, const char *code, gint64 count)
{
  if (count > altm_json_get_integer (flow, code, 0))
    json_object_set_new (flow, code, json_integer (count));
}

/* The index alone is read: letting SQLite group it takes twice as long. */
static gboolean
add_peaks (AltmSums *self, AltmSql *sql, GError **error)
{
  const AltmFilter *filter = self->filter;
  GError *problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem, "SELECT code, place, team, count FROM peaks WHERE day >= ? AND day < ?", "ii",
                    (gint64) filter->from, (gint64) filter->to);

  while (altm_sql_step (sql, rows, &problem))
    if (altm_filter_takes (filter, altm_rows_text (rows, 1), "bureau_poste", altm_rows_text (rows, 2)))
      raise_peak (bring_figure (self, "flow"), altm_rows_text (rows, 0), sqlite3_column_int64 (rows, 3));
  return take_problem (problem, error);
}

/**
 * altm_sums_count:
 * @filter: has to outlive the sums
 *
 * Returns: (transfer full): the sums, or %NULL with an %ALTM_STORE_ERROR
 */
AltmSums *
altm_sums_count (AltmSql *sql, const AltmFilter *filter, GError **error)
{
  g_autoptr(AltmSums) self = g_new0 (AltmSums, 1);

  self->filter = filter;
  self->counts = g_array_new (FALSE, TRUE, sizeof (gint64));
  self->figures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_decref);
  self->channels = json_object ();
  self->places = json_object ();
  self->offices = json_object ();
  self->interventions = (guint) altm_sql_get_integer (sql, 0, "SELECT n FROM counted WHERE figure = 'interventions'", "");
  self->clients = (guint) altm_sql_get_integer (sql, 0, "SELECT n FROM counted WHERE figure = 'flow' AND code = 'entres'", "");
  self->slots = (guint) altm_sql_get_integer (sql, 0, "SELECT n FROM counted WHERE figure = 'slots'", "");
  return add_period (self, sql, error) && name_counts (self, sql, error) && add_peaks (self, sql, error)
           ? g_steal_pointer (&self)
           : NULL;
}

/**
 * altm_sums_get:
 * @figure: one without codes, such as `people`
 *
 * Returns: its sum
 */
gint64
altm_sums_get (const AltmSums *self, const char *figure)
{
  return altm_json_get_integer (altm_sums_get_codes (self, figure), "", 0);
}

/**
 * altm_sums_get_codes:
 * @figure: such as `by_theme`
 *
 * Returns: (transfer none) (nullable): code to sum, %NULL where nothing was counted
 */
json_t *
altm_sums_get_codes (const AltmSums *self, const char *figure)
{
  return g_hash_table_lookup (self->figures, figure);
}

/**
 * altm_sums_get_channels:
 *
 * Returns: (transfer none): channel to interventions
 */
json_t *
altm_sums_get_channels (const AltmSums *self)
{
  return self->channels;
}

/**
 * altm_sums_get_places:
 *
 * Returns: (transfer none): place to interventions
 */
json_t *
altm_sums_get_places (const AltmSums *self)
{
  return self->places;
}

/**
 * altm_sums_get_offices:
 *
 * Returns: (transfer none): post office to clients who came in
 */
json_t *
altm_sums_get_offices (const AltmSums *self)
{
  return self->offices;
}

/**
 * altm_sums_write_hours:
 *
 * Returns: (transfer full): an array of the clients who came in, by the hour of the week from Monday 0 h on; null for an hour
 *   in which nobody counted, which is not nought
 */
json_t *
altm_sums_write_hours (const AltmSums *self)
{
  json_t *hours = json_array ();

  for (int i = 0; i < ALTM_SUMS_HOURS; i++)
    json_array_append_new (hours, self->is_counted[i] ? json_integer (self->hours[i]) : json_null ());
  return hours;
}
