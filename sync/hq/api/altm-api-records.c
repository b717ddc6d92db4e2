/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-api-private.h"

#include "altm-calendar.h"
#include "altm-console-question.h"
#include "altm-facts.h"
#include "altm-record-type.h"
#include "altm-time.h"

/* Which records are told. */
typedef struct
{
  AltmApiPage page;
  AltmConsoleQuestion question;
  const char *type;
} Reading;

static void
reading_clear (Reading *self)
{
  altm_api_page_clear (&self->page);
  altm_console_question_clear (&self->question);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

static AltmReply *
refuse (const char *detail)
{
  return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, detail);
}

static AltmReply *
read_parameters (Reading *self, AltmApiCall *call)
{
  self->type = altm_question_get_value (call->query, "type");
  if (!altm_question_read (&self->question, call->store, call->query, call->token.teams))
    return refuse ("from and to are days, YYYY-MM-DD");
  if (self->type != NULL && altm_record_type_find (self->type) == NULL)
    return refuse ("type: no such type of record");
  return altm_api_page_init (&self->page, call, "");
}

/* What is told of a record is what its type describes, but for who was there and what a person was given to be found again
 * by. What a newer app adds leaves HQ when somebody has described it. */
static json_t *
copy_data (const AltmLine *line)
{
  const AltmRecordType *type = altm_record_type_find (line->type);
  json_t *data = json_object ();

  for (const AltmField *field = type->fields; field->name != NULL; field++)
    if (field->kind != ALTM_FIELD_NAMES && field->kind != ALTM_FIELD_REFERENCE)
      json_object_set (data, field->name, json_object_get (line->data, field->name));
  return data;
}

static json_t *
describe (const AltmLine *line, const AltmFacts *facts, const char *received)
{
  return json_pack ("{s:s, s:I, s:s, s:b, s:s, s:s, s:s?, s:s?, s:o}", "id", line->id, "rev", (json_int_t) line->rev, "type",
                    line->type, "deleted", line->is_deleted, "at", line->at, "received_at", received, "place",
                    *facts->place != '\0' ? facts->place : NULL, "team", *facts->team != '\0' ? facts->team : NULL, "data",
                    line->is_deleted ? json_null () : copy_data (line));
}

/* Returns: (transfer full) (nullable): what is told of a row, where it is told */
static json_t *
tell_row (Reading *self, AltmRows *row, GTimeZone *paris, GTimeZone *utc)
{
  g_auto(AltmLine) line = { NULL };
  g_autofree char *received = NULL;
  AltmFacts facts;

  if (!altm_line_read (&line, sqlite3_column_blob (row, 1), (gsize) sqlite3_column_bytes (row, 1), NULL) ||
      altm_record_type_find (line.type) == NULL)
    return NULL;
  altm_facts_read (&line, sqlite3_column_int64 (row, 3), paris,
                   line.lists > 0 ? altm_hq_store_get_lists (self->page.call->store, line.lists) : NULL, &facts);
  if (self->question.teams != NULL && !g_hash_table_contains (self->question.teams, facts.team))
    return NULL;
  received = altm_time_format (sqlite3_column_int64 (row, 2), utc);
  return describe (&line, &facts, received);
}

static gboolean
add_rows (Reading *self, GError **error)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  AltmApiPage *page = &self->page;
  const AltmFilter *filter = &self->question.filter;
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    page->call->sql, &problem,
    "SELECT line, bytes, received_at, time FROM records JOIN journal ON journal.n = line"
    " WHERE line > ? AND is_known AND time >= ? AND time < ? AND type = IFNULL (?, type) ORDER BY line LIMIT ?",
    "iiisi", page->after, altm_calendar_find_instant (paris, filter->from), altm_calendar_find_instant (paris, filter->to),
    self->type, page->limit);

  while (altm_sql_step (page->call->sql, rows, &problem))
    {
      g_autoptr(json_t) told = tell_row (self, rows, paris, utc);

      altm_api_page_look (page, sqlite3_column_int64 (rows, 0), told);
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_api_get_records:
 *
 * `from`, `to` (days, both included), `type`, `after` (a cursor), `limit`: the present state of records, in the order in which
 * HQ had it; who asks again with the last cursor is told what has changed since.
 *
 * Returns: (transfer full): 200 with a line for each record and the next cursor, 400 where a parameter is wrong, 409
 *   `restored` where the cursor is of another store
 */
AltmReply *
altm_api_get_records (AltmApiCall *call)
{
  static const char *const kept[] = { "from", "to", "type", "limit", NULL };
  g_autoptr(GError) error = NULL;
  g_auto(Reading) reading = { { NULL } };
  AltmReply *reply = read_parameters (&reading, call);

  if (reply != NULL)
    return reply;
  return add_rows (&reading, &error) ? altm_api_page_reply (&reading.page, ALTM_API_PATH "records", kept)
                                     : altm_reply_new_error (error);
}
