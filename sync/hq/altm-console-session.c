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
  AltmThrottle *throttle = altm_console_get_throttle (call->console);
  gint64 wait;

  if (name == NULL || password == NULL || strlen (name) > MOST_BYTES || strlen (password) > MOST_BYTES)
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "name and password are texts");
  wait = altm_throttle_find_wait (throttle, name, call->now);
  if (wait > 0)
    return refuse_for_now (wait);
  altm_hq_accounts_find (call->sql, name, &call->account);
  if (!is_right (&call->account, password))
    {
      altm_throttle_note (throttle, name, call->now);
      return altm_console_refuse (401, "sign-in", "The name or the password is wrong");
    }
  altm_throttle_forget (throttle, name);
  return begin (call);
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
