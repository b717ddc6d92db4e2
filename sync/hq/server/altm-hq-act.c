/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-act.h"

#include <string.h>

#include "altm-hq-accounts.h"
#include "altm-hq-erase.h"
#include "altm-hq-letterhead.h"
#include "altm-hq-lists-change.h"
#include "altm-hq-log.h"
#include "altm-hq-orders.h"
#include "altm-hq-purge.h"
#include "altm-hq-quarantine.h"
#include "altm-hq-referrals.h"
#include "altm-hq-tokens.h"
#include "altm-hq-twins.h"
#include "altm-token.h"

G_DEFINE_QUARK (altm-hq-act-error-quark, altm_hq_act_error)

/* A request as it was read; texts belong to @root. */
typedef struct
{
  json_t *root;
  const char *who;
  gint64 now;
} Request;

typedef char *(*Act) (AltmHqStore *store, const Request *request, GError **error);

static char *
wrong_request (GError **error, const char *why)
{
  g_set_error (error, ALTM_HQ_ACT_ERROR, ALTM_HQ_ACT_ERROR_REQUEST, "not a request of this program's: %s", why);
  return NULL;
}

static gboolean
log_with (AltmHqStore *store, const Request *request, const char *what, const char *subject, const char *detail,
          GError **error)
{
  const AltmHqEntry entry = { request->now, request->who, what, subject, detail, altm_json_get_string (request->root, "why") };

  return altm_hq_log_add (altm_hq_store_get_sql (store), &entry, error);
}

static gboolean
log_request (AltmHqStore *store, const Request *request, const char *what, const char *subject, GError **error)
{
  return log_with (store, request, what, subject, altm_json_get_string (request->root, "detail"), error);
}

static gboolean
make_code (AltmHqStore *store, const Request *request, char **code, GError **error)
{
  g_autofree char *name = NULL;

  *code = altm_hq_devices_new_code (store, request->now, error);
  if (*code == NULL)
    return FALSE;
  name = altm_hq_devices_name_code (*code, request->now);
  return log_request (store, request, "code-made", name, error);
}

static char *
act_code (AltmHqStore *store, const Request *request, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autofree char *code = NULL;

  if (!altm_sql_begin (sql, error) || !altm_sql_end (sql, make_code (store, request, &code, error), error))
    return NULL;
  return g_steal_pointer (&code);
}

static char *
give_order (AltmHqStore *store, const Request *request,
            char *(*order) (AltmHqStore *, const AltmHqOrder *, GError **), GError **error)
{
  const AltmHqOrder given = { altm_json_get_string (request->root, "device"), request->who,
                              altm_json_get_string (request->root, "why"), request->now };

  return given.device != NULL ? order (store, &given, error) : wrong_request (error, "which device?");
}

static char *
act_revoke (AltmHqStore *store, const Request *request, GError **error)
{
  return give_order (store, request, altm_hq_orders_revoke, error);
}

static char *
act_wipe (AltmHqStore *store, const Request *request, GError **error)
{
  return give_order (store, request, altm_hq_orders_wipe, error);
}

static char *
act_reset_pin (AltmHqStore *store, const Request *request, GError **error)
{
  return give_order (store, request, altm_hq_orders_reset_pin, error);
}

/* What was done by the one who asks, which the one that writes the store puts into the log. */
static char *
act_note (AltmHqStore *store, const Request *request, GError **error)
{
  const char *what = altm_json_get_string (request->root, "what");

  if (what == NULL)
    return wrong_request (error, "what is to be noted?");
  return log_request (store, request, what, altm_json_get_string (request->root, "subject"), error) ? g_strdup ("noted")
                                                                                                      : NULL;
}

/* The keys were changed: noted, and from now on those of the file are used. */
static char *
act_keys (AltmHqStore *store, const Request *request, GError **error)
{
  g_autofree char *noted = act_note (store, request, error);

  return noted != NULL && altm_hq_store_reload_keys (store, error) ? g_steal_pointer (&noted) : NULL;
}

static char *
act_forget_key (AltmHqStore *store, const Request *request, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autofree char *noted = NULL;

  if (!altm_sql_begin (sql, error))
    return NULL;
  if (altm_hq_store_forget_key (store, error))
    noted = act_note (store, request, error);
  return altm_sql_end (sql, noted != NULL, error) ? g_steal_pointer (&noted) : NULL;
}

/* What changes an account, and is noted with it. */
static char *
change_account (AltmHqStore *store, const Request *request, const char *what,
                gboolean (*change) (AltmSql *sql, const Request *request, const char *name, GError **error), GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  const char *name = altm_json_get_string (request->root, "name");

  if (name == NULL)
    return wrong_request (error, "whose account?");
  if (!altm_sql_begin (sql, error) ||
      !altm_sql_end (sql, change (sql, request, name, error) && log_request (store, request, what, name, error), error))
    return NULL;
  return g_strdup (name);
}

