/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-receiver.h"

#include <string.h>

#include "altm-gzip.h"
#include "altm-hq-notes.h"
#include "altm-hq-orders.h"
#include "altm-link.h"
#include "altm-time.h"
#include "altm-token.h"
#include "altm-uuid.h"

#define JSON_TYPE "application/json"
#define LINES_TYPE "application/x-ndjson"
#define PROBLEM_TYPE "application/problem+json"
#define FORM_BYTES (16 * 1024)

/* A call that is being answered: @segments of its path, and whose token it brought. */
typedef struct
{
  AltmReceiver *receiver;
  const AltmRequest *request;
  char **segments;
  AltmHqDevice device;
  AltmHqSigns signs;
  gint64 now;
} Call;

typedef AltmReply *(*Answer) (Call *call);

/* A call of the protocol; `*` in @path stands for one segment, the first being the device's. */
typedef struct
{
  const char *method;
  const char *path;
  gboolean needs_token;
  gsize most_bytes;
  const char *content_type;
  Answer answer;
} Route;

void
altm_request_free (AltmRequest *self)
{
  if (self == NULL)
    return;
  g_free (self->method);
  g_free (self->path);
  g_free (self->query);
  altm_token_free (self->authorization);
  g_free (self->content_type);
  g_free (self->content_encoding);
  g_free (self->if_none_match);
  g_free (self->pending);
  g_free (self->oldest);
  g_free (self->clock);
  altm_token_free (self->cookie);
  g_free (self->csrf);
  g_free (self->fetch_site);
  g_free (self->accept_encoding);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

void
altm_reply_free (AltmReply *self)
{
  if (self == NULL)
    return;
  altm_token_free (self->set_cookie);
  g_free (self->etag);
  g_free (self->disposition);
  g_clear_pointer (&self->stream, altm_stream_unref);
  g_free (self->link);
  g_free (self->cursor);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

/**
 * altm_reply_new:
 * @content_type: (transfer none): lives as long as the program
 * @text: (transfer full): the body
 */
AltmReply *
altm_reply_new (guint status, const char *content_type, char *text)
{
  AltmReply *self = g_new0 (AltmReply, 1);

  self->status = status;
  self->content_type = content_type;
  self->body = g_bytes_new_take (text, strlen (text));
  return self;
}

/**
 * altm_reply_new_stream:
 * @content_type: (transfer none): lives as long as the program
 * @data: (transfer full): for @write
 *
 * Returns: (transfer full): 200 with a body that is written while it is sent
 */
AltmReply *
altm_reply_new_stream (const char *content_type, AltmStreamWrite write, gpointer data, GDestroyNotify free_data)
{
  AltmReply *self = g_new0 (AltmReply, 1);

  self->status = 200;
  self->content_type = content_type;
  self->stream = altm_stream_new (write, data, free_data);
  return self;
}

/**
 * altm_reply_new_json:
 * @root: (transfer full): the body
 */
AltmReply *
altm_reply_new_json (guint status, json_t *root)
{
  g_autoptr(json_t) owned = root;

  return altm_reply_new (status, JSON_TYPE, altm_json_write (owned));
}

/**
 * altm_reply_new_problem:
 * @detail: (nullable): what is wrong with this request
 *
 * Returns: (transfer full): the answer that says so (RFC 9457)
 */
AltmReply *
altm_reply_new_problem (AltmProblem problem, const char *detail)
{
  AltmReply *self =
    altm_reply_new (altm_problem_get_status (problem), PROBLEM_TYPE, altm_problem_write (problem, detail));

  if (problem == ALTM_PROBLEM_BUSY)
    self->retry_after = 5;
  if (problem == ALTM_PROBLEM_UNAUTHORIZED)
    self->authenticate = "Bearer";
  return self;
}

/**
 * altm_reply_new_error:
 * @error: of the store or of ingest
 *
 * Returns: (transfer full): the answer that says so, as much as an outsider may know; the rest goes to standard error
 */
AltmReply *
altm_reply_new_error (const GError *error)
{
  if (error->domain == ALTM_INGEST_ERROR)
    return altm_reply_new_problem ((AltmProblem) error->code, error->message);
  if (g_error_matches (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_IN_USE))
    return altm_reply_new_problem (ALTM_PROBLEM_BUSY, NULL);
  /* The file's path is nobody's business outside. */
  g_printerr ("%s\n", error->message);
  return altm_reply_new_problem (ALTM_PROBLEM_STORE_FAILED, NULL);
}

static AltmReply *
answer_hello (Call *call)
{
  AltmHqStore *store = call->receiver->store;
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *time = altm_time_format (call->now, utc);

  return altm_reply_new_json (
    200, json_pack ("{s:s, s:s, s:s, s:{s:i, s:i}, s:{s:I, s:I, s:I, s:I}, s:s, s:I, s:s}", "name", call->receiver->name,
                    "epoch", altm_hq_store_get_epoch (store), "time", time, "protocol", "min", 1, "max", 1, "limits",
                    "batch_bytes", (json_int_t) altm_limits.batch_bytes, "inflated_bytes",
                    (json_int_t) altm_limits.inflated_bytes, "line_bytes", (json_int_t) altm_limits.line_bytes,
                    "lines", (json_int_t) altm_limits.lines, "seal_key", altm_hq_store_get_seal_key (store), "lists",
                    (json_int_t) altm_lists_get_version (altm_hq_store_get_lists (store, 0)), "instance",
                    altm_hq_store_get_instance (store)));
}

static AltmReply *
answer_ca (Call *call)
{
  if (call->receiver->ca == NULL)
    return altm_reply_new_problem (ALTM_PROBLEM_NOT_FOUND, "this HQ has no CA of its own");
  return altm_reply_new (200, "application/x-pem-file", g_strdup (call->receiver->ca));
}

static json_t *
read_form (Call *call)
{
  GBytes *body = call->request->body;

  return altm_json_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body), NULL);
}

