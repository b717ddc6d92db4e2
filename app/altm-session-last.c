/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-session-last.h"

#include "altm-last-record.h"

typedef struct
{
  char *shift;
  gint64 since;
  const char *type;
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_free (self->shift);
  g_free (self);
}

static gpointer
load (gpointer thing, gpointer data, GError **error)
{
  const Question *question = data;

  return altm_last_record_load (thing, question->shift, question->since, question->type, error);
}

static void
free_latest (gpointer data)
{
  altm_latest_free (data);
}

/**
 * altm_session_load_last_async:
 * @type: (nullable): as for altm_last_record_load(); a static string
 *
 * Looks for what was recorded last in the shift that runs, or ran last. There has to be one.
 */
void
altm_session_load_last_async (AltmSession *self, const char *type, GAsyncReadyCallback callback, gpointer user_data)
{
  const AltmShift *shift = altm_session_get_shift (self);
  Question *question = g_new0 (Question, 1);

  question->shift = g_strdup (shift->id);
  question->since = shift->start;
  question->type = type;
  altm_worker_run_async (altm_session_get_worker (self), load, question, question_free, free_latest, callback, user_data);
}

/**
 * altm_session_load_last_finish:
 *
 * Returns: (transfer full) (nullable): the record; %NULL where there is none to be read
 */
AltmLatest *
altm_session_load_last_finish (GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  AltmLatest *latest = altm_worker_run_finish (result, &error);

  if (error != NULL)
    g_warning ("The shift's last record cannot be read: %s", error->message);
  return latest;
}
