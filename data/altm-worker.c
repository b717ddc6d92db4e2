/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-worker.h"

struct _AltmWorker
{
  GThread *thread;
  GAsyncQueue *jobs;
};

typedef struct
{
  AltmWorkerJob job; /* NULL, and no group either: the last one */
  AltmWorkerGroup group;
  gpointer data;
  GDestroyNotify free_data;
  GDestroyNotify free_result;
} Job;

typedef struct
{
  AltmWorkerOpen open;
  gpointer data;
  GDestroyNotify close;
  GAsyncQueue *jobs;
  GAsyncQueue *opened;
} Opening;

typedef struct
{
  gpointer thing;
  GError *error;
} Opened;

static void
free_job (gpointer data)
{
  Job *job = data;

  if (job->free_data != NULL)
    job->free_data (job->data);
  g_free (job);
}

static void
give_result (GTask *task, gpointer result, GError *error)
{
  Job *job = g_task_get_task_data (task);

  if (error == NULL)
    {
      g_task_return_pointer (task, result, job->free_result);
      return;
    }
  if (result != NULL && job->free_result != NULL)
    job->free_result (result);
  g_task_return_error (task, error);
}

/* The next job, and those of the same group that wait right behind it. */
static GPtrArray *
pop_jobs (GAsyncQueue *jobs)
{
  GPtrArray *tasks = g_ptr_array_new_with_free_func (g_object_unref);
  GTask *task = g_async_queue_pop (jobs);
  AltmWorkerGroup group = ((Job *) g_task_get_task_data (task))->group;

  g_ptr_array_add (tasks, task);
  while (group != NULL && (task = g_async_queue_try_pop (jobs)) != NULL)
    {
      if (((Job *) g_task_get_task_data (task))->group != group)
        {
          g_async_queue_push_front (jobs, task);
          break;
        }
      g_ptr_array_add (tasks, task);
    }
  return tasks;
}

static gboolean
do_together (gpointer thing, GTask **tasks, guint n_tasks, GError **error)
{
  g_autofree gpointer *data = g_new0 (gpointer, n_tasks);
  g_autofree gpointer *results = g_new0 (gpointer, n_tasks);
  Job *job = g_task_get_task_data (tasks[0]);

  for (guint i = 0; i < n_tasks; i++)
    data[i] = ((Job *) g_task_get_task_data (tasks[i]))->data;
  if (!job->group (thing, data, n_tasks, results, error))
    return FALSE;
  for (guint i = 0; i < n_tasks; i++)
    give_result (tasks[i], results[i], NULL);
  return TRUE;
}

/* Where they cannot be done together, each is tried by itself, so that none fails for another. */
static void
do_group (gpointer thing, GTask **tasks, guint n_tasks)
{
  g_autoptr(GError) error = NULL;

  if (do_together (thing, tasks, n_tasks, &error))
    return;
  if (n_tasks == 1)
    give_result (tasks[0], NULL, g_steal_pointer (&error));
  for (guint i = 0; n_tasks > 1 && i < n_tasks; i++)
    do_group (thing, &tasks[i], 1);
}

static void
do_job (gpointer thing, GTask *task)
{
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  gpointer result = job->job (thing, job->data, &error);

  give_result (task, result, error);
}

static void
work (GAsyncQueue *jobs, gpointer thing)
{
  for (;;)
    {
      g_autoptr(GPtrArray) tasks = pop_jobs (jobs);
      Job *first = g_task_get_task_data (tasks->pdata[0]);

      if (first->group != NULL)
        do_group (thing, (GTask **) tasks->pdata, tasks->len);
      else if (first->job != NULL)
        do_job (thing, tasks->pdata[0]);
      else
        return;
    }
}

static gpointer
run_thread (gpointer data)
{
  g_autofree Opening *opening = data;
  g_autoptr(GAsyncQueue) jobs = g_steal_pointer (&opening->jobs);
  GDestroyNotify close = opening->close;
  Opened *opened = g_new0 (Opened, 1);
  gpointer thing;

  thing = opened->thing = opening->open (opening->data, &opened->error);
  g_async_queue_push (opening->opened, opened);
  if (thing == NULL)
    return NULL;
  work (jobs, thing);
  close (thing);
  return NULL;
}

