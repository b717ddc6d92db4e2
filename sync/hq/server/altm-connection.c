/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-connection.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEY "altm-connection"

struct _AltmConnection
{
  SoupServer *soup;
  GHashTable *all; /* owns this */
  GSocketConnection *stream;
  GSocketAddress *remote;
  GSocketConnection *lent; /* not owned: the loan, NULL between two */
  guint lend_again;
  gint64 deadline;         /* monotonic */
  gboolean is_last;
  gboolean is_answered;
};

static void returned_cb (gpointer data, GObject *lent);

/* libsoup closes what it gets. */
static GSocketConnection *
duplicate (GSocketConnection *stream)
{
  int fd = fcntl (g_socket_get_fd (g_socket_connection_get_socket (stream)), F_DUPFD_CLOEXEC, 0);
  g_autoptr(GSocket) socket = fd >= 0 ? g_socket_new_from_fd (fd, NULL) : NULL;

  if (socket == NULL && fd >= 0)
    close (fd);
  return socket != NULL ? g_socket_connection_factory_create_connection (socket) : NULL;
}

static gboolean
lend_cb (gpointer data)
{
  AltmConnection *self = data;
  g_autoptr(GSocketConnection) lent = duplicate (self->stream);
  g_autoptr(GSocketAddress) local = g_socket_connection_get_local_address (self->stream, NULL);

  self->lend_again = 0;
  self->deadline = g_get_monotonic_time () + ALTM_CONNECTION_IDLE_TIME;
  self->is_last = TRUE;
  self->is_answered = FALSE;
  if (lent == NULL || local == NULL)
    {
      g_hash_table_remove (self->all, self);
      return G_SOURCE_REMOVE;
    }
  self->lent = lent;
  g_object_weak_ref (G_OBJECT (lent), returned_cb, self);
  soup_server_accept_iostream (self->soup, G_IO_STREAM (lent), local, self->remote, NULL);
  return G_SOURCE_REMOVE;
}

/* libsoup is on the stack: what comes next waits until it's done. */
static void
returned_cb (gpointer data, GObject *lent)
{
  AltmConnection *self = data;

  self->lent = NULL;
  if (self->is_answered && !self->is_last)
    self->lend_again = g_idle_add_full (G_PRIORITY_DEFAULT, lend_cb, self, NULL);
  else
    g_hash_table_remove (self->all, self);
}

/**
 * altm_connection_new:
 * @stream: what was accepted
 * @soup: who is to serve it
 * @all: the set that owns it, whose keys are freed by altm_connection_free()
 *
 * Serves a connection until either end has had enough; it then leaves the set.
 */
void
altm_connection_new (GSocketConnection *stream, SoupServer *soup, GHashTable *all)
{
  g_autoptr(GSocketAddress) remote = g_socket_connection_get_remote_address (stream, NULL);
  AltmConnection *self;

  if (remote == NULL) /* it has gone already */
    return;
  g_socket_set_option (g_socket_connection_get_socket (stream), IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  self = g_new0 (AltmConnection, 1);
  self->soup = soup;
  self->all = all;
  self->stream = g_object_ref (stream);
  self->remote = g_steal_pointer (&remote);
  g_object_set_data (G_OBJECT (self->remote), KEY, self);
  g_hash_table_add (all, self);
  lend_cb (self);
}

/**
 * altm_connection_free:
 *
 * Closes it.
 */
void
altm_connection_free (gpointer data)
{
  AltmConnection *self = data;

  if (self->lent != NULL)
    g_object_weak_unref (G_OBJECT (self->lent), returned_cb, self);
  g_clear_handle_id (&self->lend_again, g_source_remove);
  g_object_set_data (G_OBJECT (self->remote), KEY, NULL);
  g_object_unref (self->remote);
  g_io_stream_close (G_IO_STREAM (self->stream), NULL, NULL);
  g_object_unref (self->stream);
  g_free (self);
}

/**
 * altm_connection_get:
 *
 * The address is the one object that a message and its connection have in common.
 *
 * Returns: (transfer none) (nullable): the message's connection, %NULL where the other end has gone;
 *   the functions below do nothing then
 */
AltmConnection *
altm_connection_get (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (soup_server_message_get_remote_address (message)), KEY);
}

/**
 * altm_connection_begin:
 * @message: a request whose headers are there
 *
 * Notes whether the client goes on after it.
 */
void
altm_connection_begin (AltmConnection *self, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (self != NULL)
    self->is_last = soup_server_message_get_http_version (message) < SOUP_HTTP_1_1 ||
                    soup_message_headers_header_contains (headers, "Connection", "close");
  soup_message_headers_replace (headers, "Connection", "close");
}

/**
 * altm_connection_set_last:
 * @self: (nullable): is closed after this answer
 */
void
altm_connection_set_last (AltmConnection *self)
{
  if (self != NULL)
    self->is_last = TRUE;
}

/**
 * altm_connection_is_last:
 * @self: (nullable): a connection
 *
 * Returns: whether the answer has to say that no other one follows
 */
gboolean
altm_connection_is_last (AltmConnection *self)
{
  return self == NULL || self->is_last;
}

/**
 * altm_connection_end:
 * @self: (nullable): has had its answer whole
 */
void
altm_connection_end (AltmConnection *self)
{
  if (self != NULL)
    self->is_answered = TRUE;
}

/**
 * altm_connection_set_deadline:
 * @self: (nullable): a connection
 * @when: monotonic time by which it must have got on, microseconds
 */
void
altm_connection_set_deadline (AltmConnection *self, gint64 when)
{
  if (self != NULL)
    self->deadline = when;
}

/**
 * altm_connection_is_over:
 *
 * Returns: whether its deadline has passed
 */
gboolean
altm_connection_is_over (AltmConnection *self, gint64 now)
{
  return self->deadline <= now;
}

/**
 * altm_connection_hang_up:
 * @self: (nullable): ends at once, whatever is under way
 *
 * The other end gets a reset, as one whose window is closed would not see anything else for a minute.
 */
void
altm_connection_hang_up (AltmConnection *self)
{
  const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
  GSocket *socket = self != NULL ? g_socket_connection_get_socket (self->stream) : NULL;

  if (socket == NULL)
    return;
  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  g_socket_shutdown (socket, TRUE, TRUE, NULL);
}
