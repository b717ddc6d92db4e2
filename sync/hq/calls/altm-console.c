/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-private.h"

#include <sodium.h>
#include <string.h>

#include "altm-export.h"
#include "altm-hq-act.h"
#include "altm-hq-sessions.h"
#include "altm-token.h"

#define PREFIX "/console"
#define API PREFIX "/api/"
#define FORM_BYTES (16 * 1024)

/* A file of ALTM_CSV_BYTES in base64, and what is around it; nginx lets 1100k through. */
#define LIST_BYTES (1024 * 1024 + FORM_BYTES)

/* Under this name a browser keeps the token for this host alone, over TLS alone but on loopback (RFC 6265bis). */
#define COOKIE "__Host-altm="

struct _AltmConsole
{
  AltmHqStore *store;
  AltmWorker *receiver;
  AltmThrottle *throttle;
  AltmTickets *tickets; /* of AltmExport */
};

/* A call of the pages. @least: who may; nobody has to be signed in where it is -1. */
typedef struct
{
  const char *method;
  const char *path;
  int least;
  AltmReply *(*answer) (AltmConsoleCall *call);
} Route;

static const Route routes[] = {
  { "POST", "session", -1, altm_console_sign_in },
  { "GET", "session", ALTM_ROLE_READER, altm_console_tell_session },
  { "DELETE", "session", ALTM_ROLE_READER, altm_console_sign_out },
  { "GET", "choices", ALTM_ROLE_READER, altm_console_get_choices },
  { "GET", "figures", ALTM_ROLE_READER, altm_console_get_figures },
  { "GET", "month", ALTM_ROLE_READER, altm_console_get_month },
  { "POST", "adulte-relais", ALTM_ROLE_DIRECTION, altm_console_open_adulte_relais },
  { "GET", "referrals", ALTM_ROLE_MANAGER, altm_console_get_referrals },
  { "POST", "referrals", ALTM_ROLE_MANAGER, altm_console_set_referral },
  { "POST", "liaison", ALTM_ROLE_MANAGER, altm_console_open_liaison },
  { "GET", "letterhead", ALTM_ROLE_DIRECTION, altm_console_get_letterhead },
  { "POST", "letterhead", ALTM_ROLE_DIRECTION, altm_console_set_letterhead },
  { "GET", "quarantine", ALTM_ROLE_MANAGER, altm_console_get_quarantine },
  { "POST", "quarantine", ALTM_ROLE_MANAGER, altm_console_settle_line },
  { "GET", "twins", ALTM_ROLE_MANAGER, altm_console_get_twins },
  { "POST", "twins-settle", ALTM_ROLE_MANAGER, altm_console_settle_twins },
  { "POST", "twins-ask", ALTM_ROLE_MANAGER, altm_console_ask_twins },
  { "GET", "waiting", ALTM_ROLE_MANAGER, altm_console_count_waiting },
  { "GET", "tablets", ALTM_ROLE_MANAGER, altm_console_get_tablets },
  { "POST", "tablets", ALTM_ROLE_DIRECTION, altm_console_order },
  { "POST", "codes", ALTM_ROLE_MANAGER, altm_console_make_code },
  { "POST", "qr", ALTM_ROLE_MANAGER, altm_console_draw_qr },
  { "GET", "lists", ALTM_ROLE_MANAGER, altm_console_get_lists },
  { "POST", "lists", ALTM_ROLE_MANAGER, altm_console_change_list },
  { "GET", "list-file", ALTM_ROLE_MANAGER, altm_console_get_list_file },
  { "POST", "exports", ALTM_ROLE_MANAGER, altm_console_grant_export },
  { "GET", "exports", ALTM_ROLE_MANAGER, altm_console_download },
  { "GET", "columns", ALTM_ROLE_MANAGER, altm_console_get_columns },
  { "POST", "rights", ALTM_ROLE_MANAGER, altm_console_find_rights },
  { "DELETE", "rights", ALTM_ROLE_DIRECTION, altm_console_erase },
  { "POST", "rights-copy", ALTM_ROLE_MANAGER, altm_console_export_rights },
  { "GET", "retention", ALTM_ROLE_MANAGER, altm_console_get_retention },
  { "GET", "log", ALTM_ROLE_DIRECTION, altm_console_get_log },
  { "GET", "accounts", ALTM_ROLE_DIRECTION, altm_console_get_accounts },
  { "POST", "accounts", ALTM_ROLE_DIRECTION, altm_console_add_account },
  { "DELETE", "accounts", ALTM_ROLE_DIRECTION, altm_console_close_account },
  { "POST", "account-role", ALTM_ROLE_DIRECTION, altm_console_set_role },
  { "POST", "account-password", ALTM_ROLE_DIRECTION, altm_console_set_password },
  { "POST", "password", ALTM_ROLE_READER, altm_console_set_own_password },
  { "GET", "tokens", ALTM_ROLE_DIRECTION, altm_console_get_tokens },
  { "POST", "tokens", ALTM_ROLE_DIRECTION, altm_console_add_token },
  { "DELETE", "tokens", ALTM_ROLE_DIRECTION, altm_console_revoke_token },
};

