/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sender as the app has it, on a tablet's store: says "offline" after its first failure, and,
 * once a line comes in that says that the network is back, how long it took until nothing waited. */
#include <stdio.h>

#include "altm-outbox.h"
#include "altm-sender.h"
#include "altm-test-monitor.h"

typedef struct
{
  AltmWorker *store;
  AltmSender *sender;
  GMainLoop *loop;
  gint64 returned; /* when the network did */
} Bench;

static gpointer
open_store (gpointer data, GError **error)
{
  return altm_store_open (data, error);
}

static void
close_store (gpointer data)
{
  altm_store_close (data);
}

static gpointer
count_queued (gpointer thing, gpointer data, GError **error)
{
  AltmOutboxSummary summary = { 0 };

  altm_outbox_summarise (thing, &summary, error);
  *(gint64 *) data = summary.queued;
  return NULL;
}

/* Its state changed, or a receipt came. */
static void
changed_cb (AltmSender *sender, Bench *self)
{
  gint64 queued = -1;

  if (self->returned == 0)
    {
      if (altm_sender_get_state (sender) == ALTM_SENDER_OFFLINE)
        g_print ("offline\n");
      return;
    }
  altm_worker_run (self->store, count_queued, &queued, NULL);
  if (queued != 0)
    return;
  g_print ("acknowledged after %.2f s\n", (double) (g_get_monotonic_time () - self->returned) / G_USEC_PER_SEC);
  g_main_loop_quit (self->loop);
}

static gboolean
returned_cb (GIOChannel *channel, GIOCondition condition, gpointer data)
{
  Bench *self = data;

  self->returned = g_get_monotonic_time ();
  altm_test_monitor_say (ALTM_TEST_MONITOR (g_network_monitor_get_default ()), TRUE);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  Bench self = { .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr(GIOChannel) input = g_io_channel_unix_new (fileno (stdin));
  g_autoptr(GError) error = NULL;

  if (argc != 2)
    return 2;
  altm_test_monitor_say (altm_test_monitor_install (), FALSE);
  self.store = altm_worker_new (open_store, argv[1], close_store, &error);
  if (self.store == NULL)
    {
      g_printerr ("bench-sender: %s\n", error->message);
      return 1;
    }
  self.sender = altm_sender_new (self.store);
  g_signal_connect (self.sender, "changed", G_CALLBACK (changed_cb), &self);
  altm_sender_start (self.sender);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, returned_cb, &self);
  g_main_loop_run (self.loop);
  g_object_unref (self.sender);
  altm_worker_unref (self.store);
  g_main_loop_unref (self.loop);
  return 0;
}
