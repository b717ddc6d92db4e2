/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-server.h"

#include <libsoup/soup.h>
#include <sodium.h>

#include "altm-api.h"
#include "altm-connection.h"
#include "altm-console.h"
#include "altm-receiver.h"
#include "altm-sending.h"

#define MIB (1024 * 1024)
#define MOST_CONNECTIONS 800
#define MOST_WAITING 128
#define WAITING_BYTES (32 * MIB)
#define UPLOAD_BYTES (32 * MIB)
#define DISCARD_BYTES (16 * MIB)
#define DISCARD_TIME (10 * G_USEC_PER_SEC)
#define BODY_GRACE (30 * G_USEC_PER_SEC)
#define BODY_TIME (300 * G_USEC_PER_SEC)
#define SWEEP_SECONDS 5
#define MOST_STREAMS 8

struct _AltmServer
{
  AltmWorker *receiver;
  AltmWorker *console;
  AltmWorker *api;
  SoupServer *soup;
  GSocketService *service;
  char *address;
  GHashTable *connections; /* a set of AltmConnection */
  guint sweep;
  GQueue uploads; /* of Upload, the oldest first */
  gsize upload_bytes;
  guint waiting;
  gsize waiting_bytes;
  guint streams;
};

/* A body as it comes in: counted, kept up to what its call takes, discarded beyond. */
typedef struct
{
  AltmServer *server;
  SoupServerMessage *message; /* owns this */
  GList link;                 /* in the server's queue */
  GByteArray *bytes;
  gsize most;
  gsize total;
  gint64 began;
  gint64 began_to_discard;
  gboolean is_dropped;
} Upload;

typedef struct
{
  AltmServer *server;
  SoupServerMessage *message;
  AltmRequest *request;
  gsize size;
} Job;

/* What it holds no longer counts as coming in. */
static void
upload_empty (Upload *self)
{
  self->server->upload_bytes -= self->bytes->len;
  g_byte_array_unref (self->bytes);
  self->bytes = g_byte_array_new ();
}

static void
upload_free (gpointer data)
{
  Upload *self = data;

  upload_empty (self);
  g_byte_array_unref (self->bytes);
  g_queue_unlink (&self->server->uploads, &self->link);
  g_free (self);
}

static void
job_free (Job *self)
{
  g_object_unref (self->message);
  altm_request_free (self->request);
  g_free (self);
}

/* SoupServer has no timeouts of its own. */
static void
set_deadline (SoupServerMessage *message, gint64 when)
{
  altm_connection_set_deadline (altm_connection_get (message), when);
}

static Upload *
get_upload (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (message), "altm-upload");
}

/* Who trickles is hung up on. */
static void
set_body_deadline (const Upload *upload)
{
  gint64 time = BODY_GRACE + (gint64) upload->total * G_USEC_PER_SEC / ALTM_CONNECTION_LEAST_RATE;

  set_deadline (upload->message, upload->began + MIN (time, BODY_TIME));
}

/* What the socket has received already still comes in, and is no longer a whole body. */
static void
drop (Upload *self)
{
  self->is_dropped = TRUE;
  upload_empty (self);
  altm_connection_hang_up (altm_connection_get (self->message));
}

/* All the bodies that come in have one budget. Whoever began first has had the most time: a good
 * upload is over within seconds, so that it's the stalled ones that go. */
static void
keep_within_budget (AltmServer *self)
{
  for (GList *each = self->uploads.head; each != NULL && self->upload_bytes > UPLOAD_BYTES; each = each->next)
    if (((Upload *) each->data)->bytes->len > 0)
      drop (each->data);
}

static void
keep_chunk (Upload *upload, GBytes *chunk)
{
  gsize size = g_bytes_get_size (chunk);

  g_byte_array_append (upload->bytes, g_bytes_get_data (chunk, NULL), (guint) size);
  upload->server->upload_bytes += size;
  keep_within_budget (upload->server);
}

