/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-question.h"

#include <string.h>

#include "altm-adulte-relais.h"
#include "altm-figures.h"
#include "altm-paper.h"

#define FIRST_YEAR 2000
#define LAST_YEAR 2999
#define MOST_WHY 300

/**
 * altm_console_get_month:
 *
 * As altm_console_get_figures(): what the month's page prints.
 *
 * Returns: (transfer full): 200 with altm_paper_describe(), 400 where a day is none
 */
AltmReply *
altm_console_get_month (AltmConsoleCall *call)
{
  g_auto(AltmConsoleQuestion) question = { { 0 } };
  g_autoptr(GError) error = NULL;
  json_t *page;

  if (!altm_console_question_read (&question, call))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "from and to are days, YYYY-MM-DD");
  page = altm_paper_describe (call->store, &question.filter, call->now, &error);
  return page != NULL ? altm_reply_new_json (200, page) : altm_reply_new_error (error);
}

/* Nobody sees it before that is on the disk. */
static gboolean
note_report (AltmConsoleCall *call, int year, const char *why, GError **error)
{
  g_autofree char *subject = g_strdup_printf ("%d", year);
  json_t *note =
    json_pack ("{s:s, s:s, s:s, s:s}", "do", "note", "what", "adulte-relais-opened", "subject", subject, "why", why);
  g_autofree char *noted = altm_console_act (call, note, error);

  return noted != NULL;
}

/**
 * altm_console_open_adulte_relais:
 *
 * {"year", "why"}: the yearly report, once it is noted who made it and why.
 *
 * Returns: (transfer full): 200 with altm_adulte_relais_describe(), "year", "complete_to" and "silent_devices", 400 without
 *   a year or a reason
 */
AltmReply *
altm_console_open_adulte_relais (AltmConsoleCall *call)
{
  gint64 year = altm_json_get_integer (call->form, "year", 0);
  const char *why = altm_json_get_string (call->form, "why");
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) report = NULL;

  if (year < FIRST_YEAR || year > LAST_YEAR || why == NULL || *why == '\0' || strlen (why) > MOST_WHY)
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "year is one, and why is a reason");
  if (note_report (call, (int) year, why, &error))
    report = altm_adulte_relais_describe (call->store, (int) year, &error);
  if (report == NULL || !altm_figures_tell_completeness (call->sql, call->now, report, &error))
    return altm_reply_new_error (error);
  json_object_set_new (report, "year", json_integer (year));
  return altm_reply_new_json (200, g_steal_pointer (&report));
}
