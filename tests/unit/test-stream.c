/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-connection.h"
#include "altm-sending.h"
#include "altm-test.h"

#define LINE "a line of an export\n"
#define LINES 500000

/* A server whose every answer is a stream, and what was asked of it. @lines: how many are written before it ends, well or
 * not; @written: how many there were; what a client takes is @body. */
typedef struct
{
  SoupServer *soup;
  GSocketService *service;
  GHashTable *connections;
  guint16 port;
  int lines;
  gboolean is_good;
  int written; /* atomic */
  int ended;   /* atomic */
  guint done;
  const char *version;
  GString *body;
} World;

static gboolean
write_lines (gpointer data, FILE *output, GCancellable *cancellable, GError **error)
{
  World *world = data;

  for (int i = 0; i < world->lines && fputs (LINE, output) != EOF; i++)
    g_atomic_int_inc (&world->written);
  if (!world->is_good)
    g_cancellable_cancel (cancellable); /* nothing is said of it on standard error */
  return world->is_good;
}

static void
end_cb (gpointer data)
{
  World *world = data;

  g_atomic_int_set (&world->ended, TRUE);
}

static void
done_cb (gpointer data)
{
  ((World *) data)->done++;
}

static void
handle_cb (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  g_autoptr(AltmStream) stream = altm_stream_new (write_lines, data, end_cb);
  g_autoptr(GError) error = NULL;

  altm_connection_begin (altm_connection_get (message), message);
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_pause (message);
  g_assert_true (altm_sending_begin (message, stream, done_cb, data, &error));
  g_assert_no_error (error);
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *stream, GObject *source, gpointer data)
{
  World *world = data;

  altm_connection_new (stream, world->soup, world->connections);
  return TRUE;
}

static World *
world_new (int lines, gboolean is_good)
{
  World *world = g_new0 (World, 1);

  world->lines = lines;
  world->is_good = is_good;
  world->version = "1.1";
  world->body = g_string_new (NULL);
  world->connections = g_hash_table_new_full (NULL, NULL, altm_connection_free, NULL);
  world->soup = soup_server_new (NULL, NULL);
  world->service = g_socket_service_new ();
  world->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (world->service), NULL, NULL);
  soup_server_add_handler (world->soup, NULL, handle_cb, world, NULL);
  g_signal_connect (world->service, "incoming", G_CALLBACK (incoming_cb), world);
  return world;
}

static void
world_free (World *world)
{
  g_socket_service_stop (world->service);
  g_socket_listener_close (G_SOCKET_LISTENER (world->service));
  g_object_unref (world->service);
  soup_server_disconnect (world->soup);
  g_object_unref (world->soup);
  g_hash_table_unref (world->connections);
  g_string_free (world->body, TRUE);
  g_free (world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static GSocketConnection *
ask (World *world)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autofree char *request = g_strdup_printf ("GET / HTTP/%s\r\nHost: here\r\n\r\n", world->version);
  GSocketConnection *connection = g_socket_client_connect_to_host (client, "127.0.0.1", world->port, NULL, NULL);

  g_assert_nonnull (connection);
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                                            strlen (request), NULL, NULL, NULL));
  return connection;
}

/* In a thread: all that comes. */
static gpointer
take_all (gpointer data)
{
  World *world = data;
  g_autoptr(GSocketConnection) connection = ask (world);
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autofree char *chunk = g_malloc (65536);
  gssize size;

  while ((size = g_input_stream_read (input, chunk, 65536, NULL, NULL)) > 0)
    g_string_append_len (world->body, chunk, size);
  g_main_context_wakeup (NULL);
  return NULL;
}

static void
run_until (guint *done)
{
  while (*done == 0)
    g_main_context_iteration (NULL, TRUE);
}

/* The connection is closed once both ends have had enough. */
static void
take (World *world)
{
  g_autoptr(GThread) thread = g_thread_ref (g_thread_new ("client", take_all, world));

  run_until (&world->done);
  while (g_hash_table_size (world->connections) > 0)
    {
      GHashTableIter iter;
      gpointer each;

      g_main_context_iteration (NULL, FALSE);
      g_hash_table_iter_init (&iter, world->connections);
      if (g_hash_table_iter_next (&iter, &each, NULL))
        altm_connection_hang_up (each);
    }
  g_thread_join (thread);
}

static gsize
count_lines (World *world)
{
  gsize lines = 0;

  for (const char *at = world->body->str; (at = strchr (at, '\n')) != NULL; at++)
    lines++;
  return lines;
}

static void
test_whole (void)
{
  g_autoptr(World) world = world_new (1000, TRUE);

  take (world);
  g_assert_nonnull (strstr (world->body->str, "Transfer-Encoding: chunked"));
  g_assert_true (g_str_has_suffix (world->body->str, "\r\n0\r\n\r\n"));
  g_assert_cmpuint (count_lines (world), >, 1000);
}

static void
test_empty (void)
{
  g_autoptr(World) world = world_new (0, TRUE);

  take (world);
  g_assert_true (g_str_has_suffix (world->body->str, "\r\n\r\n0\r\n\r\n"));
}

static void
test_old_client (void)
{
  g_autoptr(World) world = world_new (1000, TRUE);

  world->version = "1.0";
  take (world);
  g_assert_null (strstr (world->body->str, "chunked"));
  g_assert_true (g_str_has_suffix (world->body->str, "\n" LINE));
}

static void
test_not_whole (void)
{
  g_autoptr(World) world = world_new (1000, FALSE);

  take (world);
  g_assert_false (g_str_has_suffix (world->body->str, "\r\n0\r\n\r\n"));
}

/* Nobody takes anything: the writer waits, and ends once the client has gone. */
static void
test_hung_up (void)
{
  g_autoptr(World) world = world_new (LINES * 100, TRUE);
  g_autoptr(GSocketConnection) connection = ask (world);
  int before = -1;

  while (before != g_atomic_int_get (&world->written) || before <= 0)
    {
      before = g_atomic_int_get (&world->written);
      for (int i = 0; i < 20; i++)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (10000);
        }
    }
  g_assert_cmpint (before, <, world->lines);
  g_assert_false (g_atomic_int_get (&world->ended));
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  run_until (&world->done);
  while (!g_atomic_int_get (&world->ended))
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (world->written, <, world->lines);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/stream/whole", test_whole);
  g_test_add_func ("/stream/empty", test_empty);
  g_test_add_func ("/stream/old-client", test_old_client);
  g_test_add_func ("/stream/not-whole", test_not_whole);
  g_test_add_func ("/stream/hung-up", test_hung_up);
  return g_test_run ();
}
