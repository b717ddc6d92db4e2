/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-question.h"
#include "altm-calendar.h"
#include "altm-hq-act.h"
#include "altm-hq-erasures.h"
#include "altm-hq-letterhead.h"
#include "altm-hq-lists-change.h"
#include "altm-hq-log.h"
#include "altm-hq-orders.h"
#include "altm-hq-quarantine.h"
#include "altm-hq-referrals.h"
#include "altm-hq-tokens.h"
#include "altm-hq-twins.h"
#include "altm-link.h"

#define MOST_REFERRALS 500
#define MOST_ENTRIES 1000

/* What an error of the store's own commands is called where a page reads it. */
static const struct
{
  GQuark (*domain) (void);
  int code;
  guint status;
  const char *name;
} refusals[] = {
  { altm_hq_act_error_quark, ALTM_HQ_ACT_ERROR_REQUEST, 400, "bad-request" },
  { altm_hq_referrals_error_quark, ALTM_HQ_REFERRALS_ERROR_UNKNOWN, 404, "no-referral" },
  { altm_hq_referrals_error_quark, ALTM_HQ_REFERRALS_ERROR_STATUS, 400, "no-status" },
  { altm_hq_lists_error_quark, ALTM_HQ_LISTS_ERROR_LIST, 404, "no-list" },
  { altm_hq_lists_error_quark, ALTM_HQ_LISTS_ERROR_STALE, 409, "lists-stale" },
  { altm_hq_lists_error_quark, ALTM_HQ_LISTS_ERROR_ENTRIES, 400, "list-entries" },
  { altm_hq_quarantine_error_quark, ALTM_HQ_QUARANTINE_ERROR_UNKNOWN, 404, "no-line" },
  { altm_hq_quarantine_error_quark, ALTM_HQ_QUARANTINE_ERROR_SETTLED, 409, "line-settled" },
  { altm_hq_quarantine_error_quark, ALTM_HQ_QUARANTINE_ERROR_FORM, 409, "line-wrong" },
  { altm_hq_quarantine_error_quark, ALTM_HQ_QUARANTINE_ERROR_HELD, 409, "line-held" },
  { altm_hq_quarantine_error_quark, ALTM_HQ_QUARANTINE_ERROR_UNTOLD, 409, "line-untold" },
  { altm_hq_quarantine_error_quark, ALTM_HQ_QUARANTINE_ERROR_DECISION, 400, "bad-request" },
  { altm_hq_twins_error_quark, ALTM_HQ_TWINS_ERROR_GONE, 409, "twins-gone" },
  { altm_hq_twins_error_quark, ALTM_HQ_TWINS_ERROR_UNTOLD, 409, "twins-untold" },
  { altm_hq_erasures_error_quark, ALTM_HQ_ERASURES_ERROR_UNKNOWN, 404, "no-record" },
  { altm_hq_erasures_error_quark, ALTM_HQ_ERASURES_ERROR_SCOPE, 400, "no-scope" },
  { altm_hq_erasures_error_quark, ALTM_HQ_ERASURES_ERROR_KIND, 409, "not-personal" },
  { altm_hq_letterhead_error_quark, ALTM_HQ_LETTERHEAD_ERROR_LINE, 400, "letterhead-line" },
  { altm_hq_orders_error_quark, ALTM_HQ_ORDERS_ERROR_NO_DEVICE, 404, "no-device" },
  { altm_hq_orders_error_quark, ALTM_HQ_ORDERS_ERROR_REVOKED, 409, "revoked" },
  { altm_hq_accounts_error_quark, ALTM_HQ_ACCOUNTS_ERROR_NAME, 400, "account-name" },
  { altm_hq_accounts_error_quark, ALTM_HQ_ACCOUNTS_ERROR_ROLE, 400, "account-role" },
  { altm_hq_accounts_error_quark, ALTM_HQ_ACCOUNTS_ERROR_PASSWORD, 400, "account-password" },
  { altm_hq_accounts_error_quark, ALTM_HQ_ACCOUNTS_ERROR_EXISTS, 409, "account-exists" },
  { altm_hq_accounts_error_quark, ALTM_HQ_ACCOUNTS_ERROR_UNKNOWN, 404, "no-account" },
  { altm_hq_accounts_error_quark, ALTM_HQ_ACCOUNTS_ERROR_LAST, 409, "last-direction" },
  { altm_hq_tokens_error_quark, ALTM_HQ_TOKENS_ERROR_NAME, 400, "token-name" },
  { altm_hq_tokens_error_quark, ALTM_HQ_TOKENS_ERROR_SCOPE, 400, "token-scope" },
  { altm_hq_tokens_error_quark, ALTM_HQ_TOKENS_ERROR_END, 400, "token-end" },
  { altm_hq_tokens_error_quark, ALTM_HQ_TOKENS_ERROR_EXISTS, 409, "token-exists" },
  { altm_hq_tokens_error_quark, ALTM_HQ_TOKENS_ERROR_UNKNOWN, 404, "no-token" },
};

