/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-transport.h"

#include <libsoup/soup.h>
#include <sodium.h>
#include <string.h>

#include "altm-link.h"
#include "altm-push.h"

#define TIMEOUT_SECONDS 60
#define IDLE_SECONDS 60
#define ANSWER_BYTES (16 * 1024 * 1024)

struct _AltmTransport
{
  SoupSession *session;
  char *url;
  char *authorization;
};

typedef struct
{
  SoupMessage *message;
  GByteArray *body;
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
  self->session = soup_session_new_with_options ("timeout", TIMEOUT_SECONDS, "idle-timeout", IDLE_SECONDS,
                                                 "max-conns", 1, "max-conns-per-host", 1, NULL);
  if (database != NULL)
    soup_session_set_tls_database (self->session, database);
  return self;
}

void
altm_transport_free (AltmTransport *self)
{
  if (self == NULL)
    return;
  soup_session_abort (self->session);
  g_object_unref (self->session);
  if (self->authorization != NULL)
    sodium_memzero (self->authorization, strlen (self->authorization));
  g_free (self->authorization);
  g_free (self->url);
  g_free (self);
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
restarted_cb (SoupMessage *message, GCancellable *cancellable)
{
  g_cancellable_cancel (cancellable);
}

static SoupMessage *
make_message (AltmTransport *self, const AltmCall *call, GCancellable *cancellable)
{
  g_autofree char *url = g_strconcat (self->url, call->path, NULL);
  SoupMessage *message = soup_message_new (call->method, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect_object (message, "restarted", G_CALLBACK (restarted_cb), cancellable, 0);
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

static AltmAnswer *
fail_answer (SoupMessage *message, const GError *error)
{
  AltmAnswer *answer = g_new0 (AltmAnswer, 1);

  answer->reason = g_strdup (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? "HQ closed the connection"
                                                                                      : error->message);
  answer->is_untrusted = error->domain == G_TLS_ERROR;
  return answer;
}

static AltmAnswer *
make_answer (SoupMessage *message, GByteArray *body)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *retry_after = soup_message_headers_get_one (headers, "Retry-After");
  AltmAnswer *answer = g_new0 (AltmAnswer, 1);

  answer->status = soup_message_get_status (message);
  answer->content_type = g_strdup (soup_message_headers_get_content_type (headers, NULL));
  answer->etag = g_strdup (soup_message_headers_get_one (headers, "ETag"));
  answer->retry_after = retry_after != NULL ? CLAMP (g_ascii_strtoll (retry_after, NULL, 10), 0, 3600) : 0;
  answer->body = g_bytes_new (body->data, body->len);
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

static gboolean
read_all (GInputStream *stream, GByteArray *body, GError **error)
{
  guint8 chunk[16 * 1024];
  gssize length;

  while ((length = g_input_stream_read (stream, chunk, sizeof chunk, NULL, error)) > 0)
    if (!append_chunk (body, chunk, length, error))
      return FALSE;
  return length == 0;
}

/**
 * altm_transport_send:
 *
 * Makes a call and waits for its answer.
 *
 * Returns: (transfer full): the answer, whose status is 0 where none came
 */
AltmAnswer *
altm_transport_send (AltmTransport *self, const AltmCall *call)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(SoupMessage) message = make_message (self, call, cancellable);
  g_autoptr(GByteArray) body = g_byte_array_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GInputStream) stream = soup_session_send (self->session, message, cancellable, &error);

  if (stream == NULL || !read_all (stream, body, &error))
    return fail_answer (message, error);
  g_input_stream_close (stream, NULL, NULL);
  return make_answer (message, body);
}

static void
exchange_free (gpointer data)
{
  Exchange *self = data;

  g_object_unref (self->message);
  g_byte_array_unref (self->body);
  g_free (self);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GTask) task = data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize length = chunk != NULL ? g_bytes_get_size (chunk) : 0;

  if (chunk == NULL || !append_chunk (exchange->body, g_bytes_get_data (chunk, NULL), (gssize) length, &error))
    g_task_return_pointer (task, fail_answer (exchange->message, error), (GDestroyNotify) altm_answer_free);
  else if (length == 0)
    g_task_return_pointer (task, make_answer (exchange->message, exchange->body), (GDestroyNotify) altm_answer_free);
  else
    g_input_stream_read_bytes_async (G_INPUT_STREAM (source), 16 * 1024, G_PRIORITY_DEFAULT,
                                     g_task_get_cancellable (task), read_cb, g_object_ref (task));
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GTask) task = data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream == NULL)
    g_task_return_pointer (task, fail_answer (exchange->message, error), (GDestroyNotify) altm_answer_free);
  else
    g_input_stream_read_bytes_async (stream, 16 * 1024, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), read_cb,
                                     g_object_ref (task));
}

/**
 * altm_transport_send_async:
 * @call: need not outlive the call of this function
 *
 * Makes a call, on the calling thread's main context.
 */
void
altm_transport_send_async (AltmTransport *self, const AltmCall *call, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->message = make_message (self, call, cancellable);
  exchange->body = g_byte_array_new ();
  g_task_set_task_data (task, exchange, exchange_free);
  g_task_set_check_cancellable (task, FALSE);
  soup_session_send_async (self->session, exchange->message, G_PRIORITY_DEFAULT, cancellable, sent_cb, task);
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
