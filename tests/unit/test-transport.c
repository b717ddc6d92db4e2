/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <string.h>

#include "altm-test.h"
#include "altm-transport.h"

#define CALLS 4000
#define SLOW_TIME (G_USEC_PER_SEC / 20)

/* One who answers each call, after a while, and closes the connection soon after: at a time when the
 * other end may be at anything. */
typedef struct
{
  GSocketListener *listener;
  GCancellable *cancellable;
  GThread *thread;
  char *address;
  gint64 before; /* microseconds */
  int after;     /* microseconds at most */
} Server;

static void
spin (gint64 time)
{
  gint64 end = g_get_monotonic_time () + time;

  while (g_get_monotonic_time () < end)
    continue;
}

static void
answer (Server *self, GSocketConnection *connection)
{
  static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
  char request[4096];

  g_tcp_connection_set_graceful_disconnect (G_TCP_CONNECTION (connection), FALSE);
  if (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), request, sizeof request, NULL,
                           NULL) <= 0)
    return;
  g_usleep ((gulong) self->before);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text, strlen (text), NULL, NULL,
                             NULL);
  spin (g_random_int_range (0, self->after));
}

static gpointer
serve (gpointer data)
{
  Server *self = data;

  while (TRUE)
    {
      g_autoptr(GSocketConnection) connection = g_socket_listener_accept (self->listener, NULL, self->cancellable, NULL);

      if (connection == NULL)
        return NULL;
      answer (self, connection);
      g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
    }
}

static Server *
server_new (gint64 before, int after)
{
  Server *self = g_new0 (Server, 1);

  self->listener = g_socket_listener_new ();
  self->cancellable = g_cancellable_new ();
  self->address =
    g_strdup_printf ("http://127.0.0.1:%u", g_socket_listener_add_any_inet_port (self->listener, NULL, NULL));
  self->before = before;
  self->after = after;
  self->thread = g_thread_new ("server", serve, self);
  return self;
}

static void
server_free (Server *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_free (self->address);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Server, server_free)

static AltmTransport *
transport_new (Server *server)
{
  const AltmTarget target = { server->address, NULL, NULL };
  g_autoptr(GError) error = NULL;
  AltmTransport *self = altm_transport_new (&target, &error);

  g_assert_no_error (error);
  return self;
}

/* HQ is killed, or restarted, between two calls: most often the second finds out in time, at times
 * it does not, and it must not wait for a connection that is no more, until libsoup waits no longer. */
static void
a_connection_closed_at_any_time_holds_no_call_up (void)
{
  const char *timed_out = g_dgettext ("glib20", "Socket I/O timed out");
  g_autoptr(Server) server = server_new (0, 600);
  g_autoptr(AltmTransport) transport = transport_new (server);

  for (int i = 0; i < CALLS; i++)
    {
      g_autoptr(AltmCall) call = altm_call_new ("GET", g_strdup ("/v1/hello"));
      g_autoptr(AltmAnswer) got = altm_transport_send (transport, call);

      g_assert_true (got->status == 200 || got->status == 0);
      g_assert_cmpstr (got->reason, !=, timed_out);
      g_usleep ((gulong) (i % 100));
    }
}

static void
an_answer_says_how_long_it_took (void)
{
  g_autoptr(Server) server = server_new (SLOW_TIME, 1);
  g_autoptr(AltmTransport) transport = transport_new (server);
  g_autoptr(AltmCall) call = altm_call_new ("GET", g_strdup ("/v1/hello"));
  g_autoptr(AltmAnswer) got = altm_transport_send (transport, call);

  g_assert_cmpuint (got->status, ==, 200);
  g_assert_cmpint (got->elapsed, >=, SLOW_TIME);
  g_assert_cmpint (altm_transport_get_moved (transport), ==, 0);
}

static void
keep_answer_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(AltmAnswer **) data = altm_transport_send_finish (NULL, result);
}

static void
a_call_that_is_given_up_is_answered_at_once (void)
{
  g_autoptr(GSocketListener) listener = g_socket_listener_new ();
  Server silent = { .address = g_strdup_printf ("http://127.0.0.1:%u",
                                                g_socket_listener_add_any_inet_port (listener, NULL, NULL)) };
  g_autoptr(AltmTransport) transport = transport_new (&silent);
  g_autoptr(AltmCall) call = altm_call_new ("GET", g_strdup ("/v1/hello"));
  AltmAnswer *got = NULL;

  altm_transport_cancel (transport, "nothing is in flight");
  altm_transport_send_async (transport, call, keep_answer_cb, &got);
  g_assert_cmpint (altm_transport_get_moved (transport), >, 0);
  altm_transport_cancel (transport, "says the test");
  while (got == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (got->status, ==, 0);
  g_assert_cmpstr (got->reason, ==, "says the test");
  altm_answer_free (got);
  g_free (silent.address);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/transport/closed", a_connection_closed_at_any_time_holds_no_call_up);
  g_test_add_func ("/transport/elapsed", an_answer_says_how_long_it_took);
  g_test_add_func ("/transport/given-up", a_call_that_is_given_up_is_answered_at_once);
  return g_test_run ();
}
