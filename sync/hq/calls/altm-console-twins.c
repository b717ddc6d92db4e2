/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-question.h"

#include "altm-hq-twins-list.h"

#define MOST_TWINS 100

/**
 * altm_console_get_twins:
 *
 * Up to 100 likely twins, those of a manager's own teams alone.
 *
 * Returns: (transfer full): 200 {"twins"} (altm_hq_twins_list())
 */
AltmReply *
altm_console_get_twins (AltmConsoleCall *call)
{
  g_auto(AltmConsoleQuestion) question = { { 0 } };
  g_autoptr(GError) error = NULL;

  if (!altm_console_question_read (&question, call))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "from and to are days, YYYY-MM-DD");
  return altm_console_reply_list (altm_hq_twins_list (call->store, question.teams, MOST_TWINS, &error), "twins", error);
}

static gboolean
may_see (AltmConsoleCall *call, const char *one, const char *other)
{
  g_auto(AltmConsoleQuestion) question = { { 0 } };

  return one != NULL && other != NULL && altm_console_question_read (&question, call) &&
         altm_hq_twins_may_see (call->store, question.teams, one, other);
}

static AltmReply *
decide (AltmConsoleCall *call, const char *act, const char *name)
{
  const char *one = altm_json_get_string (call->form, "one"), *other = altm_json_get_string (call->form, "other");

  if (!may_see (call, one, other))
    return altm_console_refuse (409, "twins-gone", "These two are no likely twins");
  return altm_console_do (call, json_pack ("{s:s, s:s, s:s}", "do", act, "one", one, "other", other), name);
}

/**
 * altm_console_settle_twins:
 *
 * {"one", "other"}: both are real.
 *
 * Returns: (transfer full): 200 {"settled"}, the id of the first, or 409 `twins-gone`
 */
AltmReply *
altm_console_settle_twins (AltmConsoleCall *call)
{
  return decide (call, "twins-settle", "settled");
}

/**
 * altm_console_ask_twins:
 *
 * {"one", "other"}: a tablet is asked to withdraw the other.
 *
 * Returns: (transfer full): 200 {"asked"}, the id of what is to be withdrawn, or 409 `twins-gone` or `twins-untold`
 */
AltmReply *
altm_console_ask_twins (AltmConsoleCall *call)
{
  return decide (call, "twins-ask", "asked");
}