/**
 * altm_console_reply_refusal:
 * @error: of one of the store's own commands
 *
 * Returns: (transfer full): the answer that says why nothing was changed, by a name that pages have words for
 */
AltmReply *
altm_console_reply_refusal (const GError *error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (g_error_matches (error, refusals[i].domain (), refusals[i].code))
      return altm_console_refuse (refusals[i].status, refusals[i].name, error->message);
  return altm_reply_new_error (error);
}

/**
 * altm_console_do:
 * @request: (transfer full) (nullable): as altm_hq_act() takes it, without "who"; %NULL where something was missing in the form
 * @name: what its answer stands under
 *
 * Returns: (transfer full): 200 {@name: its answer} once it is done, or the answer that says why not
 */
AltmReply *
altm_console_do (AltmConsoleCall *call, json_t *request, const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *answer = request != NULL ? altm_console_act (call, request, &error) : NULL;

  if (request == NULL)
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "something that is needed is missing");
  return answer != NULL ? altm_reply_new_json (200, json_pack ("{s:s}", name, answer)) : altm_console_reply_refusal (error);
}

/**
 * altm_console_reply_list:
 * @list: (transfer full) (nullable): %NULL where it could not be read
 * @error: (nullable): why
 *
 * Returns: (transfer full): 200 {@name: @list}, or the answer that says why not
 */
AltmReply *
altm_console_reply_list (json_t *list, const char *name, const GError *error)
{
  return list != NULL ? altm_reply_new_json (200, json_pack ("{s:o}", name, list)) : altm_reply_new_error (error);
}

/**
 * altm_console_get_referrals:
 *
 * As altm_console_question_read(), and `status`, a code or `open`: up to 500 referrals, those that are due first.
 *
 * Returns: (transfer full): 200 {"referrals"}, 400 where a day is none
 */
AltmReply *
altm_console_get_referrals (AltmConsoleCall *call)
{
  g_auto(AltmConsoleQuestion) question = { { 0 } };
  g_autoptr(GError) error = NULL;
  json_t *referrals;

  if (!altm_console_question_read (&question, call))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "from and to are days, YYYY-MM-DD");
  referrals =
    altm_hq_referrals_list (call->store, &question.filter, altm_console_get_value (call, "status"), MOST_REFERRALS, &error);
  return altm_console_reply_list (referrals, "referrals", error);
}

/**
 * altm_console_may_see_referral:
 * @id: (nullable): a referral
 *
 * Returns: whether there is one that the account may see: a manager's own teams' alone
 */
gboolean
altm_console_may_see_referral (AltmConsoleCall *call, const char *id)
{
  g_auto(AltmConsoleQuestion) question = { { 0 } };
  g_autofree char *team = id != NULL ? altm_sql_get_text (call->sql, "SELECT team FROM referrals WHERE id = ?", "s", id) : NULL;

  return altm_console_question_read (&question, call) && team != NULL &&
         (question.teams == NULL || g_hash_table_contains (question.teams, team));
}

