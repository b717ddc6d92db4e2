/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-question.h"

#include "altm-hq-lists-change.h"
#include "altm-list-csv.h"

/* Entries of each part of a plan that a page shows; all are counted. */
#define MOST_SHOWN 300
#define MOST_CHANGES 50

/* A manager of teams sees the mediators of those alone. */
static gboolean
may_see (const AltmHqAccount *account, const char *list, json_t *entry)
{
  const char *team = altm_json_get_string (entry, "team");
  json_t *own;
  gsize i;

  if (!g_str_equal (list, "mediators") || account->role != ALTM_ROLE_MANAGER || json_array_size (account->teams) == 0)
    return TRUE;
  json_array_foreach (account->teams, i, own)
    if (g_strcmp0 (json_string_value (own), team) == 0)
      return TRUE;
  return FALSE;
}

static json_t *
find_entries (AltmConsoleCall *call, const char *list)
{
  json_t *found = json_array ();
  json_t *entry;
  gsize i;

  json_array_foreach (altm_list_kind_get_entries (altm_lists_get_root (altm_hq_store_get_lists (call->store, 0)), list), i, entry)
    if (may_see (&call->account, list, entry))
      json_array_append (found, entry);
  return found;
}

static AltmReply *
refuse_list (void)
{
  return altm_console_refuse (404, "no-list", "There is no such list");
}

/**
 * altm_console_get_lists:
 *
 * `list`: the name of one, which all its entries are told of.
 *
 * Returns: (transfer full): 200 {"version", "lists", "list", "fields", "entries", "may_change", "relied_on", "changes"}, 404 `no-list`
 */
AltmReply *
altm_console_get_lists (AltmConsoleCall *call)
{
  AltmLists *lists = altm_hq_store_get_lists (call->store, 0);
  const char *list = altm_console_get_value (call, "list");
  const AltmListKind *kind = altm_list_kind_find (lists, list);
  g_autoptr(GError) error = NULL;
  json_t *changes;

  if (kind == NULL)
    return refuse_list ();
  changes = altm_hq_lists_tell_changes (call->sql, NULL, MOST_CHANGES, &error);
  if (changes == NULL)
    return altm_reply_new_error (error);
  return altm_reply_new_json (
    200, json_pack ("{s:I, s:o, s:s, s:o, s:o, s:b, s:o, s:o}", "version", (json_int_t) altm_lists_get_version (lists), "lists",
                    altm_list_kind_name_all (lists), "list", list, "fields", altm_list_kind_describe (kind), "entries",
                    find_entries (call, list), "may_change", call->account.role >= kind->least, "relied_on",
                    altm_list_kind_list_relied_on (list), "changes", changes));
}

/**
 * altm_console_get_list_file:
 *
 * `list`, and `language`, `fr` or `en`.
 *
 * Returns: (transfer full): 200 with the list as altm_list_csv_write() writes it, 404 `no-list`
 */
AltmReply *
altm_console_get_list_file (AltmConsoleCall *call)
{
  const char *list = altm_console_get_value (call, "list");
  const AltmListKind *kind = altm_list_kind_find (altm_hq_store_get_lists (call->store, 0), list);
  g_autoptr(json_t) entries = NULL;

  if (kind == NULL)
    return refuse_list ();
  entries = find_entries (call, list);
  return altm_reply_new (200, "text/csv; charset=utf-8",
                         altm_list_csv_write (kind, entries, g_strcmp0 (altm_console_get_value (call, "language"), "fr") == 0));
}

static json_t *
shorten (json_t *entries)
{
  json_t *first = json_array ();

  for (gsize i = 0; i < MIN (json_array_size (entries), MOST_SHOWN); i++)
    json_array_append (first, json_array_get (entries, i));
  return json_pack ("{s:I, s:o}", "number", (json_int_t) json_array_size (entries), "first", first);
}

