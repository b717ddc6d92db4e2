/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-time.h"

#include <stdio.h>
#include <string.h>

/* `d` stands for a digit, all else for itself. */
static gboolean
has_shape (const char *text, const char *shape)
{
  for (; *shape != '\0'; shape++, text++)
    if (*shape == 'd' ? !g_ascii_isdigit (*text) : *shape != *text)
      return FALSE;
  return TRUE;
}

/* GLib reads more of ISO 8601 than RFC 3339 allows: seconds left out, an offset of hours alone. */
static gboolean
is_rfc3339 (const char *text)
{
  const char *rest = text + strlen ("2026-11-24T18:12:03");

  if (!has_shape (text, "dddd-dd-ddTdd:dd:dd"))
    return FALSE;
  if (*rest == '.' && g_ascii_isdigit (rest[1]))
    rest += 1 + strspn (rest + 1, "0123456789");
  if (*rest == 'Z')
    return rest[1] == '\0';
  return (*rest == '+' || *rest == '-') && has_shape (rest + 1, "dd:dd") && rest[4] <= '5' && rest[6] == '\0';
}

/**
 * altm_time_parse:
 * @text: (nullable): an instant as RFC 3339 writes it, with its offset from UTC
 * @time: (out) (optional): microseconds since 1970-01-01 UTC
 *
 * Returns: whether @text is such an instant
 */
gboolean
altm_time_parse (const char *text, gint64 *time)
{
  g_autoptr(GDateTime) instant = NULL;

  if (text == NULL || strlen (text) > 40 || !is_rfc3339 (text))
    return FALSE;
  /* A day that the calendar has not yields %NULL. */
  instant = g_date_time_new_from_iso8601 (text, NULL);
  if (instant == NULL)
    return FALSE;
  if (time != NULL)
    *time = g_date_time_to_unix (instant) * G_USEC_PER_SEC + g_date_time_get_microsecond (instant);
  return TRUE;
}

/**
 * altm_time_format:
 * @time: microseconds since 1970-01-01 UTC
 * @zone: the zone whose offset is written
 *
 * Returns: (transfer full): @time as RFC 3339 with milliseconds and the offset
 */
char *
altm_time_format (gint64 time, GTimeZone *zone)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = g_date_time_to_timezone (utc, zone);
  g_autofree char *day = g_date_time_format (local, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *offset = g_date_time_format (local, "%:z");

  return g_strdup_printf ("%s.%03d%s", day, (int) (time % G_USEC_PER_SEC / 1000), offset);
}

/**
 * altm_time_format_slot:
 * @time: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): the UTC start of the quarter of an hour that holds @time, such as
 *   "2026-11-24T17:15:00Z"
 */
char *
altm_time_format_slot (gint64 time)
{
  g_autoptr(GDateTime) start = g_date_time_new_from_unix_utc (time / ALTM_SLOT * (ALTM_SLOT / G_USEC_PER_SEC));

  return g_date_time_format (start, "%Y-%m-%dT%H:%M:%SZ");
}

/**
 * altm_date_parse:
 * @text: (nullable): a day, YYYY-MM-DD
 * @zone: the zone in which the day begins
 * @time: (out) (optional): its first instant, microseconds since 1970-01-01 UTC
 *
 * Returns: whether @text is a day of the calendar
 */
gboolean
altm_date_parse (const char *text, GTimeZone *zone, gint64 *time)
{
  g_autoptr(GDateTime) day = NULL;
  int year, month, date;

  if (text == NULL || strlen (text) != 10 || !has_shape (text, "dddd-dd-dd"))
    return FALSE;
  if (sscanf (text, "%4d-%2d-%2d", &year, &month, &date) != 3)
    return FALSE;
  day = g_date_time_new (zone, year, month, date, 0, 0, 0);
  if (day == NULL)
    return FALSE;
  if (time != NULL)
    *time = g_date_time_to_unix (day) * G_USEC_PER_SEC;
  return TRUE;
}