/* Names of teams, or none. What is anything else must not come to mean all of them. */
static gboolean
read_teams (const Request *request, json_t **teams, GError **error)
{
  json_t *each;
  gsize i;

  *teams = json_object_get (request->root, "teams");
  if (*teams != NULL && !json_is_array (*teams))
    return wrong_request (error, "`teams` is a list of names") != NULL;
  json_array_foreach (*teams, i, each)
    if (!json_is_string (each))
      return wrong_request (error, "`teams` is a list of names") != NULL;
  return TRUE;
}

/* @account: gets the role and the teams that are asked for; the teams belong to the request */
static gboolean
read_role (const Request *request, AltmHqAccount *account, GError **error)
{
  if (!read_teams (request, &account->teams, error))
    return FALSE;
  if (altm_role_parse (altm_json_get_string (request->root, "role"), &account->role))
    return TRUE;
  g_set_error_literal (error, ALTM_HQ_ACCOUNTS_ERROR, ALTM_HQ_ACCOUNTS_ERROR_ROLE,
                       "the roles are reader, manager and direction; nothing was changed");
  return FALSE;
}

static gboolean
add_account (AltmSql *sql, const Request *request, const char *name, GError **error)
{
  AltmHqAccount account = { 0, (char *) name, ALTM_ROLE_READER, NULL,
                            (char *) altm_json_get_string (request->root, "password") };

  if (account.password == NULL)
    return wrong_request (error, "which password?") != NULL;
  return read_role (request, &account, error) && altm_hq_accounts_add (sql, &account, request->now, error);
}

static json_t *
describe_role (const AltmHqAccount *account)
{
  return json_pack ("{s:s, s:O*}", "role", altm_role_get_name (account->role), "teams", account->teams);
}

/* The log tells what the account was and what it is. */
static gboolean
set_role (AltmSql *sql, const Request *request, const char *name, GError **error)
{
  AltmHqAccount account = { .name = (char *) name };
  g_auto(AltmHqAccount) was = { 0 };
  g_autoptr(json_t) change = NULL;
  g_autofree char *detail = NULL;

  if (!read_role (request, &account, error))
    return FALSE;
  if (account.teams == NULL)
    return wrong_request (error, "`teams` is missing") != NULL;
  altm_hq_accounts_find (sql, name, &was);
  change = json_pack ("{s:o, s:o}", "was", describe_role (&was), "is", describe_role (&account));
  detail = altm_json_write (change);
  json_object_set_new (request->root, "detail", json_string (detail));
  return altm_hq_accounts_set_role (sql, &account, error);
}

static gboolean
set_password (AltmSql *sql, const Request *request, const char *name, GError **error)
{
  return altm_hq_accounts_set_password (sql, name, altm_json_get_string (request->root, "password"),
                                        altm_json_get_string (request->root, "keep"), error);
}

static gboolean
close_account (AltmSql *sql, const Request *request, const char *name, GError **error)
{
  return altm_hq_accounts_close (sql, name, request->now, error);
}

static char *
act_add_account (AltmHqStore *store, const Request *request, GError **error)
{
  return change_account (store, request, "account-added", add_account, error);
}

static char *
act_set_role (AltmHqStore *store, const Request *request, GError **error)
{
  return change_account (store, request, "account-changed", set_role, error);
}

static char *
act_set_password (AltmHqStore *store, const Request *request, GError **error)
{
  return change_account (store, request, "password-set", set_password, error);
}

static char *
act_close_account (AltmHqStore *store, const Request *request, GError **error)
{
  return change_account (store, request, "account-closed", close_account, error);
}

static char *
act_referral (AltmHqStore *store, const Request *request, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  const AltmHqWord word = { altm_json_get_string (request->root, "id"), altm_json_get_string (request->root, "status"),
                            request->who, request->now };

  if (word.referral == NULL || word.status == NULL)
    return wrong_request (error, "which referral, and what became of it?");
  if (!altm_sql_begin (sql, error) ||
      !altm_sql_end (sql,
                     altm_hq_referrals_say (store, &word, error) &&
                       log_with (store, request, "referral-status-set", word.referral, word.status, error),
                     error))
    return NULL;
  return g_strdup (word.referral);
}

static char *
act_lists (AltmHqStore *store, const Request *request, GError **error)
{
  AltmListChange change;

  if (!altm_hq_lists_read (request->root, &change))
    return wrong_request (error, "which list, and what is to become of it?");
  return altm_hq_lists_change (store, &change, request->who, request->now, error);
}