/**
 * altm_console_set_referral:
 *
 * {"id", "status"}: what became of a referral.
 *
 * Returns: (transfer full): 200 {"id"}, 404 `no-referral`, 400 `no-status`
 */
AltmReply *
altm_console_set_referral (AltmConsoleCall *call)
{
  if (!altm_console_may_see_referral (call, altm_json_get_string (call->form, "id")))
    return altm_console_refuse (404, "no-referral", "There is no such referral");
  return altm_console_do (call,
                          json_pack ("{s:s, s:s, s:s}", "do", "referral", "id", altm_json_get_string (call->form, "id"), "status",
                                     altm_json_get_string (call->form, "status")),
                          "id");
}

/**
 * altm_console_get_tablets:
 *
 * Returns: (transfer full): 200 {"tablets"}, as altm_hq_orders_list()
 */
AltmReply *
altm_console_get_tablets (AltmConsoleCall *call)
{
  g_autoptr(GError) error = NULL;
  json_t *tablets = altm_hq_orders_list (call->store, &error);

  return altm_console_reply_list (tablets, "tablets", error);
}

static gpointer
hash_ca (gpointer thing, gpointer data, GError **error)
{
  const AltmReceiver *receiver = thing;
  g_autoptr(GTlsCertificate) certificate =
    receiver->ca != NULL ? g_tls_certificate_new_from_pem (receiver->ca, -1, NULL) : NULL;

  return certificate != NULL ? altm_link_hash_certificate (certificate) : NULL;
}

/**
 * altm_console_make_code:
 *
 * Returns: (transfer full): 200 {"code", "ca"}: an enrolment code, good for 15 minutes, and the hash of HQ's own authority
 *   for the link, where it has one
 */
AltmReply *
altm_console_make_code (AltmConsoleCall *call)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *code = altm_console_act (call, json_pack ("{s:s}", "do", "code"), &error);
  g_autofree char *ca = code != NULL ? altm_console_ask (call, hash_ca, NULL) : NULL;

  return code != NULL ? altm_reply_new_json (200, json_pack ("{s:s, s:s*}", "code", code, "ca", ca))
                      : altm_console_reply_refusal (error);
}

/**
 * altm_console_order:
 *
 * {"device", "order": `revoke`, `wipe` or `reset-pin`, "why"}
 *
 * Returns: (transfer full): 200 {"device"}, 404 `no-device`, 409 `revoked`
 */
AltmReply *
altm_console_order (AltmConsoleCall *call)
{
  static const char *const orders[] = { "revoke", "wipe", "reset-pin", NULL };
  const char *order = altm_json_get_string (call->form, "order");

  if (order == NULL || !g_strv_contains (orders, order))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "order is revoke, wipe or reset-pin");
  return altm_console_do (call,
                          json_pack ("{s:s, s:s, s:s*}", "do", order, "device", altm_json_get_string (call->form, "device"), "why",
                                     altm_json_get_string (call->form, "why")),
                          "device");
}

/**
 * altm_console_get_log:
 *
 * `from`, `to`: the access log of these days, the last 1,000 entries.
 *
 * Returns: (transfer full): 200 {"entries"}, 400 where a day is none
 */
AltmReply *
altm_console_get_log (AltmConsoleCall *call)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  g_auto(AltmConsoleQuestion) question = { { 0 } };
  g_autoptr(GError) error = NULL;
  json_t *entries;

  if (!altm_console_question_read (&question, call))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "from and to are days, YYYY-MM-DD");
  entries = altm_hq_log_read (call->sql, altm_calendar_find_instant (paris, question.filter.from),
                              altm_calendar_find_instant (paris, question.filter.to), MOST_ENTRIES, &error);
  return altm_console_reply_list (entries, "entries", error);
}
