/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-api-private.h"

#include <string.h>

#include "altm-calendar.h"
#include "altm-console-question.h"
#include "altm-facts.h"
#include "altm-record-type.h"
#include "altm-time.h"

#define LINES_TYPE "application/x-ndjson"
#define MOST_RECORDS 1000
#define EPOCH_LETTERS 8

/* A page of records. @last: the line of the journal that was looked at last; @seen: how many were looked at */
typedef struct
{
  AltmApiCall *call;
  AltmConsoleQuestion question;
  const char *type;
  gint64 after;
  gint64 limit;
  GString *lines;
  gint64 last;
  gint64 seen;
} Page;

static AltmReply *
refuse (const char *detail)
{
  return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, detail);
}

/* Lines are counted anew in a store that was restored. */
static char *
write_cursor (Page *page, gint64 line)
{
  return g_strdup_printf ("%.*s-%" G_GINT64_FORMAT, EPOCH_LETTERS, altm_hq_store_get_epoch (page->call->store), line);
}

static AltmReply *
read_cursor (Page *page)
{
  const char *cursor = altm_question_get_value (page->call->query, "after");
  const char *epoch = altm_hq_store_get_epoch (page->call->store);
  guint64 line;

  if (cursor == NULL)
    return NULL;
  if (strlen (cursor) <= EPOCH_LETTERS + 1 || cursor[EPOCH_LETTERS] != '-' ||
      !g_ascii_string_to_unsigned (cursor + EPOCH_LETTERS + 1, 10, 0, G_MAXINT64, &line, NULL))
    return refuse ("after is what Altm-Cursor said");
  if (strncmp (cursor, epoch, EPOCH_LETTERS) != 0)
    return altm_reply_new_problem (ALTM_PROBLEM_RESTORED, "HQ's store was restored since; begin anew, without after");
  page->after = (gint64) line;
  return NULL;
}

static gboolean
read_limit (Page *page)
{
  const char *limit = altm_question_get_value (page->call->query, "limit");
  guint64 number = MOST_RECORDS;

  if (limit != NULL && !g_ascii_string_to_unsigned (limit, 10, 1, MOST_RECORDS, &number, NULL))
    return FALSE;
  page->limit = (gint64) number;
  return TRUE;
}

static AltmReply *
read_page (Page *page)
{
  AltmApiCall *call = page->call;

  page->type = altm_question_get_value (call->query, "type");
  if (!altm_question_read (&page->question, call->store, call->query, call->token.teams))
    return refuse ("from and to are days, YYYY-MM-DD");
  if (page->type != NULL && altm_record_type_find (page->type) == NULL)
    return refuse ("type: no such type of record");
  if (!read_limit (page))
    return refuse ("limit is from 1 to 1000");
  return read_cursor (page);
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

static void
add_row (Page *page, AltmRows *row, GTimeZone *paris, GTimeZone *utc)
{
  g_auto(AltmLine) line = { NULL };
  g_autoptr(json_t) record = NULL;
  g_autofree char *text = NULL, *received = NULL;
  AltmFacts facts;

  if (!altm_line_read (&line, sqlite3_column_blob (row, 1), (gsize) sqlite3_column_bytes (row, 1), NULL) ||
      altm_record_type_find (line.type) == NULL)
    return;
  altm_facts_read (&line, sqlite3_column_int64 (row, 3), paris,
                   line.lists > 0 ? altm_hq_store_get_lists (page->call->store, line.lists) : NULL, &facts);
  if (page->question.teams != NULL && !g_hash_table_contains (page->question.teams, facts.team))
    return;
  received = altm_time_format (sqlite3_column_int64 (row, 2), utc);
  record = describe (&line, &facts, received);
  text = altm_json_write (record);
  g_string_append_printf (page->lines, "%s\n", text);
}

static gboolean
add_rows (Page *page, GError **error)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  const AltmFilter *filter = &page->question.filter;
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    page->call->sql, &problem,
    "SELECT line, bytes, received_at, time FROM records JOIN journal ON journal.n = line"
    " WHERE line > ? AND is_known AND time >= ? AND time < ? AND type = IFNULL (?, type) ORDER BY line LIMIT ?",
    "iiisi", page->after, altm_calendar_find_instant (paris, filter->from), altm_calendar_find_instant (paris, filter->to),
    page->type, page->limit);

  while (altm_sql_step (page->call->sql, rows, &problem))
    {
      add_row (page, rows, paris, utc);
      page->last = sqlite3_column_int64 (rows, 0);
      page->seen++;
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* The address of the next page is this one's, with another cursor (RFC 8288). */
static char *
write_link (Page *page, const char *cursor)
{
  static const char *const kept[] = { "from", "to", "type", "limit" };
  g_autoptr(GString) query = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      const char *value = altm_question_get_value (page->call->query, kept[i]);

      if (value != NULL)
        g_string_append_printf (query, "%s=%s&", kept[i], value);
    }
  return g_strdup_printf ("<" ALTM_API_PATH "records?%safter=%s>; rel=\"next\"", query->str, cursor);
}

static AltmReply *
reply_with_page (Page *page)
{
  AltmReply *reply = altm_reply_new (200, LINES_TYPE, g_string_free (g_steal_pointer (&page->lines), FALSE));

  reply->cursor = write_cursor (page, page->last);
  if (page->seen == page->limit)
    reply->link = write_link (page, reply->cursor);
  return reply;
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
  Page page = { call };
  g_autoptr(GError) error = NULL;
  AltmReply *reply = read_page (&page);

  page.last = page.after;
  if (reply == NULL)
    {
      page.lines = g_string_new (NULL);
      reply = add_rows (&page, &error) ? reply_with_page (&page) : altm_reply_new_error (error);
    }
  if (page.lines != NULL)
    g_string_free (page.lines, TRUE);
  altm_console_question_clear (&page.question);
  return reply;
}