static char *
act_erase (AltmHqStore *store, const Request *request, GError **error)
{
  const AltmHqErasure erasure = { altm_json_get_string (request->root, "scope"), request->now, request->who,
                                  altm_json_get_string (request->root, "why") };
  json_t *ids = json_object_get (request->root, "ids");

  if (json_array_size (ids) == 0 || erasure.why == NULL || *erasure.why == '\0')
    return wrong_request (error, "which records are to be erased, and why?");
  return altm_hq_erase (store, ids, &erasure, error);
}

/* The answer is the token itself, which stands nowhere else. */
static char *
make_token (AltmHqStore *store, const Request *request, GError **error)
{
  AltmHqToken token = { 0, (char *) altm_json_get_string (request->root, "name"), ALTM_SCOPE_FIGURES, NULL,
                        (char *) altm_json_get_string (request->root, "to") };
  char *made;

  if (!read_teams (request, &token.teams, error))
    return NULL;
  if (!altm_scope_parse (altm_json_get_string (request->root, "scope"), &token.scope))
    {
      g_set_error_literal (error, ALTM_HQ_TOKENS_ERROR, ALTM_HQ_TOKENS_ERROR_SCOPE,
                           "the scopes are figures and records; nothing was changed");
      return NULL;
    }
  made = altm_hq_tokens_add (altm_hq_store_get_sql (store), &token, request->who, request->now, error);
  if (made == NULL || log_request (store, request, "token-made", token.name, error))
    return made;
  altm_token_free (made);
  return NULL;
}

static char *
act_add_token (AltmHqStore *store, const Request *request, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  char *made;

  if (!altm_sql_begin (sql, error))
    return NULL;
  made = make_token (store, request, error);
  if (altm_sql_end (sql, made != NULL, error))
    return made;
  altm_token_free (made);
  return NULL;
}

static char *
act_revoke_token (AltmHqStore *store, const Request *request, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  const char *name = altm_json_get_string (request->root, "name");

  if (name == NULL)
    return wrong_request (error, "which token?");
  if (!altm_sql_begin (sql, error) ||
      !altm_sql_end (sql,
                     altm_hq_tokens_revoke (sql, name, request->now, error) &&
                       log_request (store, request, "token-revoked", name, error),
                     error))
    return NULL;
  return g_strdup (name);
}

static char *
act_letterhead (AltmHqStore *store, const Request *request, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);

  if (!altm_sql_begin (sql, error) ||
      !altm_sql_end (sql,
                     altm_hq_letterhead_set (sql, json_object_get (request->root, "lines"), error) &&
                       log_request (store, request, "letterhead-set", NULL, error),
                     error))
    return NULL;
  return g_strdup ("set");
}

static char *
act_purge (AltmHqStore *store, const Request *request, GError **error)
{
  g_autoptr(json_t) report =
    altm_hq_purge_some (store, request->who, json_object_get (request->root, "so_far"), request->now, error);

  return report != NULL ? altm_json_write (report) : NULL;
}

/* What is written of each decision; the record and the tablet stay the same by it. */
static gboolean
log_ruling (AltmHqStore *store, const Request *request, const AltmHqRuling *ruling, GError **error)
{
  static const char *const words[][2] = { { "accept", "line-accepted" }, { "refuse", "line-refused" }, { "ask", "correction-asked" } };
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autofree char *id = altm_sql_get_text (sql, "SELECT id FROM quarantine WHERE n = ?", "i", ruling->n);
  g_autofree char *tablet = altm_sql_get_text (
    sql, "SELECT name FROM devices WHERE n = (SELECT device FROM quarantine WHERE n = ?)", "i", ruling->n);

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i][0], ruling->decision) == 0)
      return log_with (store, request, words[i][1], id, tablet, error);
  return TRUE;
}

static char *
act_quarantine (AltmHqStore *store, const Request *request, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  const AltmHqRuling ruling = { altm_json_get_integer (request->root, "n", 0), altm_json_get_string (request->root, "decision"),
                                request->who, request->now };

  if (!altm_sql_begin (sql, error) ||
      !altm_sql_end (sql, altm_hq_quarantine_settle (store, &ruling, error) && log_ruling (store, request, &ruling, error), error))
    return NULL;
  return g_strdup (ruling.decision);
}

static gboolean
settle_twins (AltmHqStore *store, const Request *request, const AltmHqTwins *twins, GError **error)
{
  return altm_hq_twins_settle (altm_hq_store_get_sql (store), twins, error) &&
         log_with (store, request, "twins-settled", twins->one, twins->other, error);
}

