/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-transport.h"

#include <libsoup/soup.h>
#include <sodium.h>
#include <string.h>

#include "altm-link.h"
#include "altm-push.h"

/* How long nothing at all may move: what is sent is sized for seconds, so that this is a dead line
 * even over 2G. What moves, but never comes to an end, is given up after the second. */
#define TIMEOUT_SECONDS 60
#define DEADLINE_SECONDS (5 * 60)
#define IDLE_SECONDS 60
#define ANSWER_BYTES (16 * 1024 * 1024)

/* Calls are made one after the other, over one connection. The second one is room for libsoup: up
 * to 3.2 at least, a kept connection that HQ closes between its two looks at it is neither used nor
 * dropped. With room for one, soup_session_send() then waits for it for ever; that is why no call
 * is made by it here, and why there is room. */
#define CONNECTIONS 2

struct _AltmTransport
{
  SoupSession *session; /* made with the first call, for the main context that makes it */
  GTlsDatabase *database;
  GMainContext *context; /* of calls that are waited for */
  char *url;
  char *authorization;
  struct _Exchange *exchange; /* the call in flight */
};

/* A call and what comes of it. */
typedef struct _Exchange
{
  AltmTransport *transport;
  SoupMessage *message;
  GCancellable *cancellable;
  const char *why_cancelled;
  gboolean trusts_any;
  gboolean is_untrusted;
  GSource *deadline;
  GByteArray *body;
  gint64 began;
  gint64 moved; /* when anything was last seen to move */
} Exchange;

void
altm_target_free (AltmTarget *self)
{
  if (self == NULL)
    return;
  g_free (self->url);
  if (self->token != NULL)
    sodium_memzero (self->token, strlen (self->token));
  g_free (self->token);
  g_free (self->ca_file);
  g_free (self);
}

/**
 * altm_target_load:
 * @store: a tablet's store, in the thread that owns it
 *
 * Returns: (transfer full): the HQ that the tablet is enrolled at, or %NULL with
 *   %ALTM_PUSH_ERROR_NOT_ENROLLED
 */
AltmTarget *
altm_target_load (AltmStore *store, GError **error)
{
  g_autoptr(AltmTarget) self = g_new0 (AltmTarget, 1);
  g_autofree char *ca = altm_store_get_setting (store, "ca");

  self->url = altm_store_get_setting (store, "url");
  self->token = altm_store_get_setting (store, "token");
  if (ca != NULL)
    self->ca_file = g_build_filename (altm_store_get_directory (store), ca, NULL);
  if (self->url != NULL && self->token != NULL)
    return g_steal_pointer (&self);
  g_set_error_literal (error, ALTM_PUSH_ERROR, ALTM_PUSH_ERROR_NOT_ENROLLED, "this tablet is not enrolled");
  return NULL;
}

/**
 * altm_transport_new:
 * @target: whom to talk to
 *
 * Returns: (transfer full): the transport, or %NULL with %G_IO_ERROR_INVALID_ARGUMENT (an address
 *   that may not be used) or a %G_TLS_ERROR or %G_IO_ERROR (a CA that cannot be read)
 */
AltmTransport *
altm_transport_new (const AltmTarget *target, GError **error)
{
  g_autofree char *address = altm_link_read_address (target->url);
  g_autoptr(GTlsDatabase) database = NULL;
  AltmTransport *self;

  if (address == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "an address begins with https://, or http:// on loopback alone");
      return NULL;
    }
  if (target->ca_file != NULL && (database = g_tls_file_database_new (target->ca_file, error)) == NULL)
    return NULL;

  self = g_new0 (AltmTransport, 1);
  self->url = g_steal_pointer (&address);
  self->authorization = target->token != NULL ? g_strconcat ("Bearer ", target->token, NULL) : NULL;
  self->database = g_steal_pointer (&database);
  return self;
}

void
altm_transport_free (AltmTransport *self)
{
  if (self == NULL)
    return;
  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
  g_clear_object (&self->database);
  g_clear_pointer (&self->context, g_main_context_unref);
  if (self->authorization != NULL)
    sodium_memzero (self->authorization, strlen (self->authorization));
  g_free (self->authorization);
  g_free (self->url);
  g_free (self);
}