/**
 * altm_console_new:
 * @store: the folder of a store that is being served
 * @receiver: a worker whose thing is its #AltmReceiver
 *
 * Returns: (transfer full): a console, for the calling thread, or %NULL with an %ALTM_STORE_ERROR
 */
AltmConsole *
altm_console_new (const char *store, AltmWorker *receiver, GError **error)
{
  g_autoptr(AltmHqStore) reader = altm_hq_store_open_to_read (store, error);
  AltmConsole *self;

  if (reader == NULL)
    return NULL;
  self = g_new0 (AltmConsole, 1);
  self->store = g_steal_pointer (&reader);
  self->receiver = altm_worker_ref (receiver);
  self->throttle = altm_throttle_new ();
  self->tickets = altm_tickets_new ((GDestroyNotify) altm_export_free);
  return self;
}

void
altm_console_free (AltmConsole *self)
{
  if (self == NULL)
    return;
  altm_hq_store_close (self->store);
  altm_worker_unref (self->receiver);
  altm_throttle_free (self->throttle);
  altm_tickets_free (self->tickets);
  g_free (self);
}

AltmThrottle *
altm_console_get_throttle (AltmConsole *self)
{
  return self->throttle;
}

AltmTickets *
altm_console_get_tickets (AltmConsole *self)
{
  return self->tickets;
}

/**
 * altm_console_has:
 *
 * Returns: whether a path is the console's: all below /console, and the root, from where one is sent there
 */
gboolean
altm_console_has (const char *path)
{
  return strcmp (path, "/") == 0 || strcmp (path, PREFIX) == 0 || g_str_has_prefix (path, PREFIX "/");
}

/**
 * altm_console_most_bytes:
 *
 * Returns: how many bytes of a body the call takes
 */
gsize
altm_console_most_bytes (const char *method, const char *path)
{
  if (!g_str_has_prefix (path, API) || strcmp (method, "GET") == 0)
    return 0;
  return strcmp (path, API "lists") == 0 ? LIST_BYTES : FORM_BYTES;
}

/**
 * altm_console_refuse:
 * @name: of the problem's type, /problems/NAME
 * @title: what is wrong, for whoever reads the answer itself; pages have words of their own for @name
 *
 * Returns: (transfer full): the answer (RFC 9457)
 */
AltmReply *
altm_console_refuse (guint status, const char *name, const char *title)
{
  g_autofree char *type = g_strconcat (ALTM_PROBLEM_PREFIX, name, NULL);
  AltmReply *reply =
    altm_reply_new_json (status, json_pack ("{s:s, s:s, s:i}", "type", type, "title", title, "status", (int) status));

  reply->content_type = "application/problem+json";
  return reply;
}

static gpointer
do_act (gpointer thing, gpointer data, GError **error)
{
  AltmReceiver *receiver = thing;

  return altm_hq_act (receiver->store, data, g_get_real_time (), error);
}

/**
 * altm_console_act:
 * @request: (transfer full): as altm_hq_act() takes it, without "who"
 *
 * Has something done, in the name of whoever is signed in.
 *
 * Returns: (transfer full): its answer, once all is on the disk, or %NULL with its errors
 */
char *
altm_console_act (AltmConsoleCall *call, json_t *request, GError **error)
{
  g_autoptr(json_t) owned = request;
  g_autofree char *text = NULL;

  json_object_set_new (request, "who", json_string (call->account.name));
  text = altm_json_write (request);
  return altm_worker_run (call->console->receiver, do_act, text, error);
}

/**
 * altm_console_change:
 * @job: done by the receiver's thread on its #AltmReceiver; what it returns is no pointer to anything
 *
 * Returns: %TRUE, or %FALSE with the job's error
 */
