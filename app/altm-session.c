/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-session.h"

#include <glib/gi18n.h>

#include "altm-calls.h"
#include "altm-draft.h"
#include "altm-flow.h"
#include "altm-latest.h"
#include "altm-push.h"
#include "altm-time.h"
#include "altm-training.h"

/* How often the session looks whether a slot of client flow has ended, in seconds. */
#define SLOT_WATCH 10

/* What the store says after a job, read in the store's thread. */
typedef struct
{
  AltmShift *shift;
  AltmLists *lists;
  char *device_id;
  char *hq;
  char *url;
  gint64 wiped;
  AltmLockState lock;
  AltmRecovery *recovery;
  AltmOutboxSummary summary;
  gboolean has_summary;
  char *late_told;
  gint64 skew;
  gboolean is_short;
  GPtrArray *drafts;
} Snapshot;

struct _AltmSession
{
  GObject parent_instance;

  char *directory;
  AltmSession *real; /* NULL where this is not training */
  AltmWorker *worker;
  AltmSender *sender; /* NULL in training */
  AltmLockKeeper *keeper;
  AltmFollowUps *follow_ups;
  GPtrArray *all_lists;
  AltmLists *own_lists;
  GHashTable *open_forms;
  Snapshot *now;
  guint watch;
  gint64 slot;
  gboolean is_refreshing;
  gboolean is_stale;
};

G_DEFINE_FINAL_TYPE (AltmSession, altm_session, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
snapshot_free (gpointer data)
{
  Snapshot *self = data;

  g_clear_pointer (&self->shift, altm_shift_free);
  g_clear_pointer (&self->lists, altm_lists_unref);
  g_clear_pointer (&self->recovery, altm_recovery_free);
  altm_lock_state_clear (&self->lock);
  g_clear_pointer (&self->drafts, g_ptr_array_unref);
  g_free (self->device_id);
  g_free (self->hq);
  g_free (self->url);
  g_free (self->late_told);
  g_free (self);
}

static gint64
load_wiped (AltmStore *store)
{
  g_autofree char *text = altm_store_get_setting (store, "wiped");

  return text == NULL ? 0 : g_ascii_strtoll (text, NULL, 10);
}

static void
draft_free (gpointer data)
{
  altm_draft_free (data);
}

/* Without their private parts: no key is at hand here. */
static GPtrArray *
load_drafts (AltmStore *store)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func (draft_free);
  g_auto (GStrv) forms = altm_draft_list (store, NULL);

  for (gsize i = 0; forms != NULL && forms[i] != NULL; i++)
    {
      AltmDraft *draft = altm_draft_load (store, forms[i], NULL, NULL);

      if (draft != NULL)
        g_ptr_array_add (drafts, draft);
    }
  return g_steal_pointer (&drafts);
}

static Snapshot *
snapshot_load (AltmStore *store)
{
  Snapshot *self = g_new0 (Snapshot, 1);

  self->shift = altm_shift_load_last (store);
  self->lists = altm_lists_ref (altm_store_get_lists (store));
  self->device_id = altm_store_get_setting (store, "device_id");
  self->hq = altm_store_get_setting (store, "hq");
  self->url = altm_store_get_setting (store, "url");
  self->wiped = load_wiped (store);
  altm_lock_load_state (store, g_get_real_time (), &self->lock, NULL);
  self->recovery = altm_store_load_recovery (store);
  self->is_short = altm_store_is_short (store);
  self->has_summary = altm_outbox_summarise (store, &self->summary, NULL);
  self->late_told = altm_store_get_setting (store, "late_told");
  self->skew = altm_store_get_skew (store);
  self->drafts = load_drafts (store);
  return self;
}

/* A job that changes something. What it could change is read again in the same visit to the
 * store's thread; a failure to read it must not make what was saved look unsaved. */
typedef struct _Order Order;
struct _Order
{
  gboolean (*run) (Order *self, AltmStore *store, GError **error);
  AltmEntryList *entries;
  char *channel;
  char *place;
  char *by;
  json_t *partners;
  char *id;
  json_t *private;
  char *record;
  AltmSessionJob job;
  gpointer data;
  GDestroyNotify free_data;
};

static void
order_free (gpointer data)
{
  Order *self = data;

  g_clear_pointer (&self->entries, altm_entry_list_free);
  g_free (self->channel);
  g_free (self->place);
  g_free (self->by);
  json_decref (self->partners);
  g_free (self->id);
  json_decref (self->private);
  g_free (self->record);
  if (self->free_data != NULL)
    self->free_data (self->data);
  g_free (self);
}

