/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-api-private.h"

#include "altm-hq-erasures.h"
#include "altm-time.h"

static json_t *
describe (AltmRows *row, GTimeZone *utc)
{
  g_autofree char *at = altm_time_format (sqlite3_column_int64 (row, 2), utc);

  return json_pack ("{s:s, s:s}", "id", altm_rows_text (row, 1), "at", at);
}

static gboolean
add_rows (AltmApiPage *page, GError **error)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    page->call->sql, &problem,
    "SELECT n, id, at FROM erasures WHERE n > ? AND scope = '" ALTM_HQ_SCOPE_RECORD "' ORDER BY n LIMIT ?", "ii", page->after,
    page->limit);

  while (altm_sql_step (page->call->sql, rows, &problem))
    {
      g_autoptr(json_t) told = describe (rows, utc);

      altm_api_page_look (page, sqlite3_column_int64 (rows, 0), told);
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_api_get_erased:
 *
 * `after` (a cursor), `limit`: which records HQ erased for good, in the order in which it did, so that a program that holds
 * copies erases them too (GDPR, article 19). An id says of nobody more than when it was made: it is told whatever the token's
 * teams are.
 *
 * Returns: (transfer full): 200 with a line for each record and the next cursor, 400 where a parameter is wrong, 409
 *   `restored` where the cursor is of another store
 */
AltmReply *
altm_api_get_erased (AltmApiCall *call)
{
  static const char *const kept[] = { "limit", NULL };
  g_autoptr(GError) error = NULL;
  g_auto(AltmApiPage) page = { NULL };
  AltmReply *reply = altm_api_page_init (&page, call, "e");

  if (reply != NULL)
    return reply;
  return add_rows (&page, &error) ? altm_api_page_reply (&page, ALTM_API_PATH "erased", kept) : altm_reply_new_error (error);
}