static void
got_chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  Upload *upload = get_upload (message);

  if (upload->is_dropped)
    return;
  upload->total += g_bytes_get_size (chunk);
  set_body_deadline (upload);
  if (upload->total <= upload->most)
    {
      keep_chunk (upload, chunk);
      return;
    }
  /* Read on for a while, so that the answer arrives instead of a reset. */
  upload_empty (upload);
  if (upload->began_to_discard == 0)
    upload->began_to_discard = g_get_monotonic_time ();
  if (upload->total > DISCARD_BYTES || g_get_monotonic_time () - upload->began_to_discard > DISCARD_TIME)
    altm_connection_hang_up (altm_connection_get (message));
}

static gboolean
is_of_console (AltmServer *self, const char *path)
{
  return self->console != NULL && altm_console_has (path);
}

static gboolean
is_of_api (AltmServer *self, const char *path)
{
  return self->api != NULL && altm_api_has (path);
}

/* The API is only read from. */
static gsize
find_most_bytes (AltmServer *self, const char *method, const char *path)
{
  if (is_of_api (self, path))
    return 0;
  return is_of_console (self, path) ? altm_console_most_bytes (method, path) : altm_receiver_most_bytes (method, path);
}

/* Headers are there, the body is not: from here on it is counted. */
static void
early_cb (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  AltmServer *self = data;
  Upload *upload = g_new0 (Upload, 1);

  upload->server = self;
  upload->message = message;
  upload->link.data = upload;
  upload->bytes = g_byte_array_new ();
  upload->began = g_get_monotonic_time ();
  upload->most = find_most_bytes (self, soup_server_message_get_method (message), path);
  g_object_set_data_full (G_OBJECT (message), "altm-upload", upload, upload_free);
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), NULL);
  g_queue_push_tail_link (&self->uploads, &upload->link);
  altm_connection_begin (altm_connection_get (message), message);
  set_body_deadline (upload);
}

static char *
copy_header (SoupMessageHeaders *headers, const char *name)
{
  return g_strdup (soup_message_headers_get_one (headers, name));
}