/* It is printed on terminals, which obey control characters. */
static gboolean
is_name (const char *text)
{
  if (text == NULL || *text == '\0' || g_utf8_strlen (text, -1) > 100)
    return FALSE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

static AltmReply *
reply_enrolment (Call *call, const AltmHqEnrolment *enrolment)
{
  AltmHqStore *store = call->receiver->store;

  return altm_reply_new_json (201, json_pack ("{s:s, s:s, s:s, s:s}", "device_id", enrolment->device_id, "token",
                                         enrolment->token, "epoch", altm_hq_store_get_epoch (store), "seal_key",
                                         altm_hq_store_get_seal_key (store)));
}

static AltmReply *
answer_enrol (Call *call)
{
  g_autoptr(json_t) form = read_form (call);
  const char *code = altm_json_get_string (form, "code");
  const char *name = altm_json_get_string (form, "device_name");
  const char *install_id = altm_json_get_string (form, "install_id");
  g_auto(AltmHqEnrolment) enrolment = { NULL };
  g_autoptr(GError) error = NULL;

  if (code == NULL || !is_name (name) || !is_name (install_id))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "code, device_name and install_id are texts of one line");
  if (altm_link_is_code (code) && altm_hq_devices_enrol (call->receiver->store, code, name, install_id, call->now,
                                                         &enrolment, &error))
    return reply_enrolment (call, &enrolment);
  if (error != NULL && error->code != ALTM_STORE_ERROR_MISSING)
    return altm_reply_new_error (error);
  return altm_reply_new_problem (ALTM_PROBLEM_BAD_CODE, NULL);
}

static AltmReply *
answer_fork (Call *call)
{
  g_autoptr(json_t) form = read_form (call);
  const char *install_id = altm_json_get_string (form, "install_id");
  g_auto(AltmHqEnrolment) enrolment = { NULL };
  g_autoptr(GError) error = NULL;

  if (call->device.is_revoked)
    return altm_reply_new_problem (ALTM_PROBLEM_REVOKED, NULL);
  if (!is_name (install_id))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "install_id is a text of one line");
  if (!altm_hq_devices_fork (call->receiver->store, &call->device, install_id, call->now, &enrolment, &error))
    return altm_reply_new_error (error);
  return reply_enrolment (call, &enrolment);
}

