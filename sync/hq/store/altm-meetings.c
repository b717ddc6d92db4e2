/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-meetings.h"

#include <string.h>

#define IS_SAME "minute = ?1 AND place = ?2 AND people = ?3 AND themes = ?4"

/* A row of the table, but for whether it is alike. @place belongs to the line. */
typedef struct
{
  gint64 minute;
  const char *place;
  gint64 people;
  char *themes;
  char *source;
  gint64 line;
} Meeting;

static void
meeting_clear (Meeting *self)
{
  g_free (self->themes);
  g_free (self->source);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Meeting, meeting_clear)

static int
compare_codes (gconstpointer one, gconstpointer other)
{
  return strcmp (*(const char *const *) one, *(const char *const *) other);
}

static char *
join_themes (json_t *themes)
{
  g_autoptr(GPtrArray) codes = g_ptr_array_new ();
  json_t *theme;
  gsize i;

  json_array_foreach (themes, i, theme)
    g_ptr_array_add (codes, (char *) json_string_value (theme));
  g_ptr_array_sort (codes, compare_codes);
  g_ptr_array_add (codes, NULL);
  return g_strjoinv (" ", (char **) codes->pdata);
}

/* An attempt met nobody, and what has no place may have been anywhere. */
static gboolean
is_meeting (const AltmLine *line)
{
  return line->place != NULL && g_strcmp0 (altm_json_get_string (line->data, "result"), "injoignable") != 0;
}

static void
read_meeting (AltmSql *sql, gint64 n, const AltmLine *line, gint64 time, Meeting *meeting)
{
  gint64 device = altm_sql_get_integer (sql, 0, "SELECT device FROM journal WHERE n = ?", "i", n);

  meeting->minute = (time - (time % G_TIME_SPAN_MINUTE + G_TIME_SPAN_MINUTE) % G_TIME_SPAN_MINUTE) / G_TIME_SPAN_MINUTE;
  meeting->place = line->place;
  meeting->people = altm_json_get_integer (line->data, "people", 0);
  meeting->themes = join_themes (json_object_get (line->data, "themes"));
  meeting->source = g_strdup_printf ("%" G_GINT64_FORMAT " %s", device, line->by != NULL ? line->by : "");
  meeting->line = n;
}

/* The first and the last of those that are the same tell it, however many there are. */
static gboolean
has_several_sources (AltmSql *sql, const Meeting *meeting)
{
  return altm_sql_get_integer (sql, 0,
                               "SELECT (SELECT source FROM meetings WHERE " IS_SAME " ORDER BY source LIMIT 1)"
                               " <> (SELECT source FROM meetings WHERE " IS_SAME " ORDER BY source DESC LIMIT 1)",
                               "isis", meeting->minute, meeting->place, meeting->people, meeting->themes) != 0;
}

static gboolean
flag_all (AltmSql *sql, const Meeting *meeting, gboolean is_alike, GError **error)
{
  return altm_sql_run (sql, error, "UPDATE meetings SET is_alike = ?5 WHERE " IS_SAME, "isisi", meeting->minute, meeting->place,
                       meeting->people, meeting->themes, (gint64) is_alike);
}

/**
 * altm_meetings_add:
 * @n: the line's number in the journal
 * @line: a contact that counts
 * @time: when the figures say that it was, microseconds since 1970-01-01 UTC
 *
 * Keeps an intervention among those of which some may have been recorded twice, and flags it where another device or another
 * mediator has one of the same minute, place, people and themes.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_meetings_add (AltmSql *sql, gint64 n, const AltmLine *line, gint64 time, GError **error)
{
  g_auto(Meeting) meeting = { 0 };
  gboolean was_alike;

  if (!is_meeting (line))
    return TRUE;
  read_meeting (sql, n, line, time, &meeting);
  was_alike = has_several_sources (sql, &meeting);
  if (!altm_sql_run (sql, error, "INSERT INTO meetings VALUES (?, ?, ?, ?, ?, ?, ?)", "isissii", meeting.minute, meeting.place,
                     meeting.people, meeting.themes, meeting.source, n, (gint64) was_alike))
    return FALSE;
  return was_alike || !has_several_sources (sql, &meeting) || flag_all (sql, &meeting, TRUE, error);
}

/**
 * altm_meetings_remove:
 * @n: as altm_meetings_add() was told, as is all else
 *
 * Forgets an intervention, and what was alike because of it alone.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_meetings_remove (AltmSql *sql, gint64 n, const AltmLine *line, gint64 time, GError **error)
{
  g_auto(Meeting) meeting = { 0 };
  gboolean was_alike;

  if (!is_meeting (line))
    return TRUE;
  read_meeting (sql, n, line, time, &meeting);
  was_alike = has_several_sources (sql, &meeting);
  if (!altm_sql_run (sql, error, "DELETE FROM meetings WHERE " IS_SAME " AND source = ?5 AND line = ?6", "isissi",
                     meeting.minute, meeting.place, meeting.people, meeting.themes, meeting.source, n))
    return FALSE;
  return !was_alike || has_several_sources (sql, &meeting) || flag_all (sql, &meeting, FALSE, error);
}