static gpointer
run_order (gpointer thing, gpointer data, GError **error)
{
  Order *order = data;

  if (order->run != NULL && !order->run (order, thing, error))
    return NULL;
  return snapshot_load (thing);
}

static gboolean
order_save (Order *self, AltmStore *store, GError **error)
{
  return altm_entry_list_save (self->entries, store, g_get_real_time (), error);
}

/* No list of calls is left over from another shift, not even where the app ended before that did. */
static gboolean
order_start_shift (Order *self, AltmStore *store, GError **error)
{
  return altm_calls_drop (store, NULL, error) &&
         altm_shift_start (store, self->channel, self->place, self->by, self->partners, g_get_real_time (), error);
}

static gboolean
order_end_shift (Order *self, AltmStore *store, GError **error)
{
  return altm_calls_drop (store, NULL, error) && altm_shift_end (store, g_get_real_time (), error);
}

static gboolean
order_queue_slots (Order *self, AltmStore *store, GError **error)
{
  return altm_flow_queue (store, FALSE, g_get_real_time (), error);
}

static gboolean
order_set_private (Order *self, AltmStore *store, GError **error)
{
  g_autofree char *form = altm_session_name_form ("private", self->id);

  return altm_latest_set_private (store, self->id, self->private, form, g_get_real_time (), error);
}

static gboolean
order_job (Order *self, AltmStore *store, GError **error)
{
  return self->job (store, self->data, error);
}

/* The kinds of forms that are one thing on the screen: a contact, and the referral that it has or is
 * about to have. */
static const char *const form_kinds[] = { "contact", "referral", "details", "incident", NULL };

/* The forms that can be gone on with by themselves, besides what is private of a record. */
static const char *const first_kinds[] = { "contact", "incident", NULL };

/**
 * altm_session_name_form:
 *
 * Returns: (transfer full): the name of a form's draft; see altm_session_open_form()
 */
char *
altm_session_name_form (const char *kind, const char *record)
{
  return g_strdup_printf ("%s-%s", kind, record);
}

static gboolean
order_discard_private (Order *self, AltmStore *store, GError **error)
{
  g_autofree char *form = altm_session_name_form ("private", self->record);

  return altm_draft_drop (store, form, error);
}

static gboolean
order_discard_draft (Order *self, AltmStore *store, GError **error)
{
  for (gsize i = 0; form_kinds[i] != NULL; i++)
    {
      g_autofree char *form = altm_session_name_form (form_kinds[i], self->record);

      if (!altm_draft_drop (store, form, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
order_forget_recovery (Order *self, AltmStore *store, GError **error)
{
  return altm_store_set_setting (store, "recovered", NULL, error);
}

/* Whoever closes the window right after a tap must not lose what that tap recorded: the
 * application goes on until the store's thread has done it. */
static void
begin_job (void)
{
  GApplication *application = g_application_get_default ();

  if (application != NULL)
    g_application_hold (application);
}

static void
end_job (void)
{
  GApplication *application = g_application_get_default ();

  if (application != NULL)
    g_application_release (application);
}

static gboolean
holds (const Snapshot *snapshot, const char *holder)
{
  return snapshot != NULL && snapshot->lock.is_set && snapshot->lock.holders != NULL && holder != NULL
         && g_strv_contains ((const char *const *) snapshot->lock.holders, holder);
}

static void
adopt_snapshot (AltmSession *self, Snapshot *snapshot)
{
  const char *holder = altm_lock_keeper_get_holder (self->keeper);
  gboolean is_destroyed = self->now != NULL && self->now->lock.is_set && !snapshot->lock.is_set;
  gboolean is_out = holds (self->now, holder) && !holds (snapshot, holder);

  if (!snapshot->has_summary && self->now != NULL)
    snapshot->summary = self->now->summary;

  /* Pages hold on to texts of the lists they were made from; there are few versions a day. */
  if (!g_ptr_array_find (self->all_lists, snapshot->lists, NULL))
    g_ptr_array_add (self->all_lists, altm_lists_ref (snapshot->lists));

  g_clear_pointer (&self->now, snapshot_free);
  self->now = snapshot;
  altm_follow_ups_refresh (self->follow_ups, g_get_real_time ());
  /* HQ reset the PIN or retired its mediator, or the tries are spent: what was opened opens nothing any
   * more. (One that was set a moment ago is unlocked before the session has read of it.) */
  if (is_destroyed || is_out)
    altm_lock_keeper_lock (self->keeper);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
order_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AltmSession *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  Snapshot *snapshot = altm_worker_run_finish (result, &error);

  end_job ();
  if (snapshot == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  adopt_snapshot (self, snapshot);
  if (self->sender != NULL && self->now->summary.queued > 0)
    altm_sender_send_soon (self->sender);
  g_task_return_boolean (task, TRUE);
}

static void
run_order_async (AltmSession *self, Order *order, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, run_order_async);
  begin_job ();
  altm_worker_run_async (self->worker, run_order, order, order_free, snapshot_free, order_done_cb,
                         task);
}

static void
refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmSession) self = user_data;
  Snapshot *snapshot = altm_worker_run_finish (result, NULL);

  self->is_refreshing = FALSE;
  if (snapshot != NULL)
    adopt_snapshot (self, snapshot);
  if (self->is_stale)
    altm_session_refresh (self);
}

/**
 * altm_session_refresh:
 *
 * Reads again what the store says; calls while that goes on are answered by one more reading.
 */
void
altm_session_refresh (AltmSession *self)
{
  if (self->worker == NULL)
    return;
  self->is_stale = self->is_refreshing;
  if (self->is_refreshing)
    return;
  self->is_refreshing = TRUE;
  altm_worker_run_async (self->worker, run_order, g_new0 (Order, 1), order_free, snapshot_free,
                         refreshed_cb, g_object_ref (self));
}

/* Where that is not saved, the mediator is told once more at the next start. */
static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  altm_session_finish (ALTM_SESSION (source), result, NULL);
}

/**
 * altm_session_forget_recovery:
 *
 * The mediator has read what became of the damaged store.
 */
void
altm_session_forget_recovery (AltmSession *self)
{
  Order *order = g_new0 (Order, 1);

  order->run = order_forget_recovery;
  run_order_async (self, order, forgotten_cb, NULL);
}

static void
slot_queued_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!altm_session_finish (ALTM_SESSION (source), result, &error))
    g_warning ("The counts of a quarter of an hour were not queued: %s", error->message);
}