static void
wipe (gpointer data)
{
  GByteArray *bytes = data;

  sodium_memzero (bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

/* A password may be in it, which is not left in memory that something else is given later. */
static GBytes *
take_body (Upload *upload)
{
  GByteArray *bytes = upload->bytes;

  upload->server->upload_bytes -= bytes->len;
  upload->bytes = g_byte_array_new ();
  return g_bytes_new_with_free_func (bytes->data, bytes->len, wipe, bytes);
}

static AltmRequest *
read_request (SoupServerMessage *message, const char *path)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  Upload *upload = get_upload (message);
  AltmRequest *request = g_new0 (AltmRequest, 1);

  request->method = g_strdup (soup_server_message_get_method (message));
  request->path = g_strdup (path);
  request->query = g_strdup (g_uri_get_query (soup_server_message_get_uri (message)));
  request->authorization = copy_header (headers, "Authorization");
  request->content_type = copy_header (headers, "Content-Type");
  request->content_encoding = copy_header (headers, "Content-Encoding");
  request->if_none_match = copy_header (headers, "If-None-Match");
  request->pending = copy_header (headers, "Altm-Pending");
  request->oldest = copy_header (headers, "Altm-Oldest");
  request->clock = copy_header (headers, "Altm-Clock");
  request->cookie = copy_header (headers, "Cookie");
  request->csrf = copy_header (headers, "Altm-Csrf");
  request->fetch_site = copy_header (headers, "Sec-Fetch-Site");
  request->accept_encoding = copy_header (headers, "Accept-Encoding");
  if (upload->total <= upload->most)
    request->body = take_body (upload);
  upload_empty (upload);
  return request;
}

static void
set_headers (SoupMessageHeaders *headers, const AltmReply *reply)
{
  const struct
  {
    const char *name;
    const char *value;
  } each[] = {
    { "ETag", reply->etag },
    { "Link", reply->link },
    { "Altm-Cursor", reply->cursor },
    { "Allow", reply->allow },
    { "WWW-Authenticate", reply->authenticate },
    { "Location", reply->location },
    { "Set-Cookie", reply->set_cookie },
    { "Content-Encoding", reply->content_encoding },
    { "Cache-Control", reply->cache_control },
    { "Content-Disposition", reply->disposition },
    { "Content-Security-Policy", reply->policy },
    { "Referrer-Policy", reply->policy != NULL ? "no-referrer" : NULL },
    { "Cross-Origin-Opener-Policy", reply->policy != NULL ? "same-origin" : NULL },
    { "Cross-Origin-Resource-Policy", reply->policy != NULL ? "same-origin" : NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (each); i++)
    if (each[i].value != NULL)
      soup_message_headers_replace (headers, each[i].name, each[i].value);
}

static void
send_reply (SoupServerMessage *message, const AltmReply *reply)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  AltmConnection *connection = altm_connection_get (message);
  Upload *upload = get_upload (message);

  soup_server_message_set_status (message, reply->status, NULL);
  set_headers (headers, reply);
  if (upload->total > upload->most)
    altm_connection_set_last (connection);
  if (altm_connection_is_last (connection))
    soup_message_headers_replace (headers, "Connection", "close");
  if (reply->retry_after > 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%u", reply->retry_after);

      soup_message_headers_replace (headers, "Retry-After", seconds);
    }
  if (reply->status == SOUP_STATUS_NOT_MODIFIED)
    return;
  soup_message_headers_set_content_type (headers, reply->content_type, NULL);
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  if (reply->body != NULL && g_bytes_get_size (reply->body) > 0)
    soup_message_body_append_bytes (soup_server_message_get_response_body (message), reply->body);
}

static gpointer
answer (gpointer thing, gpointer data, GError **error)
{
  return altm_receiver_answer (thing, data, g_get_real_time ());
}

static gpointer
answer_at_console (gpointer thing, gpointer data, GError **error)
{
  return altm_console_answer (thing, data, g_get_real_time ());
}

static gpointer
answer_at_api (gpointer thing, gpointer data, GError **error)
{
  return altm_api_answer (thing, data, g_get_real_time ());
}

static void
send_and_go_on (SoupServerMessage *message, const AltmReply *reply)
{
  send_reply (message, reply);
  set_deadline (message, g_get_monotonic_time () + ALTM_CONNECTION_IDLE_TIME);
  soup_server_message_unpause (message);
}

static void
stream_done (gpointer data)
{
  AltmServer *self = data;

  self->streams--;
}

/* Each has a thread and a connection to the store. */
static void
send_stream (AltmServer *self, SoupServerMessage *message, const AltmReply *reply)
{
  g_autoptr(AltmReply) busy = altm_reply_new_problem (ALTM_PROBLEM_BUSY, NULL);
  g_autoptr(GError) error = NULL;

  if (self->streams >= MOST_STREAMS || !altm_sending_begin (message, reply->stream, stream_done, self, &error))
    {
      if (error != NULL)
        g_printerr ("%s\n", error->message);
      send_and_go_on (message, busy);
      return;
    }
  self->streams++;
  send_reply (message, reply);
  soup_server_message_unpause (message);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr(AltmReply) reply = altm_worker_run_finish (result, NULL);

  job->server->waiting--;
  job->server->waiting_bytes -= job->size;
  if (reply->stream != NULL)
    send_stream (job->server, job->message, reply);
  else
    send_and_go_on (job->message, reply);
  job_free (job);
}

static gboolean
is_too_much (AltmServer *self, const Upload *upload)
{
  return upload->is_dropped || self->waiting >= MOST_WAITING ||
         self->waiting_bytes + upload->bytes->len > WAITING_BYTES;
}

static void
handle_cb (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  AltmServer *self = data;
  Upload *upload = get_upload (message);
  gsize size = upload->bytes->len;
  AltmWorker *worker = self->receiver;
  AltmWorkerJob work = answer;
  Job *job;

  if (is_too_much (self, upload))
    {
      g_autoptr(AltmReply) reply = altm_reply_new_problem (ALTM_PROBLEM_BUSY, NULL);

      upload_empty (upload);
      send_reply (message, reply);
      return;
    }
  job = g_new0 (Job, 1);
  *job = (Job) { self, g_object_ref (message), read_request (message, path), size };
  self->waiting++;
  self->waiting_bytes += size;
  set_deadline (message, g_get_monotonic_time () + BODY_TIME); /* it waits for HQ now */
  soup_server_message_pause (message);
  if (is_of_api (self, path))
    worker = self->api, work = answer_at_api;
  else if (is_of_console (self, path))
    worker = self->console, work = answer_at_console;
  altm_worker_run_async (worker, work, job->request, NULL, (GDestroyNotify) altm_reply_free, answered_cb, job);
}

static void
request_finished_cb (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  altm_connection_end (altm_connection_get (message));
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *stream, GObject *source, gpointer data)
{
  AltmServer *self = data;

  if (g_hash_table_size (self->connections) < MOST_CONNECTIONS)
    altm_connection_new (stream, self->soup, self->connections);
  return TRUE;
}

static gboolean
sweep_cb (gpointer data)
{
  AltmServer *self = data;
  gint64 now = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer each;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &each, NULL))
    if (altm_connection_is_over (each, now))
      altm_connection_hang_up (each);
  return G_SOURCE_CONTINUE;
}

