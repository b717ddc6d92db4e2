/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-question.h"
#include "altm-figures.h"

/**
 * altm_console_get_figures:
 *
 * `from`, `to` (days, both included), `territory`, `place`, `channel`, `team`: the figures of these records, and those of
 * the same period a year earlier.
 *
 * Returns: (transfer full): 200 with altm_figures_describe(), 400 where a day is none
 */
AltmReply *
altm_console_get_figures (AltmConsoleCall *call)
{
  g_auto(AltmConsoleQuestion) question = { { 0 } };
  g_autoptr(GError) error = NULL;
  json_t *figures;

  if (!altm_console_question_read (&question, call))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "from and to are days, YYYY-MM-DD");
  figures = altm_figures_describe (call->store, &question.filter, call->now, &error);
  return figures != NULL ? altm_reply_new_json (200, figures) : altm_reply_new_error (error);
}
