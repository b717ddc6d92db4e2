/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-api-private.h"

#include <string.h>

#include "altm-calendar.h"
#include "altm-console-question.h"
#include "altm-figures.h"
#include "altm-mask-figures.h"
#include "altm-mask.h"

static AltmReply *
refuse (const char *detail)
{
  return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, detail);
}

/* Days could be subtracted from each other until single ones were left, with single people in them. */
static gboolean
is_of_months (const AltmFilter *filter)
{
  return (filter->from == ALTM_FILTER_FIRST || altm_calendar_find_start (ALTM_SPAN_MONTH, filter->from) == filter->from) &&
         (filter->to == ALTM_FILTER_LAST || altm_calendar_find_start (ALTM_SPAN_MONTH, filter->to) == filter->to);
}

static gboolean
has_team (json_t *teams, const char *team)
{
  json_t *each;
  gsize i;

  json_array_foreach (teams, i, each)
    if (g_strcmp0 (json_string_value (each), team) == 0)
      return TRUE;
  return FALSE;
}

/* What is nowhere in the lists was mistyped: figures of nothing would be taken for true. */
static AltmReply *
check_question (AltmApiCall *call, const AltmConsoleQuestion *question)
{
  AltmLists *lists = altm_hq_store_get_lists (call->store, 0);
  const char *place = altm_question_get_value (call->query, "place"), *team = altm_question_get_value (call->query, "team");

  if (!is_of_months (&question->filter))
    return refuse ("from is the first day of a month, to is the last day of one");
  if (question->filter.channel != NULL && !altm_lists_has_code (lists, "canal", question->filter.channel))
    return refuse ("channel: no such code in the list canal");
  if (place != NULL && altm_lists_find_place (lists, place) == NULL)
    return refuse ("place: no such place in the lists");
  if (question->places != NULL && g_hash_table_size (question->places) == 0)
    return refuse ("territory: no place in the lists lies there");
  if (team != NULL && json_array_size (call->token.teams) > 0 && !has_team (call->token.teams, team))
    return altm_console_refuse (403, "not-allowed", "This token is bound to other teams");
  return NULL;
}

static json_t *
write_day (AltmApiCall *call, const char *name)
{
  const char *day = altm_question_get_value (call->query, name);

  return day != NULL ? json_string (day) : json_null ();
}

/* Of silent tablets their number, and how many records they are likely to hold, without their names. */
static json_t *
write_silence (json_t *silent, gint64 *expected)
{
  json_t *each;
  gsize i;

  *expected = 0;
  json_array_foreach (silent, i, each)
    *expected += altm_json_get_integer (each, "expected", 0);
  return json_integer ((json_int_t) json_array_size (silent));
}

static json_t *
describe (AltmApiCall *call, json_t *figures)
{
  gint64 expected;
  json_t *silent = write_silence (json_object_get (figures, "silent_devices"), &expected);
  json_t *root = json_pack ("{s:o, s:o, s:O, s:o, s:I, s:i}", "from", write_day (call, "from"), "to", write_day (call, "to"),
                            "complete_to", json_object_get (figures, "complete_to"), "silent_tablets", silent,
                            "expected_records", (json_int_t) expected, "masked_below", ALTM_MASK_LEAST);
  g_autoptr(json_t) masked = altm_mask_figures (figures, altm_hq_store_get_lists (call->store, 0));

  json_object_update (root, masked);
  return root;
}

/**
 * altm_api_get_figures:
 *
 * As altm_question_read(), of whole months: the figures, masked.
 *
 * Returns: (transfer full): 200 with altm_mask_figures(), 400 where a parameter is wrong, 403 `not-allowed` for another team
 */
AltmReply *
altm_api_get_figures (AltmApiCall *call)
{
  g_auto(AltmConsoleQuestion) question = { { 0 } };
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) figures = NULL;
  AltmReply *reply;

  if (!altm_question_read (&question, call->store, call->query, call->token.teams))
    return refuse ("from and to are days, YYYY-MM-DD");
  reply = check_question (call, &question);
  if (reply != NULL)
    return reply;
  figures = altm_figures_describe_alone (call->store, &question.filter, call->now, &error);
  return figures != NULL ? altm_reply_new_json (200, describe (call, figures)) : altm_reply_new_error (error);
}