static gboolean
watch_slot_cb (gpointer user_data)
{
  AltmSession *self = user_data;
  gint64 slot = g_get_real_time () / ALTM_SLOT;
  Order *order;

  if (slot == self->slot)
    return G_SOURCE_CONTINUE;
  self->slot = slot;
  order = g_new0 (Order, 1);
  order->run = order_queue_slots;
  run_order_async (self, order, slot_queued_cb, NULL);
  return G_SOURCE_CONTINUE;
}

static gpointer
open_store (gpointer data, GError **error)
{
  return altm_store_open (data, error);
}

/* What training takes of the real store, for the thread that opens its own. */
typedef struct
{
  char *directory;
  AltmLists *lists;
} Lesson;

static void
lesson_free (gpointer data)
{
  Lesson *self = data;

  altm_lists_unref (self->lists);
  g_free (self->directory);
  g_free (self);
}

static Lesson *
lesson_new (AltmSession *real)
{
  Lesson *self = g_new0 (Lesson, 1);

  self->directory = g_strdup (real->directory);
  self->lists = altm_lists_ref (real->now->lists);
  return self;
}

static gpointer
open_training (gpointer data, GError **error)
{
  Lesson *lesson = data;

  return altm_training_open (lesson->directory, lesson->lists, error);
}

static void
close_store (gpointer data)
{
  altm_store_close (data);
}

static void
open_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AltmSession *self = source;
  GError *error = NULL;
  AltmWorker *worker = data != NULL ? altm_worker_new (open_training, data, close_store, &error)
                                    : altm_worker_new (open_store, self->directory, close_store, &error);

  if (worker == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, worker, (GDestroyNotify) altm_worker_unref);
}

static void
first_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AltmSession *self = g_task_get_source_object (task);
  GError *error = NULL;
  Snapshot *snapshot = altm_worker_run_finish (result, &error);

  if (snapshot == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->follow_ups == NULL)
    self->follow_ups = altm_follow_ups_new (self->directory);
  if (self->real == NULL)
    self->sender = altm_sender_new (self->worker);
  if (self->sender != NULL)
    g_signal_connect_object (self->sender, "changed", G_CALLBACK (altm_session_refresh), self, G_CONNECT_SWAPPED);
  adopt_snapshot (self, snapshot);
  if (self->sender != NULL)
    altm_sender_start (self->sender);
  self->slot = 0;
  self->watch = g_timeout_add_seconds (SLOT_WATCH, watch_slot_cb, self);
  g_task_return_boolean (task, TRUE);
}