static void
ensure_session (AltmTransport *self)
{
  if (self->session != NULL)
    return;
  self->session = soup_session_new_with_options ("timeout", TIMEOUT_SECONDS, "idle-timeout", IDLE_SECONDS, "max-conns",
                                                 CONNECTIONS, "max-conns-per-host", CONNECTIONS, NULL);
  if (self->database != NULL)
    soup_session_set_tls_database (self->session, self->database);
}

static void
cancel (Exchange *self, const char *why)
{
  self->why_cancelled = why;
  g_cancellable_cancel (self->cancellable);
}

static gboolean
deadline_cb (gpointer data)
{
  cancel (data, "no whole answer within 5 minutes");
  return G_SOURCE_REMOVE;
}

static gboolean
accept_any_cb (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  return TRUE;
}

/* libsoup sends a PUT again by itself when a kept connection turns out to be closed, but its body
 * has been read by then: nothing would go out under the batch's id. It is for the caller to try
 * again, with all of it. */
static void
restarted_cb (SoupMessage *message, Exchange *exchange)
{
  cancel (exchange, "HQ closed the connection");
}

static void
moved_cb (Exchange *self)
{
  self->moved = g_get_monotonic_time ();
}

/* GnuTLS is given what is known of an earlier session with this address, and where that is resumed
 * glib-networking (2.74) asks nobody whether the certificate will do, although it knows: whoever
 * answered a call that trusts any would be trusted with the next one. So that is looked at here,
 * before anything is sent. */
static void
network_event_cb (SoupMessage *message, GSocketClientEvent event, GIOStream *connection, Exchange *self)
{
  moved_cb (self);
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKED || self->trusts_any)
    return;
  if (g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (connection)) != NULL &&
      g_tls_connection_get_peer_certificate_errors (G_TLS_CONNECTION (connection)) == 0)
    return;
  self->is_untrusted = TRUE;
  cancel (self, "the certificate there is not one to trust");
}

/* Every sign that the other end lives, or that this one gets rid of its bytes. */
static void
watch (Exchange *self)
{
  static const char *const signals[] = { "wrote-headers", "wrote-body-data", "got-headers" };

  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_swapped (self->message, signals[i], G_CALLBACK (moved_cb), self);
  g_signal_connect (self->message, "network-event", G_CALLBACK (network_event_cb), self);
}

static SoupMessage *
make_message (AltmTransport *self, const AltmCall *call)
{
  g_autofree char *url = g_strconcat (self->url, call->path, NULL);
  SoupMessage *message = soup_message_new (call->method, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (call->trusts_any)
    g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_any_cb), NULL);
  if (call->has_token && self->authorization != NULL)
    soup_message_headers_append (headers, "Authorization", self->authorization);
  for (guint i = 0; i + 1 < call->headers->len; i += 2)
    soup_message_headers_append (headers, g_ptr_array_index (call->headers, i), g_ptr_array_index (call->headers, i + 1));
  if (call->is_gzip)
    soup_message_headers_append (headers, "Content-Encoding", "gzip");
  if (call->body != NULL)
    soup_message_set_request_body_from_bytes (message, call->content_type, call->body);
  return message;
}

static Exchange *
exchange_new (AltmTransport *transport, const AltmCall *call)
{
  Exchange *self = g_new0 (Exchange, 1);

  self->transport = transport;
  self->trusts_any = call->trusts_any;
  self->message = make_message (transport, call);
  self->cancellable = g_cancellable_new ();
  self->body = g_byte_array_new ();
  self->began = self->moved = g_get_monotonic_time ();
  if (call->body != NULL)
    g_signal_connect (self->message, "restarted", G_CALLBACK (restarted_cb), self);
  watch (self);
  self->deadline = g_timeout_source_new_seconds (DEADLINE_SECONDS);
  g_source_set_callback (self->deadline, deadline_cb, self, NULL);
  g_source_attach (self->deadline, g_main_context_get_thread_default ());
  return self;
}

static void
exchange_free (gpointer data)
{
  Exchange *self = data;

  g_source_destroy (self->deadline);
  g_source_unref (self->deadline);
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_object_unref (self->message);
  g_object_unref (self->cancellable);
  g_byte_array_unref (self->body);
  g_free (self);
}

static AltmAnswer *
fail_answer (Exchange *self, const GError *error)
{
  AltmAnswer *answer = g_new0 (AltmAnswer, 1);

  answer->reason = g_strdup (self->why_cancelled != NULL ? self->why_cancelled : error->message);
  answer->is_untrusted = self->is_untrusted || error->domain == G_TLS_ERROR;
  return answer;
}

