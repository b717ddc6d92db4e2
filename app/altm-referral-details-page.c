/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-referral-details-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-chips.h"
#include "altm-dialog.h"
#include "altm-kept-box.h"
#include "altm-navigation.h"
#include "altm-page-header.h"
#include "altm-privacy-warning.h"
#include "altm-scroller.h"
#include "altm-structure-card.h"

struct _AltmReferralDetailsPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmStructureCard *card;
  AltmChips *statuses;
  AltmChips *modes;
  GtkLabel *consent_label;
  GtkLabel *consent_hint;
  AltmChips *consents;
  GtkWidget *private_group;
  GtkEditable *name_row;
  GtkEditable *phone_row;
  GtkEditable *purpose_row;
  AltmPrivacyWarning *purpose_warning;
  AltmKeptBox *kept_box;

  AltmSession *session;
  AltmReferral *referral;
  AltmDraftKeeper *keeper;
  json_t *fresh; /* what the page held before anybody touched it, NULL where it goes on */
};

G_DEFINE_FINAL_TYPE (AltmReferralDetailsPage, altm_referral_details_page, GTK_TYPE_WIDGET)

enum
{
  REFERRED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* The answer that nobody agrees: a choice like the others, of no list, since there is nobody to name. */
#define REFUSED "refused"

/* What a mediator knows on the spot; HQ says the rest later. */
static const char *const first_statuses[] = {
  "proposee", "acceptee", "refusee", "transmise", NULL,
};

static void
touched_cb (AltmReferralDetailsPage *self)
{
  if (self->keeper != NULL)
    altm_draft_keeper_save_now (self->keeper);
}

static void
typed_cb (AltmReferralDetailsPage *self)
{
  if (self->keeper != NULL)
    altm_draft_keeper_save_soon (self->keeper);
}

/* What could be undone is forgotten too: Ctrl+Z brings nothing back. */
static void
set_text (GtkEditable *row, const char *text)
{
  gtk_editable_set_enable_undo (row, FALSE);
  gtk_editable_set_text (row, text == NULL ? "" : text);
  gtk_editable_set_enable_undo (row, TRUE);
}

static void
set_person (AltmReferralDetailsPage *self, json_t *private)
{
  set_text (self->name_row, altm_json_get_string (private, "name"));
  set_text (self->phone_row, altm_json_get_string (private, "phone"));
  set_text (self->purpose_row, altm_json_get_string (private, "purpose"));
}

static gboolean
has_refused (AltmReferralDetailsPage *self)
{
  return g_strcmp0 (altm_chips_get_code (self->consents), REFUSED) == 0;
}

static gboolean
has_consent (AltmReferralDetailsPage *self)
{
  return altm_chips_get_code (self->consents) != NULL && !has_refused (self);
}

static void
show_kept (AltmReferralDetailsPage *self, AltmKept kept)
{
  altm_kept_box_set_kept (self->kept_box, kept);
  gtk_widget_set_visible (self->private_group, kept == ALTM_KEPT_NOT && has_consent (self));
}

/* Personal fields are there only while somebody agrees; what they held goes with the agreement. */
static void
consent_cb (AltmReferralDetailsPage *self)
{
  gboolean is_agreed = has_consent (self);
  gboolean is_kept = self->keeper != NULL && altm_draft_keeper_is_kept (self->keeper);

  if (!is_agreed)
    set_person (self, NULL);
  if (!is_agreed && is_kept)
    altm_draft_keeper_replace (self->keeper);
  else
    touched_cb (self);
  if (!is_agreed || !is_kept)
    show_kept (self, ALTM_KEPT_NOT);
}

static void
replace_cb (AltmReferralDetailsPage *self)
{
  altm_draft_keeper_replace (self->keeper);
  show_kept (self, ALTM_KEPT_NOT);
  gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
}

static void
taken_cb (AltmReferralDetailsPage *self)
{
  altm_referral_forget_person (self->referral);
  set_person (self, NULL);
  show_kept (self, ALTM_KEPT_SEALED);
}

static void
opened_cb (AltmReferralDetailsPage *self, json_t *private)
{
  set_person (self, private);
  show_kept (self, ALTM_KEPT_NOT);
  if (private == NULL)
    altm_kept_tell_gone (GTK_WIDGET (self));
}

static void
unreadable_cb (AltmReferralDetailsPage *self)
{
  show_kept (self, ALTM_KEPT_UNREADABLE);
}

static void
session_changed_cb (AltmReferralDetailsPage *self)
{
  if (altm_draft_keeper_is_kept (self->keeper) && !altm_session_get_lock (self->session)->is_set)
    altm_draft_keeper_open (self->keeper);
}

static void
take_text (char **text, GtkEditable *row)
{
  g_free (*text);
  *text = g_strstrip (g_strdup (gtk_editable_get_text (row)));
}

static void
take_code (char **code, AltmChips *chips)
{
  const char *chosen = altm_chips_get_code (chips);

  if (chosen == NULL)
    return;
  g_free (*code);
  *code = g_strdup (chosen);
}

static void
take_all (AltmReferralDetailsPage *self)
{
  AltmReferral *referral = self->referral;

  take_code (&referral->status, self->statuses);
  g_clear_pointer (&referral->mode, g_free);
  take_code (&referral->mode, self->modes);
  altm_referral_withdraw_consent (referral);
  referral->is_refused = has_refused (self);
  if (!has_consent (self))
    return;
  take_code (&referral->consent_of, self->consents);
  take_text (&referral->name, self->name_row);
  take_text (&referral->phone, self->phone_row);
  take_text (&referral->purpose, self->purpose_row);
}

static void
tell_referral (gpointer form, json_t **data, json_t **private)
{
  AltmReferralDetailsPage *self = form;

  take_all (self);
  *data = altm_referral_to_draft (self->referral);
  *private = altm_referral_to_private (self->referral);
}

static void
add_cb (AltmReferralDetailsPage *self)
{
  if (altm_draft_keeper_is_kept (self->keeper))
    {
      altm_kept_box_ask (self->kept_box);
      return;
    }
  take_all (self);
  g_signal_emit (self, signals[REFERRED], 0, self->referral);
  altm_draft_keeper_discard (self->keeper);
}

static gboolean
has_entered (AltmReferralDetailsPage *self)
{
  g_autoptr (json_t) data = NULL;
  g_autoptr (json_t) private = NULL;

  tell_referral (self, &data, &private);
  return self->fresh == NULL || altm_draft_keeper_is_kept (self->keeper) || json_object_size (private) > 0 ||
         !json_equal (data, self->fresh);
}

static void
leave_cb (AltmReferralDetailsPage *self)
{
  altm_draft_keeper_discard (self->keeper);
  altm_navigation_pop (GTK_WIDGET (self));
}

/* Another structure is chosen most often; what was said of this one is thrown away only by who was asked. */
static void
back_action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AltmReferralDetailsPage *self = ALTM_REFERRAL_DETAILS_PAGE (widget);

