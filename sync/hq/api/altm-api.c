/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-api-private.h"

#include <string.h>

#include "altm-throttle.h"
#include "altm-token.h"

#define ROOM "/api/"
#define BEARER "Bearer "
#define ANYBODY (-1)
#define MOST_PARAMETERS 8

struct _AltmApi
{
  AltmHqStore *store;
  AltmWorker *receiver;
  AltmThrottle *throttle;
};

/* A call that is read. @least: the scope that it needs; no token where it is ANYBODY. */
typedef struct
{
  const char *path;
  int least;
  const char *parameters[MOST_PARAMETERS];
  AltmReply *(*answer) (AltmApiCall *call);
} Route;

static const Route routes[] = {
  { "openapi.json", ANYBODY, { NULL }, altm_api_get_document },
  { "lists", ALTM_SCOPE_FIGURES, { NULL }, altm_api_get_lists },
  { "figures", ALTM_SCOPE_FIGURES, { "from", "to", "territory", "place", "channel", "team", NULL }, altm_api_get_figures },
  { "records", ALTM_SCOPE_RECORDS, { "from", "to", "type", "after", "limit", NULL }, altm_api_get_records },
  { "erased", ALTM_SCOPE_RECORDS, { "after", "limit", NULL }, altm_api_get_erased },
};

/* A token that was seen, on its way to the receiver's thread. */
typedef struct
{
  gint64 n;
  gint64 now;
} Sight;

/**
 * altm_api_new:
 * @store: the folder of a store that is being served
 * @receiver: a worker whose thing is its #AltmReceiver
 *
 * Returns: (transfer full): an API, for the calling thread, or %NULL with an %ALTM_STORE_ERROR
 */
AltmApi *
altm_api_new (const char *store, AltmWorker *receiver, GError **error)
{
  AltmHqStore *reader = altm_hq_store_open_to_read (store, error);
  AltmApi *self;

  if (reader == NULL)
    return NULL;
  self = g_new0 (AltmApi, 1);
  self->store = reader;
  self->receiver = altm_worker_ref (receiver);
  self->throttle = altm_throttle_new ();
  return self;
}

void
altm_api_free (AltmApi *self)
{
  if (self == NULL)
    return;
  altm_hq_store_close (self->store);
  altm_worker_unref (self->receiver);
  altm_throttle_free (self->throttle);
  g_free (self);
}

/**
 * altm_api_has:
 *
 * Returns: whether a path is the API's
 */
gboolean
altm_api_has (const char *path)
{
  return g_str_has_prefix (path, ROOM);
}

static gpointer
see_token (gpointer thing, gpointer data, GError **error)
{
  AltmReceiver *receiver = thing;
  const Sight *sight = data;

  altm_hq_tokens_see (altm_hq_store_get_sql (receiver->store), sight->n, sight->now, error);
  return NULL;
}

static AltmReply *
refuse_for_now (gint64 wait)
{
  AltmReply *reply = altm_console_refuse (429, "too-many-tries", "This token was wrong too often; try again later");

  reply->retry_after = (guint) (wait / G_USEC_PER_SEC) + 1;
  return reply;
}

/* Nobody guesses 256 random bits. What is slowed down is a program that goes on with a token that is over. */
static AltmReply *
find_token (AltmApi *self, AltmApiCall *call, const char *secret)
{
  guint8 sha256[crypto_hash_sha256_BYTES];
  char name[2 * crypto_hash_sha256_BYTES + 1];
  g_autoptr(GError) error = NULL;
  gint64 wait;

  altm_token_hash (secret, sha256);
  sodium_bin2hex (name, sizeof name, sha256, sizeof sha256);
  wait = altm_throttle_find_wait (self->throttle, name, call->now);
  if (wait > 0)
    return refuse_for_now (wait);
  if (altm_hq_tokens_find (call->sql, sha256, call->now, &call->token))
    return NULL;
  if (!altm_sql_check (call->sql, &error))
    return altm_reply_new_error (error);
  altm_throttle_note (self->throttle, name, call->now);
  return altm_reply_new_problem (ALTM_PROBLEM_UNAUTHORIZED, "the token is not known, is over, or was revoked");
}

