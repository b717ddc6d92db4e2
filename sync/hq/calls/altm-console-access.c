/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-private.h"
#include "altm-hq-tokens.h"

/**
 * altm_console_get_accounts:
 *
 * Returns: (transfer full): 200 {"accounts"}, as altm_hq_accounts_list()
 */
AltmReply *
altm_console_get_accounts (AltmConsoleCall *call)
{
  g_autoptr(GError) error = NULL;
  json_t *accounts = altm_hq_accounts_list (call->sql, &error);

  return altm_console_reply_list (accounts, "accounts", error);
}

/**
 * altm_console_add_account:
 *
 * {"name", "role", "teams", "password"}
 *
 * Returns: (transfer full): 200 {"name"}, 400 `account-name`, `account-role` or `account-password`, 409 `account-exists`
 */
AltmReply *
altm_console_add_account (AltmConsoleCall *call)
{
  const char *password = altm_json_get_string (call->form, "password");
  g_autoptr(GError) error = NULL;
  g_autofree char *kept = password != NULL ? altm_hq_accounts_hash (password, &error) : NULL;

  if (kept == NULL)
    return error != NULL ? altm_console_reply_refusal (error) : altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "password");
  return altm_console_do (call,
                          json_pack ("{s:s, s:s, s:s, s:s, s:O*}", "do", "account-add", "name",
                                     altm_json_get_string (call->form, "name"), "role", altm_json_get_string (call->form, "role"),
                                     "password", kept, "teams", json_object_get (call->form, "teams")),
                          "name");
}

/**
 * altm_console_set_role:
 *
 * {"name", "role", "teams"}: what somebody may from now on, who is signed in no longer.
 *
 * Returns: (transfer full): 200 {"name"}, 400 `account-role`, 404 `no-account`, 409 `last-direction` where nobody would be of
 *   the direction any more
 */
AltmReply *
altm_console_set_role (AltmConsoleCall *call)
{
  return altm_console_do (call,
                          json_pack ("{s:s, s:s, s:s, s:O*}", "do", "account-role", "name",
                                     altm_json_get_string (call->form, "name"), "role", altm_json_get_string (call->form, "role"),
                                     "teams", json_object_get (call->form, "teams")),
                          "name");
}

/**
 * altm_console_close_account:
 *
 * {"name"}: whoever is signed in under it no longer is.
 *
 * Returns: (transfer full): 200 {"name"}, 404 `no-account`
 */
AltmReply *
altm_console_close_account (AltmConsoleCall *call)
{
  return altm_console_do (
    call, json_pack ("{s:s, s:s}", "do", "account-close", "name", altm_json_get_string (call->form, "name")), "name");
}

/**
 * altm_console_set_password:
 *
 * {"name", "password"}: a new password for somebody, who is signed in no longer.
 *
 * Returns: (transfer full): 200 {"name"}, 400 `account-password`, 404 `no-account`
 */
AltmReply *
altm_console_set_password (AltmConsoleCall *call)
{
  const char *password = altm_json_get_string (call->form, "password");
  g_autoptr(GError) error = NULL;
  g_autofree char *kept = password != NULL ? altm_hq_accounts_hash (password, &error) : NULL;

  if (error != NULL)
    return altm_console_reply_refusal (error);
  return altm_console_do (call,
                          json_pack ("{s:s, s:s, s:s}", "do", "account-password", "name",
                                     altm_json_get_string (call->form, "name"), "password", kept),
                          "name");
}

/**
 * altm_console_get_tokens:
 *
 * Returns: (transfer full): 200 {"tokens"}, as altm_hq_tokens_list()
 */
AltmReply *
altm_console_get_tokens (AltmConsoleCall *call)
{
  g_autoptr(GError) error = NULL;
  json_t *tokens = altm_hq_tokens_list (call->sql, &error);

  return altm_console_reply_list (tokens, "tokens", error);
}

/**
 * altm_console_add_token:
 *
 * {"name", "scope", "teams", "to"}: a token for a program, which is told this once.
 *
 * Returns: (transfer full): 200 {"token"}, 400 `token-name`, `token-scope` or `token-end`, 409 `token-exists`
 */
AltmReply *
altm_console_add_token (AltmConsoleCall *call)
{
  return altm_console_do (call,
                          json_pack ("{s:s, s:s, s:s, s:s*, s:O*}", "do", "token-add", "name",
                                     altm_json_get_string (call->form, "name"), "scope",
                                     altm_json_get_string (call->form, "scope"), "to", altm_json_get_string (call->form, "to"),
                                     "teams", json_object_get (call->form, "teams")),
                          "token");
}

/**
 * altm_console_revoke_token:
 *
 * {"name"}: nothing is read with it any more.
 *
 * Returns: (transfer full): 200 {"name"}, 404 `no-token`
 */
AltmReply *
altm_console_revoke_token (AltmConsoleCall *call)
{
  return altm_console_do (
    call, json_pack ("{s:s, s:s}", "do", "token-revoke", "name", altm_json_get_string (call->form, "name")), "name");
}
