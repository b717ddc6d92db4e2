/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-contact-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "altm-contact-fields.h"
#include "altm-correction.h"
#include "altm-dialog.h"
#include "altm-format.h"
#include "altm-kept-box.h"
#include "altm-leaving.h"
#include "altm-navigation.h"
#include "altm-note-row.h"
#include "altm-page-header.h"
#include "altm-record-type.h"
#include "altm-referral-details-page.h"
#include "altm-referral-page.h"
#include "altm-referral.h"
#include "altm-scroller.h"
#include "altm-undo.h"
#include "altm-uuid.h"

struct _AltmContactPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  AltmContactFields *fields;
  AdwActionRow *referral_row;
  GtkWidget *remove_button;
  AltmNoteRow *note_row;
  GtkWidget *save_button;

  AltmSession *session;
  char *id;
  json_t *origin;
  json_t *correction;
  AltmDraftKeeper *keeper;
  AltmReferral *referral;
  AltmDraftKeeper *referral_keeper;
  json_t *fresh; /* what the form held before anybody touched it, NULL where it goes on */
};

G_DEFINE_FINAL_TYPE (AltmContactPage, altm_contact_page, GTK_TYPE_WIDGET)

static void
touched_cb (AltmContactPage *self)
{
  if (self->keeper != NULL)
    altm_draft_keeper_save_now (self->keeper);
}

static const char *
get_public (AltmContactPage *self)
{
  return altm_contact_fields_get_public (self->fields);
}

static json_t *
build_entered (AltmContactPage *self)
{
  return altm_contact_fields_get_data (self->fields);
}

static json_t *
build_data (AltmContactPage *self)
{
  return altm_correction_apply (self->correction, build_entered (self));
}

static json_t *
build_private (AltmContactPage *self)
{
  g_autofree char *note = altm_note_row_get_note (self->note_row);

  return note == NULL ? NULL : json_pack ("{s:s}", "note", note);
}

static void
tell_contact (gpointer form, json_t **data, json_t **private)
{
  AltmContactPage *self = form;

  *data = json_pack ("{s:O, s:o}", "origin", self->origin, "data", build_entered (self));
  altm_correction_keep (self->correction, *data);
  *private = build_private (self);
}

static void
tell_referral (gpointer form, json_t **data, json_t **private)
{
  AltmContactPage *self = form;

  *data = altm_referral_to_draft (self->referral);
  *private = altm_referral_to_private (self->referral);
}

static void
add_draft (AltmContactPage *self, AltmEntryList *entries, const char *kind)
{
  g_autofree char *form = altm_session_name_form (kind, self->id);

  altm_entry_list_add_draft (entries, form);
}

static void
add_contact (AltmContactPage *self, AltmEntryList *entries)
{
  if (self->correction != NULL)
    altm_session_correct (self->session, entries, "contact", self->id, build_data (self), build_private (self));
  else
    altm_session_add (self->session, entries, "contact", self->id, self->origin, build_data (self), build_private (self));
}

/* A contact and its referral are saved together or not at all; the referral names the contact. */
static AltmEntryList *
build_entries (AltmContactPage *self)
{
  AltmEntryList *entries = altm_entry_list_new ();

  add_contact (self, entries);
  if (self->referral != NULL)
    altm_session_add (self->session, entries, "referral", self->referral->id, self->origin,
                      altm_referral_to_data (self->referral, altm_session_get_lists (self->session),
                                             self->id, get_public (self)),
                      altm_referral_to_private (self->referral));
  add_draft (self, entries, "contact");
  add_draft (self, entries, "referral");
  add_draft (self, entries, "details");
  return entries;
}

static void
pause_keepers (AltmContactPage *self)
{
  altm_draft_keeper_pause (self->keeper);
  if (self->referral_keeper != NULL)
    altm_draft_keeper_pause (self->referral_keeper);
}

static void
resume_keepers (AltmContactPage *self)
{
  if (self->keeper != NULL)
    altm_draft_keeper_resume (self->keeper);
  if (self->referral_keeper != NULL)
    altm_draft_keeper_resume (self->referral_keeper);
}

static GtkWidget *reopen (AltmUndo *undo);

