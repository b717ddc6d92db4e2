/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-lock-jobs.h"

#include <sodium.h>

#include "altm-withdrawal.h"

/* One unlocking or one change of the lock. What is slow in it, making a key of a secret, goes on
 * in a thread of its own, so that the store's thread takes what is recorded meanwhile. */
typedef struct
{
  char *holder;
  char *secret;
  AltmVault *vault;
  AltmVault *changed;
  AltmOpenedPair *held;
  AltmSealPair *pair;
  GError *failure;
  guint n_orders;
} Job;

static void
job_free (gpointer data)
{
  Job *self = data;

  g_free (self->holder);
  g_clear_pointer (&self->secret, sodium_free);
  g_clear_pointer (&self->vault, altm_vault_unref);
  g_clear_pointer (&self->changed, altm_vault_unref);
  g_clear_pointer (&self->held, altm_opened_pair_unref);
  g_clear_pointer (&self->pair, altm_seal_pair_free);
  g_clear_error (&self->failure);
  g_free (self);
}

static GTask *
start (AltmSession *session, const char *holder, char *secret, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (session, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);
  AltmLockKeeper *keeper = altm_session_get_keeper (session);

  job->holder = g_strdup (holder);
  job->secret = secret;
  job->n_orders = altm_lock_keeper_get_n_orders (keeper);
  if (altm_lock_keeper_is_unlocked (keeper))
    job->held = altm_opened_pair_ref (altm_lock_keeper_get_pair (keeper));
  if (altm_session_get_lock (session)->vault != NULL)
    job->vault = altm_vault_ref (altm_session_get_lock (session)->vault);
  g_task_set_task_data (task, job, job_free);
  return task;
}

static void
run_in_store (GTask *task, AltmWorkerJob job, GAsyncReadyCallback callback)
{
  AltmSession *session = g_task_get_source_object (task);

  altm_worker_run_async (altm_session_get_worker (session), job, g_task_get_task_data (task), NULL, NULL, callback,
                         g_object_ref (task));
}

static void
run_aside (GTask *task, GTaskThreadFunc run, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) aside = g_task_new (g_task_get_source_object (task), NULL, callback, g_object_ref (task));

  g_task_set_task_data (aside, g_task_get_task_data (task), NULL);
  g_task_run_in_thread (aside, run);
}

/* A tablet that was put away while its keys were being opened stays locked. */
static void
hand_over (AltmSession *session, Job *job)
{
  AltmLockKeeper *keeper = altm_session_get_keeper (session);

  if (job->pair != NULL && altm_lock_keeper_get_n_orders (keeper) == job->n_orders)
    altm_lock_keeper_unlock (keeper, g_steal_pointer (&job->pair), job->holder);
}

static void
finish (GTask *task, GError *error)
{
  AltmSession *session = g_task_get_source_object (task);

  if (error == NULL)
    hand_over (session, g_task_get_task_data (task));
  altm_session_refresh (session);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static gpointer
end_try (gpointer thing, gpointer data, GError **error)
{
  Job *job = data;
  gboolean was_tried = !g_error_matches (job->failure, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_MEMORY);

  if (was_tried)
    altm_lock_end_try (thing, job->vault, job->pair != NULL, g_get_real_time (), error);
  else
    altm_lock_cancel_try (thing, error);
  return NULL;
}

static void
try_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  altm_worker_run_finish (result, &error);
  if (job->failure != NULL)
    {
      g_clear_error (&error);
      error = g_steal_pointer (&job->failure);
    }
  finish (task, error);
}

static void
open_aside (GTask *aside, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  job->pair = altm_vault_open (job->vault, job->holder, job->secret, &job->failure);
  g_clear_pointer (&job->secret, sodium_free);
  g_task_return_boolean (aside, TRUE);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  run_in_store (task, end_try, try_ended_cb);
}

static gpointer
begin_try (gpointer thing, gpointer data, GError **error)
{
  Job *job = data;

  g_clear_pointer (&job->vault, altm_vault_unref);
  job->vault = altm_lock_begin_try (thing, job->holder, g_get_real_time (), error);
  return NULL;
}

static void
try_begun_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  altm_worker_run_finish (result, &error);
  if (error != NULL)
    finish (task, error);
  else
    run_aside (task, open_aside, opened_cb);
}

/**
 * altm_unlock_async:
 * @holder: who unlocks
 * @secret: (transfer full): of sodium_malloc(); wiped as soon as it was used
 *
 * Takes more than half a second. altm_lock_job_finish() ends it, with the errors of
 * altm_lock_begin_try(), altm_vault_open() and altm_lock_end_try().
 */
void
altm_unlock_async (AltmSession *session, const char *holder, char *secret, GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = start (session, holder, secret, callback, user_data);

  run_in_store (task, begin_try, try_begun_cb);
}

static gpointer
put_down (gpointer thing, gpointer data, GError **error)
{
  Job *job = data;

  altm_lock_set (thing, job->vault, job->changed, error);
  return NULL;
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  altm_worker_run_finish (result, &error);
  finish (task, error);
}

