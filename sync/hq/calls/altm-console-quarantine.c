/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-question.h"

#include <string.h>

#include "altm-hq-quarantine-list.h"
#include "altm-hq-twins-list.h"

#define MOST_LINES 100

/**
 * altm_console_get_quarantine:
 *
 * `state`, `waiting` where it is none of altm_hq_quarantine_list(): up to 100 of what could not be taken.
 *
 * Returns: (transfer full): 200 {"lines"}
 */
AltmReply *
altm_console_get_quarantine (AltmConsoleCall *call)
{
  const char *state = altm_console_get_value (call, "state");
  g_auto(AltmConsoleQuestion) question = { { 0 } };
  g_autoptr(GError) error = NULL;
  json_t *lines;

  if (!altm_console_question_read (&question, call))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "from and to are days, YYYY-MM-DD");
  lines = altm_hq_quarantine_list (call->store, question.teams, state != NULL ? state : "waiting", MOST_LINES, &error);
  return altm_console_reply_list (lines, "lines", error);
}

static int
count_waiting (json_t *twins)
{
  int waiting = 0;
  json_t *pair;
  gsize i;

  json_array_foreach (twins, i, pair)
    waiting += strcmp (altm_json_get_string (pair, "state"), "waiting") == 0;
  return waiting;
}

/**
 * altm_console_count_waiting:
 *
 * Returns: (transfer full): 200 {"quarantine", "twins"}: how many lines and likely twins wait for somebody to decide, 100 of
 *   each at most
 */
AltmReply *
altm_console_count_waiting (AltmConsoleCall *call)
{
  g_auto(AltmConsoleQuestion) question = { { 0 } };
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) twins = NULL;
  guint lines;

  if (!altm_console_question_read (&question, call))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "from and to are days, YYYY-MM-DD");
  if (altm_hq_quarantine_count_waiting (call->store, question.teams, MOST_LINES, &lines, &error))
    twins = altm_hq_twins_list (call->store, question.teams, MOST_LINES, &error);
  return twins != NULL ? altm_reply_new_json (200, json_pack ("{s:i, s:i}", "quarantine", (int) lines, "twins",
                                                              count_waiting (twins)))
                       : altm_reply_new_error (error);
}

/* A manager's own teams' alone; what is not is as if it were not there. */
static gboolean
may_see_line (AltmConsoleCall *call, gint64 n)
{
  g_auto(AltmConsoleQuestion) question = { { 0 } };
  g_autofree char *team = altm_hq_quarantine_find_team (call->store, n);

  return altm_console_question_read (&question, call) && team != NULL &&
         (question.teams == NULL || g_hash_table_contains (question.teams, team));
}

/* Who asks for a correction says why by the problem's name. */
static gboolean
has_reason (json_t *form)
{
  const char *why = altm_json_get_string (form, "why");

  return g_strcmp0 (altm_json_get_string (form, "decision"), "ask") == 0 || (why != NULL && *why != '\0');
}

/**
 * altm_console_settle_line:
 *
 * {"n", "decision": `accept`, `refuse` or `ask`, "why"}
 *
 * Returns: (transfer full): 200 {"decision"}, 400 without a reason, 404 `no-line`, 409 `line-settled`, `line-wrong`,
 *   `line-held` or `line-untold`
 */
AltmReply *
altm_console_settle_line (AltmConsoleCall *call)
{
  gint64 n = altm_json_get_integer (call->form, "n", 0);

  if (!may_see_line (call, n))
    return altm_console_refuse (404, "no-line", "There is no such line in quarantine");
  if (!has_reason (call->form))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "a reason is needed");
  return altm_console_do (call,
                          json_pack ("{s:s, s:I, s:s, s:s*}", "do", "quarantine", "n", (json_int_t) n, "decision",
                                     altm_json_get_string (call->form, "decision"), "why",
                                     altm_json_get_string (call->form, "why")),
                          "decision");
}