/* The file's own errors come first: others may follow from them. */
static json_t *
describe_plan (json_t *plan, json_t *read)
{
  static const char *const parts[] = { "added", "changed", "retired", "restored" };
  g_autoptr(json_t) errors = json_array ();
  json_t *shown = json_pack ("{s:O, s:O*}", "unchanged", json_object_get (plan, "unchanged"), "warnings",
                             json_object_get (read, "warnings"));

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    json_object_set_new (shown, parts[i], shorten (json_object_get (plan, parts[i])));
  json_array_extend (errors, json_object_get (read, "errors"));
  json_array_extend (errors, json_object_get (plan, "errors"));
  json_object_set_new (shown, "errors", shorten (errors));
  return shown;
}

static AltmReply *
refuse_change (const GError *error)
{
  return error->code == ALTM_HQ_LISTS_ERROR_STALE
           ? altm_console_refuse (409, "lists-stale", "The lists have been changed since; nothing was changed")
           : refuse_list ();
}

static AltmReply *
answer_plan (json_t *shown, gboolean has_errors)
{
  AltmReply *reply;

  if (!has_errors)
    return altm_reply_new_json (200, json_pack ("{s:O}", "plan", shown));
  reply = altm_reply_new_json (400, json_pack ("{s:s, s:s, s:i, s:O}", "type", ALTM_PROBLEM_PREFIX "list-entries", "title",
                                               "Something is wrong with the entries; nothing was changed", "status", 400,
                                               "plan", shown));
  reply->content_type = "application/problem+json";
  return reply;
}

/* What is shown before and what is done after is found by the same function. */
static AltmReply *
look_or_change (AltmConsoleCall *call, const AltmListChange *change, json_t *read)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) plan = altm_hq_lists_plan (call->store, change, NULL, &error);
  g_autoptr(json_t) shown = NULL;
  gboolean is_preview = json_is_true (json_object_get (call->form, "preview"));
  gboolean has_errors;

  if (plan == NULL)
    return refuse_change (error);
  shown = describe_plan (plan, read);
  has_errors = json_array_size (json_object_get (json_object_get (shown, "errors"), "first")) > 0;
  if (is_preview || has_errors)
    return answer_plan (shown, has_errors && !is_preview);
  return altm_console_do (call,
                          json_pack ("{s:s, s:s, s:I, s:O, s:O*, s:b, s:b}", "do", "lists", "list", change->list, "base",
                                     (json_int_t) change->base, "rows", change->rows, "lines", change->lines, "whole",
                                     change->is_whole, "new", change->is_new),
                          "version");
}

static AltmReply *
take_file (AltmConsoleCall *call, const AltmListKind *kind, const char *base64)
{
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (base64, &length);
  g_autoptr(json_t) read = altm_list_csv_read (kind, (const char *) bytes, length);
  AltmListChange change;

  json_object_set (call->form, "rows", json_object_get (read, "rows"));
  json_object_set (call->form, "lines", json_object_get (read, "lines"));
  altm_hq_lists_read (call->form, &change);
  return look_or_change (call, &change, read);
}

/**
 * altm_console_change_list:
 *
 * {"list", "base", "rows" or "csv", "whole", "new", "preview"}: as #AltmListChange; `csv` is a file in base64. Where it is a
 * `preview`, nothing is changed.
 *
 * Returns: (transfer full): 200 {"plan"} for a preview, with its errors, 200 {"version"} once it is changed, 400
 *   `list-entries` with the plan where anything is wrong, 403 `not-allowed`, 404 `no-list`, 409 `lists-stale`
 */
AltmReply *
altm_console_change_list (AltmConsoleCall *call)
{
  const AltmListKind *kind = altm_list_kind_find (altm_hq_store_get_lists (call->store, 0), altm_json_get_string (call->form, "list"));
  const char *base64 = altm_json_get_string (call->form, "csv");
  AltmListChange change;

  if (kind == NULL)
    return refuse_list ();
  if (call->account.role < kind->least)
    return altm_console_refuse (403, "not-allowed", "This account may not");
  if (base64 != NULL)
    return take_file (call, kind, base64);
  if (!altm_hq_lists_read (call->form, &change))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "rows are objects, or csv is a file");
  return look_or_change (call, &change, NULL);
}
