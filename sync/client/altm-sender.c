/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-sender.h"

#include <sodium.h>
#include <string.h>

#include "altm-flow.h"
#include "altm-push.h"
#include "altm-transport.h"

#define NEWS_SECONDS (15 * 60)
#define SOON_SECONDS 2
#define FIRST_BACKOFF_SECONDS 5
#define MOST_BACKOFF_SECONDS (15 * 60)

struct _AltmSender
{
  GObject parent_instance;

  AltmWorker *store;
  AltmSenderState state;
  char *reason;
  guint timer;
  gboolean is_backing_off;
  guint failures;
  gboolean must_send_again; /* asked for while it was sending */
  AltmPush *push; /* touched by the worker alone while it is at it */
  AltmTarget *target;
  AltmTransport *transport;
};

enum
{
  CHANGED,
  N_SIGNALS
};

/* One step of a push, as the worker does it. */
typedef struct
{
  AltmSender *sender;
  gboolean is_first;
  gboolean with_running_slot;
  AltmAnswer *answer;
  AltmCall *call;
  AltmTarget *target;
  GError *error;
  gint64 retry_after;
} Step;

static guint signals[N_SIGNALS];

G_DEFINE_TYPE (AltmSender, altm_sender, G_TYPE_OBJECT)

static void step_done_cb (GObject *source, GAsyncResult *result, gpointer data);

static void
step_free (gpointer data)
{
  Step *self = data;

  g_object_unref (self->sender);
  g_clear_pointer (&self->answer, altm_answer_free);
  g_clear_pointer (&self->call, altm_call_free);
  g_clear_pointer (&self->target, altm_target_free);
  g_clear_error (&self->error);
  g_free (self);
}

