/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-indexer.h"

#include "altm-search.h"

/* So long after something changed, in seconds: whoever records is not done with one tap. */
#define IDLE 3

struct _AltmIndexer
{
  GObject parent_instance;

  AltmWorker *worker;
  guint timer;
  gboolean is_running;
  gboolean is_wanted;
};

G_DEFINE_FINAL_TYPE (AltmIndexer, altm_indexer, G_TYPE_OBJECT)

enum
{
  ADVANCED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gpointer
run_step (gpointer thing, gpointer data, GError **error)
{
  gboolean is_done = FALSE;

  return altm_search_step (thing, &is_done, error) ? GINT_TO_POINTER (is_done ? 1 : 2) : NULL;
}

static void step (AltmIndexer *self);

/* One that failed was dropped; it is made anew at the next occasion, not at once and for ever on a full disk. */
static void
stepped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmIndexer) self = user_data;
  g_autoptr (GError) error = NULL;
  int told = GPOINTER_TO_INT (altm_worker_run_finish (result, &error));

  self->is_running = FALSE;
  if (error != NULL)
    g_debug ("The journal cannot be indexed: %s", error->message);
  if (error == NULL)
    g_signal_emit (self, signals[ADVANCED], 0);
  if (told == 2 || self->is_wanted)
    step (self);
}

static void
step (AltmIndexer *self)
{
  self->is_running = TRUE;
  self->is_wanted = FALSE;
  altm_worker_run_async (self->worker, run_step, NULL, NULL, NULL, stepped_cb, g_object_ref (self));
}

static gboolean
timer_cb (gpointer user_data)
{
  AltmIndexer *self = user_data;

  self->timer = 0;
  altm_indexer_run_now (self);
  return G_SOURCE_REMOVE;
}

/**
 * altm_indexer_run_soon:
 *
 * For when something was recorded, and nobody searches.
 */
void
altm_indexer_run_soon (AltmIndexer *self)
{
  if (self->timer == 0)
    self->timer = g_timeout_add_seconds (IDLE, timer_cb, self);
}

/**
 * altm_indexer_run_now:
 *
 * For somebody who searches.
 */
void
altm_indexer_run_now (AltmIndexer *self)
{
  self->is_wanted = self->is_running;
  if (!self->is_running)
    step (self);
}

static void
altm_indexer_dispose (GObject *object)
{
  AltmIndexer *self = ALTM_INDEXER (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  G_OBJECT_CLASS (altm_indexer_parent_class)->dispose (object);
}

static void
altm_indexer_finalize (GObject *object)
{
  g_clear_pointer (&ALTM_INDEXER (object)->worker, altm_worker_unref);
  G_OBJECT_CLASS (altm_indexer_parent_class)->finalize (object);
}

static void
altm_indexer_class_init (AltmIndexerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = altm_indexer_dispose;
  G_OBJECT_CLASS (klass)->finalize = altm_indexer_finalize;
  signals[ADVANCED] = g_signal_new ("advanced", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
}

static void
altm_indexer_init (AltmIndexer *self)
{
}

AltmIndexer *
altm_indexer_new (AltmWorker *worker)
{
  AltmIndexer *self = g_object_new (ALTM_TYPE_INDEXER, NULL);

  self->worker = altm_worker_ref (worker);
  return self;
}
