/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-lock-keeper.h"

#include <time.h>

/* How often it looks whether the time is over, in seconds; only while there is something to
 * take away. */
#define LOOK 1

/* Until a delay is set. */
#define DELAY (2 * G_TIME_SPAN_MINUTE)

struct _AltmOpenedPair
{
  AltmSealPair *pair;
};

struct _AltmLockKeeper
{
  GObject parent_instance;

  AltmOpenedPair *pair;
  char *holder;
  AltmLockClock clock;
  gpointer clock_data;
  gint64 delay;
  gint64 touched;
  guint watch;
  guint n_orders;
  guint n_guarded;
};

G_DEFINE_FINAL_TYPE (AltmLockKeeper, altm_lock_keeper, G_TYPE_OBJECT)

enum
{
  CLOSED,
  LOCKED,
  UNLOCKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

AltmOpenedPair *
altm_opened_pair_ref (AltmOpenedPair *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
wipe (gpointer data)
{
  altm_seal_pair_free (((AltmOpenedPair *) data)->pair);
}

/**
 * altm_opened_pair_unref:
 *
 * The last one wipes the pair.
 */
void
altm_opened_pair_unref (AltmOpenedPair *self)
{
  g_atomic_rc_box_release_full (self, wipe);
}

AltmSealPair *
altm_opened_pair_get (AltmOpenedPair *self)
{
  return self->pair;
}

/* CLOCK_BOOTTIME goes on while the tablet sleeps: one that fell asleep without a word is found
 * out as soon as it wakes up. */
static gint64
read_clock (gpointer data)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gboolean
look_cb (gpointer user_data)
{
  altm_lock_keeper_check (user_data);
  return G_SOURCE_CONTINUE;
}

static void
update_watch (AltmLockKeeper *self)
{
  gboolean is_needed = self->pair != NULL || self->n_guarded > 0;

  if (is_needed && self->watch == 0)
    self->watch = g_timeout_add_seconds (LOOK, look_cb, self);
  if (!is_needed)
    g_clear_handle_id (&self->watch, g_source_remove);
}

static void
let_go (AltmLockKeeper *self)
{
  g_clear_pointer (&self->pair, altm_opened_pair_unref);
  g_clear_pointer (&self->holder, g_free);
}

static void
altm_lock_keeper_finalize (GObject *object)
{
  let_go (ALTM_LOCK_KEEPER (object));
  g_clear_handle_id (&ALTM_LOCK_KEEPER (object)->watch, g_source_remove);
  G_OBJECT_CLASS (altm_lock_keeper_parent_class)->finalize (object);
}

static void
altm_lock_keeper_class_init (AltmLockKeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = altm_lock_keeper_finalize;
  signals[CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  signals[LOCKED] = g_signal_new ("locked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  signals[UNLOCKED] = g_signal_new ("unlocked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
altm_lock_keeper_init (AltmLockKeeper *self)
{
  self->clock = read_clock;
  self->delay = DELAY;
}

AltmLockKeeper *
altm_lock_keeper_new (void)
{
  return g_object_new (ALTM_TYPE_LOCK_KEEPER, NULL);
}

/**
 * altm_lock_keeper_set_clock:
 * @clock: read instead of the tablet's own, for tests that do not wait
 */
void
altm_lock_keeper_set_clock (AltmLockKeeper *self, AltmLockClock clock, gpointer data)
{
  self->clock = clock;
  self->clock_data = data;
}

/**
 * altm_lock_keeper_set_delay:
 * @delay: after how many microseconds without a touch it locks
 */
void
altm_lock_keeper_set_delay (AltmLockKeeper *self, gint64 delay)
{
  self->delay = delay;
  altm_lock_keeper_check (self);
}

/**
 * altm_lock_keeper_unlock:
 * @pair: (transfer full): the tablet's pair, wiped when it locks
 * @holder: who opened it
 */
void
altm_lock_keeper_unlock (AltmLockKeeper *self, AltmSealPair *pair, const char *holder)
{
  let_go (self);
  self->pair = g_atomic_rc_box_new0 (AltmOpenedPair);
  self->pair->pair = pair;
  self->holder = g_strdup (holder);
  self->touched = self->clock (self->clock_data);
  update_watch (self);
  g_signal_emit (self, signals[UNLOCKED], 0);
}

/**
 * altm_lock_keeper_lock:
 *
 * Locks at once. A job that has the pair in hand wipes it when it is done.
 */
void
altm_lock_keeper_lock (AltmLockKeeper *self)
{
  gboolean was_unlocked = self->pair != NULL;

  self->n_orders++;
  let_go (self);
  update_watch (self);
  if (was_unlocked)
    g_signal_emit (self, signals[LOCKED], 0);
  g_signal_emit (self, signals[CLOSED], 0);
}

/**
 * altm_lock_keeper_guard:
 *
 * Private text is being typed: #AltmLockKeeper::closed comes when nobody touched the app for the set
 * time, even if it is locked. Ended by altm_lock_keeper_unguard() once that text is off the screen.
 */
void
altm_lock_keeper_guard (AltmLockKeeper *self)
{
  if (self->n_guarded == 0 && self->pair == NULL)
    self->touched = self->clock (self->clock_data);
  self->n_guarded++;
  update_watch (self);
}

void
altm_lock_keeper_unguard (AltmLockKeeper *self)
{
  self->n_guarded--;
  update_watch (self);
}

/**
 * altm_lock_keeper_touch:
 *
 * Somebody touched the app: the time starts again, unless it is over already.
 */
void
altm_lock_keeper_touch (AltmLockKeeper *self)
{
  if (self->watch != 0)
    altm_lock_keeper_check (self);
  self->touched = self->clock (self->clock_data);
}

/**
 * altm_lock_keeper_check:
 *
 * Locks where nobody touched the app for the set time. It calls this by itself every second.
 */
void
altm_lock_keeper_check (AltmLockKeeper *self)
{
  if (self->watch == 0 || self->clock (self->clock_data) - self->touched < self->delay)
    return;
  self->touched = self->clock (self->clock_data);
  altm_lock_keeper_lock (self);
}

gboolean
altm_lock_keeper_is_unlocked (AltmLockKeeper *self)
{
  return self->pair != NULL;
}

/**
 * altm_lock_keeper_get_pair:
 *
 * Returns: (nullable) (transfer none): the opened pair; take a reference to use it in a job
 */
AltmOpenedPair *
altm_lock_keeper_get_pair (AltmLockKeeper *self)
{
  return self->pair;
}

/**
 * altm_lock_keeper_get_holder:
 *
 * Returns: (nullable): who unlocked it
 */
const char *
altm_lock_keeper_get_holder (AltmLockKeeper *self)
{
  return self->holder;
}

/**
 * altm_lock_keeper_get_n_orders:
 *
 * Returns: how often it was told to lock, unlocked or not: whoever takes long to unlock it compares
 *   this from before and after, since a tablet that was put away meanwhile is to stay locked
 */
guint
altm_lock_keeper_get_n_orders (AltmLockKeeper *self)
{
  return self->n_orders;
}
