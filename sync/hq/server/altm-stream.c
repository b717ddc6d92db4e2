/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-stream.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <unistd.h>

#define BUFFER_BYTES (64 * 1024)

struct _AltmStream
{
  AltmStreamWrite write;
  gpointer data;
  GDestroyNotify free_data;
  GCancellable *cancellable;
  FILE *output;
  int is_whole; /* atomic: the thread sets it before it closes the pipe */
};

/**
 * altm_stream_new:
 * @data: handed to @write, once
 * @free_data: (nullable): frees it, in whichever thread lets go of the stream last
 *
 * Returns: (transfer full): a body that nobody writes yet
 */
AltmStream *
altm_stream_new (AltmStreamWrite write, gpointer data, GDestroyNotify free_data)
{
  AltmStream *self = g_atomic_rc_box_new0 (AltmStream);

  self->write = write;
  self->data = data;
  self->free_data = free_data;
  self->cancellable = g_cancellable_new ();
  return self;
}

AltmStream *
altm_stream_ref (AltmStream *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  AltmStream *self = data;

  if (self->free_data != NULL)
    self->free_data (self->data);
  g_object_unref (self->cancellable);
}

void
altm_stream_unref (AltmStream *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/* Who went away before the end is no trouble of HQ's. */
static gpointer
write_all (gpointer data)
{
  g_autoptr(AltmStream) self = data;
  FILE *output = g_steal_pointer (&self->output);
  g_autoptr(GError) error = NULL;
  gboolean is_written = self->write (self->data, output, self->cancellable, &error) && fflush (output) == 0;

  g_atomic_int_set (&self->is_whole, is_written);
  if (error != NULL && !g_cancellable_is_cancelled (self->cancellable))
    g_printerr ("%s\n", error->message);
  fclose (output);
  return NULL;
}

static gboolean
open_pipe (AltmStream *self, int *read_end, GError **error)
{
  int ends[2];

  if (!g_unix_open_pipe (ends, FD_CLOEXEC, error))
    return FALSE;
  *read_end = ends[0];
  self->output = fdopen (ends[1], "w");
  if (self->output == NULL)
    {
      g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (errno), g_strerror (errno));
      close (ends[0]);
      close (ends[1]);
      return FALSE;
    }
  setvbuf (self->output, NULL, _IOFBF, BUFFER_BYTES);
  return TRUE;
}

/**
 * altm_stream_begin:
 *
 * Starts the thread, once. GIO has the process ignore SIGPIPE (GSocket), so that a pipe that is closed is an error to
 * whoever writes into it.
 *
 * Returns: (transfer full): where the body comes out, or %NULL with a %G_UNIX_ERROR, %G_FILE_ERROR or %G_THREAD_ERROR
 */
GInputStream *
altm_stream_begin (AltmStream *self, GError **error)
{
  g_autoptr(GInputStream) input = NULL;
  GThread *thread;
  int read_end;

  if (!open_pipe (self, &read_end, error))
    return NULL;
  input = g_unix_input_stream_new (read_end, TRUE);
  thread = g_thread_try_new ("altm-stream", write_all, altm_stream_ref (self), error);
  if (thread != NULL)
    {
      g_thread_unref (thread);
      return g_steal_pointer (&input);
    }
  fclose (g_steal_pointer (&self->output));
  altm_stream_unref (self);
  return NULL;
}

/**
 * altm_stream_is_whole:
 *
 * Returns: once all was read, whether that was the whole body
 */
gboolean
altm_stream_is_whole (AltmStream *self)
{
  return g_atomic_int_get (&self->is_whole);
}

/**
 * altm_stream_cancel:
 *
 * Nobody takes it any more: the thread ends soon, and is not waited for.
 */
void
altm_stream_cancel (AltmStream *self)
{
  g_cancellable_cancel (self->cancellable);
}