/**
 * altm_worker_new:
 * @open: makes the thing that the thread owns, in the thread, while the caller waits
 * @data: for @open
 * @close: frees the thing, in the thread, after the last job
 *
 * Returns: (transfer full): the worker, or %NULL with what @open set
 */
AltmWorker *
altm_worker_new (AltmWorkerOpen open, gpointer data, GDestroyNotify close, GError **error)
{
  g_autoptr(GAsyncQueue) jobs = g_async_queue_new_full (g_object_unref);
  g_autoptr(GAsyncQueue) answers = g_async_queue_new ();
  Opening *opening = g_new0 (Opening, 1);
  g_autofree Opened *opened = NULL;
  AltmWorker *self;
  GThread *thread;

  *opening = (Opening) { open, data, close, g_async_queue_ref (jobs), answers };
  thread = g_thread_new ("altm-worker", run_thread, opening);
  opened = g_async_queue_pop (answers);
  if (opened->thing == NULL)
    {
      g_thread_join (thread);
      g_propagate_error (error, opened->error);
      return NULL;
    }

  self = g_atomic_rc_box_new0 (AltmWorker);
  self->thread = thread;
  self->jobs = g_steal_pointer (&jobs);
  return self;
}

AltmWorker *
altm_worker_ref (AltmWorker *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
push (AltmWorker *self, Job job, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Job *content = g_new0 (Job, 1);

  *content = job;
  g_task_set_task_data (task, content, free_job);
  g_async_queue_push (self->jobs, task);
}

static void
end_worker (gpointer data)
{
  AltmWorker *self = data;

  push (self, (Job) { NULL }, NULL, NULL);
  g_thread_join (self->thread);
  g_async_queue_unref (self->jobs);
}

/**
 * altm_worker_unref:
 *
 * With the last reference, waits until the jobs given so far are done, and closes the thing.
 */
void
altm_worker_unref (AltmWorker *self)
{
  g_atomic_rc_box_release_full (self, end_worker);
}

/**
 * altm_worker_run_async:
 * @job: what to do, in the worker's thread
 * @data: for @job
 * @free_data: (nullable): frees @data when the job is over
 * @free_result: (nullable): frees the job's result where nobody takes it
 * @callback: called on the caller's main context
 *
 * Gives the worker a job; jobs are done in the order in which they are given.
 */
void
altm_worker_run_async (AltmWorker *self, AltmWorkerJob job, gpointer data, GDestroyNotify free_data,
                       GDestroyNotify free_result, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (job != NULL);
  push (self, (Job) { job, NULL, data, free_data, free_result }, callback, user_data);
}

/**
 * altm_worker_run_grouped_async:
 * @group: does this job, and with it those of the same @group that were given right behind it
 *
 * As altm_worker_run_async(), for jobs that are cheaper done together: what costs most, a COMMIT say, they share.
 */
void
altm_worker_run_grouped_async (AltmWorker *self, AltmWorkerGroup group, gpointer data, GDestroyNotify free_data,
                               GDestroyNotify free_result, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (group != NULL);
  push (self, (Job) { NULL, group, data, free_data, free_result }, callback, user_data);
}

/**
 * altm_worker_run_finish:
 *
 * Returns: (transfer full): the job's result; %NULL with @error set where the job set it
 */
gpointer
altm_worker_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/**
 * altm_worker_run:
 *
 * As altm_worker_run_async(), but waits: for programs without a main loop and for tests.
 *
 * Returns: (transfer full): the job's result; %NULL with @error set where the job set it
 */
gpointer
altm_worker_run (AltmWorker *self, AltmWorkerJob job, gpointer data, GError **error)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(GAsyncResult) result = NULL;

  g_main_context_push_thread_default (context);
  altm_worker_run_async (self, job, data, NULL, NULL, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  return altm_worker_run_finish (result, error);
}
