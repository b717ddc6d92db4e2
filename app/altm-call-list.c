/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-call-list.h"

#include <sodium.h>
#include <string.h>

/* Among the private fields of the list's draft: what is typed and not yet added to it. */
#define TYPED "typed"

/* In its clear part: who they all are, a code, and how many of them were called. */
#define PUBLIC "public"
#define CALLED "called"

struct _AltmCallList
{
  GObject parent_instance;

  AltmWorker *worker;
  AltmLockKeeper *lock;
  AltmDraftKeeper *keeper;
  char *shift;
  char *form;
  AltmCalls *calls;
  AltmCalls *next;
  char *typed;
  char *public;
  int n_called;
  gboolean has_typed;
};

G_DEFINE_FINAL_TYPE (AltmCallList, altm_call_list, G_TYPE_OBJECT)

enum
{
  CHANGED,
  LOST,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
changed (AltmCallList *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
set_typed (AltmCallList *self, const char *text)
{
  sodium_memzero (self->typed, strlen (self->typed));
  g_free (self->typed);
  self->typed = g_strdup (text == NULL ? "" : text);
}

static void
change_typed (AltmCallList *self, const char *text)
{
  set_typed (self, text);
  self->has_typed = *self->typed != '\0';
}

/* Whether something is typed is told while it is sealed too. */
static json_t *
to_data (AltmCallList *self, AltmCalls *calls)
{
  json_t *data = altm_calls_to_data (calls);

  json_object_set_new (data, TYPED, json_boolean (self->has_typed));
  json_object_set_new (data, CALLED, json_integer (self->n_called));
  if (self->public != NULL)
    json_object_set_new (data, PUBLIC, json_string (self->public));
  return data;
}

static json_t *
to_private (AltmCallList *self, AltmCalls *calls)
{
  json_t *private = altm_calls_to_private (calls);

  if (*self->typed == '\0')
    return private;
  if (private == NULL)
    private = json_object ();
  json_object_set_new (private, TYPED, json_string (self->typed));
  return private;
}

static void
tell (gpointer form, json_t **data, json_t **private)
{
  AltmCallList *self = form;

  *data = to_data (self, self->calls);
  *private = to_private (self, self->calls);
}

static void
taken_cb (AltmCallList *self)
{
  altm_calls_forget (self->calls);
  if (self->next != NULL)
    altm_calls_forget (self->next);
  set_typed (self, NULL);
  changed (self);
}

static void
lose (AltmCallList *self)
{
  altm_call_list_close (self);
  g_signal_emit (self, signals[LOST], 0);
}

static void
opened_cb (AltmCallList *self, json_t *private)
{
  if (private == NULL)
    {
      lose (self);
      return;
    }
  altm_calls_recall (self->calls, private);
  if (self->next != NULL)
    altm_calls_recall (self->next, private);
  change_typed (self, altm_json_get_string (private, TYPED));
  changed (self);
}

static gboolean
is_empty (AltmCallList *self)
{
  return altm_calls_get_n (self->calls) == 0 && !self->has_typed;
}

/* A lock that was just set seals what was in memory alone. */
static void
unlocked_cb (AltmCallList *self)
{
  if (!altm_draft_keeper_is_kept (self->keeper) && !is_empty (self))
    altm_draft_keeper_save_now (self->keeper);
  changed (self);
}

static void
open_keeper (AltmCallList *self)
{
  self->keeper = altm_draft_keeper_new (self->worker, self->lock, self->form, self->shift);
  altm_draft_keeper_set_source (self->keeper, tell, self);
  g_signal_connect_object (self->keeper, "taken", G_CALLBACK (taken_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keeper, "opened", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keeper, "unreadable", G_CALLBACK (lose), self, G_CONNECT_SWAPPED);
}

static void
discard (AltmCallList *self)
{
  g_signal_handlers_disconnect_by_data (self->keeper, self);
  altm_draft_keeper_discard (self->keeper);
  g_clear_object (&self->keeper);
}

static void
delete_all (AltmCallList *self)
{
  discard (self);
  g_clear_pointer (&self->next, altm_calls_free);
  g_clear_pointer (&self->calls, altm_calls_free);
  self->calls = altm_calls_new ();
  change_typed (self, NULL);
  open_keeper (self);
  changed (self);
}

/**
 * altm_call_list_close:
 *
 * Deletes the list, on the disk too. Another one can be begun.
 */
void
altm_call_list_close (AltmCallList *self)
{
  self->n_called = 0;
  delete_all (self);
}

/**
 * altm_call_list_resume:
 * @draft: of this shift's list
 *
 * Goes on with a list that was there when the app ended. Without a lock its numbers were in memory alone: it is
 * lost then.
 */
void
altm_call_list_resume (AltmCallList *self, const AltmDraft *draft)
{
  g_clear_pointer (&self->calls, altm_calls_free);
  self->calls = altm_calls_new_from (draft->data);
  self->n_called = (int) altm_json_get_integer (draft->data, CALLED, 0);
  self->has_typed = json_is_true (json_object_get (draft->data, TYPED));
  g_free (self->public);
  self->public = g_strdup (altm_json_get_string (draft->data, PUBLIC));
  altm_draft_keeper_set_kept (self->keeper);
  if (draft->state != ALTM_COPY_READABLE)
    lose (self);
  else
    altm_draft_keeper_open (self->keeper);
}

/**
 * altm_call_list_look:
 *
 * The keys were destroyed: nothing is waited for that can't come.
 */
void
altm_call_list_look (AltmCallList *self)
{
  if (altm_draft_keeper_is_kept (self->keeper))
    altm_draft_keeper_open (self->keeper);
}

const char *
altm_call_list_get_shift (AltmCallList *self)
{
  return self->shift;
}

/**
 * altm_call_list_is_sealed:
 *
 * Returns: whether the names and numbers are on the disk alone
 */
gboolean
altm_call_list_is_sealed (AltmCallList *self)
{
  return altm_draft_keeper_is_kept (self->keeper);
}

guint
altm_call_list_get_n (AltmCallList *self)
{
  return altm_calls_get_n (self->calls);
}

/**
 * altm_call_list_get:
 * @place: 0 for the next call
 *
 * Returns: (transfer none) (nullable): a call, until the list changes
 */
const AltmCallLine *
altm_call_list_get (AltmCallList *self, guint place)
{
  return altm_calls_get (self->calls, place);
}

/**
 * altm_call_list_get_typed:
 *
 * Returns: (transfer none): lines that are not yet added, or could not be
 */
const char *
altm_call_list_get_typed (AltmCallList *self)
{
  return self->typed;
}

/**
 * altm_call_list_set_typed:
 *
 * Something was typed; it is sealed a moment later.
 */
void
altm_call_list_set_typed (AltmCallList *self, const char *text)
{
  if (altm_draft_keeper_is_kept (self->keeper) || g_str_equal (text, self->typed))
    return;
  change_typed (self, text);
  altm_draft_keeper_save_soon (self->keeper);
}

/**
 * altm_call_list_add_typed:
 *
 * Adds the lines that were typed; those without a telephone number are still typed afterwards.
 *
 * Returns: how many were added
 */
guint
altm_call_list_add_typed (AltmCallList *self)
{
  g_autofree char *rest = NULL;
  guint n_added;

  if (altm_draft_keeper_is_kept (self->keeper))
    return 0;
  if (altm_calls_get_n (self->calls) == 0)
    self->n_called = 0;
  n_added = altm_calls_add (self->calls, self->typed, &rest);
  change_typed (self, rest);
  sodium_memzero (rest, strlen (rest));
  altm_draft_keeper_save_now (self->keeper);
  changed (self);
  return n_added;
}

/* The last one was done: nothing is left that would have to be kept. */
static void
save_or_close (AltmCallList *self)
{
  if (is_empty (self))
    {
      delete_all (self);
      return;
    }
  altm_draft_keeper_save_now (self->keeper);
  changed (self);
}

/**
 * altm_call_list_remove:
 * @place: 0 for the next call
 *
 * Takes a line from the list that is not to be called.
 */
void
altm_call_list_remove (AltmCallList *self, guint place)
{
  altm_calls_remove (self->calls, place);
  save_or_close (self);
}

/**
 * altm_call_list_get_public:
 *
 * Returns: (nullable) (transfer none): who was called last, a code of the list `public`: the next one is
 *   another of them
 */
const char *
altm_call_list_get_public (AltmCallList *self)
{
  return self->public;
}

void
altm_call_list_set_public (AltmCallList *self, const char *public)
{
  g_free (self->public);
  self->public = g_strdup (public);
  if (!is_empty (self))
    altm_draft_keeper_save_now (self->keeper);
}

/**
 * altm_call_list_get_n_called:
 *
 * Returns: how many people were called of a list that came to its end; 0 while there is something on it, and where there
 *   was none or it was closed before
 */
guint
altm_call_list_get_n_called (AltmCallList *self)
{
  return is_empty (self) ? (guint) self->n_called : 0;
}

/**
 * altm_call_list_begin_step:
 * @is_again: whether the next call is to be tried again, after all the others; else it is done
 * @entries: the call's record: the list changes on the disk in the same transaction
 *
 * The next call's record is about to be saved; altm_call_list_end_step() says what became of that. Until then the
 * list stays as it is.
 */
void
altm_call_list_begin_step (AltmCallList *self, gboolean is_again, AltmEntryList *entries)
{
  if (altm_calls_get_n (self->calls) == 0)
    return;
  self->next = altm_calls_copy (self->calls);
  if (is_again)
    altm_calls_postpone (self->next);
  else
    {
      altm_calls_remove (self->next, 0);
      self->n_called++;
    }
  altm_draft_keeper_pause (self->keeper);
  if (altm_calls_get_n (self->next) == 0 && !self->has_typed)
    {
      altm_entry_list_add_draft (entries, self->form);
      return;
    }
  altm_entry_list_change_draft (entries, self->form, self->shift, to_data (self, self->next),
                                altm_draft_keeper_is_kept (self->keeper) ? NULL : to_private (self, self->next));
}

/**
 * altm_call_list_end_step:
 * @is_saved: whether the record is on the disk
 */
void
altm_call_list_end_step (AltmCallList *self, gboolean is_saved)
{
  if (self->next == NULL)
    return;
  if (is_saved)
    {
      altm_calls_free (self->calls);
      self->calls = g_steal_pointer (&self->next);
    }
  else if (altm_calls_get_n (self->next) < altm_calls_get_n (self->calls))
    self->n_called--;
  g_clear_pointer (&self->next, altm_calls_free);
  if (is_empty (self))
    {
      delete_all (self);
      return;
    }
  altm_draft_keeper_resume (self->keeper);
  changed (self);
}

static void
altm_call_list_dispose (GObject *object)
{
  AltmCallList *self = ALTM_CALL_LIST (object);

  if (self->keeper != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->keeper, self);
      altm_draft_keeper_close (self->keeper);
    }
  g_clear_object (&self->keeper);
  g_clear_object (&self->lock);
  g_clear_pointer (&self->worker, altm_worker_unref);
  G_OBJECT_CLASS (altm_call_list_parent_class)->dispose (object);
}

static void
altm_call_list_finalize (GObject *object)
{
  AltmCallList *self = ALTM_CALL_LIST (object);

  altm_calls_free (self->calls);
  altm_calls_free (self->next);
  set_typed (self, NULL);
  g_free (self->typed);
  g_free (self->public);
  g_free (self->shift);
  g_free (self->form);
  G_OBJECT_CLASS (altm_call_list_parent_class)->finalize (object);
}

static void
altm_call_list_class_init (AltmCallListClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_call_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = altm_call_list_finalize;
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LOST] = g_signal_new ("lost", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
altm_call_list_init (AltmCallList *self)
{
  self->calls = altm_calls_new ();
  self->typed = g_strdup ("");
}

/**
 * altm_call_list_new:
 * @worker: the thread that owns the store
 * @lock: has the opened keys
 * @shift: id of the shift in which they are called
 */
AltmCallList *
altm_call_list_new (AltmWorker *worker, AltmLockKeeper *lock, const char *shift)
{
  AltmCallList *self = g_object_new (ALTM_TYPE_CALL_LIST, NULL);

  self->worker = altm_worker_ref (worker);
  self->lock = g_object_ref (lock);
  self->shift = g_strdup (shift);
  self->form = altm_calls_name_form (shift);
  open_keeper (self);
  g_signal_connect_object (lock, "unlocked", G_CALLBACK (unlocked_cb), self, G_CONNECT_SWAPPED);
  return self;
}
