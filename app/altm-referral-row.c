/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-referral-row.h"

#include <glib/gi18n.h>

#include "altm-dialog.h"
#include "altm-kept-box.h"
#include "altm-navigation.h"
#include "altm-record-type.h"
#include "altm-referral-details-page.h"
#include "altm-referral-page.h"
#include "altm-referral.h"

struct _AltmReferralRow
{
  AdwActionRow parent_instance;

  GtkWidget *remove_button;

  AltmSession *session;
  char *contact;
  char *public;
  AltmReferral *referral;
  AltmDraftKeeper *keeper;
};

G_DEFINE_FINAL_TYPE (AltmReferralRow, altm_referral_row, ADW_TYPE_ACTION_ROW)

enum
{
  REFERRED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
tell_referral (gpointer form, json_t **data, json_t **private)
{
  AltmReferralRow *self = form;

  *data = altm_referral_to_draft (self->referral);
  *private = altm_referral_to_private (self->referral);
}

static void
show (AltmReferralRow *self)
{
  g_autofree char *subtitle = NULL;

  gtk_widget_set_visible (self->remove_button, self->referral != NULL);
  if (self->referral != NULL)
    subtitle = g_strdup_printf (_("%1$s · code to give: %2$s"), altm_referral_get_target (self->referral, self->session),
                                self->referral->reference);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle == NULL ? "" : subtitle);
}

/* What names the person goes with the lock, from memory too. */
static void
taken_cb (AltmReferralRow *self)
{
  altm_referral_forget_person (self->referral);
}

static void
opened_cb (AltmReferralRow *self, json_t *private)
{
  altm_referral_set_private (self->referral, private);
  if (private == NULL)
    altm_kept_tell_gone (GTK_WIDGET (self));
}

static void
unreadable_cb (AltmReferralRow *self)
{
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self),
                               _("Who it is can’t be read any more on this tablet: remove the referral, and refer again."));
}

/* HQ reset the PIN, or the tries are spent: nothing is waited for that can't come. */
static void
session_changed_cb (AltmReferralRow *self)
{
  if (altm_referral_row_is_kept (self) && !altm_session_get_lock (self->session)->is_set)
    altm_draft_keeper_open (self->keeper);
}

/**
 * altm_referral_row_close:
 *
 * The form goes away, and the draft stays.
 */
void
altm_referral_row_close (AltmReferralRow *self)
{
  if (self->keeper != NULL)
    altm_session_close_form (self->session, g_steal_pointer (&self->keeper));
  g_clear_pointer (&self->referral, altm_referral_free);
}