static void
set_state (AltmSender *self, AltmSenderState state, const char *reason)
{
  self->state = state;
  g_free (self->reason);
  self->reason = g_strdup (reason);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gpointer
do_step (gpointer thing, gpointer data, GError **error)
{
  AltmStore *store = thing;
  Step *step = data;
  gint64 now = g_get_real_time ();
  AltmPush *push;

  if (step->is_first)
    {
      step->sender->push = altm_push_new (store);
      altm_flow_queue (store, step->with_running_slot, now, &step->error);
    }
  push = step->sender->push;
  if (step->error == NULL && step->answer != NULL)
    altm_push_take (push, step->answer, now, &step->error);
  if (step->error == NULL)
    step->call = altm_push_next (push, now, &step->error);
  if (step->error == NULL)
    step->target = altm_target_load (store, &step->error);
  step->retry_after = altm_push_get_retry_after (push);
  return NULL;
}

static void
run_step (AltmSender *self, Step *step)
{
  altm_worker_run_async (self->store, do_step, step, NULL, NULL, step_done_cb, step);
}

static void
begin (AltmSender *self, gboolean with_running_slot)
{
  Step *step = g_new0 (Step, 1);

  g_clear_handle_id (&self->timer, g_source_remove);
  self->is_backing_off = FALSE;
  self->must_send_again = FALSE;
  step->sender = g_object_ref (self);
  step->is_first = TRUE;
  step->with_running_slot = with_running_slot;
  set_state (self, ALTM_SENDER_SENDING, NULL);
  run_step (self, step);
}

static gboolean
timer_cb (gpointer data)
{
  AltmSender *self = data;

  self->timer = 0;
  begin (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
wait_for (AltmSender *self, guint seconds)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add_seconds (seconds, timer_cb, self);
}

/* Full jitter, so that tablets that lost HQ together do not come back together. */
static guint
backoff_seconds (guint failures)
{
  guint most = MIN (MOST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS << MIN (failures, 8));

  return 1 + randombytes_uniform (most);
}

static AltmSenderState
state_of (const GError *error)
{
  static const struct
  {
    AltmPushError error;
    AltmSenderState state;
  } table[] = {
    { ALTM_PUSH_ERROR_NOT_ENROLLED, ALTM_SENDER_NOT_ENROLLED },
    { ALTM_PUSH_ERROR_UNREACHABLE, ALTM_SENDER_OFFLINE },
    { ALTM_PUSH_ERROR_BUSY, ALTM_SENDER_OFFLINE },
    { ALTM_PUSH_ERROR_TOO_OLD, ALTM_SENDER_TOO_OLD },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_error_matches (error, ALTM_PUSH_ERROR, (int) table[i].error))
      return table[i].state;
  return ALTM_SENDER_FAILED;
}

static void
end (AltmSender *self, const GError *error, gint64 retry_after)
{
  g_clear_pointer (&self->push, altm_push_free);
  if (error == NULL)
    {
      self->failures = 0;
      wait_for (self, self->must_send_again ? SOON_SECONDS : NEWS_SECONDS);
      set_state (self, ALTM_SENDER_IDLE, NULL);
      return;
    }
  self->is_backing_off = TRUE;
  wait_for (self, MAX ((guint) retry_after, backoff_seconds (self->failures++)));
  set_state (self, state_of (error), error->message);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Step *step = data;
  AltmSender *self = step->sender;

  step->answer = altm_transport_send_finish (self->transport, result);
  run_step (self, step);
}

/* A fork brings another token, and so another transport. */
static gboolean
follow_target (AltmSender *self, Step *step)
{
  if (self->target != NULL && strcmp (self->target->token, step->target->token) == 0 &&
      strcmp (self->target->url, step->target->url) == 0)
    return TRUE;
  g_clear_pointer (&self->transport, altm_transport_free);
  g_clear_pointer (&self->target, altm_target_free);
  self->target = g_steal_pointer (&step->target);
  self->transport = altm_transport_new (self->target, &step->error);
  return self->transport != NULL;
}

static void
step_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Step *step = data;
  AltmSender *self = step->sender;

  if (step->answer != NULL)
    g_signal_emit (self, signals[CHANGED], 0);
  if (step->error != NULL || step->call == NULL || !follow_target (self, step))
    {
      end (self, step->error, step->retry_after);
      step_free (step);
      return;
    }
  step->is_first = FALSE;
  g_clear_pointer (&step->answer, altm_answer_free);
  g_clear_pointer (&step->target, altm_target_free);
  altm_transport_send_async (self->transport, step->call, answered_cb, step);
  g_clear_pointer (&step->call, altm_call_free);
}

static void
network_changed_cb (GNetworkMonitor *monitor, gboolean is_available, AltmSender *self)
{
  /* What the system says of the network is a hint to ask HQ now, no more. */
  if (is_available && self->state != ALTM_SENDER_SENDING && self->timer != 0)
    wait_for (self, SOON_SECONDS);
}

static void
altm_sender_finalize (GObject *object)
{
  AltmSender *self = ALTM_SENDER (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->push, altm_push_free);
  g_clear_pointer (&self->transport, altm_transport_free);
  g_clear_pointer (&self->target, altm_target_free);
  g_clear_pointer (&self->store, altm_worker_unref);
  g_free (self->reason);
  G_OBJECT_CLASS (altm_sender_parent_class)->finalize (object);
}

static void
altm_sender_class_init (AltmSenderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = altm_sender_finalize;

  /**
   * AltmSender::changed:
   *
   * Its state changed, or HQ's answer was taken, so that what is queued may have changed.
   */
  signals[CHANGED] = g_signal_new ("changed", ALTM_TYPE_SENDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
altm_sender_init (AltmSender *self)
{
}

/**
 * altm_sender_new:
 * @store: the worker whose thing is the tablet's #AltmStore
 *
 * Returns: (transfer full): a sender, which does nothing before altm_sender_start()
 */
AltmSender *
altm_sender_new (AltmWorker *store)
{
  AltmSender *self = g_object_new (ALTM_TYPE_SENDER, NULL);

  self->store = altm_worker_ref (store);
  return self;
}

/**
 * altm_sender_start:
 *
 * Sends what is queued now, then whenever something is, when the network comes back, and every 15
 * minutes to ask for news.
 */
void
altm_sender_start (AltmSender *self)
{
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed", G_CALLBACK (network_changed_cb), self, 0);
  altm_sender_send_soon (self);
}

/**
 * altm_sender_send_soon:
 *
 * Something was queued: it is sent within seconds, but not while it waits after a failure.
 */
void
altm_sender_send_soon (AltmSender *self)
{
  if (self->state == ALTM_SENDER_SENDING)
    self->must_send_again = TRUE;
  else if (!self->is_backing_off)
    wait_for (self, SOON_SECONDS);
}

/**
 * altm_sender_send_now:
 *
 * Someone asks to send: at once, the running slot of client flow included.
 */
void
altm_sender_send_now (AltmSender *self)
{
  if (self->state == ALTM_SENDER_SENDING)
    self->must_send_again = TRUE;
  else
    begin (self, TRUE);
}

/**
 * altm_sender_get_state:
 *
 * Returns: what it is at
 */
AltmSenderState
altm_sender_get_state (AltmSender *self)
{
  return self->state;
}

/**
 * altm_sender_get_reason:
 *
 * Returns: (nullable) (transfer none): why the last push ended early, in English, for a log
 */
const char *
altm_sender_get_reason (AltmSender *self)
{
  return self->reason;
}