static AltmAnswer *
make_answer (Exchange *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);
  const char *retry_after = soup_message_headers_get_one (headers, "Retry-After");
  AltmAnswer *answer = g_new0 (AltmAnswer, 1);

  answer->status = soup_message_get_status (self->message);
  answer->content_type = g_strdup (soup_message_headers_get_content_type (headers, NULL));
  answer->etag = g_strdup (soup_message_headers_get_one (headers, "ETag"));
  answer->retry_after = retry_after != NULL ? CLAMP (g_ascii_strtoll (retry_after, NULL, 10), 0, 3600) : 0;
  answer->body = g_bytes_new (self->body->data, self->body->len);
  return answer;
}

static gboolean
append_chunk (GByteArray *body, const guint8 *chunk, gssize length, GError **error)
{
  g_byte_array_append (body, chunk, (guint) length);
  if (body->len <= ANSWER_BYTES)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "an answer longer than any of HQ's");
  return FALSE;
}

/* The transport may be gone with it: @answer is taken by the caller, who is told last. */
static void
conclude (GTask *task, AltmAnswer *answer)
{
  Exchange *exchange = g_task_get_task_data (task);

  answer->elapsed = g_get_monotonic_time () - exchange->began;
  exchange->transport->exchange = NULL;
  g_source_destroy (exchange->deadline);
  g_task_return_pointer (task, answer, (GDestroyNotify) altm_answer_free);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GTask) task = data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize length = chunk != NULL ? g_bytes_get_size (chunk) : 0;

  moved_cb (exchange);
  if (chunk == NULL || !append_chunk (exchange->body, g_bytes_get_data (chunk, NULL), (gssize) length, &error))
    conclude (task, fail_answer (exchange, error));
  else if (length == 0)
    conclude (task, make_answer (exchange));
  else
    g_input_stream_read_bytes_async (G_INPUT_STREAM (source), 16 * 1024, G_PRIORITY_DEFAULT, exchange->cancellable,
                                     read_cb, g_object_ref (task));
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GTask) task = data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream == NULL)
    conclude (task, fail_answer (exchange, error));
  else
    g_input_stream_read_bytes_async (stream, 16 * 1024, G_PRIORITY_DEFAULT, exchange->cancellable, read_cb,
                                     g_object_ref (task));
}

/**
 * altm_transport_send_async:
 * @call: need not outlive the call of this function
 *
 * Makes a call, on the calling thread's main context, which has to be the same for all calls. One
 * is made after the other.
 */
void
altm_transport_send_async (AltmTransport *self, const AltmCall *call, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Exchange *exchange = exchange_new (self, call);

  g_assert (self->exchange == NULL);
  self->exchange = exchange;
  g_task_set_task_data (task, exchange, exchange_free);
  ensure_session (self);
  soup_session_send_async (self->session, exchange->message, G_PRIORITY_DEFAULT, exchange->cancellable, sent_cb, task);
}

/**
 * altm_transport_send_finish:
 *
 * Returns: (transfer full): the answer, whose status is 0 where none came
 */
AltmAnswer *
altm_transport_send_finish (AltmTransport *self, GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/**
 * altm_transport_send:
 *
 * Makes a call and waits for its answer, at most about 5 minutes. Not for a transport that is used
 * with altm_transport_send_async() too.
 *
 * Returns: (transfer full): the answer, whose status is 0 where none came
 */
AltmAnswer *
altm_transport_send (AltmTransport *self, const AltmCall *call)
{
  g_autoptr(GAsyncResult) result = NULL;

  if (self->context == NULL)
    self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  altm_transport_send_async (self, call, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (self->context, TRUE);
  g_main_context_pop_thread_default (self->context);
  return altm_transport_send_finish (self, result);
}

/**
 * altm_transport_cancel:
 * @why: (transfer none): static text, in English, for a log
 *
 * Gives up the call in flight, if there is one: its answer comes at once, with the status 0.
 */
void
altm_transport_cancel (AltmTransport *self, const char *why)
{
  if (self->exchange != NULL)
    cancel (self->exchange, why);
}

/**
 * altm_transport_get_moved:
 *
 * Returns: when a byte of the call in flight, or of its connection, was last seen to move, as
 *   g_get_monotonic_time() counts; 0 where no call is in flight
 */
gint64
altm_transport_get_moved (AltmTransport *self)
{
  return self->exchange != NULL ? self->exchange->moved : 0;
}
