/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-training-mode.h"

#include "altm-training.h"

struct _AltmTrainingMode
{
  GObject parent_instance;

  AltmSession *real;
  AltmSession *training; /* NULL until its store is open */
  gboolean is_busy;
};

G_DEFINE_FINAL_TYPE (AltmTrainingMode, altm_training_mode, G_TYPE_OBJECT)

enum
{
  CHANGED,
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
end_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (altm_training_end (data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
sweep_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  /* Tried again at the next start. */
  if (!altm_training_sweep (data, &error))
    g_warning ("What was recorded in training is not removed yet: %s", error->message);
}

static void
run_in_thread (AltmTrainingMode *self, GTaskThreadFunc run, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, NULL);

  g_task_set_task_data (task, g_strdup (altm_session_get_directory (self->real)), g_free);
  g_task_run_in_thread (task, run);
}

/* The last page and the last job have let go of it, and its store is closed. */
static void
gone_cb (gpointer data, GObject *gone)
{
  g_autoptr (AltmTrainingMode) self = data;

  run_in_thread (self, sweep_in_thread, NULL);
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AltmTrainingMode *self = ALTM_TRAINING_MODE (source);
  g_autoptr (AltmSession) training = NULL;
  g_autoptr (GError) error = NULL;

  self->is_busy = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_signal_emit (self, signals[FAILED], 0, error);
      return;
    }
  training = g_steal_pointer (&self->training);
  if (training != NULL)
    g_object_weak_ref (G_OBJECT (training), gone_cb, g_object_ref (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Without a store to train in, nothing that is on the screen may look like training. */
static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmTrainingMode) self = user_data;
  g_autoptr (GError) error = NULL;

  self->is_busy = FALSE;
  if (altm_session_open_finish (ALTM_SESSION (source), result, &error))
    {
      self->training = g_object_ref (ALTM_SESSION (source));
      altm_lock_keeper_lock (altm_session_get_keeper (self->real));
      g_signal_emit (self, signals[CHANGED], 0);
      return;
    }
  altm_training_end (altm_session_get_directory (self->real), NULL);
  g_signal_emit (self, signals[FAILED], 0, error);
}

/**
 * altm_training_mode_start:
 *
 * Begins training. What is recorded from then on is neither sent nor counted.
 */
void
altm_training_mode_start (AltmTrainingMode *self)
{
  g_autoptr (AltmSession) training = NULL;

  if (self->is_busy || self->training != NULL || !altm_session_is_open (self->real))
    return;
  self->is_busy = TRUE;
  training = altm_session_new_training (self->real);
  altm_session_open_async (training, opened_cb, g_object_ref (self));
}

/**
 * altm_training_mode_stop:
 *
 * Ends training, and removes what was recorded in it.
 */
void
altm_training_mode_stop (AltmTrainingMode *self)
{
  if (self->is_busy)
    return;
  self->is_busy = TRUE;
  run_in_thread (self, end_in_thread, ended_cb);
}

/* A tablet that HQ has emptied meanwhile has nothing to go back to: training ends with it. */
static void
real_changed_cb (AltmTrainingMode *self)
{
  if (self->training != NULL && !altm_session_is_enrolled (self->real) && !altm_session_has_records (self->real))
    altm_training_mode_stop (self);
}

/**
 * altm_training_mode_resume:
 *
 * Goes on with training where the app ended in it, however it did. Call it once the real session is open.
 */
void
altm_training_mode_resume (AltmTrainingMode *self)
{
  const char *directory = altm_session_get_directory (self->real);

  g_signal_connect_object (self->real, "changed", G_CALLBACK (real_changed_cb), self, G_CONNECT_SWAPPED);
  if (altm_training_is_on (directory))
    altm_training_mode_start (self);
  else
    run_in_thread (self, sweep_in_thread, NULL);
}

/**
 * altm_training_mode_get_session:
 *
 * Returns: (transfer none) (nullable): the session for the screen; %NULL while the one for training is being opened, or
 *   the real one is not open
 */
AltmSession *
altm_training_mode_get_session (AltmTrainingMode *self)
{
  if (self->training != NULL)
    return self->training;
  return self->is_busy || !altm_session_is_open (self->real) ? NULL : self->real;
}

static void
altm_training_mode_finalize (GObject *object)
{
  AltmTrainingMode *self = ALTM_TRAINING_MODE (object);

  g_clear_object (&self->training);
  g_clear_object (&self->real);
  G_OBJECT_CLASS (altm_training_mode_parent_class)->finalize (object);
}

static void
altm_training_mode_class_init (AltmTrainingModeClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = altm_training_mode_finalize;
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
altm_training_mode_init (AltmTrainingMode *self)
{
}

/**
 * altm_training_mode_new:
 * @real: the tablet's session
 */
AltmTrainingMode *
altm_training_mode_new (AltmSession *real)
{
  AltmTrainingMode *self = g_object_new (ALTM_TYPE_TRAINING_MODE, NULL);

  self->real = g_object_ref (real);
  return self;
}
