/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-draft-keeper.h"

#include "altm-wipe.h"

/* After a key press, in milliseconds: whoever types a word makes one job of it. */
#define PAUSE 300

struct _AltmDraftKeeper
{
  GObject parent_instance;

  AltmWorker *worker;
  AltmLockKeeper *lock;
  char *form;
  char *id;
  AltmDraftSource source;
  gpointer source_data;
  guint timer;
  gboolean is_begun;
  gboolean is_dirty;
  gboolean is_running;
  gboolean has_failed;
  gboolean is_closing;
  gboolean is_kept;
  gboolean is_paused;
  gboolean is_guarding;
};

G_DEFINE_FINAL_TYPE (AltmDraftKeeper, altm_draft_keeper, G_TYPE_OBJECT)

enum
{
  OPENED,
  TAKEN,
  UNREADABLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What the store's thread needs to know of a form. */
typedef struct
{
  char *form;
  char *id;
  json_t *data;
  json_t *private;
  AltmOpenedPair *pair;
} Job;

static Job *
job_new (AltmDraftKeeper *self)
{
  Job *job = g_new0 (Job, 1);

  job->form = g_strdup (self->form);
  job->id = g_strdup (self->id);
  return job;
}

static void
job_free (gpointer data)
{
  Job *self = data;

  g_free (self->form);
  g_free (self->id);
  json_decref (self->data);
  json_decref (self->private);
  g_clear_pointer (&self->pair, altm_opened_pair_unref);
  g_free (self);
}

static void
draft_free (gpointer data)
{
  altm_draft_free (data);
}

/* Whoever closes the window right after a tap must not lose it: the application goes on until the
 * store's thread has done it. */
static void
run (AltmDraftKeeper *self, AltmWorkerJob work, Job *job, GAsyncReadyCallback callback)
{
  GApplication *application = g_application_get_default ();

  if (application != NULL)
    g_application_hold (application);
  altm_worker_run_async (self->worker, work, job, job_free, draft_free, callback, g_object_ref (self));
}

static gpointer
finish (GAsyncResult *result, GError **error)
{
  GApplication *application = g_application_get_default ();

  if (application != NULL)
    g_application_release (application);
  return altm_worker_run_finish (result, error);
}

/* HQ ordered the tablet to be emptied: the form that is still open leaves nothing behind. */
static gboolean
is_wiped (AltmStore *store)
{
  g_autofree char *wiped = altm_store_get_setting (store, "wiped");
  g_autofree char *device_id = altm_store_get_setting (store, "device_id");

  return altm_wipe_is_ordered (store) || (wiped != NULL && device_id == NULL);
}

/* What is read back says whether the private fields are there, sealed. */
static gpointer
save_job (gpointer thing, gpointer data, GError **error)
{
  Job *job = data;

  if (is_wiped (thing))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the tablet is being emptied");
      return NULL;
    }
  if (!altm_draft_save (thing, job->form, job->id, job->data, job->private, g_get_real_time (), error))
    return NULL;
  return altm_draft_load (thing, job->form, NULL, error);
}

static gpointer
load_job (gpointer thing, gpointer data, GError **error)
{
  Job *job = data;

  return altm_draft_load (thing, job->form, job->pair == NULL ? NULL : altm_opened_pair_get (job->pair), error);
}

static gpointer
drop_job (gpointer thing, gpointer data, GError **error)
{
  Job *job = data;

  altm_draft_drop (thing, job->form, error);
  return NULL;
}

static void
set_guarding (AltmDraftKeeper *self, gboolean is_guarding)
{
  if (self->is_guarding == is_guarding)
    return;
  self->is_guarding = is_guarding;
  if (is_guarding)
    altm_lock_keeper_guard (self->lock);
  else
    altm_lock_keeper_unguard (self->lock);
}

static void
keep_sealed (AltmDraftKeeper *self)
{
  self->is_kept = TRUE;
  set_guarding (self, FALSE);
}

static void flush (AltmDraftKeeper *self);

/* The fields are emptied only once they are on the disk: a tablet that is full would lose them. */
static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(AltmDraftKeeper) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmDraft) draft = finish (result, &error);
  gboolean is_done = self->is_closing && !self->is_dirty;

  self->is_running = FALSE;
  self->has_failed = draft == NULL;
  if (draft == NULL)
    g_info ("A draft was not kept: %s", error->message);
  if (is_done)
    self->is_closing = FALSE;
  if (is_done && draft != NULL && draft->state == ALTM_COPY_READABLE && self->source != NULL)
    {
      keep_sealed (self);
      g_signal_emit (self, signals[TAKEN], 0);
    }
  if (self->timer == 0 || self->is_closing)
    flush (self);
}