  if (!has_entered (self))
    leave_cb (self);
  else
    altm_dialog_ask (widget, _("Leave without referring?"), _("What you entered on this page will not be kept."),
                     _("Stay"), _("Leave"), ADW_RESPONSE_DESTRUCTIVE, G_CALLBACK (leave_cb), self);
}

static void
set_length (GtkEditable *row, int length)
{
  gtk_text_set_max_length (GTK_TEXT (gtk_editable_get_delegate (row)), length);
}

/* Asked first, and of whom: a child's name is not the child's alone to give (see
 * altm_consent_is_enough()), but the child is told too. */
static void
ask_consent (AltmReferralDetailsPage *self, gboolean is_child)
{
  static const char *const not_for_a_child[] = { "personne", NULL };
  const char *question = is_child ? _("Which adult agrees that the child’s name is passed on?")
                                  : _("Who agrees that the name is passed on?");

  gtk_label_set_label (self->consent_label, question);
  gtk_label_set_label (self->consent_hint,
                       is_child ? _("Ask first, and tell the child too what is passed on and to whom. "
                                    "Without agreement, nothing that names the child is kept.")
                                : _("Ask first. Without agreement, nothing that names the person is "
                                    "kept."));
  g_object_set (self->consents, "choice", question, NULL);
  altm_chips_fill (self->consents, self->session, "accord", NULL, is_child ? not_for_a_child : NULL);
  altm_chips_add (self->consents, REFUSED, _("No agreement"));
}

