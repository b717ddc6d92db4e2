/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AltmWorker: one thread that owns one thing, a store say, and does jobs on it one after the
 * other, in the order in which they were given.
 */
typedef struct _AltmWorker AltmWorker;

/** AltmWorkerOpen: makes the thing, in the thread; returns %NULL with an error set if it cannot. */
typedef gpointer (*AltmWorkerOpen) (gpointer data, GError **error);

/**
 * AltmWorkerJob: a job, in the thread, on the @thing.
 * Returns: (transfer full): its result, freed by the caller of altm_worker_run_finish(); a job
 *   that can fail sets @error, whatever it returns
 */
typedef gpointer (*AltmWorkerJob) (gpointer thing, gpointer data, GError **error);

/**
 * AltmWorkerGroup: several jobs at once, in the thread, on the @thing: all of them, or none.
 * @data: of each job, in the order in which they were given
 * @results: (out) (transfer full): of each job
 * Returns: whether they were done; %FALSE with @error set where nothing was, and each is then tried by itself
 */
typedef gboolean (*AltmWorkerGroup) (gpointer thing, gpointer *data, guint n_jobs, gpointer *results, GError **error);

AltmWorker *altm_worker_new (AltmWorkerOpen open, gpointer data, GDestroyNotify close, GError **error);
AltmWorker *altm_worker_ref (AltmWorker *self);
void altm_worker_unref (AltmWorker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmWorker, altm_worker_unref)

void altm_worker_run_async (AltmWorker *self, AltmWorkerJob job, gpointer data,
                            GDestroyNotify free_data, GDestroyNotify free_result,
                            GAsyncReadyCallback callback, gpointer user_data);
void altm_worker_run_grouped_async (AltmWorker *self, AltmWorkerGroup group, gpointer data,
                                    GDestroyNotify free_data, GDestroyNotify free_result,
                                    GAsyncReadyCallback callback, gpointer user_data);
gpointer altm_worker_run_finish (GAsyncResult *result, GError **error);
gpointer altm_worker_run (AltmWorker *self, AltmWorkerJob job, gpointer data, GError **error);

G_END_DECLS