static void
store_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AltmSession *self = ALTM_SESSION (source);
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  self->worker = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->worker == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  altm_worker_run_async (self->worker, run_order, g_new0 (Order, 1), order_free, snapshot_free,
                         first_read_cb, g_steal_pointer (&task));
}

/**
 * altm_session_open_async:
 *
 * Opens the store, in a thread since it may have to be migrated or mended first, and starts the
 * sender. Can be called again after a failure.
 */
void
altm_session_open_async (AltmSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GTask) opening = g_task_new (self, NULL, store_opened_cb, task);

  g_task_set_source_tag (task, altm_session_open_async);
  if (self->real != NULL)
    g_task_set_task_data (opening, lesson_new (self->real), lesson_free);
  g_task_run_in_thread (opening, open_in_thread);
}

/**
 * altm_session_open_finish:
 * @error: an #AltmStoreError
 */
gboolean
altm_session_open_finish (AltmSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
altm_session_finalize (GObject *object)
{
  AltmSession *self = ALTM_SESSION (object);

  g_clear_handle_id (&self->watch, g_source_remove);
  g_clear_object (&self->sender);
  g_clear_object (&self->real);
  g_clear_object (&self->keeper);
  g_clear_object (&self->follow_ups);
  g_clear_pointer (&self->worker, altm_worker_unref);
  g_clear_pointer (&self->now, snapshot_free);
  g_clear_pointer (&self->all_lists, g_ptr_array_unref);
  g_clear_pointer (&self->own_lists, altm_lists_unref);
  g_clear_pointer (&self->open_forms, g_hash_table_unref);
  g_free (self->directory);
  G_OBJECT_CLASS (altm_session_parent_class)->finalize (object);
}

static void
altm_session_class_init (AltmSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = altm_session_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
altm_session_init (AltmSession *self)
{
  self->all_lists = g_ptr_array_new_with_free_func ((GDestroyNotify) altm_lists_unref);
  self->keeper = altm_lock_keeper_new ();
  self->open_forms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

AltmSession *
altm_session_new (const char *directory)
{
  AltmSession *self = g_object_new (ALTM_TYPE_SESSION, NULL);

  self->directory = g_strdup (directory);
  return self;
}

/**
 * altm_session_new_training:
 * @real: the tablet's session, which is open
 *
 * Returns: (transfer full): a session to train in: with the lists of @real, a store of its own, and nobody to send it
 */
AltmSession *
altm_session_new_training (AltmSession *real)
{
  AltmSession *self = g_object_new (ALTM_TYPE_SESSION, NULL);

  self->directory = altm_training_get_folder (real->directory);
  self->real = g_object_ref (real);
  return self;
}

/**
 * altm_session_is_training:
 *
 * Returns: whether what is recorded in it is neither sent nor counted
 */
gboolean
altm_session_is_training (AltmSession *self)
{
  return self->real != NULL;
}

const char *
altm_session_get_directory (AltmSession *self)
{
  return self->directory;
}

gboolean
altm_session_is_open (AltmSession *self)
{
  return self->now != NULL;
}

gboolean
altm_session_is_enrolled (AltmSession *self)
{
  return self->now != NULL && self->now->device_id != NULL;
}

/**
 * altm_session_has_records:
 *
 * Returns: whether something has been recorded here: a tablet that lost its enrolment with a
 *   damaged store has, and recording goes on there until HQ gives a new code
 */
gboolean
altm_session_has_records (AltmSession *self)
{
  const AltmOutboxSummary *summary = &self->now->summary;

  return summary->queued + summary->acknowledged + summary->quarantined > 0;
}

gboolean
altm_session_is_on_shift (AltmSession *self)
{
  return self->now != NULL && self->now->shift != NULL && self->now->shift->is_running;
}

AltmWorker *
altm_session_get_worker (AltmSession *self)
{
  return self->worker;
}

/**
 * altm_session_get_sender:
 *
 * Returns: (transfer none) (nullable): what sends the records; %NULL in training
 */
AltmSender *
altm_session_get_sender (AltmSession *self)
{
  return self->sender;
}

/**
 * altm_session_get_keeper:
 *
 * Returns: (transfer none): what has the opened keys, while they are unlocked
 */
AltmLockKeeper *
altm_session_get_keeper (AltmSession *self)
{
  return self->keeper;
}

/**
 * altm_session_get_follow_ups:
 *
 * Returns: (transfer none): the referrals to be followed up, which are read anew whenever the session is; there once
 *   the session is open
 */
AltmFollowUps *
altm_session_get_follow_ups (AltmSession *self)
{
  return self->follow_ups;
}

/**
 * altm_session_get_lock:
 *
 * Returns: (transfer none): how the tablet's lock stands; until the next #AltmSession::changed
 */
const AltmLockState *
altm_session_get_lock (AltmSession *self)
{
  return &self->now->lock;
}

/**
 * altm_session_get_holder:
 *
 * Returns: (transfer none): under whose name a PIN is set: the mediator's of the last shift, or
 *   %ALTM_SESSION_TABLET where the shift has none, or HQ lists them no more
 */
const char *
altm_session_get_holder (AltmSession *self)
{
  const AltmShift *shift = self->now->shift;

  if (shift == NULL || shift->by == NULL)
    return ALTM_SESSION_TABLET;
  if (altm_lists_has_mediators (self->now->lists) && altm_lists_find_mediator (self->now->lists, shift->by) == NULL)
    return ALTM_SESSION_TABLET;
  return shift->by;
}

/**
 * altm_session_get_hq:
 *
 * Returns: (nullable): headquarters' name, or its address where it has none
 */
const char *
altm_session_get_hq (AltmSession *self)
{
  return self->now->hq != NULL ? self->now->hq : self->now->url;
}

/**
 * altm_session_get_device_id:
 *
 * Returns: (nullable): by which headquarters knows this tablet
 */
const char *
altm_session_get_device_id (AltmSession *self)
{
  return self->now->device_id;
}

/**
 * altm_session_get_wiped:
 *
 * Returns: when the tablet was wiped, in microseconds since 1970-01-01 UTC, 0 where it was not
 */
gint64
altm_session_get_wiped (AltmSession *self)
{
  return self->now->wiped;
}

AltmLists *
altm_session_get_lists (AltmSession *self)
{
  return self->now->lists;
}

/**
 * altm_session_get_shift:
 *
 * Returns: (nullable): the last shift, which may be running; until the next #AltmSession::changed
 */
const AltmShift *
altm_session_get_shift (AltmSession *self)
{
  return self->now->shift;
}

const AltmOutboxSummary *
altm_session_get_summary (AltmSession *self)
{
  return &self->now->summary;
}

/**
 * altm_session_get_late_told:
 *
 * Returns: (nullable): the day on which it was told last that something waits for long, YYYY-MM-DD; until the next
 *   #AltmSession::changed
 */
const char *
altm_session_get_late_told (AltmSession *self)
{
  return self->now->late_told;
}

/**
 * altm_session_get_skew:
 *
 * Returns: how many microseconds this tablet's clock was ahead of headquarters' when it last asked
 */
gint64
altm_session_get_skew (AltmSession *self)
{
  return self->now->skew;
}

/**
 * altm_session_get_recovery:
 *
 * Returns: (nullable): what became of a damaged store, until altm_session_forget_recovery(); until
 *   the next #AltmSession::changed
 */
const AltmRecovery *
altm_session_get_recovery (AltmSession *self)
{
  return self->now->recovery;
}

/**
 * altm_session_is_short:
 *
 * Returns: whether the tablet is nearly full: what is recorded now is saved with the space that
 *   was kept for it
 */
gboolean
altm_session_is_short (AltmSession *self)
{
  return self->now->is_short;
}

/**
 * altm_session_get_language:
 *
 * Returns: the language in which the lists' labels are shown, that of the app's own texts
 */
const char *
altm_session_get_language (AltmSession *self)
{
  /* Translators: the language of the lists' labels: "fr" or "en". */
  return C_("language of the lists", "en");
}

/**
 * altm_session_get_lists_with:
 * @list: the name of a vocabulary list
 *
 * Returns: (transfer none): HQ's lists where they have that list; else the program's own, which an
 *   HQ whose program is older, or whose lists are its own by now, hasn't got
 */
AltmLists *
altm_session_get_lists_with (AltmSession *self, const char *list)
{
  g_autoptr (GError) error = NULL;

  if (altm_lists_get_vocabulary (self->now->lists, list) != NULL)
    return self->now->lists;
  if (self->own_lists == NULL)
    self->own_lists = altm_lists_new_built_in (&error);
  if (self->own_lists == NULL)
    g_warning ("The program's own lists cannot be read: %s", error->message);
  return self->own_lists != NULL ? self->own_lists : self->now->lists;
}

/**
 * altm_session_get_label:
 *
 * Returns: what to show for @code of @list; the code itself where the list hasn't got it
 */
const char *
altm_session_get_label (AltmSession *self, const char *list, const char *code)
{
  const char *label = NULL;

  if (code != NULL)
    label = altm_lists_get_short_label (altm_session_get_lists_with (self, list), list, code,
                                        altm_session_get_language (self));
  return label != NULL ? label : code;
}

const char *
altm_session_get_place_name (AltmSession *self, const char *place)
{
  json_t *found = place == NULL ? NULL : altm_lists_find_place (self->now->lists, place);

  return found == NULL ? place : altm_json_get_string (found, "name");
}

static void
set_text (json_t *object, const char *key, const char *text)
{
  if (text != NULL)
    json_object_set_new (object, key, json_string (text));
}

/**
 * altm_session_new_origin:
 *
 * Where and when a form is begun: its record is of that shift and that place, even if it is gone on
 * with in another one.
 *
 * Returns: (transfer full): an object with `begun` and, of the running shift, `channel`, `by`,
 *   `shift` and `place`
 */
json_t *
altm_session_new_origin (AltmSession *self)
{
  const AltmShift *shift = self->now->shift;
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *begun = altm_time_format (g_get_real_time (), zone);
  json_t *origin = json_object ();

  set_text (origin, "begun", begun);
  if (shift == NULL)
    return origin;
  set_text (origin, "channel", shift->channel);
  set_text (origin, "by", shift->by);
  set_text (origin, "shift", shift->id);
  set_text (origin, "place", shift->place);
  return origin;
}

/**
 * altm_session_take_origin:
 * @draft: of a form that is gone on with
 *
 * Returns: (transfer full): where and when it was begun, which is its record's time; that of now where
 *   the draft does not say
 */
json_t *
altm_session_take_origin (AltmSession *self, const AltmDraft *draft)
{
  json_t *origin = json_object_get (draft->data, "origin");

  if (!json_is_object (origin))
    return altm_session_new_origin (self);
  origin = json_deep_copy (origin);
  set_text (origin, "at", altm_json_get_string (origin, "begun"));
  return origin;
}

/**
 * altm_session_add:
 * @id: the id that its form chose
 * @origin: see altm_session_new_origin(); with `at` where that is the record's time, and not the time
 *   at which it is saved
 * @data: (transfer full): its fields
 * @private: (nullable) (transfer full): its private fields
 *
 * Adds a new record.
 */
void
altm_session_add (AltmSession *self, AltmEntryList *entries, const char *type, const char *id,
                  json_t *origin, json_t *data, json_t *private)
{
  AltmEntry entry = { 0 };

  entry.type = type;
  entry.id = id;
  entry.rev = 1;
  entry.at = altm_json_get_string (origin, "at");
  entry.by = altm_json_get_string (origin, "by");
  entry.shift = altm_json_get_string (origin, "shift");
  entry.place = altm_json_get_string (origin, "place");
  entry.data = data;
  entry.private = private;
  altm_entry_list_add (entries, &entry);
}

/**
 * altm_session_correct:
 * @id: of a record that is saved
 * @data: (transfer full): its fields from now on
 * @private: (nullable) (transfer full): its private fields from now on; %NULL leaves them as they are, also while locked
 *
 * Adds a new revision. When and where it was, and who recorded it, stay the record's.
 */
void
altm_session_correct (AltmSession *self, AltmEntryList *entries, const char *type, const char *id, json_t *data,
                      json_t *private)
{
  AltmEntry entry = { 0 };

  entry.type = type;
  entry.id = id;
  entry.data = data;
  entry.private = private;
  altm_entry_list_add (entries, &entry);
}

/**
 * altm_session_open_form:
 * @kind: "contact", "incident", a contact's "referral" and the "details" of one that is not
 *   added to it yet, or the "private" part that is to replace a record's
 * @record: id of the record that the form is for; of the contact, for all that belongs to one
 * @id: id of the record that the form itself becomes
 *
 * Returns: (transfer full): what keeps the form's draft; altm_session_close_form() ends it. Until then
 *   the draft is not offered to be gone on with
 */
AltmDraftKeeper *
altm_session_open_form (AltmSession *self, const char *kind, const char *record, const char *id)
{
  g_autofree char *form = altm_session_name_form (kind, record);
  AltmDraftKeeper *keeper = altm_draft_keeper_new (self->worker, self->keeper, form, id);

  g_hash_table_add (self->open_forms, g_steal_pointer (&form));
  return keeper;
}

/**
 * altm_session_close_form:
 * @keeper: (transfer full): of a form that goes off the screen
 */
void
altm_session_close_form (AltmSession *self, AltmDraftKeeper *keeper)
{
  altm_draft_keeper_close (keeper);
  g_hash_table_remove (self->open_forms, altm_draft_keeper_get_form (keeper));
  g_object_unref (keeper);
  altm_session_refresh (self);
}

/* What is private is offered only where something of it was kept, sealed, and the page knows what it is of. */
static gboolean
can_be_offered (const AltmDraft *draft)
{
  if (draft->id == NULL)
    return FALSE;
  if (g_str_has_prefix (draft->form, "private-"))
    return draft->state != ALTM_COPY_NONE && altm_json_get_string (draft->data, "type") != NULL;
  for (gsize i = 0; first_kinds[i] != NULL; i++)
    if (g_str_has_prefix (draft->form, first_kinds[i]))
      return TRUE;
  return FALSE;
}

/**
 * altm_session_get_draft:
 *
 * Returns: (nullable) (transfer none): the latest form that was begun and neither saved nor left, and
 *   that is not open; until the next #AltmSession::changed
 */
const AltmDraft *
altm_session_get_draft (AltmSession *self)
{
  for (guint i = 0; i < self->now->drafts->len; i++)
    {
      const AltmDraft *draft = self->now->drafts->pdata[i];

      if (can_be_offered (draft) && !g_hash_table_contains (self->open_forms, draft->form))
        return draft;
    }
  return NULL;
}

/**
 * altm_session_find_draft:
 *
 * Returns: (nullable) (transfer none): the draft of such a form of a record, as it was when the session
 *   last read the store; until the next #AltmSession::changed
 */
const AltmDraft *
altm_session_find_draft (AltmSession *self, const char *kind, const char *record)
{
  g_autofree char *form = altm_session_name_form (kind, record);

  for (guint i = 0; i < self->now->drafts->len; i++)
    {
      const AltmDraft *draft = self->now->drafts->pdata[i];

      if (g_str_equal (draft->form, form))
        return draft;
    }
  return NULL;
}

/* Where that failed, it is offered again. */
static void
discarded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!altm_session_finish (ALTM_SESSION (source), result, &error))
    g_warning ("A draft was not dropped: %s", error->message);
}

/**
 * altm_session_discard_private:
 * @record: a record's id
 *
 * Forgets what was begun in place of its note or its person; what else was begun of it stays.
 */
void
altm_session_discard_private (AltmSession *self, const char *record)
{
  Order *order = g_new0 (Order, 1);

  order->run = order_discard_private;
  order->record = g_strdup (record);
  run_order_async (self, order, discarded_cb, NULL);
}

/**
 * altm_session_discard_draft:
 * @record: id of the record that it would have been
 *
 * Forgets a form that was begun, with all that belongs to it but what was begun in place of a saved note.
 */
void
altm_session_discard_draft (AltmSession *self, const char *record)
{
  Order *order = g_new0 (Order, 1);

  order->run = order_discard_draft;
  order->record = g_strdup (record);
  run_order_async (self, order, discarded_cb, NULL);
}

/**
 * altm_session_save_async:
 * @entries: (transfer full): what to save, in one transaction
 * @callback: called after its COMMIT, or with the reason why nothing was saved
 */
void
altm_session_save_async (AltmSession *self, AltmEntryList *entries, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  Order *order = g_new0 (Order, 1);

  order->run = order_save;
  order->entries = entries;
  run_order_async (self, order, callback, user_data);
}

/**
 * altm_session_set_private_async:
 * @id: of a record
 * @private: (transfer full): its private fields from now on; JSON null to remove them
 *
 * Can be done while locked. The draft of what was to replace them goes along. altm_session_finish() ends
 * it, with the errors of altm_latest_set_private().
 */
void
altm_session_set_private_async (AltmSession *self, const char *id, json_t *private,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  Order *order = g_new0 (Order, 1);

  order->run = order_set_private;
  order->id = g_strdup (id);
  order->private = private;
  run_order_async (self, order, callback, user_data);
}

void
altm_session_start_shift_async (AltmSession *self, const char *channel, const char *place,
                                const char *by, json_t *partners, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  Order *order = g_new0 (Order, 1);

  /* Another one has the tablet in hand now, and a PIN of their own. */
  if (by != NULL && altm_lock_keeper_is_unlocked (self->keeper)
      && g_strcmp0 (altm_lock_keeper_get_holder (self->keeper), by) != 0)
    altm_lock_keeper_lock (self->keeper);
  order->run = order_start_shift;
  order->channel = g_strdup (channel);
  order->place = g_strdup (place);
  order->by = g_strdup (by);
  order->partners = partners == NULL ? NULL : json_deep_copy (partners);
  run_order_async (self, order, callback, user_data);
}

void
altm_session_end_shift_async (AltmSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  Order *order = g_new0 (Order, 1);

  order->run = order_end_shift;
  run_order_async (self, order, callback, user_data);
}

/**
 * altm_session_run_async:
 * @data: (transfer full): what the job works on; freed with @free_data, in whichever thread is done with it last
 *
 * Changes the store in a way that a file of its own knows. What the session says is read again before @callback is called,
 * which ends it with altm_session_finish().
 */
void
altm_session_run_async (AltmSession *self, AltmSessionJob job, gpointer data, GDestroyNotify free_data,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  Order *order = g_new0 (Order, 1);

  order->run = order_job;
  order->job = job;
  order->data = data;
  order->free_data = free_data;
  run_order_async (self, order, callback, user_data);
}

/**
 * altm_session_finish:
 *
 * Ends altm_session_save_async(), altm_session_run_async() and those that start and end a shift.
 */
gboolean
altm_session_finish (AltmSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* A tap on a counter. Each is a job of its own; those that wait for the disk are written together. */
static AltmTap *
tap_new (AltmSession *self, const char *code, gboolean is_maximum, int number, gint64 time)
{
  AltmTap *tap = g_new0 (AltmTap, 1);

  *tap = (AltmTap) { g_strdup (self->now->shift->place), g_strdup (code), is_maximum, number, time };
  return tap;
}

static void
tap_free (gpointer data)
{
  AltmTap *tap = data;

  g_free ((char *) tap->office);
  g_free ((char *) tap->code);
  g_free (tap);
}

static json_t *
load_counts (AltmStore *store, const char *office)
{
  json_t *counts = altm_flow_load (store, office, g_get_real_time ());

  return counts != NULL ? counts : json_object ();
}

static gpointer
run_load (gpointer thing, gpointer data, GError **error)
{
  return load_counts (thing, data);
}

/* What is counted after the last of them is what each of them has led to; nearly always all are of one office. */
static gboolean
run_taps (gpointer thing, gpointer *data, guint n_jobs, gpointer *results, GError **error)
{
  AltmTap **taps = (AltmTap **) data;

  if (!altm_flow_tap (thing, (const AltmTap *const *) taps, n_jobs, error))
    return FALSE;
  for (guint i = 0; i < n_jobs; i++)
    if (i > 0 && g_str_equal (taps[i]->office, taps[i - 1]->office))
      results[i] = json_incref (results[i - 1]);
    else
      results[i] = load_counts (thing, taps[i]->office);
  return TRUE;
}

static void
free_counts (gpointer counts)
{
  json_decref (counts);
}

static void
counts_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  g_task_return_pointer (task, altm_worker_run_finish (result, NULL), free_counts);
}

static void
tap_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  json_t *counts = altm_worker_run_finish (result, &error);

  end_job ();
  if (counts == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  altm_session_refresh (g_task_get_source_object (task));
  g_task_return_pointer (task, counts, free_counts);
}

static void
run_tap_async (AltmSession *self, AltmTap *tap, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, run_tap_async);
  begin_job ();
  altm_worker_run_grouped_async (self->worker, run_taps, tap, tap_free, free_counts, tap_done_cb, task);
}

/**
 * altm_session_count_async:
 * @code: a counter of the list `poste_compteur`
 * @step: what to add to it; negative to take back
 * @time: microseconds since 1970-01-01 UTC: says in which quarter of an hour
 *
 * Taps that come while the disk is written share the next COMMIT; none is merged with another.
 */
void
altm_session_count_async (AltmSession *self, const char *code, int step, gint64 time,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  run_tap_async (self, tap_new (self, code, FALSE, step, time), callback, user_data);
}

/**
 * altm_session_raise_async:
 * @code: a maximum among the counters
 * @value: what was seen; kept if it is the greatest of the quarter of an hour
 */
void
altm_session_raise_async (AltmSession *self, const char *code, int value,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  run_tap_async (self, tap_new (self, code, TRUE, value, g_get_real_time ()), callback, user_data);
}

void
altm_session_load_counts_async (AltmSession *self, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, altm_session_load_counts_async);
  altm_worker_run_async (self->worker, run_load, g_strdup (self->now->shift->place), g_free, free_counts, counts_loaded_cb,
                         task);
}

/**
 * altm_session_counts_finish:
 *
 * Returns: (transfer full): the counts of the running quarter of an hour, as they are on disk
 */
json_t *
altm_session_counts_finish (AltmSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
