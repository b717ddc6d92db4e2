/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-session-last.h"

#include "altm-last-contact.h"

typedef struct
{
  char *shift;
  gint64 since;
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

  return altm_last_contact_load (thing, question->shift, question->since, error);
}

static void
free_data (gpointer data)
{
  json_decref (data);
}

/**
 * altm_session_load_last_contact_async:
 *
 * Looks for the last contact of the shift that runs, or ran last. There has to be one.
 */
void
altm_session_load_last_contact_async (AltmSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  const AltmShift *shift = altm_session_get_shift (self);
  Question *question = g_new0 (Question, 1);

  question->shift = g_strdup (shift->id);
  question->since = shift->start;
  altm_worker_run_async (altm_session_get_worker (self), load, question, question_free, free_data, callback, user_data);
}

/**
 * altm_session_load_last_contact_finish:
 *
 * Returns: (transfer full) (nullable): its fields, none of them private; %NULL where there is none to be read
 */
json_t *
altm_session_load_last_contact_finish (GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  json_t *data = altm_worker_run_finish (result, &error);

  if (error != NULL)
    g_warning ("The shift's last contact cannot be read: %s", error->message);
  return data;
}