/* It was compared with a store that is this one no more: what this one lacks is still on the tablet. */
static gboolean
is_of_another_store (Call *call, json_t *form)
{
  const char *epoch = altm_json_get_string (form, "epoch");
  const char *instance = altm_json_get_string (form, "instance");

  return (epoch != NULL && strcmp (epoch, altm_hq_store_get_epoch (call->receiver->store)) != 0) ||
         (instance != NULL && strcmp (instance, altm_hq_store_get_instance (call->receiver->store)) != 0);
}

/* What the tablet says when it holds nothing any more. */
static AltmReply *
answer_release (Call *call)
{
  static const char *const reasons[] = { "wiped", "handed-over", NULL };
  g_autoptr(json_t) form = read_form (call);
  const char *why = altm_json_get_string (form, "why");
  g_autoptr(GError) error = NULL;

  if (why == NULL || !g_strv_contains (reasons, why))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "why is `wiped` or `handed-over`");
  if (is_of_another_store (call, form))
    return altm_reply_new_problem (ALTM_PROBLEM_RESTORED, NULL);
  if (!altm_hq_orders_release (call->receiver->store, &call->device, why, call->now, &error))
    return altm_reply_new_error (error);
  return altm_reply_new_json (200, json_pack ("{s:s}", "device_id", call->device.device_id));
}

static AltmReply *
answer_batch (Call *call)
{
  g_autoptr(GError) error = NULL;
  char *receipt;

  if (!altm_uuid_is_valid (call->segments[4]))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "a batch's id is a UUID");
  receipt = altm_hq_ingest (call->receiver->store, &call->device, call->segments[4], call->request->body,
                            &call->signs, call->now, &error);
  return receipt != NULL ? altm_reply_new (200, JSON_TYPE, receipt) : altm_reply_new_error (error);
}

static gboolean
read_seq (GHashTable *parameters, const char *name, gint64 *seq)
{
  const char *text = parameters != NULL ? g_hash_table_lookup (parameters, name) : NULL;

  return text != NULL && g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, seq, NULL);
}

static GHashTable *
read_query (Call *call)
{
  return call->request->query != NULL
           ? g_uri_parse_params (call->request->query, -1, "&", G_URI_PARAMS_NONE, NULL)
           : NULL;
}

static AltmReply *
answer_digest (Call *call)
{
  g_autoptr(GHashTable) parameters = read_query (call);
  g_autoptr(GError) error = NULL;
  gint64 from, to;
  json_t *digest;

  if (!read_seq (parameters, "from", &from) || !read_seq (parameters, "to", &to))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "from and to are numbers");
  digest = altm_hq_notes_digest (call->receiver->store, &call->device, from, to, &error);
  return digest != NULL ? altm_reply_new_json (200, digest) : altm_reply_new_error (error);
}

static AltmReply *
answer_news (Call *call)
{
  g_autoptr(GHashTable) parameters = read_query (call);
  const char *after = parameters != NULL ? g_hash_table_lookup (parameters, "after") : NULL;
  g_autoptr(GError) error = NULL;
  json_t *news = altm_hq_notes_news (call->receiver->store, &call->device, after, &error);

  return news != NULL ? altm_reply_new_json (200, news) : altm_reply_new_error (error);
}

/**
 * altm_request_has_tag:
 *
 * If-None-Match compares weakly (RFC 9110, section 13.1.2): a proxy that compresses weakens a tag.
 *
 * Returns: whether who asks has what this tag is of
 */
gboolean
altm_request_has_tag (const AltmRequest *self, const char *etag)
{
  const char *if_none_match = self->if_none_match;

  if (if_none_match != NULL && g_str_has_prefix (if_none_match, "W/"))
    if_none_match += strlen ("W/");
  return g_strcmp0 (if_none_match, etag) == 0;
}

