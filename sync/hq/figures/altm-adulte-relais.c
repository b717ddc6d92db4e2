/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-adulte-relais.h"

#include <string.h>

#include "altm-calendar.h"
#include "altm-facts.h"
#include "altm-mask.h"
#include "altm-paper.h"

/* Interventions in no QPV. */
#define ELSEWHERE "elsewhere"

/* Nothing is kept by mediator: a year's records are gone over each time. The times of a shift are as in the key figures. */
#define RECORDS                                                                                                         \
  "SELECT bytes, MAX (0, MIN (43200000000, IFNULL (ended, IFNULL (last, began)) - began)), referrals.status"            \
  " FROM records JOIN journal ON n = records.line LEFT JOIN shifts ON shifts.line = records.line"                       \
  " LEFT JOIN shift_ends ON shift = shifts.id LEFT JOIN referrals ON referrals.line = records.line"                     \
  " WHERE records.time >= ? AND records.time < ? AND is_known AND NOT is_deleted"

/* @posts: mediator to figure to code to count; @unassigned: interventions that name no mediator. */
typedef struct
{
  AltmLists *lists;
  json_t *posts;
  gint64 unassigned;
} Year;

/* A record that is being counted. */
typedef struct
{
  Year *year;
  const AltmLine *line;
  json_t *post;
} Record;

static json_t *
bring (json_t *object, const char *key)
{
  json_t *value = json_object_get (object, key);

  if (value != NULL)
    return value;
  value = json_object ();
  json_object_set_new (object, key, value);
  return value;
}

static void
add (json_t *post, const char *figure, const char *code, gint64 count)
{
  json_t *codes = bring (post, figure);

  json_object_set_new (codes, code, json_integer (altm_json_get_integer (codes, code, 0) + count));
}

static const char *
find_qpv (AltmLists *lists, const char *id)
{
  json_t *place = altm_lists_find_place (lists, id);
  const char *qpv = altm_json_get_string (place, "qpv");

  if (qpv == NULL && g_strcmp0 (altm_json_get_string (place, "kind"), "qpv") == 0)
    return id;
  return qpv != NULL ? qpv : ELSEWHERE;
}

static void
add_fact (const char *figure, const char *code, gint64 count, gboolean is_most, gpointer data)
{
  const Record *record = data;

  if (!is_most)
    add (record->post, figure, code, count);
  if (strcmp (figure, "interventions") != 0)
    return;
  add (record->post, "by_channel", altm_json_get_string (record->line->data, "channel"), 1);
  add (record->post, "by_qpv", find_qpv (record->year->lists, record->line->place), 1);
}

static const char *
find_structure_type (AltmLists *lists, json_t *referral)
{
  json_t *structure = altm_lists_find_structure (lists, altm_json_get_string (referral, "structure"));
  const char *type = altm_json_get_string (referral, "structure_type");

  if (structure != NULL)
    type = altm_json_get_string (structure, "type");
  return type != NULL ? type : "autre";
}

/* Who was on shift was there, whoever of them recorded it. */
static void
add_shift (Year *year, const AltmLine *line, gint64 time)
{
  json_t *partner;
  gsize i;

  add (bring (year->posts, line->by), "minutes", "", time / G_TIME_SPAN_MINUTE);
  json_array_foreach (json_object_get (line->data, "partners"), i, partner)
    if (json_is_string (partner) && strcmp (json_string_value (partner), line->by) != 0)
      add (bring (year->posts, json_string_value (partner)), "minutes", "", time / G_TIME_SPAN_MINUTE);
}

static void
add_referral (Record *record, const char *status)
{
  add (record->post, "referrals", "", 1);
  add (record->post, "by_structure_type", find_structure_type (record->year->lists, record->line->data), 1);
  if (status != NULL)
    add (record->post, "referrals_by_status", status, 1);
}

static void
count_unassigned (const char *figure, const char *code, gint64 count, gboolean is_most, gpointer data)
{
  Year *year = data;

  if (strcmp (figure, "interventions") == 0)
    year->unassigned += count;
}

static void
add_record (Year *year, const AltmLine *line, AltmRows *row)
{
  Record record = { year, line, NULL };

  if (line->by == NULL)
    {
      altm_facts_visit (line, count_unassigned, year);
      return;
    }
  record.post = bring (year->posts, line->by);
  if (strcmp (line->type, "shift") == 0)
    add_shift (year, line, sqlite3_column_int64 (row, 1));
  else if (strcmp (line->type, "referral") == 0)
    add_referral (&record, altm_rows_text (row, 2));
  else
    altm_facts_visit (line, add_fact, &record);
}