static void
flush (AltmDraftKeeper *self)
{
  Job *job;

  if (self->is_running || self->is_paused || !self->is_dirty || self->source == NULL)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  self->is_dirty = FALSE;
  self->is_running = TRUE;
  job = job_new (self);
  self->source (self->source_data, &job->data, &job->private);
  set_guarding (self, !self->is_kept && json_object_size (job->private) > 0);
  if (self->is_kept)
    g_clear_pointer (&job->private, json_decref);
  else if (job->private == NULL)
    job->private = json_null ();
  run (self, save_job, job, saved_cb);
}

static gboolean
timer_cb (gpointer user_data)
{
  AltmDraftKeeper *self = user_data;

  self->timer = 0;
  flush (self);
  return G_SOURCE_REMOVE;
}

static void
touch (AltmDraftKeeper *self)
{
  self->is_begun = TRUE;
  self->is_dirty = TRUE;
}

/**
 * altm_draft_keeper_save_now:
 *
 * Something was chosen.
 */
void
altm_draft_keeper_save_now (AltmDraftKeeper *self)
{
  touch (self);
  flush (self);
}

/**
 * altm_draft_keeper_save_soon:
 *
 * Something was typed: it is kept with what is typed within the next moment.
 */
void
altm_draft_keeper_save_soon (AltmDraftKeeper *self)
{
  touch (self);
  if (self->timer == 0 && self->source != NULL)
    self->timer = g_timeout_add (PAUSE, timer_cb, self);
}

static void
closed_cb (AltmDraftKeeper *self)
{
  if (!self->is_begun || self->is_kept || self->source == NULL)
    return;
  self->is_closing = TRUE;
  altm_draft_keeper_save_now (self);
}

static void
unlocked_cb (AltmDraftKeeper *self)
{
  if (self->is_kept)
    altm_draft_keeper_open (self);
}

/**
 * altm_draft_keeper_has_failed:
 *
 * Returns: whether the form could not be kept on the disk when that was tried last
 */
gboolean
altm_draft_keeper_has_failed (AltmDraftKeeper *self)
{
  return self->has_failed;
}

/**
 * altm_draft_keeper_has_private:
 *
 * Returns: whether something was entered in the form's private fields that is on the screen
 */
gboolean
altm_draft_keeper_has_private (AltmDraftKeeper *self)
{
  g_autoptr(json_t) data = NULL;
  g_autoptr(json_t) private = NULL;

  if (self->is_kept || self->source == NULL)
    return FALSE;
  self->source (self->source_data, &data, &private);
  return json_object_size (private) > 0;
}

gboolean
altm_draft_keeper_is_kept (AltmDraftKeeper *self)
{
  return self->is_kept;
}

/**
 * altm_draft_keeper_set_kept:
 *
 * The form goes on with a draft whose private fields are still sealed.
 */
void
altm_draft_keeper_set_kept (AltmDraftKeeper *self)
{
  self->is_begun = TRUE;
  keep_sealed (self);
}

/**
 * altm_draft_keeper_replace:
 *
 * What was kept is given up: from now on the form's own fields count again.
 */
void
altm_draft_keeper_replace (AltmDraftKeeper *self)
{
  self->is_kept = FALSE;
  altm_draft_keeper_save_now (self);
}

static void
show_opened (AltmDraftKeeper *self, json_t *private)
{
  self->is_kept = FALSE;
  set_guarding (self, private != NULL);
  g_signal_emit (self, signals[OPENED], 0, private);
}

/* Locked again, or replaced, while it was read: then it is not shown. */
static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(AltmDraftKeeper) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmDraft) draft = finish (result, &error);

  if (!self->is_kept || self->source == NULL)
    return;
  if (draft == NULL && !g_error_matches (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING))
    g_info ("A draft was not read: %s", error->message);
  else if (draft == NULL || draft->state == ALTM_COPY_NONE)
    show_opened (self, NULL);
  else if (draft->state == ALTM_COPY_UNREADABLE)
    g_signal_emit (self, signals[UNREADABLE], 0);
  else if (draft->private != NULL && altm_lock_keeper_is_unlocked (self->lock))
    show_opened (self, draft->private);
}

/**
 * altm_draft_keeper_open:
 *
 * Reads the kept fields, if the lock is open. It does so by itself when the lock opens.
 */