static char *
write_address (GSocketAddress *address)
{
  GInetAddress *inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  g_autofree char *host = g_inet_address_to_string (inet);
  gboolean is_ipv6 = g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6;

  return g_strdup_printf (is_ipv6 ? "http://[%s]:%d" : "http://%s:%d", host,
                          g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
}

/* A socket of our own, as GLib's lets 10 connections wait: a morning's tablets would wait for seconds. */
static gboolean
listen_on (AltmServer *self, GSocketAddress *address, GError **error)
{
  g_autoptr(GSocket) socket =
    g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  g_autoptr(GSocketAddress) bound = NULL;

  if (socket == NULL)
    return FALSE;
  g_socket_set_listen_backlog (socket, MOST_CONNECTIONS);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error) ||
      (bound = g_socket_get_local_address (socket, error)) == NULL ||
      !g_socket_listener_add_socket (G_SOCKET_LISTENER (self->service), socket, NULL, error))
    return FALSE;
  self->address = write_address (bound);
  return TRUE;
}

/**
 * altm_server_new:
 * @receiver: a worker whose thing is an #AltmReceiver
 * @console: (nullable): a worker whose thing is an #AltmConsole, %NULL for a server without one
 * @api: (nullable): a worker whose thing is an #AltmApi, %NULL for a server without one
 * @host: an address of loopback
 * @port: a port, 0 for any that is free
 *
 * Listens, on the calling thread's main context.
 *
 * Returns: (transfer full): the server, or %NULL with a %G_IO_ERROR
 */
AltmServer *
altm_server_new (AltmWorker *receiver, AltmWorker *console, AltmWorker *api, const char *host, guint16 port, GError **error)
{
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  AltmServer *self = g_new0 (AltmServer, 1);

  self->receiver = altm_worker_ref (receiver);
  self->console = console != NULL ? altm_worker_ref (console) : NULL;
  self->api = api != NULL ? altm_worker_ref (api) : NULL;
  self->connections = g_hash_table_new_full (g_direct_hash, g_direct_equal, altm_connection_free, NULL);
  self->soup = soup_server_new (NULL, NULL);
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (incoming_cb), self);
  g_signal_connect (self->soup, "request-finished", G_CALLBACK (request_finished_cb), self);
  soup_server_add_early_handler (self->soup, NULL, early_cb, self, NULL);
  soup_server_add_handler (self->soup, NULL, handle_cb, self, NULL);
  self->sweep = g_timeout_add_seconds (SWEEP_SECONDS, sweep_cb, self);
  if (listen_on (self, address, error))
    return self;
  altm_server_free (self);
  return NULL;
}

/**
 * altm_server_free:
 * @self: (nullable): no longer listens; what is being answered is not waited for
 */
void
altm_server_free (AltmServer *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->sweep, g_source_remove);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  soup_server_disconnect (self->soup);
  g_object_unref (self->soup);
  g_hash_table_unref (self->connections);
  g_free (self->address);
  g_clear_pointer (&self->console, altm_worker_unref);
  g_clear_pointer (&self->api, altm_worker_unref);
  altm_worker_unref (self->receiver);
  g_free (self);
}

/**
 * altm_server_get_address:
 *
 * Returns: (transfer full): where it listens, such as "http://127.0.0.1:8080"
 */
char *
altm_server_get_address (AltmServer *self)
{
  return g_strdup (self->address);
}
