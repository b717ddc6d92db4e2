/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-question.h"
#include "altm-hq-rights.h"

static json_t *
find (AltmConsoleCall *call, const char *wanted, GError **error)
{
  g_auto(AltmConsoleQuestion) question = { { 0 } };

  if (!altm_console_question_read (&question, call))
    return json_array ();
  return altm_hq_rights_find (call->sql, wanted != NULL ? wanted : "", question.teams, error);
}

/**
 * altm_console_find_rights:
 *
 * {"wanted"}: a reference or the id of a record. In the body, as an address is kept by browsers and proxies.
 *
 * Returns: (transfer full): 200 {"records"}, as altm_hq_rights_find(): of a manager's own teams alone
 */
AltmReply *
altm_console_find_rights (AltmConsoleCall *call)
{
  g_autoptr(GError) error = NULL;
  json_t *records = find (call, altm_json_get_string (call->form, "wanted"), &error);

  return altm_console_reply_list (records, "records", error);
}

/**
 * altm_console_export_rights:
 *
 * As altm_console_find_rights(), for a copy that the person is given: noted in the access log.
 *
 * Returns: (transfer full): 200 {"records"}
 */
AltmReply *
altm_console_export_rights (AltmConsoleCall *call)
{
  g_autoptr(GError) error = NULL;
  json_t *records = find (call, altm_json_get_string (call->form, "wanted"), &error), *record;
  gsize i;

  json_array_foreach (records, i, record)
    {
      json_t *noted = json_pack ("{s:s, s:s, s:O}", "do", "note", "what", "person-exported", "subject", json_object_get (record, "id"));
      g_autofree char *answer = altm_console_act (call, noted, &error);

      if (answer == NULL)
        {
          json_decref (records);
          return altm_reply_new_error (error);
        }
    }
  return altm_console_reply_list (records, "records", error);
}

/**
 * altm_console_erase:
 *
 * {"ids", "scope": `private` or `record`, "why"}
 *
 * Returns: (transfer full): 200 {"done"}, 404 `no-record`, 409 `not-personal`
 */
AltmReply *
altm_console_erase (AltmConsoleCall *call)
{
  return altm_console_do (call,
                          json_pack ("{s:s, s:O, s:s, s:s}", "do", "erase", "ids", json_object_get (call->form, "ids"), "scope",
                                     altm_json_get_string (call->form, "scope"), "why", altm_json_get_string (call->form, "why")),
                          "done");
}

/**
 * altm_console_get_retention:
 *
 * Returns: (transfer full): 200 {"retention": {"at", "report"}}, what the last purge did; null where there was none
 */
AltmReply *
altm_console_get_retention (AltmConsoleCall *call)
{
  g_autofree char *text = altm_sql_get_text (call->sql,
                                             "SELECT json_set (value, '$.at', strftime ('%Y-%m-%dT%H:%M:%SZ',"
                                             " json_extract (value, '$.at') / 1000000, 'unixepoch')) FROM settings WHERE name = 'purged'",
                                             "");
  json_t *report = text != NULL ? altm_json_parse (text, strlen (text), NULL) : NULL;

  return altm_reply_new_json (200, json_pack ("{s:o}", "retention", report != NULL ? report : json_null ()));
}