static AltmReply *
answer_reference (Call *call)
{
  AltmHqStore *store = call->receiver->store;
  AltmLists *lists = altm_hq_store_get_lists (store, 0);
  g_autofree char *etag = g_strdup_printf ("\"%s-%" G_GINT64_FORMAT "\"", altm_hq_store_get_epoch (store),
                                           altm_lists_get_version (lists));
  gboolean is_known = altm_request_has_tag (call->request, etag);
  AltmReply *reply;

  /* The lists name the mediators. */
  if (call->device.is_revoked)
    return altm_reply_new_problem (ALTM_PROBLEM_REVOKED, NULL);
  reply = altm_reply_new (is_known ? 304 : 200, JSON_TYPE,
                     is_known ? g_strdup ("") : altm_json_write (altm_lists_get_root (lists)));
  reply->etag = g_steal_pointer (&etag);
  return reply;
}

static const Route routes[] = {
  { "GET", "/v1/hello", FALSE, 0, NULL, answer_hello },
  { "GET", "/v1/ca", FALSE, 0, NULL, answer_ca },
  { "PUT", "/v1/enrol", FALSE, FORM_BYTES, JSON_TYPE, answer_enrol },
  { "PUT", "/v1/devices/*/fork", TRUE, FORM_BYTES, JSON_TYPE, answer_fork },
  { "PUT", "/v1/devices/*/release", TRUE, FORM_BYTES, JSON_TYPE, answer_release },
  { "PUT", "/v1/devices/*/batches/*", TRUE, ALTM_BATCH_BYTES, LINES_TYPE, answer_batch },
  { "GET", "/v1/devices/*/digest", TRUE, 0, NULL, answer_digest },
  { "GET", "/v1/devices/*/news", TRUE, 0, NULL, answer_news },
  { "GET", "/v1/reference", TRUE, 0, NULL, answer_reference },
};

static gboolean
matches_path (const Route *route, char **segments)
{
  g_auto(GStrv) wanted = g_strsplit (route->path + 1, "/", -1);
  guint n = g_strv_length (wanted);

  if (n != g_strv_length (segments))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (strcmp (wanted[i], "*") != 0 && strcmp (wanted[i], segments[i]) != 0)
      return FALSE;
  return TRUE;
}

static char **
split_path (const char *path)
{
  return g_strsplit (*path == '/' ? path + 1 : path, "/", 8);
}

static const Route *
find_route (const char *method, char **segments, const char **allowed)
{
  *allowed = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    if (matches_path (&routes[i], segments))
      {
        if (strcmp (routes[i].method, method) == 0)
          return &routes[i];
        *allowed = routes[i].method;
      }
  return NULL;
}

/**
 * altm_receiver_most_bytes:
 *
 * Returns: how many bytes of a body the call takes; what comes beyond is to be discarded
 */
gsize
altm_receiver_most_bytes (const char *method, const char *path)
{
  g_auto(GStrv) segments = split_path (path);
  const char *allowed;
  const Route *route = find_route (method, segments, &allowed);

  return route != NULL ? route->most_bytes : 0;
}

static gint64
read_count (const char *text)
{
  guint64 count;

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, &count, NULL) ? (gint64) count : -1;
}

static gint64
read_instant (const char *text)
{
  gint64 time;

  return altm_time_parse (text, &time) ? time : -1;
}

static void
read_signs (Call *call)
{
  call->signs.pending = read_count (call->request->pending);
  call->signs.oldest = read_instant (call->request->oldest);
  call->signs.clock = read_instant (call->request->clock);
}

/* 401 and 403 come before anything else is looked at. */
static AltmReply *
check_token (Call *call)
{
  const char *authorization = call->request->authorization;
  const char *token = NULL;

  if (authorization != NULL && g_ascii_strncasecmp (authorization, "Bearer ", strlen ("Bearer ")) == 0)
    token = authorization + strlen ("Bearer ");
  if (!altm_hq_devices_find (call->receiver->store, token, &call->device))
    return altm_reply_new_problem (ALTM_PROBLEM_UNAUTHORIZED, NULL);
  if (strcmp (call->segments[1], "devices") == 0 && strcmp (call->segments[2], call->device.device_id) != 0)
    return altm_reply_new_problem (ALTM_PROBLEM_FOREIGN_DEVICE, NULL);
  return NULL;
}

