/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-server.h"

#include <libsoup/soup.h>
#include <string.h>

#include "altm-receiver.h"

#define MOST_CONNECTIONS 800
#define MOST_WAITING 128
#define DISCARD_BYTES (16 * 1024 * 1024)
#define DISCARD_TIME (10 * G_USEC_PER_SEC)
#define HEADER_TIME (90 * G_USEC_PER_SEC)
#define BODY_TIME (300 * G_USEC_PER_SEC)
#define SWEEP_SECONDS 5

struct _AltmServer
{
  AltmWorker *receiver;
  SoupServer *soup;
  GHashTable *deadlines; /* GSocket -> when it must have got a request through, monotonic */
  guint sweep;
  guint waiting;
};

/* A body as it comes in: counted, kept up to what its call takes, discarded beyond. */
typedef struct
{
  GByteArray *bytes;
  gsize most;
  gsize total;
  gint64 began_to_discard;
} Upload;

typedef struct
{
  AltmServer *server;
  SoupServerMessage *message;
  AltmRequest *request;
} Job;

static void
upload_free (gpointer data)
{
  Upload *self = data;

  g_byte_array_unref (self->bytes);
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
set_deadline (AltmServer *self, SoupServerMessage *message, gint64 time)
{
  GSocket *socket = soup_server_message_get_socket (message);
  gint64 *deadline;

  if (socket == NULL) /* the other end has gone meanwhile */
    return;
  deadline = g_new (gint64, 1);
  *deadline = g_get_monotonic_time () + time;
  g_hash_table_replace (self->deadlines, g_object_ref (socket), deadline);
}

static void
hang_up (SoupServerMessage *message)
{
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket != NULL)
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static Upload *
get_upload (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (message), "altm-upload");
}

static void
got_chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  Upload *upload = get_upload (message);
  gsize size = g_bytes_get_size (chunk);

  upload->total += size;
  if (upload->total <= upload->most)
    {
      g_byte_array_append (upload->bytes, g_bytes_get_data (chunk, NULL), (guint) size);
      return;
    }
  /* Read on for a while, so that the answer arrives instead of a reset. */
  g_byte_array_set_size (upload->bytes, 0);
  if (upload->began_to_discard == 0)
    upload->began_to_discard = g_get_monotonic_time ();
  if (upload->total > DISCARD_BYTES || g_get_monotonic_time () - upload->began_to_discard > DISCARD_TIME)
    hang_up (message);
}

/* Headers are there, the body is not: from here on it is counted. */
static void
early_cb (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  AltmServer *self = data;
  Upload *upload = g_new0 (Upload, 1);

  upload->bytes = g_byte_array_new ();
  upload->most = altm_receiver_most_bytes (soup_server_message_get_method (message), path);
  g_object_set_data_full (G_OBJECT (message), "altm-upload", upload, upload_free);
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), NULL);
  set_deadline (self, message, BODY_TIME);
}

static char *
copy_header (SoupMessageHeaders *headers, const char *name)
{
  return g_strdup (soup_message_headers_get_one (headers, name));
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
  if (upload->total <= upload->most)
    request->body = g_byte_array_free_to_bytes (g_steal_pointer (&upload->bytes));
  upload->bytes = upload->bytes != NULL ? upload->bytes : g_byte_array_new ();
  return request;
}

static void
send_reply (SoupServerMessage *message, const AltmReply *reply)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  Upload *upload = get_upload (message);

  soup_server_message_set_status (message, reply->status, NULL);
  if (reply->etag != NULL)
    soup_message_headers_replace (headers, "ETag", reply->etag);
  if (reply->allow != NULL)
    soup_message_headers_replace (headers, "Allow", reply->allow);
  if (reply->status == SOUP_STATUS_UNAUTHORIZED)
    soup_message_headers_replace (headers, "WWW-Authenticate", "Bearer");
  if (upload->total > upload->most)
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
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), reply->body);
}

static gpointer
answer (gpointer thing, gpointer data, GError **error)
{
  return altm_receiver_answer (thing, data, g_get_real_time ());
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr(AltmReply) reply = altm_worker_run_finish (result, NULL);

  job->server->waiting--;
  send_reply (job->message, reply);
  set_deadline (job->server, job->message, HEADER_TIME);
  soup_server_message_unpause (job->message);
  job_free (job);
}

static void
handle_cb (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  AltmServer *self = data;
  Job *job;

  if (self->waiting >= MOST_WAITING)
    {
      g_autoptr(AltmReply) reply = altm_reply_new_problem (ALTM_PROBLEM_BUSY, NULL);

      send_reply (message, reply);
      return;
    }
  job = g_new0 (Job, 1);
  *job = (Job) { self, g_object_ref (message), read_request (message, path) };
  self->waiting++;
  soup_server_message_pause (message);
  altm_worker_run_async (self->receiver, answer, job->request, NULL, (GDestroyNotify) altm_reply_free, answered_cb, job);
}

/* A connection was accepted, or has been answered and may bring its next request. */
static void
request_started_cb (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  AltmServer *self = data;
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket != NULL && g_hash_table_size (self->deadlines) >= MOST_CONNECTIONS && !g_hash_table_contains (self->deadlines, socket))
    hang_up (message);
  else
    set_deadline (self, message, HEADER_TIME);
}

static gboolean
is_over (gpointer key, gpointer value, gpointer data)
{
  GSocket *socket = key;
  gint64 *deadline = value;

  if (!g_socket_is_closed (socket) && g_get_monotonic_time () < *deadline)
    return FALSE;
  g_socket_shutdown (socket, TRUE, TRUE, NULL);
  return TRUE;
}

static gboolean
sweep_cb (gpointer data)
{
  AltmServer *self = data;

  g_hash_table_foreach_remove (self->deadlines, is_over, NULL);
  return G_SOURCE_CONTINUE;
}

/* SoupServer's own socket lets 10 connections wait: a morning's tablets would wait for seconds. */
static gboolean
listen_on (AltmServer *self, GSocketAddress *address, GError **error)
{
  g_autoptr(GSocket) socket =
    g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return FALSE;
  g_socket_set_listen_backlog (socket, MOST_CONNECTIONS);
  return g_socket_bind (socket, address, TRUE, error) && g_socket_listen (socket, error) &&
         soup_server_listen_socket (self->soup, socket, 0, error);
}

/**
 * altm_server_new:
 * @receiver: a worker whose thing is an #AltmReceiver
 * @host: an address of loopback
 * @port: a port, 0 for any that is free
 *
 * Listens, on the calling thread's main context.
 *
 * Returns: (transfer full): the server, or %NULL with a %G_IO_ERROR
 */
AltmServer *
altm_server_new (AltmWorker *receiver, const char *host, guint16 port, GError **error)
{
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  AltmServer *self = g_new0 (AltmServer, 1);

  self->receiver = altm_worker_ref (receiver);
  self->deadlines = g_hash_table_new_full (g_direct_hash, g_direct_equal, g_object_unref, g_free);
  self->soup = soup_server_new (NULL, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (request_started_cb), self);
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
  soup_server_disconnect (self->soup);
  g_object_unref (self->soup);
  g_hash_table_unref (self->deadlines);
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
  GSList *uris = soup_server_get_uris (self->soup);
  GUri *uri = uris->data;
  const char *host = g_uri_get_host (uri);
  gboolean is_ipv6 = strchr (host, ':') != NULL;
  char *address = g_strdup_printf (is_ipv6 ? "http://[%s]:%d" : "http://%s:%d", host, g_uri_get_port (uri));

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return address;
}