static void
offer_undo (AltmContactPage *self)
{
  g_autoptr (AltmUndo) undo = altm_undo_new (self->session, self->id, reopen);

  altm_undo_hold (undo, self->origin, altm_contact_fields_get_data (self->fields), build_private (self), self->referral);
  altm_undo_offer (undo, GTK_WIDGET (self));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmContactPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_saved = altm_session_finish (ALTM_SESSION (source), result, &error);

  if (!is_saved)
    resume_keepers (self);
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  gtk_widget_set_sensitive (self->save_button, TRUE);
  if (!is_saved)
    {
      altm_dialog_show_unsaved (GTK_WIDGET (self), error);
      return;
    }
  /* Undoing takes a whole record back: one that was there before is corrected once more instead. */
  if (self->correction == NULL)
    offer_undo (self);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", _("Saved on this tablet"));
  altm_navigation_pop (GTK_WIDGET (self));
}

static gboolean
has_kept (AltmContactPage *self)
{
  return altm_draft_keeper_is_kept (self->keeper) ||
         (self->referral_keeper != NULL && altm_draft_keeper_is_kept (self->referral_keeper));
}

static void
save_cb (AltmContactPage *self)
{
  if (has_kept (self))
    {
      altm_note_row_ask (self->note_row);
      return;
    }
  gtk_widget_set_sensitive (self->save_button, FALSE);
  pause_keepers (self);
  altm_session_save_async (self->session, build_entries (self), saved_cb, g_object_ref (self));
}

static void
show_referral (AltmContactPage *self)
{
  g_autofree char *subtitle = NULL;

  gtk_widget_set_visible (self->remove_button, self->referral != NULL);
  if (self->referral == NULL)
    {
      adw_action_row_set_subtitle (self->referral_row, "");
      return;
    }
  subtitle = g_strdup_printf (_("%1$s · code to give: %2$s"),
                              altm_referral_get_target (self->referral, self->session),
                              self->referral->reference);
  adw_action_row_set_subtitle (self->referral_row, subtitle);
}

/* What names the person goes with the lock, from memory too. */
static void
referral_taken_cb (AltmContactPage *self)
{
  altm_referral_forget_person (self->referral);
}

static void
referral_opened_cb (AltmContactPage *self, json_t *private)
{
  altm_referral_set_private (self->referral, private);
  if (private == NULL)
    altm_kept_tell_gone (GTK_WIDGET (self));
}

/* HQ reset the PIN, or the tries are spent: nothing is waited for that can't come. */
static void
session_changed_cb (AltmContactPage *self)
{
  if (self->referral_keeper != NULL && altm_draft_keeper_is_kept (self->referral_keeper) &&
      !altm_session_get_lock (self->session)->is_set)
    altm_draft_keeper_open (self->referral_keeper);
}

static void
referral_unreadable_cb (AltmContactPage *self)
{
  adw_action_row_set_subtitle (self->referral_row,
                               _("Who it is can’t be read any more on this tablet: remove the referral, and refer again."));
}

static void
close_referral (AltmContactPage *self)
{
  if (self->referral_keeper != NULL)
    altm_session_close_form (self->session, g_steal_pointer (&self->referral_keeper));
  g_clear_pointer (&self->referral, altm_referral_free);
}