void
altm_draft_keeper_open (AltmDraftKeeper *self)
{
  AltmOpenedPair *pair = altm_lock_keeper_get_pair (self->lock);
  Job *job = job_new (self);

  job->pair = pair == NULL ? NULL : altm_opened_pair_ref (pair);
  run (self, load_job, job, opened_cb);
}

/**
 * altm_draft_keeper_pause:
 *
 * The form's record is being saved, and its draft goes with that: nothing is kept after it.
 */
void
altm_draft_keeper_pause (AltmDraftKeeper *self)
{
  self->is_paused = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
}

/**
 * altm_draft_keeper_resume:
 *
 * The record was not saved.
 */
void
altm_draft_keeper_resume (AltmDraftKeeper *self)
{
  self->is_paused = FALSE;
  altm_draft_keeper_save_now (self);
}

static void
dropped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(AltmDraftKeeper) self = user_data;
  g_autoptr(GError) error = NULL;

  finish (result, &error);
  if (error != NULL)
    g_info ("A draft of the form %s was not dropped: %s", self->form, error->message);
}

static void
let_go (AltmDraftKeeper *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  set_guarding (self, FALSE);
  self->source = NULL;
}

/**
 * altm_draft_keeper_discard:
 *
 * Forgets the form, on the disk too.
 */
void
altm_draft_keeper_discard (AltmDraftKeeper *self)
{
  let_go (self);
  self->is_kept = FALSE;
  if (self->is_begun)
    run (self, drop_job, job_new (self), dropped_cb);
}

/**
 * altm_draft_keeper_close:
 *
 * The form goes away, and its draft stays: what was typed a moment ago is kept first.
 */
void
altm_draft_keeper_close (AltmDraftKeeper *self)
{
  self->is_running = FALSE;
  flush (self);
  let_go (self);
}

const char *
altm_draft_keeper_get_form (AltmDraftKeeper *self)
{
  return self->form;
}

/**
 * altm_draft_keeper_get_id:
 *
 * Returns: the id that the form's record has, or will have
 */
const char *
altm_draft_keeper_get_id (AltmDraftKeeper *self)
{
  return self->id;
}

/**
 * altm_draft_keeper_set_source:
 * @form: whom to ask what it holds; it calls altm_draft_keeper_close() before it goes away
 */
void
altm_draft_keeper_set_source (AltmDraftKeeper *self, AltmDraftSource source, gpointer form)
{
  self->source = source;
  self->source_data = form;
}

static void
altm_draft_keeper_dispose (GObject *object)
{
  AltmDraftKeeper *self = ALTM_DRAFT_KEEPER (object);

  if (self->lock != NULL)
    let_go (self);
  g_clear_object (&self->lock);
  g_clear_pointer (&self->worker, altm_worker_unref);
  G_OBJECT_CLASS (altm_draft_keeper_parent_class)->dispose (object);
}

static void
altm_draft_keeper_finalize (GObject *object)
{
  AltmDraftKeeper *self = ALTM_DRAFT_KEEPER (object);

  g_free (self->form);
  g_free (self->id);
  G_OBJECT_CLASS (altm_draft_keeper_parent_class)->finalize (object);
}

static void
altm_draft_keeper_class_init (AltmDraftKeeperClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_draft_keeper_dispose;
  G_OBJECT_CLASS (klass)->finalize = altm_draft_keeper_finalize;
  signals[OPENED] =
    g_signal_new ("opened", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[TAKEN] = g_signal_new ("taken", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[UNREADABLE] = g_signal_new ("unreadable", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
altm_draft_keeper_init (AltmDraftKeeper *self)
{
}

/**
 * altm_draft_keeper_new:
 * @worker: the thread that owns the store
 * @lock: has the opened keys
 * @form: the form's name, of its own among all forms that are open or have a draft
 * @id: the id of the record that it will be
 */
AltmDraftKeeper *
altm_draft_keeper_new (AltmWorker *worker, AltmLockKeeper *lock, const char *form, const char *id)
{
  AltmDraftKeeper *self = g_object_new (ALTM_TYPE_DRAFT_KEEPER, NULL);

  self->worker = altm_worker_ref (worker);
  self->lock = g_object_ref (lock);
  self->form = g_strdup (form);
  self->id = g_strdup (id);
  g_signal_connect_object (lock, "closed", G_CALLBACK (closed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (lock, "unlocked", G_CALLBACK (unlocked_cb), self, G_CONNECT_SWAPPED);
  return self;
}
