/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-private.h"

#include "altm-hq-letterhead.h"
#include "altm-line.h"
#include "altm-time.h"

/* A record as it is now; @line stays empty where there is none. */
static gboolean
read_record (AltmSql *sql, const char *id, AltmLine *line)
{
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, NULL, "SELECT bytes FROM journal JOIN records ON line = n WHERE id = ? AND is_known AND NOT is_deleted",
                    "s", id);

  return id != NULL && altm_sql_step (sql, rows, NULL) &&
         altm_line_read (line, sqlite3_column_blob (rows, 0), (gsize) sqlite3_column_bytes (rows, 0), NULL);
}

/* What was done in the contact that the referral came out of. */
static json_t *
find_actions (AltmSql *sql, const char *contact)
{
  g_auto(AltmLine) line = { NULL };
  json_t *actions = read_record (sql, contact, &line) ? json_object_get (line.data, "actions") : NULL;

  return actions != NULL ? json_incref (actions) : json_array ();
}

static json_t *
describe (AltmConsoleCall *call, const AltmLine *line, AltmRows *row)
{
  AltmLists *lists = altm_hq_store_get_lists (call->store, 0);
  const char *structure = altm_json_get_string (line->data, "structure");
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  g_autofree char *at = altm_time_format (sqlite3_column_int64 (row, 0), paris);
  json_t *copy = json_deep_copy (line->data), *found = structure != NULL ? altm_lists_find_structure (lists, structure) : NULL;

  json_object_set_new (copy, "at", json_string (at));
  json_object_set_new (copy, "status", json_string (altm_rows_text (row, 1)));
  json_object_set_new (copy, "place", json_string (altm_rows_text (row, 2)));
  json_object_set_new (copy, "team", json_string (altm_rows_text (row, 3)));
  json_object_set (copy, "partner", found != NULL ? found : json_null ());
  json_object_set_new (copy, "actions", find_actions (call->sql, altm_json_get_string (line->data, "contact")));
  return copy;
}

static json_t *
find_referral (AltmConsoleCall *call, const char *id)
{
  g_autoptr(AltmRows) rows =
    altm_sql_query (call->sql, NULL, "SELECT time, status, place, team FROM referrals WHERE id = ?", "s", id);
  g_auto(AltmLine) line = { NULL };

  return altm_sql_step (call->sql, rows, NULL) && read_record (call->sql, id, &line) ? describe (call, &line, rows) : NULL;
}

/**
 * altm_console_open_liaison:
 *
 * {"id"}: what a partner's sheet says of a referral, once it is noted who made it. It names no mediator, and holds nothing of
 * the private part.
 *
 * Returns: (transfer full): 200 with the referral's fields, "at" (Europe/Paris), "status" as it is now, "place", "team",
 *   "partner", the structure of the lists or null, "actions" of its contact, and "letterhead", altm_hq_letterhead_read();
 *   404 `no-referral`
 */
AltmReply *
altm_console_open_liaison (AltmConsoleCall *call)
{
  const char *id = altm_json_get_string (call->form, "id");
  g_autoptr(json_t) sheet = altm_console_may_see_referral (call, id) ? find_referral (call, id) : NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *noted = NULL;

  if (sheet == NULL)
    return altm_console_refuse (404, "no-referral", "There is no such referral");
  json_object_set_new (sheet, "letterhead", altm_hq_letterhead_read (call->sql));
  noted = altm_console_act (call, json_pack ("{s:s, s:s, s:s}", "do", "note", "what", "liaison-printed", "subject", id), &error);
  return noted != NULL ? altm_reply_new_json (200, g_steal_pointer (&sheet)) : altm_reply_new_error (error);
}

/**
 * altm_console_get_letterhead:
 *
 * Returns: (transfer full): 200 {"letterhead"}, altm_hq_letterhead_read()
 */
AltmReply *
altm_console_get_letterhead (AltmConsoleCall *call)
{
  return altm_console_reply_list (altm_hq_letterhead_read (call->sql), "letterhead", NULL);
}

/**
 * altm_console_set_letterhead:
 *
 * {"name", "address", "phone", "answer_to"}: what stands on papers of the association.
 *
 * Returns: (transfer full): 200 {"done"}, 400 `letterhead-line`
 */
AltmReply *
altm_console_set_letterhead (AltmConsoleCall *call)
{
  return altm_console_do (call, json_pack ("{s:s, s:O}", "do", "letterhead", "lines", call->form), "done");
}