/* The lengths are those of the record type's private fields. */
static void
fill (AltmReferralDetailsPage *self, gboolean is_child)
{
  altm_structure_card_show (self->card, self->session, self->referral->structure, self->referral->structure_type,
                            self->referral->reference);
  ask_consent (self, is_child);
  altm_chips_fill (self->statuses, self->session, "orientation_statut", first_statuses, NULL);
  altm_chips_choose (self->statuses, self->referral->status);
  altm_chips_fill (self->modes, self->session, "orientation_mode", NULL, NULL);
  set_length (self->name_row, 120);
  set_length (self->phone_row, 30);
  set_length (self->purpose_row, 300);
  g_signal_connect_object (self->name_row, "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->phone_row, "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->purpose_row, "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
  altm_privacy_warning_watch (self->purpose_warning, self->purpose_row);
}

static void
altm_referral_details_page_dispose (GObject *object)
{
  AltmReferralDetailsPage *self = ALTM_REFERRAL_DETAILS_PAGE (object);

  if (self->keeper != NULL)
    altm_session_close_form (self->session, g_steal_pointer (&self->keeper));
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->referral, altm_referral_free);
  g_clear_pointer (&self->fresh, json_decref);
  G_OBJECT_CLASS (altm_referral_details_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/altm/Field/altm-referral-details-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmReferralDetailsPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralDetailsPage, card);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralDetailsPage, statuses);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralDetailsPage, modes);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralDetailsPage, consent_label);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralDetailsPage, consent_hint);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralDetailsPage, consents);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralDetailsPage, private_group);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralDetailsPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralDetailsPage, phone_row);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralDetailsPage, purpose_row);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralDetailsPage, purpose_warning);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralDetailsPage, kept_box);
  gtk_widget_class_bind_template_callback (widget_class, consent_cb);
  gtk_widget_class_bind_template_callback (widget_class, touched_cb);
  gtk_widget_class_bind_template_callback (widget_class, replace_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
altm_referral_details_page_class_init (AltmReferralDetailsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_referral_details_page_dispose;
  signals[REFERRED] = g_signal_new ("referred", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  g_type_ensure (ALTM_TYPE_CHIPS);
  g_type_ensure (ALTM_TYPE_KEPT_BOX);
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_STRUCTURE_CARD);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  g_type_ensure (ALTM_TYPE_PRIVACY_WARNING);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, ALTM_NAVIGATION_BACK, NULL, back_action_cb);
}

static void
altm_referral_details_page_init (AltmReferralDetailsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* @referral: (transfer full) */
static AltmReferralDetailsPage *
new_page (AltmSession *session, AltmReferral *referral, gboolean is_child)
{
  AltmReferralDetailsPage *self = g_object_new (ALTM_TYPE_REFERRAL_DETAILS_PAGE, NULL);

  self->session = g_object_ref (session);
  self->referral = referral;
  altm_kept_box_set_session (self->kept_box, session);
  fill (self, is_child);
  return self;
}

/* From now on what is touched is kept. */
static void
open_form (AltmReferralDetailsPage *self, const char *contact, gboolean is_kept)
{
  self->keeper = altm_session_open_form (self->session, "details", contact, self->referral->id);
  altm_draft_keeper_set_source (self->keeper, tell_referral, self);
  if (is_kept)
    altm_draft_keeper_set_kept (self->keeper);
  g_signal_connect_object (self->keeper, "taken", G_CALLBACK (taken_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keeper, "opened", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keeper, "unreadable", G_CALLBACK (unreadable_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "changed", G_CALLBACK (session_changed_cb), self, G_CONNECT_SWAPPED);
  altm_draft_keeper_save_now (self->keeper);
}

/**
 * altm_referral_details_page_new:
 * @referral: (transfer full): to whom
 * @is_child: whether the person is a child, so that a parent has to agree
 * @contact: id of the contact's record
 */
GtkWidget *
altm_referral_details_page_new (AltmSession *session, AltmReferral *referral, gboolean is_child,
                                const char *contact)
{
  AltmReferralDetailsPage *self = new_page (session, referral, is_child);
  g_autoptr (json_t) private = NULL;

  open_form (self, contact, FALSE);
  tell_referral (self, &self->fresh, &private);
  return GTK_WIDGET (self);
}

/**
 * altm_referral_details_page_new_from:
 * @draft: of the details of a referral, to go on with
 * @is_child: whether the person is a child, so that a parent has to agree
 * @contact: id of the contact's record
 */
GtkWidget *
altm_referral_details_page_new_from (AltmSession *session, const AltmDraft *draft, gboolean is_child,
                                     const char *contact)
{
  AltmReferralDetailsPage *self = new_page (session, altm_referral_from_draft (draft), is_child);
  g_autofree char *consent_of = g_strdup (self->referral->is_refused ? REFUSED : self->referral->consent_of);
  gboolean is_kept = draft->state != ALTM_COPY_NONE;

  altm_chips_choose (self->modes, self->referral->mode);
  altm_chips_choose (self->consents, consent_of);
  open_form (self, contact, is_kept && has_consent (self));
  if (!altm_draft_keeper_is_kept (self->keeper))
    return GTK_WIDGET (self);
  show_kept (self, ALTM_KEPT_SEALED);
  altm_draft_keeper_open (self->keeper);
  return GTK_WIDGET (self);
}