static gboolean
add_records (Year *year, AltmSql *sql, int from, int to, GError **error)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (sql, &problem, RECORDS, "ii", altm_calendar_find_instant (paris, from),
                                             altm_calendar_find_instant (paris, to));

  while (altm_sql_step (sql, rows, &problem))
    {
      g_auto(AltmLine) line = { NULL };

      if (altm_line_read (&line, sqlite3_column_blob (rows, 0), (gsize) sqlite3_column_bytes (rows, 0), NULL))
        add_record (year, &line, rows);
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gint64
get_sum (json_t *post, const char *figure)
{
  return altm_json_get_integer (json_object_get (post, figure), "", 0);
}

/* The share in QPV is the rest of those elsewhere: where these are masked among the territories, it is not told either. */
static json_t *
write_qpv (json_t *masked, gint64 interventions)
{
  json_t *elsewhere = json_object_get (masked, ELSEWHERE);

  if (json_is_null (masked) || json_is_null (elsewhere))
    return json_null ();
  return json_pack ("{s:o, s:I}", "in", altm_mask_count (interventions - json_integer_value (elsewhere)), "out",
                    json_integer_value (elsewhere));
}

static json_t *
mask_numbers (json_t *post)
{
  static const char *const numbers[] = { "interventions", "attempts", "people", "referrals", "observations" };
  json_t *written = json_object ();

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    json_object_set_new (written, numbers[i], altm_mask_count (get_sum (post, numbers[i])));
  json_object_set_new (written, "clients",
                       altm_mask_count (altm_json_get_integer (json_object_get (post, "flow"), "entres", 0)));
  json_object_set_new (written, "minutes", json_integer (get_sum (post, "minutes")));
  return written;
}

static json_t *
write_post (AltmLists *lists, const char *mediator, json_t *post)
{
  static const char *const tables[] = { "by_register", "by_qpv", "by_structure_type", "referrals_by_status" };
  json_t *written = mask_numbers (post), *themes = bring (post, "by_theme");
  json_t *listed = altm_lists_find_mediator (lists, mediator);
  g_autoptr(json_t) activities =
    altm_paper_join_activities (json_object_get (post, "by_process"), json_object_get (post, "by_channel"));

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    json_object_set_new (written, tables[i], altm_mask_table (json_object_get (post, tables[i])));
  json_object_set_new (written, "activities", altm_mask_table (activities));
  json_object_set_new (written, "qpv", write_qpv (json_object_get (written, "by_qpv"), get_sum (post, "interventions")));
  altm_mask_few (themes);
  json_object_set (written, "by_theme", themes);
  json_object_set_new (written, "mediator", json_string (mediator));
  json_object_set (written, "name", json_object_get (listed, "name"));
  json_object_set (written, "team", json_object_get (listed, "team"));
  return written;
}

static json_t *
write_year (const Year *year)
{
  json_t *written = json_array (), *post;
  const char *mediator;

  json_object_foreach (year->posts, mediator, post)
    json_array_append_new (written, write_post (year->lists, mediator, post));
  return json_pack ("{s:o, s:o}", "posts", written, "unassigned", altm_mask_count (year->unassigned));
}

/**
 * altm_adulte_relais_describe:
 * @year: of Europe/Paris
 *
 * What the yearly report on each adulte-relais post tells, masked as altm_paper_describe() is. A record counts for the
 * mediator who made it, a shift for each who was on it. Posts are in no order that means anything.
 *
 * Returns: (transfer full): {"posts": [{"mediator", "name" and "team" where the lists have them, and the figures, with
 *   `by_qpv`: interventions by QPV, and `elsewhere`, and `by_structure_type`: referrals}], "unassigned": interventions that
 *   name no mediator, and are in no report}, or %NULL with an %ALTM_STORE_ERROR
 */
json_t *
altm_adulte_relais_describe (AltmHqStore *store, int year, GError **error)
{
  g_autoptr(json_t) posts = json_object ();
  Year counted = { altm_hq_store_get_lists (store, 0), posts, 0 };
  g_autofree char *first = g_strdup_printf ("%04d-01-01", year), *next = g_strdup_printf ("%04d-01-01", year + 1);
  int from = 0, to = 0;

  altm_calendar_parse_day (first, &from);
  altm_calendar_parse_day (next, &to);
  return add_records (&counted, altm_hq_store_get_sql (store), from, to, error) ? write_year (&counted) : NULL;
}
