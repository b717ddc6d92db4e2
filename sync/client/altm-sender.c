/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-sender.h"

#include <sodium.h>
#include <string.h>

#include "altm-battery.h"
#include "altm-flow.h"
#include "altm-outbox.h"
#include "altm-push.h"
#include "altm-schedule.h"
#include "altm-transport.h"

/* After the network changed, a call on which nothing moves for so long is on the old one. Each part
 * of a good call, down to those of a TLS handshake, is shorter even over 2G. */
#define STALE_SECONDS 8

struct _AltmSender
{
  GObject parent_instance;

  AltmWorker *store;
  AltmSenderState state;
  char *reason;
  guint timer;
  AltmSchedule schedule;
  gboolean must_send_again; /* asked for while it was sending */
  gboolean must_hand_over;  /* in the next push */
  guint stale_timer;        /* the network changed while it was sending */
  AltmBattery *battery;     /* %NULL before it is started */
  AltmHold hold;
  gboolean on_metered;
  gboolean on_low_battery;
  gboolean is_asked;        /* to send whatever it costs, until that is done */
  AltmPace pace;
  AltmPush *push; /* touched by the worker alone while it is at it, and @pace too */
  AltmTarget *target;
  AltmTransport *transport;
};

enum
{
  CHANGED,
  N_SIGNALS
};

enum
{
  PROP_0,
  PROP_ON_METERED,
  PROP_ON_LOW_BATTERY,
  N_PROPERTIES
};

/* One step of a push, as the worker does it. */
typedef struct
{
  AltmSender *sender;
  gboolean is_first;
  gboolean is_news_only;
  gboolean with_running_slot;
  gboolean is_handed_over;
  AltmAnswer *answer;
  AltmCall *call;
  AltmTarget *target;
  GError *error;
  gint64 retry_after;
  gboolean has_queued;
} Step;

static guint signals[N_SIGNALS];
static GParamSpec *properties[N_PROPERTIES];

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
      altm_push_set_pace (step->sender->push, &step->sender->pace);
      if (step->is_handed_over)
        altm_push_hand_over (step->sender->push);
      altm_flow_queue (store, step->with_running_slot, now, &step->error);
    }
  push = step->sender->push;
  altm_push_set_news_only (push, step->is_news_only);
  if (step->error == NULL && step->answer != NULL)
    altm_push_take (push, step->answer, now, &step->error);
  if (step->error == NULL)
    step->call = altm_push_next (push, now, &step->error);
  if (step->call != NULL)
    step->target = altm_target_load (store, &step->error);
  step->retry_after = altm_push_get_retry_after (push);
  step->has_queued = altm_outbox_oldest_after (store, 0) != 0;
  return NULL;
}

static AltmHold
decide (AltmSender *self)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();
  const AltmConditions conditions = {
    .has_network = g_network_monitor_get_network_available (monitor),
    .is_metered = g_network_monitor_get_network_metered (monitor),
    .is_battery_low = self->battery != NULL && altm_battery_is_low (self->battery),
    .on_metered = self->on_metered,
    .on_low_battery = self->on_low_battery,
    .is_asked = self->is_asked,
  };

  return altm_hold_decide (&conditions);
}

