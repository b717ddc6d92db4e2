/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-test.h"
#include "altm-worker.h"

/* What the worker owns: what was done on it, in which thread. */
typedef struct
{
  GString *done;
  GThread *thread;
} Thing;

static char *closed_with;

static gpointer
open_thing (gpointer data, GError **error)
{
  Thing *thing = g_new0 (Thing, 1);

  thing->done = g_string_new (data);
  thing->thread = g_thread_self ();
  return thing;
}

static void
close_thing (gpointer data)
{
  Thing *thing = data;

  g_assert_true (thing->thread == g_thread_self ());
  g_free (closed_with);
  closed_with = g_string_free (thing->done, FALSE);
  g_free (thing);
}

static gpointer
fail_to_open (gpointer data, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, data);
  return NULL;
}

static gpointer
append (gpointer data, gpointer text, GError **error)
{
  Thing *thing = data;

  g_assert_true (thing->thread == g_thread_self ());
  g_string_append (thing->done, text);
  return g_strdup (thing->done->str);
}

static gpointer
fail_to_work (gpointer thing, gpointer text, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, text);
  return g_strdup ("a result that nobody gets");
}

static gpointer
do_nothing (gpointer thing, gpointer data, GError **error)
{
  return NULL;
}

static AltmWorker *
new_worker (void)
{
  g_autoptr(GError) error = NULL;
  AltmWorker *worker = altm_worker_new (open_thing, (gpointer) ">", close_thing, &error);

  g_assert_no_error (error);
  return worker;
}

static void
collect_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree char *text = altm_worker_run_finish (result, NULL);

  g_ptr_array_add (data, g_strdup (text != NULL ? text : "failed"));
}

static void
jobs_are_done_in_their_order (void)
{
  g_autoptr(AltmWorker) worker = new_worker ();
  g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func (g_free);

  for (char letter = 'a'; letter <= 'z'; letter++)
    altm_worker_run_async (worker, append, g_strndup (&letter, 1), g_free, g_free, collect_cb, results);
  while (results->len < 26)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (g_ptr_array_index (results, 0), ==, ">a");
  g_assert_cmpstr (g_ptr_array_index (results, 25), ==, ">abcdefghijklmnopqrstuvwxyz");
}

static void
waiting_gives_the_result (void)
{
  g_autoptr(AltmWorker) worker = new_worker ();
  g_autoptr(GError) error = NULL;
  g_autofree char *text = altm_worker_run (worker, append, (gpointer) "a", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, ">a");
  g_assert_null (altm_worker_run (worker, do_nothing, NULL, &error));
  g_assert_no_error (error);
}

static void
an_error_comes_in_place_of_the_result (void)
{
  g_autoptr(AltmWorker) worker = new_worker ();
  g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *after = NULL;

  altm_worker_run_async (worker, fail_to_work, (gpointer) "no", NULL, g_free, collect_cb, results);
  while (results->len < 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (g_ptr_array_index (results, 0), ==, "failed");
  after = altm_worker_run (worker, append, (gpointer) "a", NULL);
  g_assert_cmpstr (after, ==, ">a");
}

static gpointer
fail_alone (gpointer thing, gpointer text, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, text);
  return NULL;
}

static void
waiting_gives_the_error (void)
{
  g_autoptr(AltmWorker) worker = new_worker ();
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_worker_run (worker, fail_alone, (gpointer) "no", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "no");
}

static int n_freed;

static void
count_free (gpointer data)
{
  g_atomic_int_inc (&n_freed);
  g_free (data);
}

static void
leave_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
what_nobody_takes_is_freed (void)
{
  g_autoptr(AltmWorker) worker = new_worker ();
  gboolean is_called = FALSE;

  g_atomic_int_set (&n_freed, 0);
  altm_worker_run_async (worker, append, g_strdup ("a"), count_free, count_free, leave_cb, &is_called);
  while (!is_called)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  altm_worker_run (worker, do_nothing, NULL, NULL);
  g_assert_cmpint (g_atomic_int_get (&n_freed), ==, 2);
}

static void
results_of_failed_jobs_are_freed (void)
{
  g_autoptr(AltmWorker) worker = new_worker ();
  g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func (g_free);

  g_atomic_int_set (&n_freed, 0);
  altm_worker_run_async (worker, fail_to_work, (gpointer) "no", NULL, count_free, collect_cb, results);
  while (results->len < 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_atomic_int_get (&n_freed), ==, 1);
}

static void
what_cannot_be_opened_is_told (void)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_worker_new (fail_to_open, (gpointer) "in use", close_thing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_cmpstr (error->message, ==, "in use");
}

