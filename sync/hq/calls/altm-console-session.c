/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-private.h"

#include <string.h>

#include "altm-hq-log.h"
#include "altm-hq-sessions.h"
#include "altm-token.h"

#define COOKIE "__Host-altm=%s; Path=/; Secure; HttpOnly; SameSite=Strict%s"
#define MOST_BYTES 1024

/* A session on its way to the receiver's thread. */
typedef struct
{
  const AltmHqAccount *account;
  guint8 sha256[crypto_hash_sha256_BYTES];
  gint64 now;
} Session;

static AltmReply *
reply_with_account (const AltmHqAccount *account)
{
  return altm_reply_new_json (200, json_pack ("{s:s, s:s, s:O}", "name", account->name, "role",
                                              altm_role_get_name (account->role), "teams", account->teams));
}

static gboolean
begin_and_log (AltmSql *sql, const Session *session, GError **error)
{
  const AltmHqEntry entry = { session->now, session->account->name, "signed-in", NULL, NULL, NULL };

  return altm_hq_sessions_begin (sql, session->account->n, session->sha256, session->now, error) &&
         altm_hq_log_add (sql, &entry, error);
}

static gpointer
begin_session (gpointer thing, gpointer data, GError **error)
{
  AltmReceiver *receiver = thing;
  AltmSql *sql = altm_hq_store_get_sql (receiver->store);

  if (altm_sql_begin (sql, error))
    altm_sql_end (sql, begin_and_log (sql, data, error), error);
  return NULL;
}

static gpointer
end_session (gpointer thing, gpointer data, GError **error)
{
  AltmReceiver *receiver = thing;
  const Session *session = data;

  altm_hq_sessions_end (altm_hq_store_get_sql (receiver->store), session->sha256, error);
  return NULL;
}

/* A name that nobody has takes as long as one that somebody has: nobody learns who has an account. */
static gboolean
is_right (const AltmHqAccount *account, const char *password)
{
  g_autofree char *nobody = NULL;

  if (account->password != NULL)
    return crypto_pwhash_str_verify (account->password, password, strlen (password)) == 0;
  nobody = altm_hq_accounts_hash ("the password of nobody", NULL);
  return FALSE;
}

static AltmReply *
begin (AltmConsoleCall *call)
{
  Session session = { &call->account, .now = call->now };
  g_autoptr(GError) error = NULL;
  AltmReply *reply;
  char *token = altm_token_new (session.sha256);

  if (!altm_console_change (call, begin_session, &session, &error))
    {
      altm_token_free (token);
      return altm_reply_new_error (error);
    }
  reply = reply_with_account (&call->account);
  reply->set_cookie = g_strdup_printf (COOKIE, token, "");
  altm_token_free (token);
  return reply;
}

static AltmReply *
refuse_for_now (gint64 wait)
{
  AltmReply *reply = altm_console_refuse (429, "too-many-tries", "Too many wrong passwords; try again later");

  reply->retry_after = (guint) (wait / G_USEC_PER_SEC) + 1;
  return reply;
}

/* @account: (out caller-allocates): whose name it is; @refuse: says that the password is wrong */
static AltmReply *
check_password (AltmConsoleCall *call, const char *name, const char *password, AltmHqAccount *account,
                AltmReply *(*refuse) (void))
{
  AltmThrottle *throttle = altm_console_get_throttle (call->console);
  gint64 wait = altm_throttle_find_wait (throttle, name, call->now);

  if (wait > 0)
    return refuse_for_now (wait);
  altm_hq_accounts_find (call->sql, name, account);
  if (!is_right (account, password))
    {
      altm_throttle_note (throttle, name, call->now);
      return refuse ();
    }
  altm_throttle_forget (throttle, name);
  return NULL;
}

static AltmReply *
refuse_sign_in (void)
{
  return altm_console_refuse (401, "sign-in", "The name or the password is wrong");
}

static AltmReply *
refuse_password (void)
{
  return altm_console_refuse (403, "wrong-password", "The present password is another one; nothing was changed");
}

/**
 * altm_console_sign_in:
 *
 * {"name", "password"}: begins a session, whose token goes into a cookie that no script reads.
 *
 * Returns: (transfer full): 200 {"name", "role", "teams"}, 401 `sign-in` where name or password is wrong, 429
 *   `too-many-tries` where it was too often
 */
AltmReply *
altm_console_sign_in (AltmConsoleCall *call)
{
  const char *name = altm_json_get_string (call->form, "name");
  const char *password = altm_json_get_string (call->form, "password");
  AltmReply *reply;

  if (name == NULL || password == NULL || strlen (name) > MOST_BYTES || strlen (password) > MOST_BYTES)
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "name and password are texts");
  reply = check_password (call, name, password, &call->account, refuse_sign_in);
  return reply != NULL ? reply : begin (call);
}

/* The session in which it is changed goes on, all others of the same account end. */
static AltmReply *
change_password (AltmConsoleCall *call, const char *password)
{
  guint8 sha256[crypto_hash_sha256_BYTES];
  char keep[2 * crypto_hash_sha256_BYTES + 1];
  g_autoptr(GError) error = NULL;
  g_autofree char *kept = altm_hq_accounts_hash (password, &error);

  if (kept == NULL)
    return altm_console_reply_refusal (error);
  altm_token_hash (call->token, sha256);
  sodium_bin2hex (keep, sizeof keep, sha256, sizeof sha256);
  return altm_console_do (call,
                          json_pack ("{s:s, s:s, s:s, s:s}", "do", "account-password", "name", call->account.name, "password",
                                     kept, "keep", keep),
                          "name");
}

/**
 * altm_console_set_own_password:
 *
 * {"current", "password"}: another password for whoever is signed in.
 *
 * Returns: (transfer full): 200 {"name"}, 403 `wrong-password` where the present one is another, 429 `too-many-tries`, 400
 *   `account-password`
 */
AltmReply *
altm_console_set_own_password (AltmConsoleCall *call)
{
  const char *current = altm_json_get_string (call->form, "current");
  const char *password = altm_json_get_string (call->form, "password");
  g_auto(AltmHqAccount) account = { 0 };
  AltmReply *reply;

  if (current == NULL || password == NULL || strlen (current) > MOST_BYTES)
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "current and password are texts");
  reply = check_password (call, call->account.name, current, &account, refuse_password);
  return reply != NULL ? reply : change_password (call, password);
}

/**
 * altm_console_sign_out:
 *
 * Ends the session.
 */
AltmReply *
altm_console_sign_out (AltmConsoleCall *call)
{
  Session session = { &call->account, .now = call->now };
  g_autoptr(GError) error = NULL;
  AltmReply *reply;

  altm_token_hash (call->token, session.sha256);
  if (!altm_console_change (call, end_session, &session, &error))
    return altm_reply_new_error (error);
  reply = altm_reply_new_json (200, json_object ());
  reply->set_cookie = g_strdup_printf (COOKIE, "", "; Max-Age=0");
  return reply;
}

/**
 * altm_console_tell_session:
 *
 * Returns: (transfer full): 200 {"name", "role", "teams"} of whoever is signed in
 */
AltmReply *
altm_console_tell_session (AltmConsoleCall *call)
{
  return reply_with_account (&call->account);
}