/* What waited for it to end is sent by itself. */
static void
conditions_changed_cb (AltmSender *self)
{
  AltmHold before = self->hold;

  self->hold = decide (self);
  if (self->battery == NULL || self->hold == before)
    return;
  if (altm_hold_keeps_queue (before) && !altm_hold_keeps_queue (self->hold))
    altm_sender_send_soon (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* What holds it back may begin or end in the midst of a long queue. */
static void
run_step (AltmSender *self, Step *step)
{
  step->is_news_only = altm_hold_keeps_queue (self->hold);
  altm_worker_run_async (self->store, do_step, step, NULL, NULL, step_done_cb, step);
}

static void
begin (AltmSender *self, gboolean with_running_slot)
{
  Step *step = g_new0 (Step, 1);

  g_clear_handle_id (&self->timer, g_source_remove);
  altm_schedule_begin (&self->schedule, g_get_monotonic_time ());
  self->must_send_again = FALSE;
  step->sender = g_object_ref (self);
  step->is_first = TRUE;
  step->is_handed_over = self->must_hand_over;
  self->must_hand_over = FALSE;
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
keep_to_schedule (AltmSender *self)
{
  gint64 wait = MAX (self->schedule.due - g_get_monotonic_time (), 0);

  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add ((guint) (wait / 1000), timer_cb, self);
}

static double
draw (void)
{
  return randombytes_uniform (1000001) / 1e6;
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

/* A push that does not reach HQ costs no more than `hello`: 200 bytes without a token, answered from
 * memory. So it is its own probe. While records wait and the system sees a network, it is made about
 * once a minute: nothing here tells that the line behind a Wi-Fi router is back, or that someone
 * passed a portal's page. That is little for a battery, and 17 calls a second from 1,000 tablets.
 * Where there is no network the system tells of its return, and where HQ itself refuses, nothing is
 * gained by asking often: then the wait grows to a quarter of an hour. */
static gint64
longest_wait (Step *step)
{
  gboolean is_near = step->has_queued && !step->is_news_only &&
                     g_error_matches (step->error, ALTM_PUSH_ERROR, ALTM_PUSH_ERROR_UNREACHABLE) &&
                     g_network_monitor_get_network_available (g_network_monitor_get_default ());

  return is_near ? ALTM_SCHEDULE_NEAR_BACKOFF : ALTM_SCHEDULE_MOST_BACKOFF;
}

static void
plan_next (AltmSender *self, Step *step)
{
  gint64 now = g_get_monotonic_time ();
  gboolean has_changed = self->stale_timer != 0;

  g_clear_handle_id (&self->stale_timer, g_source_remove);
  if (has_changed)
    altm_pace_init (&self->pace);
  if (step->error == NULL)
    altm_schedule_note_success (&self->schedule, now);
  else
    altm_schedule_note_failure (&self->schedule, longest_wait (step), step->retry_after, draw (), now);
  if (self->must_send_again)
    altm_schedule_note_queued (&self->schedule, now);
  if (has_changed && step->error != NULL)
    altm_schedule_note_network (&self->schedule, draw (), now);
  keep_to_schedule (self);
}

static void
end (AltmSender *self, Step *step)
{
  if (self->push != NULL)
    self->pace = *altm_push_get_pace (self->push);
  g_clear_pointer (&self->push, altm_push_free);
  /* Who asked for a handover meanwhile is told of the failure; it is not made up for behind their back. */
  self->must_hand_over = self->must_hand_over && step->error == NULL;
  self->is_asked = self->is_asked && (step->error != NULL || self->must_send_again);
  self->hold = decide (self);
  plan_next (self, step);
  if (step->error == NULL)
    set_state (self, ALTM_SENDER_IDLE, NULL);
  else
    set_state (self, state_of (step->error), step->error->message);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Step *step = data;
  AltmSender *self = step->sender;

  step->answer = altm_transport_send_finish (self->transport, result);
  run_step (self, step);
}

static void
drop_transport (AltmSender *self)
{
  g_clear_pointer (&self->transport, altm_transport_free);
  g_clear_pointer (&self->target, altm_target_free);
}

/* A fork brings another token, and so another transport. */
static gboolean
follow_target (AltmSender *self, Step *step)
{
  if (self->transport != NULL && strcmp (self->target->token, step->target->token) == 0 &&
      strcmp (self->target->url, step->target->url) == 0)
    return TRUE;
  drop_transport (self);
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
      end (self, step);
      step_free (step);
      return;
    }
  step->is_first = FALSE;
  g_clear_pointer (&step->answer, altm_answer_free);
  g_clear_pointer (&step->target, altm_target_free);
  altm_transport_send_async (self->transport, step->call, answered_cb, step);
  g_clear_pointer (&step->call, altm_call_free);
}

static gboolean
look_for_stale_call_cb (gpointer data)
{
  AltmSender *self = data;
  gint64 moved = self->transport != NULL ? altm_transport_get_moved (self->transport) : 0;

  if (moved != 0 && g_get_monotonic_time () - moved > STALE_SECONDS * G_USEC_PER_SEC)
    altm_transport_cancel (self->transport, "the network changed under the call");
  return G_SOURCE_CONTINUE;
}

/* What the system says of the network is a hint to ask HQ now, no more. What was connected over the
 * old one, or learnt of it, is not used again; a call in flight may go on for as long as it moves. */
static void
network_changed_cb (AltmSender *self)
{
  conditions_changed_cb (self);
  if (!g_network_monitor_get_network_available (g_network_monitor_get_default ()))
    return;
  if (self->state == ALTM_SENDER_SENDING)
    {
      if (self->stale_timer == 0)
        self->stale_timer = g_timeout_add_seconds (1, look_for_stale_call_cb, self);
      return;
    }
  drop_transport (self);
  altm_pace_init (&self->pace);
  altm_schedule_note_network (&self->schedule, draw (), g_get_monotonic_time ());
  keep_to_schedule (self);
}

static void
altm_sender_finalize (GObject *object)
{
  AltmSender *self = ALTM_SENDER (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->stale_timer, g_source_remove);
  g_clear_object (&self->battery);
  g_clear_pointer (&self->push, altm_push_free);
  drop_transport (self);
  g_clear_pointer (&self->store, altm_worker_unref);
  g_free (self->reason);
  G_OBJECT_CLASS (altm_sender_parent_class)->finalize (object);
}

static gboolean *
find_choice (AltmSender *self, guint id)
{
  return id == PROP_ON_METERED ? &self->on_metered : &self->on_low_battery;
}

static void
altm_sender_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  AltmSender *self = ALTM_SENDER (object);

  *find_choice (self, id) = g_value_get_boolean (value);
  conditions_changed_cb (self);
}

static void
altm_sender_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  g_value_set_boolean (value, *find_choice (ALTM_SENDER (object), id));
}

static void
altm_sender_class_init (AltmSenderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = altm_sender_finalize;
  object_class->set_property = altm_sender_set_property;
  object_class->get_property = altm_sender_get_property;

  /**
   * AltmSender:on-metered:
   *
   * Whether it sends by itself over a network that counts what goes over it.
   */
  properties[PROP_ON_METERED] =
    g_param_spec_boolean ("on-metered", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);

  /**
   * AltmSender:on-low-battery:
   *
   * Whether it sends by itself on a low battery that nothing charges.
   */
  properties[PROP_ON_LOW_BATTERY] =
    g_param_spec_boolean ("on-low-battery", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * AltmSender::changed:
   *
   * Its state or what holds it back changed, or HQ's answer was taken, so that what is queued may have changed.
   */
  signals[CHANGED] = g_signal_new ("changed", ALTM_TYPE_SENDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
altm_sender_init (AltmSender *self)
{
  altm_pace_init (&self->pace);
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
 * Sends what is queued now, then whenever something is, when the network comes back or what held it back
 * ends, and every 15 minutes to ask for news.
 */
void
altm_sender_start (AltmSender *self)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();

  g_signal_connect_object (monitor, "network-changed", G_CALLBACK (network_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (monitor, "notify::connectivity", G_CALLBACK (network_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (monitor, "notify::network-metered", G_CALLBACK (network_changed_cb), self, G_CONNECT_SWAPPED);
  self->battery = altm_battery_new ();
  g_signal_connect_object (self->battery, "changed", G_CALLBACK (conditions_changed_cb), self, G_CONNECT_SWAPPED);
  self->hold = decide (self);
  altm_schedule_note_queued (&self->schedule, g_get_monotonic_time ());
  keep_to_schedule (self);
}

/**
 * altm_sender_send_soon:
 *
 * Something was queued: it is sent within seconds, but not while it waits after a failure, nor while
 * altm_sender_get_hold() keeps it.
 */
void
altm_sender_send_soon (AltmSender *self)
{
  if (altm_hold_keeps_queue (self->hold))
    return;
  if (self->state == ALTM_SENDER_SENDING)
    {
      self->must_send_again = TRUE;
      return;
    }
  altm_schedule_note_queued (&self->schedule, g_get_monotonic_time ());
  keep_to_schedule (self);
}

/**
 * altm_sender_send_now:
 *
 * Someone asks to send: at once, whatever it costs, the running slot of client flow included.
 */
void
altm_sender_send_now (AltmSender *self)
{
  self->is_asked = TRUE;
  self->hold = decide (self);
  if (self->state == ALTM_SENDER_SENDING)
    self->must_send_again = TRUE;
  else
    begin (self, TRUE);
}

/**
 * altm_sender_hand_over:
 *
 * Sends everything and, once it has HQ's answer, has HQ let go of this tablet and empties the store.
 * Its state is then %ALTM_SENDER_IDLE, and the store holds no `device_id`. Where anything stands in the
 * way its state tells, the store is as it was, and nothing is handed over later by itself.
 */
void
altm_sender_hand_over (AltmSender *self)
{
  self->must_hand_over = TRUE;
  altm_sender_send_now (self);
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
 * altm_sender_get_hold:
 *
 * Returns: what keeps it from sending by itself
 */
AltmHold
altm_sender_get_hold (AltmSender *self)
{
  return self->hold;
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
