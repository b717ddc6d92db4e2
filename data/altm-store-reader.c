/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-store-reader.h"

typedef struct
{
  char *directory;
  AltmStore *store;
} Reader;

static gpointer
open_reader (gpointer data, GError **error)
{
  Reader *self = g_new0 (Reader, 1);

  self->directory = g_strdup (data);
  return self;
}

static void
close_reader (gpointer data)
{
  Reader *self = data;

  g_clear_pointer (&self->store, altm_store_close);
  g_free (self->directory);
  g_free (self);
}

/**
 * altm_store_reader_new:
 * @directory: the store's folder, which exists once there is a job
 *
 * Returns: (transfer full): a thread that reads a store: its jobs ask altm_store_reader_get_store() for it, so that nobody
 *   waits until it is open
 */
AltmWorker *
altm_store_reader_new (const char *directory)
{
  return altm_worker_new (open_reader, (gpointer) directory, close_reader, NULL);
}

/**
 * altm_store_reader_get_store:
 * @thing: what a job of altm_store_reader_new() is given
 *
 * Opens the store with the first job; where it cannot be opened, the next job tries again.
 *
 * Returns: (transfer none): the store, or %NULL as altm_store_open_to_read()
 */
AltmStore *
altm_store_reader_get_store (gpointer thing, GError **error)
{
  Reader *self = thing;

  if (self->store == NULL)
    self->store = altm_store_open_to_read (self->directory, error);
  return self->store;
}