gboolean
altm_console_change (AltmConsoleCall *call, AltmWorkerJob job, gpointer data, GError **error)
{
  g_autoptr(GError) problem = NULL;

  altm_worker_run (call->console->receiver, job, data, &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_console_ask:
 * @job: done by the receiver's thread on its #AltmReceiver, and cannot fail
 *
 * Returns: (transfer full) (nullable): what it returns
 */
gpointer
altm_console_ask (AltmConsoleCall *call, AltmWorkerJob job, gpointer data)
{
  return altm_worker_run (call->console->receiver, job, data, NULL);
}

static char *
find_token (const char *cookies)
{
  g_auto(GStrv) each = g_strsplit (cookies != NULL ? cookies : "", ";", 32);

  for (guint i = 0; each[i] != NULL; i++)
    if (g_str_has_prefix (g_strstrip (each[i]), COOKIE))
      return g_strdup (each[i] + strlen (COOKIE));
  return NULL;
}

static gpointer
see_session (gpointer thing, gpointer data, GError **error)
{
  AltmReceiver *receiver = thing;

  altm_hq_sessions_see (altm_hq_store_get_sql (receiver->store), data, g_get_real_time (), error);
  return NULL;
}

static AltmReply *
check_session (AltmConsoleCall *call, const Route *route)
{
  guint8 sha256[crypto_hash_sha256_BYTES];
  gboolean is_stale = FALSE;

  call->token = find_token (call->request->cookie);
  if (call->token == NULL)
    return altm_console_refuse (401, "signed-out", "Nobody is signed in");
  altm_token_hash (call->token, sha256);
  if (!altm_hq_sessions_find (call->sql, sha256, call->now, &call->account, &is_stale))
    return altm_console_refuse (401, "signed-out", "Nobody is signed in, or no longer");
  if ((int) call->account.role < route->least)
    return altm_console_refuse (403, "not-allowed", "This account may not");
  if (is_stale)
    altm_console_change (call, see_session, sha256, NULL); /* at worst it ends sooner */
  return NULL;
}

/* Another site's page can neither set a header of our own nor hide where it is from (Fetch Metadata); and the cookie is
 * SameSite=Strict. */
static AltmReply *
check_origin (const AltmRequest *request)
{
  gboolean is_own = request->fetch_site == NULL || strcmp (request->fetch_site, "same-origin") == 0;

  if (strcmp (request->method, "GET") == 0 || (is_own && g_strcmp0 (request->csrf, "1") == 0))
    return NULL;
  return altm_console_refuse (403, "foreign-page", "Only HQ's own pages may ask for this");
}

static AltmReply *
read_form (AltmConsoleCall *call)
{
  GBytes *body = call->request->body;

  if (body == NULL)
    return altm_reply_new_problem (ALTM_PROBLEM_TOO_LARGE, NULL);
  if (g_bytes_get_size (body) == 0)
    return NULL;
  if (call->request->content_type == NULL || !g_str_has_prefix (call->request->content_type, "application/json"))
    return altm_reply_new_problem (ALTM_PROBLEM_UNSUPPORTED_TYPE, "application/json");
  call->form = altm_json_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body), NULL);
  return call->form != NULL ? NULL : altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "not one object of JSON");
}

static AltmReply *
read_query (AltmConsoleCall *call)
{
  const char *query = call->request->query;

  call->query = g_uri_parse_params (query != NULL ? query : "", -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  return call->query != NULL ? NULL : altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "what is behind the question mark");
}

static AltmReply *
answer_route (AltmConsoleCall *call, const Route *route)
{
  AltmReply *reply = check_origin (call->request);

  if (reply == NULL && route->least >= 0)
    reply = check_session (call, route);
  if (reply == NULL)
    reply = read_query (call);
  if (reply == NULL)
    reply = read_form (call);
  return reply != NULL ? reply : route->answer (call);
}

static const Route *
find_route (const AltmRequest *request, const char **allowed)
{
  const char *path = request->path + strlen (API);

  *allowed = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    if (strcmp (routes[i].path, path) == 0)
      {
        if (strcmp (routes[i].method, request->method) == 0)
          return &routes[i];
        *allowed = routes[i].method;
      }
  return NULL;
}

/* A password may be among them. */
static void
wipe_texts (json_t *form)
{
  const char *name;
  json_t *value;

  json_object_foreach (form, name, value)
    if (json_is_string (value))
      sodium_memzero ((char *) json_string_value (value), json_string_length (value));
}

static void
clear_call (AltmConsoleCall *call)
{
  wipe_texts (call->form);
  altm_hq_account_clear (&call->account);
  altm_token_free (call->token);
  g_clear_pointer (&call->query, g_hash_table_unref);
  g_clear_pointer (&call->form, json_decref);
}

static AltmReply *
answer_call (AltmConsole *self, const AltmRequest *request, gint64 now)
{
  const char *allowed;
  const Route *route = find_route (request, &allowed);
  AltmConsoleCall call = { self, request, self->store, altm_hq_store_get_sql (self->store), .now = now };
  g_autoptr(AltmReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  if (route == NULL)
    {
      reply = altm_reply_new_problem (allowed != NULL ? ALTM_PROBLEM_METHOD_NOT_ALLOWED : ALTM_PROBLEM_NOT_FOUND, NULL);
      reply->allow = allowed;
      return g_steal_pointer (&reply);
    }
  altm_sql_check (call.sql, NULL);
  altm_hq_store_reload_lists (self->store, NULL); /* those that it has go on */
  reply = answer_route (&call, route);
  clear_call (&call);
  /* Who could not be looked up is not signed out. */
  if (reply->status < 400 || altm_sql_check (call.sql, &error))
    return g_steal_pointer (&reply);
  return altm_reply_new_error (error);
}

/**
 * altm_console_answer:
 * @request: what came
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): the answer
 */
AltmReply *
altm_console_answer (AltmConsole *self, const AltmRequest *request, gint64 now)
{
  AltmReply *reply;

  if (!g_str_has_prefix (request->path, API))
    return altm_console_get_page (request);
  reply = answer_call (self, request, now);
  reply->cache_control = "no-store";
  return reply;
}
