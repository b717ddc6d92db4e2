/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-sending.h"

#include "altm-connection.h"

#define CHUNK_BYTES (64 * 1024)
#define MAKING_TIME (300 * G_USEC_PER_SEC)
#define TAKING_GRACE (30 * G_USEC_PER_SEC)
#define MOST_TIME G_TIME_SPAN_HOUR

/* A body on its way: at most one chunk of it is here, and the next is read when that one has left. */
typedef struct
{
  SoupServerMessage *message; /* owns this */
  AltmStream *stream;
  GInputStream *input;
  GCancellable *reading;
  gint64 began;
  GDestroyNotify done;
  gpointer data;
} Sending;

static void read_next (Sending *self);

static Sending *
get_sending (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (message), "altm-sending");
}

static void
sending_free (gpointer data)
{
  Sending *self = data;

  altm_stream_cancel (self->stream);
  altm_stream_unref (self->stream);
  g_object_unref (self->input);
  g_object_unref (self->reading);
  self->done (self->data);
  g_free (self);
}

/* A store that is being read can't fold its log in: also who takes all in good time is not waited for without an end. */
static void
set_deadline (Sending *self, gint64 time)
{
  gint64 now = g_get_monotonic_time ();

  altm_connection_set_deadline (altm_connection_get (self->message), MIN (now + time, self->began + MOST_TIME));
}

static void
send_chunk (Sending *self, GBytes *chunk)
{
  set_deadline (self, TAKING_GRACE + (gint64) g_bytes_get_size (chunk) * G_USEC_PER_SEC / ALTM_CONNECTION_LEAST_RATE);
  soup_message_body_append_bytes (soup_server_message_get_response_body (self->message), chunk);
  soup_server_message_unpause (self->message);
}

static void
send_end (Sending *self)
{
  set_deadline (self, TAKING_GRACE);
  soup_message_body_complete (soup_server_message_get_response_body (self->message));
  soup_server_message_unpause (self->message);
}

/* What is not whole breaks off before its end, and a browser says that the download failed: the end is then written to a
 * socket that is shut, from which libsoup learns that it is. */
static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(SoupServerMessage) message = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  Sending *self = get_sending (message);

  if (self == NULL)
    return;
  if (chunk != NULL && g_bytes_get_size (chunk) > 0)
    {
      send_chunk (self, chunk);
      return;
    }
  if (chunk == NULL || !altm_stream_is_whole (self->stream))
    altm_connection_hang_up (altm_connection_get (message));
  send_end (self);
}

static void
read_next (Sending *self)
{
  set_deadline (self, MAKING_TIME);
  g_input_stream_read_bytes_async (self->input, CHUNK_BYTES, G_PRIORITY_DEFAULT, self->reading, read_cb,
                                   g_object_ref (self->message));
}

static void
wrote_chunk_cb (SoupServerMessage *message, gpointer data)
{
  Sending *self = get_sending (message);

  if (self != NULL)
    read_next (self);
}

/* Also where the other end has gone. */
static void
finished_cb (SoupServerMessage *message, gpointer data)
{
  Sending *self = get_sending (message);

  if (self == NULL)
    return;
  g_cancellable_cancel (self->reading);
  g_object_set_data (G_OBJECT (message), "altm-sending", NULL);
}

/**
 * altm_sending_begin:
 * @message: a paused one whose answer has its status and headers; goes on by itself from here
 * @stream: its body
 * @done: called with @data when the body is sent or given up
 *
 * Sends a body as it is written, with one chunk of it in memory. Who takes none of it is hung up on, as is who receives
 * what could not be written to its end.
 *
 * Returns: %TRUE, or %FALSE with altm_stream_begin()'s error: @done is not called then, and the message still paused
 */
gboolean
altm_sending_begin (SoupServerMessage *message, AltmStream *stream, GDestroyNotify done, gpointer data, GError **error)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gboolean has_chunks = soup_server_message_get_http_version (message) >= SOUP_HTTP_1_1;
  GInputStream *input = altm_stream_begin (stream, error);
  Sending *self;

  if (input == NULL)
    return FALSE;
  self = g_new0 (Sending, 1);
  *self = (Sending) { message, altm_stream_ref (stream), input, g_cancellable_new (), g_get_monotonic_time (), done, data };
  g_object_set_data_full (G_OBJECT (message), "altm-sending", self, sending_free);
  soup_message_headers_set_encoding (headers, has_chunks ? SOUP_ENCODING_CHUNKED : SOUP_ENCODING_EOF);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (wrote_chunk_cb), NULL);
  g_signal_connect (message, "finished", G_CALLBACK (finished_cb), NULL);
  read_next (self);
  return TRUE;
}
