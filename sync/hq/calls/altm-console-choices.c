/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-private.h"

static json_t *
copy_fields (json_t *entry, const char *const *fields)
{
  json_t *copy = json_object ();

  for (gsize i = 0; fields[i] != NULL; i++)
    json_object_set (copy, fields[i], json_object_get (entry, fields[i]));
  return copy;
}

static json_t *
copy_entries (json_t *entries, const char *const *fields)
{
  json_t *copies = json_array ();
  json_t *entry;
  gsize i;

  json_array_foreach (entries, i, entry)
    json_array_append_new (copies, copy_fields (entry, fields));
  return copies;
}

static json_t *
find_teams (AltmLists *lists, const AltmHqAccount *account)
{
  if (account->role == ALTM_ROLE_MANAGER && json_array_size (account->teams) > 0)
    return json_incref (account->teams);
  return altm_lists_list_teams (lists);
}

/**
 * altm_console_get_choices:
 *
 * Returns: (transfer full): 200 {"vocabulary", "places", "structures", "campaigns", "teams"}: what the pages let one choose
 *   from, and what codes are called. Of mediators only the teams that the account may see
 */
AltmReply *
altm_console_get_choices (AltmConsoleCall *call)
{
  static const char *const of_place[] = { "id", "kind", "name", "insee", "commune", "qpv", "territory", NULL };
  static const char *const of_structure[] = { "id", "type", "name", "commune", NULL };
  static const char *const of_campaign[] = { "code", "label_fr", "label_en", "from", "to", NULL };
  AltmLists *lists = altm_hq_store_get_lists (call->store, 0);
  json_t *root = altm_lists_get_root (lists);
  AltmReply *reply = altm_reply_new_json (
    200, json_pack ("{s:O, s:o, s:o, s:o, s:o}", "vocabulary", json_object_get (root, "vocabulary"), "places",
                    copy_entries (json_object_get (root, "places"), of_place), "structures",
                    copy_entries (json_object_get (root, "structures"), of_structure), "campaigns",
                    copy_entries (json_object_get (root, "campaigns"), of_campaign), "teams",
                    find_teams (lists, &call->account)));

  altm_console_zip (call->request, reply);
  return reply;
}