static void
the_last_reference_waits_for_the_jobs (void)
{
  AltmWorker *worker = new_worker ();
  AltmWorker *same = altm_worker_ref (worker);
  g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func (g_free);

  g_clear_pointer (&closed_with, g_free);
  for (int i = 0; i < 100; i++)
    altm_worker_run_async (worker, append, (gpointer) "x", NULL, g_free, collect_cb, results);
  altm_worker_unref (worker);
  g_assert_null (closed_with);
  altm_worker_unref (same);
  g_assert_cmpuint (strlen (closed_with), ==, 101);
  while (results->len < 100)
    g_main_context_iteration (NULL, TRUE);
}

static gpointer
wait_until_told (gpointer thing, gpointer told, GError **error)
{
  g_async_queue_pop (told);
  return NULL;
}

/* All of the texts in brackets, unless one of them is a "!". */
static gboolean
append_all (gpointer data, gpointer *texts, guint n_jobs, gpointer *results, GError **error)
{
  Thing *thing = data;
  g_autoptr(GString) done = g_string_new ("(");

  for (guint i = 0; i < n_jobs; i++)
    if (g_str_equal (texts[i], "!"))
      return fail_alone (thing, (gpointer) "no", error) != NULL;
    else
      g_string_append (done, texts[i]);
  g_string_append_printf (thing->done, "%s)", done->str);
  for (guint i = 0; i < n_jobs; i++)
    results[i] = g_strdup (texts[i]);
  return TRUE;
}

static gboolean
append_others (gpointer data, gpointer *texts, guint n_jobs, gpointer *results, GError **error)
{
  return append_all (data, texts, n_jobs, results, error);
}

/* Gives all of the jobs while the thread is busy with another: letters to a group, but capitals to a group of their own, and
 * dots as jobs by themselves. */
static void
assert_grouped (const char *jobs, const char *wanted_done, const char *wanted_results)
{
  g_autoptr(AltmWorker) worker = new_worker ();
  g_autoptr(GAsyncQueue) told = g_async_queue_new ();
  g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *done = NULL, *joined = NULL;

  altm_worker_run_async (worker, wait_until_told, told, NULL, NULL, collect_cb, results);
  for (const char *job = jobs; *job != '\0'; job++)
    if (*job == '.')
      altm_worker_run_async (worker, append, g_strdup ("."), g_free, g_free, collect_cb, results);
    else
      altm_worker_run_grouped_async (worker, g_ascii_isupper (*job) ? append_others : append_all, g_strndup (job, 1), g_free,
                                     g_free, collect_cb, results);
  g_async_queue_push (told, worker);
  while (results->len < 1 + strlen (jobs))
    g_main_context_iteration (NULL, TRUE);
  done = altm_worker_run (worker, append, (gpointer) "", NULL);
  g_assert_cmpstr (done, ==, wanted_done);
  g_ptr_array_add (results, NULL);
  joined = g_strjoinv (" ", (char **) results->pdata + 1);
  g_assert_cmpstr (joined, ==, wanted_results);
}

static void
a_group_is_done_together (void)
{
  assert_grouped ("abc", ">(abc)", "a b c");
}

static void
what_comes_between_divides_a_group (void)
{
  assert_grouped ("ab.cdE", ">(ab).(cd)(E)", "a b >(ab). c d E");
}

static void
one_of_a_group_fails_alone (void)
{
  assert_grouped ("ab!c", ">(a)(b)(c)", "a b failed c");
}

int
main (int argc, char **argv)
{
  int status;

  altm_test_init (&argc, &argv);
  g_test_add_func ("/worker/order", jobs_are_done_in_their_order);
  g_test_add_func ("/worker/wait", waiting_gives_the_result);
  g_test_add_func ("/worker/error", an_error_comes_in_place_of_the_result);
  g_test_add_func ("/worker/error/wait", waiting_gives_the_error);
  g_test_add_func ("/worker/group", a_group_is_done_together);
  g_test_add_func ("/worker/group/divided", what_comes_between_divides_a_group);
  g_test_add_func ("/worker/group/failed", one_of_a_group_fails_alone);
  g_test_add_func ("/worker/freed", what_nobody_takes_is_freed);
  g_test_add_func ("/worker/freed/failed", results_of_failed_jobs_are_freed);
  g_test_add_func ("/worker/open", what_cannot_be_opened_is_told);
  g_test_add_func ("/worker/last", the_last_reference_waits_for_the_jobs);
  status = g_test_run ();
  g_free (closed_with);
  return status;
}
