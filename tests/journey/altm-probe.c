/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-probe.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

static json_t *
answer (const AltmProbeVerb *verbs, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, "\t", -1);

  for (; verbs->verb != NULL; verbs++)
    if (g_strcmp0 (words[0], verbs->verb) == 0 && g_strv_length (words) >= verbs->n_words)
      return verbs->answer (words);
  return json_null ();
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer verbs)
{
  GIOStream *stream = G_IO_STREAM (connection);
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (g_io_stream_get_input_stream (stream));
  g_autofree char *line = g_data_input_stream_read_line (input, NULL, NULL, NULL);
  json_t *answered = line == NULL ? json_null () : answer (verbs, line);
  char *text = json_dumps (answered, JSON_ENCODE_ANY);

  g_output_stream_write_all (g_io_stream_get_output_stream (stream), text, strlen (text), NULL, NULL, NULL);
  free (text);
  json_decref (answered);
  return TRUE;
}

/**
 * altm_probe_listen:
 * @variable: of the environment, that names the socket
 * @verbs: what is answered; static
 *
 * Answers in the main loop, on a Unix socket: a line with words between tabs comes in, and JSON goes out. What the program
 * starts is left alone: the variable, and LD_PRELOAD, go.
 *
 * Returns: whether there is such a variable
 */
gboolean
altm_probe_listen (const char *variable, const AltmProbeVerb *verbs)
{
  const char *path = g_getenv (variable);
  g_autoptr (GSocketAddress) address = path == NULL ? NULL : g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;
  GSocketService *service;

  if (path == NULL)
    return FALSE;
  g_unlink (path);
  service = g_socket_service_new ();
  g_signal_connect (service, "incoming", G_CALLBACK (incoming_cb), (gpointer) verbs);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                      NULL, NULL, &error))
    g_error ("The probe can't listen: %s", error->message);
  g_unsetenv (variable);
  g_unsetenv ("LD_PRELOAD");
  return TRUE;
}