/* @referral: (transfer full) */
static void
set_referral (AltmReferralRow *self, AltmReferral *referral)
{
  altm_referral_row_close (self);
  self->referral = referral;
  self->keeper = altm_session_open_form (self->session, "referral", self->contact, referral->id);
  altm_draft_keeper_set_source (self->keeper, tell_referral, self);
  g_signal_connect_object (self->keeper, "taken", G_CALLBACK (taken_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keeper, "opened", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keeper, "unreadable", G_CALLBACK (unreadable_cb), self, G_CONNECT_SWAPPED);
  show (self);
}

static void
referred_cb (AltmReferralRow *self, AltmReferral *referral)
{
  set_referral (self, altm_referral_copy (referral));
  altm_draft_keeper_save_now (self->keeper);
  g_signal_emit (self, signals[REFERRED], 0);
}

static gboolean
is_child (AltmReferralRow *self)
{
  return g_strcmp0 (self->public, "enfant") == 0;
}

/**
 * altm_referral_row_refer:
 * @themes: of the contact, by which structures are offered
 */
void
altm_referral_row_refer (AltmReferralRow *self, json_t *themes)
{
  GtkWidget *page = altm_referral_page_new (self->session, themes, is_child (self), self->contact);

  g_signal_connect_object (page, "referred", G_CALLBACK (referred_cb), self, G_CONNECT_SWAPPED);
  altm_navigation_push (GTK_WIDGET (self), page);
}

/**
 * altm_referral_row_open_details:
 *
 * Goes on with a referral whose details were being entered, if there is one.
 */
void
altm_referral_row_open_details (AltmReferralRow *self)
{
  const AltmDraft *draft = altm_session_find_draft (self->session, "details", self->contact);
  GtkWidget *page;

  if (draft == NULL || (self->referral != NULL && g_strcmp0 (self->referral->id, draft->id) == 0))
    return;
  page = altm_referral_details_page_new_from (self->session, draft, is_child (self), self->contact);
  g_signal_connect_object (page, "referred", G_CALLBACK (referred_cb), self, G_CONNECT_SWAPPED);
  altm_navigation_push (GTK_WIDGET (self), page);
}

/**
 * altm_referral_row_resume:
 *
 * Goes on with the draft of a referral, if there is one.
 */
void
altm_referral_row_resume (AltmReferralRow *self)
{
  const AltmDraft *draft = altm_session_find_draft (self->session, "referral", self->contact);
  gboolean is_sealed = draft != NULL && draft->state != ALTM_COPY_NONE;

  if (draft == NULL)
    return;
  set_referral (self, altm_referral_from_draft (draft));
  if (is_sealed)
    altm_draft_keeper_set_kept (self->keeper);
  altm_draft_keeper_save_now (self->keeper);
  if (is_sealed)
    altm_draft_keeper_open (self->keeper);
}

/**
 * altm_referral_row_discard:
 *
 * Forgets the referral, on the disk too.
 */
void
altm_referral_row_discard (AltmReferralRow *self)
{
  if (self->keeper != NULL)
    altm_draft_keeper_discard (self->keeper);
  altm_referral_row_close (self);
  show (self);
}

/**
 * altm_referral_row_get_keeper:
 *
 * Returns: (nullable) (transfer none): of the referral's draft, where there is a referral
 */
AltmDraftKeeper *
altm_referral_row_get_keeper (AltmReferralRow *self)
{
  return self->keeper;
}

gboolean
altm_referral_row_is_kept (AltmReferralRow *self)
{
  return self->keeper != NULL && altm_draft_keeper_is_kept (self->keeper);
}

/**
 * altm_referral_row_set_public:
 * @public: who the contact is with
 *
 * A child cannot agree alone: what was agreed before it was said that this is a child's referral has to be asked
 * again, and what was written under it is forgotten.
 */
void
altm_referral_row_set_public (AltmReferralRow *self, const char *public)
{
  g_free (self->public);
  self->public = g_strdup (public);
  if (self->referral == NULL || self->referral->consent_of == NULL ||
      altm_consent_is_enough (public, self->referral->consent_of))
    return;
  altm_referral_withdraw_consent (self->referral);
  altm_draft_keeper_replace (self->keeper);
  show (self);
  altm_dialog_tell (GTK_WIDGET (self), _("A child does not agree alone"),
                    _("The name that you entered is no longer kept. Ask a parent or the legal guardian "
                      "for their agreement, then refer again."),
                    NULL, NULL);
}

static void
drop_draft (AltmReferralRow *self, AltmEntryList *entries, const char *kind)
{
  g_autofree char *form = altm_session_name_form (kind, self->contact);

  altm_entry_list_add_draft (entries, form);
}

/**
 * altm_referral_row_begin_save:
 * @origin: of the contact
 *
 * Adds the referral, if there is one, to what is saved with its contact.
 */
void
altm_referral_row_begin_save (AltmReferralRow *self, AltmEntryList *entries, json_t *origin)
{
  if (self->referral != NULL)
    altm_session_add (self->session, entries, "referral", self->referral->id, origin,
                      altm_referral_to_data (self->referral, altm_session_get_lists (self->session), self->contact,
                                             self->public),
                      altm_referral_to_private (self->referral));
  drop_draft (self, entries, "referral");
  drop_draft (self, entries, "details");
  if (self->keeper != NULL)
    altm_draft_keeper_pause (self->keeper);
}

void
altm_referral_row_end_save (AltmReferralRow *self, gboolean is_saved)
{
  if (!is_saved && self->keeper != NULL)
    altm_draft_keeper_resume (self->keeper);
}

/**
 * altm_referral_row_set_contact:
 * @contact: id of the contact that the referral belongs to
 */
void
altm_referral_row_set_contact (AltmReferralRow *self, AltmSession *session, const char *contact)
{
  self->session = g_object_ref (session);
  self->contact = g_strdup (contact);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self, G_CONNECT_SWAPPED);
}

static void
altm_referral_row_dispose (GObject *object)
{
  AltmReferralRow *self = ALTM_REFERRAL_ROW (object);

  if (self->session != NULL)
    altm_referral_row_close (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_referral_row_parent_class)->dispose (object);
}

static void
altm_referral_row_finalize (GObject *object)
{
  AltmReferralRow *self = ALTM_REFERRAL_ROW (object);

  g_free (self->contact);
  g_free (self->public);
  G_OBJECT_CLASS (altm_referral_row_parent_class)->finalize (object);
}

static void
altm_referral_row_class_init (AltmReferralRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_referral_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = altm_referral_row_finalize;
  signals[REFERRED] =
    g_signal_new ("referred", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-referral-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmReferralRow, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, altm_referral_row_discard);
}

static void
altm_referral_row_init (AltmReferralRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