static AltmReply *
check_type (const Route *route, const AltmRequest *request)
{
  g_autofree char *type = NULL;

  if (route->content_type == NULL)
    return NULL;
  type = g_strndup (request->content_type != NULL ? request->content_type : "",
                    strcspn (request->content_type != NULL ? request->content_type : "", "; "));
  if (g_ascii_strcasecmp (type, route->content_type) != 0)
    return altm_reply_new_problem (ALTM_PROBLEM_UNSUPPORTED_TYPE, route->content_type);
  if (request->content_encoding != NULL && g_ascii_strcasecmp (request->content_encoding, "gzip") != 0 &&
      g_ascii_strcasecmp (request->content_encoding, "identity") != 0)
    return altm_reply_new_problem (ALTM_PROBLEM_UNSUPPORTED_TYPE, "gzip, or plain");
  return NULL;
}

static AltmReply *
inflate_body (const Route *route, AltmRequest *request)
{
  gsize most = route->most_bytes == FORM_BYTES ? FORM_BYTES : altm_limits.inflated_bytes;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = NULL;

  if (request->body == NULL)
    return altm_reply_new_problem (ALTM_PROBLEM_TOO_LARGE, NULL);
  if (request->content_encoding == NULL || g_ascii_strcasecmp (request->content_encoding, "gzip") != 0)
    return NULL;
  body = altm_gzip_inflate (request->body, most, &error);
  if (body == NULL)
    return altm_reply_new_problem (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ? ALTM_PROBLEM_TOO_LARGE
                                                                                            : ALTM_PROBLEM_BAD_GZIP,
                                   error->message);
  g_bytes_unref (request->body);
  request->body = g_steal_pointer (&body);
  return NULL;
}

static AltmReply *
answer_call (Call *call, const Route *route)
{
  AltmRequest inflated = *call->request;
  AltmReply *reply = route->needs_token ? check_token (call) : NULL;

  if (reply == NULL)
    reply = check_type (route, call->request);
  if (reply != NULL)
    return reply;
  if (inflated.body != NULL)
    g_bytes_ref (inflated.body);
  reply = inflate_body (route, &inflated);
  if (reply == NULL)
    {
      call->request = &inflated;
      read_signs (call);
      reply = route->answer (call);
      /* A push has noted this with its lines; the rest is no reason not to answer. */
      if (route->needs_token && route->answer != answer_batch)
        altm_hq_devices_see (call->receiver->store, &call->device, &call->signs, call->now, NULL);
    }
  g_clear_pointer (&inflated.body, g_bytes_unref);
  return reply;
}

/**
 * altm_receiver_answer:
 * @request: what came
 * @now: microseconds since 1970-01-01 UTC
 *
 * Answers one call of the protocol. What it says was stored is on the disk.
 *
 * Returns: (transfer full): the answer, a problem (RFC 9457) where it could not be done
 */
AltmReply *
altm_receiver_answer (AltmReceiver *self, const AltmRequest *request, gint64 now)
{
  g_auto(GStrv) segments = split_path (request->path);
  Call call = { self, request, segments, .now = now };
  const char *allowed;
  const Route *route = find_route (request->method, segments, &allowed);
  AltmSql *sql = altm_hq_store_get_sql (self->store);
  g_autoptr(AltmReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  if (route == NULL)
    {
      reply = altm_reply_new_problem (allowed != NULL ? ALTM_PROBLEM_METHOD_NOT_ALLOWED : ALTM_PROBLEM_NOT_FOUND, NULL);
      reply->allow = allowed;
      return g_steal_pointer (&reply);
    }
  altm_sql_check (sql, NULL);
  reply = answer_call (&call, route);
  altm_hq_device_clear (&call.device);
  /* Who could not be looked up is not unknown. */
  if (reply->status < 400 || altm_sql_check (sql, &error))
    return g_steal_pointer (&reply);
  return altm_reply_new_error (error);
}
