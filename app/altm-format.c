/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-format.h"

#include <glib/gi18n.h>
#include <string.h>

#include "altm-time.h"

/* The names are the app's own: those of the C library need its locale to be generated on the
 * tablet, which is not a given. */
static const char *const weekdays[] = {
  N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
  N_("Sunday"),
};

static const char *const months[] = {
  N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"),
  N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
};

static GDateTime *
to_local (gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);

  return g_date_time_to_local (utc);
}

/**
 * altm_format_time:
 * @time: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): the time of day, as "15:33" or "15 h 33"
 */
char *
altm_format_time (gint64 time)
{
  g_autoptr (GDateTime) local = to_local (time);

  /* Translators: a time of day, hour and minutes; in French "%1$d h %2$02d". */
  return g_strdup_printf (_("%1$02d:%2$02d"), g_date_time_get_hour (local),
                          g_date_time_get_minute (local));
}

/**
 * altm_format_day:
 *
 * Returns: (transfer full): as "Tuesday 24 November"
 */
char *
altm_format_day (gint64 time)
{
  g_autoptr (GDateTime) local = to_local (time);

  /* Translators: weekday, day of the month, month. */
  return g_strdup_printf (_("%1$s %2$d %3$s"),
                          _(weekdays[g_date_time_get_day_of_week (local) - 1]),
                          g_date_time_get_day_of_month (local),
                          _(months[g_date_time_get_month (local) - 1]));
}

static int
days_between (gint64 earlier, gint64 later)
{
  g_autoptr (GDateTime) from = to_local (earlier);
  g_autoptr (GDateTime) to = to_local (later);
  GDate from_day, to_day;

  g_date_clear (&from_day, 1);
  g_date_clear (&to_day, 1);
  g_date_set_dmy (&from_day, g_date_time_get_day_of_month (from), g_date_time_get_month (from),
                  g_date_time_get_year (from));
  g_date_set_dmy (&to_day, g_date_time_get_day_of_month (to), g_date_time_get_month (to),
                  g_date_time_get_year (to));
  return g_date_days_between (&from_day, &to_day);
}

gboolean
altm_format_is_same_day (gint64 time, gint64 other)
{
  return days_between (time, other) == 0;
}

/**
 * altm_format_near_day:
 *
 * Returns: (transfer full): a day for a heading, as "Today", "Tuesday 24 November"; with its year where that is another
 */
char *
altm_format_near_day (gint64 time, gint64 now)
{
  g_autoptr (GDateTime) local = to_local (time);
  g_autoptr (GDateTime) today = to_local (now);
  g_autofree char *day = NULL;
  int days = days_between (time, now);

  if (days == 0)
    return g_strdup (_("Today"));
  if (days == 1)
    return g_strdup (_("Yesterday"));
  day = altm_format_day (time);
  if (g_date_time_get_year (local) == g_date_time_get_year (today))
    return g_steal_pointer (&day);
  /* Translators: weekday, day and month, then the year. */
  return g_strdup_printf (_("%1$s %2$d"), day, g_date_time_get_year (local));
}

/**
 * altm_format_moment:
 *
 * Returns: (transfer full): the time of day, with the day unless that is today
 */
char *
altm_format_moment (gint64 time, gint64 now)
{
  g_autofree char *clock = altm_format_time (time);
  g_autofree char *day = NULL;
  int days = days_between (time, now);

  if (days == 0)
    return g_steal_pointer (&clock);
  if (days == 1)
    return g_strdup_printf (_("yesterday %s"), clock);
  day = altm_format_day (time);
  return g_strdup_printf (_("%1$s, %2$s"), day, clock);
}

/**
 * altm_format_slot:
 *
 * Returns: (transfer full): the quarter of an hour in which @time lies, as "10:15 – 10:30"
 */
char *
altm_format_slot (gint64 time)
{
  gint64 start = time - time % ALTM_SLOT;
  g_autofree char *from = altm_format_time (start);
  g_autofree char *to = altm_format_time (start + ALTM_SLOT);

  return g_strdup_printf (_("%1$s – %2$s"), from, to);
}

/**
 * altm_format_join:
 * @parts: texts, ended by %NULL; empty ones are left out
 *
 * Returns: (transfer full): "one · two · three"
 */
char *
altm_format_join (const char *const *parts)
{
  GString *joined = g_string_new (NULL);

  for (gsize i = 0; parts[i] != NULL; i++)
    {
      if (*parts[i] == '\0')
        continue;
      if (joined->len > 0)
        g_string_append (joined, " · ");
      g_string_append (joined, parts[i]);
    }
  return g_string_free (joined, FALSE);
}

/**
 * altm_format_attempts:
 * @attempts: how often somebody was called and not reached
 *
 * Returns: (transfer full) (nullable): that in words, %NULL where there was no attempt
 */
char *
altm_format_attempts (int attempts)
{
  if (attempts <= 0)
    return NULL;
  return g_strdup_printf (ngettext ("not reached %d time", "not reached %d times", (gulong) attempts), attempts);
}
