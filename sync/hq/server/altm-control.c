/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-control.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "altm-hq-act.h"
#include "altm-receiver.h"

#define COMMAND_BYTES 8192
#define ANSWER_BYTES 4096
#define ASK_SECONDS 30

/* A socket's path may have 107 bytes; through the folder's descriptor it is always short. */
static GSocketAddress *
open_address (const char *store, int *folder)
{
  g_autofree char *path = NULL;

  *folder = g_open (store, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  path = g_strdup_printf ("/proc/self/fd/%d/control", *folder);
  return g_unix_socket_address_new (path);
}

static gpointer
do_command (gpointer thing, gpointer data, GError **error)
{
  AltmReceiver *receiver = thing;

  return altm_hq_act (receiver->store, data, g_get_real_time (), error);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GSocketConnection) connection = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *answer = altm_worker_run_finish (result, &error);
  g_autofree char *line = g_strdup_printf ("%s %s\n", answer != NULL ? "done" : "failed", answer != NULL ? answer : error->message);

  /* Short enough for the socket's buffer: it does not wait. */
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), line, strlen (line), NULL, NULL, NULL);
}

typedef struct
{
  AltmWorker *receiver;
  GSocketConnection *connection;
  char command[COMMAND_BYTES];
} Asked;

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Asked *asked = data;
  gssize length = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  g_strchomp (asked->command);
  if (length > 0)
    altm_worker_run_async (asked->receiver, do_command, g_strdup (asked->command), g_free, g_free, done_cb,
                           g_steal_pointer (&asked->connection));
  g_clear_object (&asked->connection);
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->receiver = data;
  asked->connection = g_object_ref (connection);
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (connection)), asked->command, COMMAND_BYTES - 1,
                             G_PRIORITY_DEFAULT, NULL, read_cb, asked);
  return TRUE;
}

/**
 * altm_control_listen:
 * @receiver: a worker whose thing is an #AltmReceiver
 * @store: the store's folder, whose lock is held
 *
 * Listens on `STORE/control` (0600) for commands to the one that writes the store.
 *
 * Returns: (transfer full): the service, or %NULL with a %G_IO_ERROR
 */
GSocketService *
altm_control_listen (AltmWorker *receiver, const char *store, GError **error)
{
  g_autofree char *path = g_build_filename (store, "control", NULL);
  int folder;
  g_autoptr(GSocketAddress) address = open_address (store, &folder);
  g_autoptr(GSocketService) service = g_socket_service_new ();
  mode_t mask = umask (0177);
  gboolean is_listening;

  g_unlink (path);
  is_listening = g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, error);
  umask (mask);
  close (folder);
  if (!is_listening)
    return NULL;
  g_signal_connect (service, "incoming", G_CALLBACK (incoming_cb), receiver);
  g_socket_service_start (service);
  return g_steal_pointer (&service);
}

/**
 * altm_control_ask:
 * @store: the store's folder
 * @command: what the one that serves it is to do, as altm_hq_act() takes it
 *
 * Returns: (transfer full): its answer, or %NULL with a %G_IO_ERROR: %G_IO_ERROR_NOT_FOUND or
 *   _CONNECTION_REFUSED where nobody serves the store, _MESSAGE_TOO_LARGE, or _FAILED with its reason where
 *   it could not
 */
char *
altm_control_ask (const char *store, const char *command, GError **error)
{
  int folder;
  g_autoptr(GSocketAddress) address = open_address (store, &folder);
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = NULL;
  g_autofree char *line = g_strconcat (command, "\n", NULL);
  char answer[ANSWER_BYTES] = "";

  g_socket_client_set_timeout (client, ASK_SECONDS);
  if (strlen (line) >= COMMAND_BYTES)
    {
      close (folder);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                           "the reason, or a name, is longer than the access log takes: 8,000 bytes in all. Nothing was done");
      return NULL;
    }
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, error);
  close (folder);
  if (connection == NULL ||
      !g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), line, strlen (line), NULL,
                                  NULL, error) ||
      !g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), answer, sizeof answer - 1,
                                NULL, NULL, error))
    return NULL;
  g_strchomp (answer);
  if (g_str_has_prefix (answer, "done "))
    return g_strdup (answer + strlen ("done "));
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                       g_str_has_prefix (answer, "failed ") ? answer + strlen ("failed ")
                                                            : "the program that serves the store gave no answer");
  return NULL;
}