static AltmReply *
check_token (AltmApi *self, AltmApiCall *call, const Route *route)
{
  const char *authorization = call->request->authorization;
  AltmReply *reply;

  if (authorization == NULL || g_ascii_strncasecmp (authorization, BEARER, strlen (BEARER)) != 0)
    return altm_reply_new_problem (ALTM_PROBLEM_UNAUTHORIZED, "Authorization: Bearer TOKEN");
  reply = find_token (self, call, authorization + strlen (BEARER));
  if (reply == NULL && (int) call->token.scope < route->least)
    reply = altm_console_refuse (403, "not-allowed", "The scope of this token does not reach so far");
  if (reply == NULL && call->token.is_stale)
    altm_worker_run (self->receiver, see_token, &(Sight) { call->token.n, call->now }, NULL); /* it is only told */
  return reply;
}

/* A parameter that was mistyped would answer another question than the one that was asked. */
static AltmReply *
read_query (AltmApiCall *call, const Route *route)
{
  const char *query = call->request->query != NULL ? call->request->query : "";
  g_autofree char *detail = NULL;
  GHashTableIter iter;
  gpointer name;

  call->query = g_uri_parse_params (query, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  if (call->query == NULL)
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "what is behind the question mark");
  g_hash_table_iter_init (&iter, call->query);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_strv_contains (route->parameters, name))
      {
        detail = g_strdup_printf ("%.64s: no such parameter", (const char *) name);
        return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, detail);
      }
  return NULL;
}

static const Route *
find_route (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    if (g_str_has_prefix (path, ALTM_API_PATH) && strcmp (routes[i].path, path + strlen (ALTM_API_PATH)) == 0)
      return &routes[i];
  return NULL;
}

static AltmReply *
refuse_method (void)
{
  AltmReply *reply = altm_reply_new_problem (ALTM_PROBLEM_METHOD_NOT_ALLOWED, NULL);

  reply->allow = "GET";
  return reply;
}

static AltmReply *
answer_route (AltmApi *self, AltmApiCall *call, const Route *route)
{
  AltmReply *reply = route->least != ANYBODY ? check_token (self, call, route) : NULL;

  if (reply == NULL)
    reply = read_query (call, route);
  return reply != NULL ? reply : route->answer (call);
}

static AltmReply *
answer_call (AltmApi *self, const AltmRequest *request, gint64 now)
{
  const Route *route = find_route (request->path);
  AltmApiCall call = { request, self->store, altm_hq_store_get_sql (self->store), .now = now };
  g_autoptr(AltmReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  if (route == NULL)
    return altm_reply_new_problem (ALTM_PROBLEM_NOT_FOUND, NULL);
  if (strcmp (request->method, "GET") != 0)
    return refuse_method ();
  altm_sql_check (call.sql, NULL);
  altm_hq_store_reload_lists (self->store, NULL); /* those that it has go on */
  reply = answer_route (self, &call, route);
  altm_hq_token_clear (&call.token);
  g_clear_pointer (&call.query, g_hash_table_unref);
  /* Who could not be looked up is not unknown. */
  if (reply->status < 400 || altm_sql_check (call.sql, &error))
    return g_steal_pointer (&reply);
  return altm_reply_new_error (error);
}

/**
 * altm_api_answer:
 * @request: what came
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): the answer, a problem (RFC 9457) where there is none
 */
AltmReply *
altm_api_answer (AltmApi *self, const AltmRequest *request, gint64 now)
{
  AltmReply *reply = answer_call (self, request, now);

  if (reply->cache_control == NULL)
    reply->cache_control = "no-store";
  return reply;
}