/* @referral: (transfer full) */
static void
set_referral (AltmContactPage *self, AltmReferral *referral)
{
  close_referral (self);
  self->referral = referral;
  self->referral_keeper = altm_session_open_form (self->session, "referral", self->id, referral->id);
  altm_draft_keeper_set_source (self->referral_keeper, tell_referral, self);
  g_signal_connect_object (self->referral_keeper, "taken", G_CALLBACK (referral_taken_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->referral_keeper, "opened", G_CALLBACK (referral_opened_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->referral_keeper, "unreadable", G_CALLBACK (referral_unreadable_cb), self,
                           G_CONNECT_SWAPPED);
  show_referral (self);
}

/* A child cannot agree alone: what was agreed before it was said that this is a child's referral
 * has to be asked again, and what was written under it is forgotten. */
static void
fields_cb (AltmContactPage *self)
{
  touched_cb (self);
  if (self->referral == NULL || self->referral->consent_of == NULL ||
      altm_consent_is_enough (get_public (self), self->referral->consent_of))
    return;
  altm_referral_withdraw_consent (self->referral);
  altm_draft_keeper_replace (self->referral_keeper);
  show_referral (self);
  altm_dialog_tell (GTK_WIDGET (self), _("A child does not agree alone"),
                    _("The name that you entered is no longer kept. Ask a parent or the legal guardian "
                      "for their agreement, then refer again."),
                    NULL, NULL);
}

static void
remove_referral_cb (AltmContactPage *self)
{
  altm_draft_keeper_discard (self->referral_keeper);
  close_referral (self);
  show_referral (self);
}

/* What goes without saying of a referral is chosen, where nothing else was. */
static void
referred_cb (AltmContactPage *self, AltmReferral *referral)
{
  set_referral (self, altm_referral_copy (referral));
  altm_draft_keeper_save_now (self->referral_keeper);
  altm_contact_fields_choose_missing (self->fields, "orientation", "oriente");
  touched_cb (self);
  altm_navigation_pop_to (GTK_WIDGET (self));
}

static gboolean
is_child (AltmContactPage *self)
{
  return g_strcmp0 (get_public (self), "enfant") == 0;
}

static void
refer_cb (AltmContactPage *self)
{
  g_autoptr (json_t) themes = altm_contact_fields_get_themes (self->fields);
  GtkWidget *page = altm_referral_page_new (self->session, themes, is_child (self), self->id);

  g_signal_connect_object (page, "referred", G_CALLBACK (referred_cb), self, G_CONNECT_SWAPPED);
  touched_cb (self);
  altm_navigation_push (GTK_WIDGET (self), page);
}

/**
 * altm_contact_page_open_details:
 *
 * Goes on with a referral whose details were being entered, if there is one.
 */
void
altm_contact_page_open_details (AltmContactPage *self)
{
  const AltmDraft *draft = altm_session_find_draft (self->session, "details", self->id);
  GtkWidget *page;

  if (draft == NULL || (self->referral != NULL && g_strcmp0 (self->referral->id, draft->id) == 0))
    return;
  page = altm_referral_details_page_new_from (self->session, draft, is_child (self), self->id);
  g_signal_connect_object (page, "referred", G_CALLBACK (referred_cb), self, G_CONNECT_SWAPPED);
  altm_navigation_push (GTK_WIDGET (self), page);
}

/* What was gone on with was entered once, whatever is left of it. */
static gboolean
has_entered (AltmContactPage *self)
{
  g_autoptr (json_t) data = build_entered (self);

  return self->fresh == NULL || self->referral != NULL || altm_draft_keeper_is_kept (self->keeper) ||
         altm_draft_keeper_has_private (self->keeper) || !json_equal (data, self->fresh);
}

static void
back_action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AltmContactPage *self = ALTM_CONTACT_PAGE (widget);

  if (has_entered (self))
    {
      altm_leaving_keep (widget, self->session, self->keeper, self->referral_keeper);
      return;
    }
  altm_draft_keeper_discard (self->keeper);
  altm_navigation_pop (widget);
}

static void
fill (AltmContactPage *self, json_t *data)
{
  const char *channel = altm_session_get_label (self->session, "canal", altm_json_get_string (data, "channel"));
  const char *place = altm_session_get_place_name (self->session, altm_json_get_string (self->origin, "place"));
  const char *parts[] = { channel != NULL ? channel : "", place != NULL ? place : "", NULL };
  g_autofree char *subtitle = altm_format_join (parts);

  altm_page_header_set_titles (self->header, altm_session_get_label (self->session, "registre",
                                                                     altm_json_get_string (data, "register")),
                               subtitle);
  altm_contact_fields_fill (self->fields, self->session, data);
}

static void
altm_contact_page_dispose (GObject *object)
{
  AltmContactPage *self = ALTM_CONTACT_PAGE (object);

  if (self->keeper != NULL)
    {
      altm_session_close_form (self->session, g_steal_pointer (&self->keeper));
      close_referral (self);
    }
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_contact_page_parent_class)->dispose (object);
}

static void
altm_contact_page_finalize (GObject *object)
{
  AltmContactPage *self = ALTM_CONTACT_PAGE (object);

  g_clear_pointer (&self->referral, altm_referral_free);
  g_free (self->id);
  json_decref (self->origin);
  json_decref (self->correction);
  json_decref (self->fresh);
  G_OBJECT_CLASS (altm_contact_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/altm/Field/altm-contact-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, fields);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, referral_row);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, remove_button);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, note_row);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, save_button);
  gtk_widget_class_bind_template_callback (widget_class, touched_cb);
  gtk_widget_class_bind_template_callback (widget_class, fields_cb);
  gtk_widget_class_bind_template_callback (widget_class, refer_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_referral_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
}

static void
altm_contact_page_class_init (AltmContactPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_contact_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = altm_contact_page_finalize;
  g_type_ensure (ALTM_TYPE_CONTACT_FIELDS);
  g_type_ensure (ALTM_TYPE_NOTE_ROW);
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, ALTM_NAVIGATION_BACK, NULL, back_action_cb);
}

