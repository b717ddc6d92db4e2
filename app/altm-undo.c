/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-undo.h"

#include <glib/gi18n.h>

#include "altm-dialog.h"
#include "altm-navigation.h"
#include "altm-session-withdraw.h"
#include "altm-uuid.h"
#include "altm-window.h"

struct _AltmUndo
{
  GObject parent_instance;

  AltmSession *session;
  char *id;
  AltmUndoReopen reopen;
  json_t *origin;
  json_t *data;
  json_t *private;
  AltmReferral *referral;
  GtkWidget *over;
};

G_DEFINE_FINAL_TYPE (AltmUndo, altm_undo, G_TYPE_OBJECT)

static void
closed_cb (AltmUndo *self)
{
  g_clear_pointer (&self->private, json_decref);
  if (self->referral != NULL)
    altm_referral_forget_person (self->referral);
}

/**
 * altm_undo_hold:
 * @origin: of the form, see altm_session_new_origin()
 * @data: (transfer full): its fields
 * @private: (transfer full) (nullable): its private fields
 * @referral: (nullable): the referral that was saved with it
 */
void
altm_undo_hold (AltmUndo *self, json_t *origin, json_t *data, json_t *private, const AltmReferral *referral)
{
  self->origin = json_deep_copy (origin);
  self->data = data;
  self->private = private;
  self->referral = referral == NULL ? NULL : altm_referral_copy (referral);
}

AltmSession *
altm_undo_get_session (AltmUndo *self)
{
  return self->session;
}

json_t *
altm_undo_get_origin (AltmUndo *self)
{
  return self->origin;
}

json_t *
altm_undo_get_data (AltmUndo *self)
{
  return self->data;
}

/**
 * altm_undo_get_note:
 *
 * Returns: (nullable) (transfer none): the note, %NULL where there was none or the lock has closed since
 */
const char *
altm_undo_get_note (AltmUndo *self)
{
  return altm_json_get_string (self->private, "note");
}

/**
 * altm_undo_new_referral:
 *
 * Returns: (nullable) (transfer full): the referral, for a record of its own; the person keeps the code that they were given
 */
AltmReferral *
altm_undo_new_referral (AltmUndo *self)
{
  AltmReferral *referral;

  if (self->referral == NULL)
    return NULL;
  referral = altm_referral_copy (self->referral);
  g_free (referral->id);
  referral->id = altm_uuid_new_v7 (g_get_real_time ());
  return referral;
}

static void
withdrawn_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmUndo) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AltmWithdrawal) withdrawal = altm_session_withdraw_finish (ALTM_SESSION (source), result, &error);

  if (self->over == NULL || gtk_widget_get_root (self->over) == NULL)
    return;
  if (withdrawal == NULL)
    altm_dialog_show_unsaved (self->over, error);
  else
    altm_navigation_push (self->over, self->reopen (self));
}

static void
undo_cb (AltmUndo *self)
{
  altm_session_withdraw_async (self->session, self->id, withdrawn_cb, g_object_ref (self));
}

/**
 * altm_undo_offer:
 * @from: the form that was saved, still on the screen
 *
 * Says that it was saved, and offers for a moment to take it back: the record is withdrawn then, and its form is there again.
 */
void
altm_undo_offer (AltmUndo *self, GtkWidget *from)
{
  g_set_weak_pointer (&self->over, altm_window_offer (from, _("Record saved"), _("Undo"), G_CALLBACK (undo_cb),
                                                      G_OBJECT (self)));
}

static void
altm_undo_dispose (GObject *object)
{
  AltmUndo *self = ALTM_UNDO (object);

  g_clear_weak_pointer (&self->over);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_undo_parent_class)->dispose (object);
}

static void
altm_undo_finalize (GObject *object)
{
  AltmUndo *self = ALTM_UNDO (object);

  g_free (self->id);
  json_decref (self->origin);
  json_decref (self->data);
  json_decref (self->private);
  g_clear_pointer (&self->referral, altm_referral_free);
  G_OBJECT_CLASS (altm_undo_parent_class)->finalize (object);
}

static void
altm_undo_class_init (AltmUndoClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = altm_undo_dispose;
  G_OBJECT_CLASS (klass)->finalize = altm_undo_finalize;
}

static void
altm_undo_init (AltmUndo *self)
{
}

/**
 * altm_undo_new:
 * @id: of the record that was saved; the referrals of a contact are withdrawn with it
 */
AltmUndo *
altm_undo_new (AltmSession *session, const char *id, AltmUndoReopen reopen)
{
  AltmUndo *self = g_object_new (ALTM_TYPE_UNDO, NULL);

  self->session = g_object_ref (session);
  self->id = g_strdup (id);
  self->reopen = reopen;
  g_signal_connect_object (altm_session_get_keeper (session), "closed", G_CALLBACK (closed_cb), self, G_CONNECT_SWAPPED);
  return self;
}
