/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-weeks.h"

/* At most a year of them; and the same weeks a year before are 52 weeks before, so that they begin on a Monday too. */
#define MOST_WEEKS 52
#define WEEK 7
#define YEAR (52 * WEEK)

/* @weeks: interventions of each, and of the same week a year before. */
typedef struct
{
  const AltmFilter *filter;
  guint interventions;
  int first;
  int n_weeks;
  gint64 weeks[2][MOST_WEEKS];
} Weeks;

static gint64
find_count (const AltmRollup *rollup, guint what)
{
  const guint8 *at = rollup->counts, *end = at + rollup->length;
  AltmCount count;

  while (at < end && (at = altm_counts_read (at, end, &count)) != NULL)
    if (count.what == what)
      return count.count;
  return 0;
}

static gboolean
add_rollup (const AltmRollup *rollup, gpointer data)
{
  Weeks *self = data;
  gboolean is_before = rollup->start < self->first;
  int week = (rollup->start - self->first + (is_before ? YEAR : 0)) / WEEK;

  if (week >= 0 && week < self->n_weeks &&
      altm_filter_takes (self->filter, rollup->place, rollup->channel, rollup->team))
    self->weeks[is_before][week] += find_count (rollup, self->interventions);
  return TRUE;
}

static json_t *
write_weeks (const Weeks *self)
{
  json_t *weeks = json_array ();

  for (int i = 0; i < self->n_weeks; i++)
    {
      g_autofree char *day = altm_calendar_format_day (self->first + i * WEEK);

      json_array_append_new (weeks, json_pack ("{s:s, s:I, s:I}", "from", day, "interventions",
                                               (json_int_t) self->weeks[0][i], "before", (json_int_t) self->weeks[1][i]));
    }
  return weeks;
}

static void
find_weeks (Weeks *self, AltmSql *sql)
{
  int newest = (int) altm_sql_get_integer (sql, 0, "SELECT MAX (start) FROM cells WHERE span = 1", "");
  int oldest = (int) altm_sql_get_integer (sql, 0, "SELECT MIN (start) FROM cells WHERE span = 1", "");
  int last = altm_calendar_find_start (ALTM_SPAN_WEEK, MIN (self->filter->to - 1, newest));

  self->first = altm_calendar_find_start (ALTM_SPAN_WEEK, MAX (self->filter->from, oldest));
  self->first = MAX (self->first, last - (MOST_WEEKS - 1) * WEEK);
  self->n_weeks = newest != 0 && last >= self->first ? (last - self->first) / WEEK + 1 : 0;
}

/**
 * altm_weeks_count:
 * @filter: which records count; weeks count whole, also where the period begins or ends in them
 *
 * Returns: (transfer full): an array of {"from" (a Monday), "interventions", "before" (52 weeks earlier)}, at most the last
 *   52, or %NULL with an %ALTM_STORE_ERROR
 */
json_t *
altm_weeks_count (AltmSql *sql, const AltmFilter *filter, GError **error)
{
  Weeks self = { filter };

  self.interventions = (guint) altm_sql_get_integer (sql, 0, "SELECT n FROM counted WHERE figure = 'interventions'", "");
  find_weeks (&self, sql);
  if (self.n_weeks > 0 &&
      (!altm_rollups_visit (sql, ALTM_SPAN_WEEK, self.first - YEAR, self.first - YEAR + self.n_weeks * WEEK,
                            add_rollup, &self, error) ||
       !altm_rollups_visit (sql, ALTM_SPAN_WEEK, self.first, self.first + self.n_weeks * WEEK, add_rollup, &self, error)))
    return NULL;
  return write_weeks (&self);
}