static gboolean
ask_twins (AltmHqStore *store, const Request *request, const AltmHqTwins *twins, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autofree char *tablet = altm_sql_get_text (sql, "SELECT name FROM devices WHERE n = ?", "i",
                                               altm_hq_twins_find_device (sql, twins->other));

  return altm_hq_twins_ask (sql, twins, error) && log_with (store, request, "twins-asked", twins->other, tablet, error);
}

static gboolean
decide_twins (AltmHqStore *store, const Request *request, AltmHqTwins *twins,
              gboolean (*decide) (AltmHqStore *, const Request *, const AltmHqTwins *, GError **), GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);

  *twins = (AltmHqTwins) { altm_json_get_string (request->root, "one"), altm_json_get_string (request->root, "other"),
                           request->who, request->now };
  if (twins->one == NULL || twins->other == NULL)
    return wrong_request (error, "which two?") != NULL;
  return altm_sql_begin (sql, error) && altm_sql_end (sql, decide (store, request, twins, error), error);
}

static char *
act_settle_twins (AltmHqStore *store, const Request *request, GError **error)
{
  AltmHqTwins twins;

  return decide_twins (store, request, &twins, settle_twins, error) ? g_strdup (twins.one) : NULL;
}

static char *
act_ask_twins (AltmHqStore *store, const Request *request, GError **error)
{
  AltmHqTwins twins;

  return decide_twins (store, request, &twins, ask_twins, error) ? g_strdup (twins.other) : NULL;
}

static const struct
{
  const char *name;
  Act act;
} acts[] = {
  { "code", act_code },           { "revoke", act_revoke }, { "wipe", act_wipe },
  { "reset-pin", act_reset_pin }, { "note", act_note },     { "keys", act_keys },
  { "forget-key", act_forget_key }, { "account-add", act_add_account },
  { "account-role", act_set_role }, { "account-password", act_set_password }, { "account-close", act_close_account },
  { "referral", act_referral }, { "lists", act_lists }, { "erase", act_erase },
  { "purge", act_purge }, { "letterhead", act_letterhead },
  { "token-add", act_add_token }, { "token-revoke", act_revoke_token },
  { "quarantine", act_quarantine }, { "twins-settle", act_settle_twins }, { "twins-ask", act_ask_twins },
};

/**
 * altm_hq_act:
 * @request: {"do", "who", …} as one line of JSON: `code`; `revoke`, `wipe` or `reset-pin` with
 *   `device`; `note`, `keys` or `forget-key` with `what` and `subject`; `account-add`, `account-role`,
 *   `account-password` or `account-close` with `name`, and `password` (altm_hq_accounts_hash()), `role`, `teams`, and `keep`, the SHA-256 of the
 *   session that goes on, in hex; `referral` with `id` and `status`; `lists` as altm_hq_lists_read(); `erase`
 *   with `ids` and `scope` (altm_hq_erase()); `token-add` with `name`, `scope`, `teams` and `to`, its last
 *   day; `token-revoke` with `name`; `letterhead` with `lines` (altm_hq_letterhead_set());
 *   `quarantine` with `n` and `decision` (#AltmHqRuling); `twins-settle` or `twins-ask` with `one` and `other`
 *   (#AltmHqTwins); each with `why` and `detail`
 * @now: microseconds since 1970-01-01 UTC
 *
 * Does what a command asks of the one that writes the store, and notes it in the access log in the
 * same transaction: the process that serves, through its control socket, or the command itself.
 *
 * Returns: (transfer full): the answer, one line, once all is on the disk, or %NULL with
 *   %ALTM_HQ_ACT_ERROR_REQUEST, %ALTM_HQ_ORDERS_ERROR, %ALTM_HQ_KEYS_ERROR, %ALTM_HQ_ACCOUNTS_ERROR, %ALTM_HQ_LISTS_ERROR,
 *   %ALTM_HQ_ERASURES_ERROR, %ALTM_HQ_TOKENS_ERROR, %ALTM_HQ_REFERRALS_ERROR, %ALTM_HQ_QUARANTINE_ERROR,
 *   %ALTM_HQ_TWINS_ERROR, %ALTM_HQ_LETTERHEAD_ERROR or an %ALTM_STORE_ERROR
 */
char *
altm_hq_act (AltmHqStore *store, const char *request, gint64 now, GError **error)
{
  g_autoptr(json_t) root = altm_json_parse (request, strlen (request), error);
  const char *name = altm_json_get_string (root, "do");
  const Request asked = { root, altm_json_get_string (root, "who"), now };

  if (root == NULL)
    return NULL;
  if (name == NULL || asked.who == NULL)
    return wrong_request (error, "`do` or `who` is missing");
  for (gsize i = 0; i < G_N_ELEMENTS (acts); i++)
    if (strcmp (acts[i].name, name) == 0)
      return acts[i].act (store, &asked, error);
  return wrong_request (error, name);
}