static void
altm_contact_page_init (AltmContactPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* @origin: (transfer full) */
static AltmContactPage *
new_page (AltmSession *session, json_t *data, const char *id, json_t *origin)
{
  AltmContactPage *self = g_object_new (ALTM_TYPE_CONTACT_PAGE, NULL);

  self->session = g_object_ref (session);
  self->id = g_strdup (id);
  self->origin = origin;
  fill (self, data);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}

/* From now on what is touched is kept. */
static void
open_form (AltmContactPage *self, gboolean is_touched, gboolean is_kept)
{
  self->keeper = altm_session_open_form (self->session, "contact", self->id, self->id);
  altm_draft_keeper_set_source (self->keeper, tell_contact, self);
  if (is_kept)
    altm_draft_keeper_set_kept (self->keeper);
  altm_note_row_set_keeper (self->note_row, self->session, self->keeper);
  if (!is_touched)
    self->fresh = build_entered (self);
  else
    altm_draft_keeper_save_now (self->keeper);
}

GtkWidget *
altm_contact_page_new (AltmSession *session, const char *register_code)
{
  g_autofree char *id = altm_uuid_new_v7 (g_get_real_time ());
  json_t *origin = altm_session_new_origin (session);
  g_autoptr (json_t) data = altm_contact_fields_new_data (session, altm_json_get_string (origin, "channel"),
                                                          register_code);
  AltmContactPage *self = new_page (session, data, id, origin);

  open_form (self, FALSE, FALSE);
  return GTK_WIDGET (self);
}

/**
 * altm_contact_page_new_like:
 * @data: the fields of a contact that another one is like
 */
GtkWidget *
altm_contact_page_new_like (AltmSession *session, json_t *data)
{
  g_autofree char *id = altm_uuid_new_v7 (g_get_real_time ());
  AltmContactPage *self = new_page (session, data, id, altm_session_new_origin (session));

  open_form (self, FALSE, FALSE);
  return GTK_WIDGET (self);
}

static GtkWidget *
reopen (AltmUndo *undo)
{
  g_autofree char *id = altm_uuid_new_v7 (g_get_real_time ());
  AltmContactPage *self = new_page (altm_undo_get_session (undo), altm_undo_get_data (undo), id,
                                    json_incref (altm_undo_get_origin (undo)));
  AltmReferral *referral = altm_undo_new_referral (undo);

  altm_note_row_set_note (self->note_row, altm_undo_get_note (undo));
  open_form (self, TRUE, FALSE);
  if (referral == NULL)
    return GTK_WIDGET (self);
  set_referral (self, referral);
  altm_draft_keeper_save_now (self->referral_keeper);
  return GTK_WIDGET (self);
}

static void
go_on_with_referral (AltmContactPage *self)
{
  const AltmDraft *draft = altm_session_find_draft (self->session, "referral", self->id);

  if (draft == NULL)
    return;
  set_referral (self, altm_referral_from_draft (draft));
  if (draft->state != ALTM_COPY_NONE)
    altm_draft_keeper_set_kept (self->referral_keeper);
  altm_draft_keeper_save_now (self->referral_keeper);
  if (draft->state != ALTM_COPY_NONE)
    altm_draft_keeper_open (self->referral_keeper);
}

/* What was recorded stays, whatever becomes of this form: so nothing is asked before anything is touched. */
static void
show_correction (AltmContactPage *self, const AltmDraft *draft)
{
  self->correction = altm_correction_take (draft, build_entered (self));
  if (self->correction == NULL)
    return;
  altm_page_header_set_titles (self->header, _("Correct the record"),
                               altm_session_get_label (self->session, "registre",
                                                       altm_json_get_string (json_object_get (draft->data, "data"), "register")));
  altm_note_row_set_is_correction (self->note_row);
}

/**
 * altm_contact_page_new_from:
 * @draft: of a contact that was begun, whose record will be of the time and the place at which it was; or of
 *   altm_correction_begin(), of one that is saved
 */
GtkWidget *
altm_contact_page_new_from (AltmSession *session, const AltmDraft *draft)
{
  json_t *data = json_object_get (draft->data, "data");
  json_t *origin = altm_session_take_origin (session, draft);
  AltmContactPage *self = new_page (session, data, draft->id, origin);

  show_correction (self, draft);
  open_form (self, draft->form != NULL, draft->state != ALTM_COPY_NONE);
  go_on_with_referral (self);
  return GTK_WIDGET (self);
}