static void
wrap_aside (GTask *aside, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  if (job->vault == NULL)
    job->changed = altm_vault_create (job->holder, job->secret, &job->pair, &job->failure);
  else
    job->changed = altm_vault_set_holder (job->vault, altm_opened_pair_get (job->held), job->holder, job->secret,
                                          &job->failure);
  g_clear_pointer (&job->secret, sodium_free);
  g_task_return_boolean (aside, TRUE);
}

static void
wrapped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Job *job = g_task_get_task_data (task);

  if (job->failure != NULL)
    finish (task, g_steal_pointer (&job->failure));
  else
    run_in_store (task, put_down, done_cb);
}

static gboolean
must_unlock (GTask *task)
{
  Job *job = g_task_get_task_data (task);

  if (job->vault == NULL || job->held != NULL)
    return FALSE;
  g_task_return_new_error (task, ALTM_LOCK_ERROR, ALTM_LOCK_ERROR_CHANGED, "The lock was closed meanwhile");
  return TRUE;
}

/**
 * altm_set_secret_async:
 * @secret: (transfer full): of sodium_malloc(); wiped as soon as it was used
 *
 * Sets the tablet's first lock, which is unlocked then; where there is one and it is unlocked,
 * adds @holder or gives them another secret. altm_lock_job_finish() ends it, with the errors of
 * altm_vault_create(), altm_vault_set_holder() and altm_lock_set().
 */
void
altm_set_secret_async (AltmSession *session, const char *holder, char *secret, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = start (session, holder, secret, callback, user_data);

  if (!must_unlock (task))
    run_aside (task, wrap_aside, wrapped_cb);
}

static gpointer
take_away (gpointer thing, gpointer data, GError **error)
{
  Job *job = data;
  g_auto (GStrv) holders = altm_vault_list_holders (job->vault);

  if (g_strv_length (holders) <= 1)
    {
      altm_lock_destroy (thing, ALTM_LOCK_REASON_NONE, error);
      return NULL;
    }
  job->changed = altm_vault_remove_holder (job->vault, job->holder, error);
  if (job->changed != NULL)
    altm_lock_set (thing, job->vault, job->changed, error);
  return NULL;
}

/**
 * altm_remove_secret_async:
 * @holder: who is to hold the keys no longer
 *
 * With the last holder the keys and the readable copies go. The lock has to be unlocked.
 * altm_lock_job_finish() ends it, with the errors of altm_vault_remove_holder(), altm_lock_set()
 * and altm_lock_destroy().
 */
void
altm_remove_secret_async (AltmSession *session, const char *holder, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = start (session, holder, NULL, callback, user_data);

  if (!must_unlock (task))
    run_in_store (task, take_away, done_cb);
}

gboolean
altm_lock_job_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * altm_reading_free:
 * @self: (nullable): freed
 */
void
altm_reading_free (AltmReading *self)
{
  if (self == NULL)
    return;
  altm_latest_free (self->latest);
  altm_latest_free (self->before);
  json_decref (self->private);
  g_free (self);
}

typedef struct
{
  char *id;
  AltmOpenedPair *pair;
} Request;

static void
request_free (gpointer data)
{
  Request *self = data;

  g_free (self->id);
  g_clear_pointer (&self->pair, altm_opened_pair_unref);
  g_free (self);
}

static gpointer
read_record (gpointer thing, gpointer data, GError **error)
{
  Request *request = data;
  g_autoptr (AltmReading) reading = g_new0 (AltmReading, 1);
  AltmSealPair *pair = request->pair == NULL ? NULL : altm_opened_pair_get (request->pair);
  g_autoptr (GError) problem = NULL;

  reading->latest = altm_latest_load (thing, request->id, error);
  if (reading->latest == NULL)
    return NULL;
  if (reading->latest->line.is_deleted)
    reading->before = altm_latest_load_before (thing, request->id, NULL);
  reading->n_referrals = altm_withdrawal_count_referrals (thing, request->id);
  reading->private = altm_copies_load (thing, request->id, pair, &reading->copy, &problem);
  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  return g_steal_pointer (&reading);
}

static void
free_reading (gpointer data)
{
  altm_reading_free (data);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  AltmReading *reading = altm_worker_run_finish (result, &error);

  if (reading == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, reading, free_reading);
}

/**
 * altm_read_async:
 * @id: of a record
 * @pair: (nullable): the opened keys; without them only whether there is something to read
 * @cancellable: cancelled when nobody is there any more to see it
 */
void
altm_read_async (AltmSession *session, const char *id, AltmOpenedPair *pair, GCancellable *cancellable,
                 GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (session, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->id = g_strdup (id);
  request->pair = pair == NULL ? NULL : altm_opened_pair_ref (pair);
  altm_worker_run_async (altm_session_get_worker (session), read_record, request, request_free, free_reading, read_cb,
                         task);
}

/**
 * altm_read_finish:
 *
 * Returns: (transfer full) (nullable): the record, or %NULL with an #AltmStoreError, or
 *   %G_IO_ERROR_CANCELLED
 */
AltmReading *
altm_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
