/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-contact-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "altm-chips.h"
#include "altm-dialog.h"
#include "altm-navigation.h"
#include "altm-note-row.h"
#include "altm-page-header.h"
#include "altm-record-type.h"
#include "altm-referral-page.h"
#include "altm-referral.h"
#include "altm-register.h"
#include "altm-scroller.h"
#include "altm-stepper.h"
#include "altm-uuid.h"
#include "altm-wrap-layout.h"

struct _AltmContactPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  AltmStepper *people;
  GtkDropDown *public_menu;
  AltmChips *themes;
  AltmChips *actions;
  AltmChips *results;
  AdwActionRow *referral_row;
  GtkWidget *remove_button;
  AltmNoteRow *note_row;
  GtkWidget *save_button;

  AltmSession *session;
  char *register_code;
  AltmReferral *referral;
  GPtrArray *publics;
  gboolean is_touched;
};

G_DEFINE_FINAL_TYPE (AltmContactPage, altm_contact_page, GTK_TYPE_WIDGET)

/* A result of calls alone, which this form does not record. */
static const char *const hidden_results[] = { "injoignable", NULL };

static void
touched_cb (AltmContactPage *self)
{
  self->is_touched = TRUE;
}

static const char *
get_public (AltmContactPage *self)
{
  guint selected = gtk_drop_down_get_selected (self->public_menu);

  return selected < self->publics->len ? self->publics->pdata[selected] : "habitant";
}

static void
set_codes (json_t *data, const char *field, AltmChips *chips)
{
  json_t *codes = altm_chips_get_codes (chips);

  if (json_array_size (codes) > 0)
    json_object_set (data, field, codes);
  json_decref (codes);
}

static json_t *
build_data (AltmContactPage *self)
{
  const AltmShift *shift = altm_session_get_shift (self->session);
  const char *result = altm_chips_get_code (self->results);
  json_t *data = json_object ();

  json_object_set_new (data, "channel", json_string (shift->channel));
  json_object_set_new (data, "register", json_string (self->register_code));
  json_object_set_new (data, "public", json_string (get_public (self)));
  json_object_set_new (data, "people", json_integer (altm_stepper_get_value (self->people)));
  set_codes (data, "themes", self->themes);
  set_codes (data, "actions", self->actions);
  if (result != NULL)
    json_object_set_new (data, "result", json_string (result));
  return data;
}

static json_t *
build_private (AltmContactPage *self)
{
  g_autofree char *note = altm_note_row_get_note (self->note_row);

  return note == NULL ? NULL : json_pack ("{s:s}", "note", note);
}

/* A contact and its referral are saved together or not at all; the referral names the contact. */
static AltmEntryList *
build_entries (AltmContactPage *self)
{
  AltmEntryList *entries = altm_entry_list_new ();
  g_autofree char *id = altm_uuid_new_v7 (g_get_real_time ());

  altm_session_add (self->session, entries, "contact", id, build_data (self),
                    build_private (self));
  if (self->referral != NULL)
    altm_session_add (self->session, entries, "referral", NULL,
                      altm_referral_to_data (self->referral, altm_session_get_lists (self->session),
                                             id, get_public (self)),
                      altm_referral_to_private (self->referral));
  return entries;
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmContactPage) self = user_data;
  g_autoptr (GError) error = NULL;

  gtk_widget_set_sensitive (self->save_button, TRUE);
  if (!altm_session_finish (ALTM_SESSION (source), result, &error))
    {
      altm_dialog_show_unsaved (GTK_WIDGET (self), error);
      return;
    }
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _("Saved on this tablet"));
  altm_navigation_pop (GTK_WIDGET (self));
}

static void
save_cb (AltmContactPage *self)
{
  if (!altm_session_is_on_shift (self->session))
    return;
  gtk_widget_set_sensitive (self->save_button, FALSE);
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

/* A child cannot agree alone: what was agreed before it was said that this is a child's referral
 * has to be asked again, and what was written under it is forgotten. */
static void
public_cb (AltmContactPage *self)
{
  self->is_touched = TRUE;
  if (self->referral == NULL || self->referral->consent_of == NULL ||
      altm_consent_is_enough (get_public (self), self->referral->consent_of))
    return;
  altm_referral_withdraw_consent (self->referral);
  show_referral (self);
  altm_dialog_tell (GTK_WIDGET (self), _("A child does not agree alone"),
                    _("The name that you entered is no longer kept. Ask a parent or the legal guardian "
                      "for their agreement, then refer again."),
                    NULL, NULL);
}

static void
remove_referral_cb (AltmContactPage *self)
{
  g_clear_pointer (&self->referral, altm_referral_free);
  show_referral (self);
}

/* What goes without saying of a referral is chosen, where nothing else was. */
static void
referred_cb (AltmContactPage *self, AltmReferral *referral)
{
  g_clear_pointer (&self->referral, altm_referral_free);
  self->referral = altm_referral_copy (referral);
  self->is_touched = TRUE;
  if (altm_chips_get_code (self->actions) == NULL)
    altm_chips_choose (self->actions, "orientation");
  if (altm_chips_get_code (self->results) == NULL)
    altm_chips_choose (self->results, "oriente");
  show_referral (self);
  altm_navigation_pop_to (GTK_WIDGET (self));
}

static void
refer_cb (AltmContactPage *self)
{
  g_autoptr (json_t) themes = altm_chips_get_codes (self->themes);
  gboolean is_child = g_strcmp0 (get_public (self), "enfant") == 0;
  GtkWidget *page = altm_referral_page_new (self->session, themes, is_child);

  g_signal_connect_object (page, "referred", G_CALLBACK (referred_cb), self, G_CONNECT_SWAPPED);
  altm_navigation_push (GTK_WIDGET (self), page);
}

static void
leave_cb (AltmContactPage *self)
{
  altm_navigation_pop (GTK_WIDGET (self));
}

static void
back_action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AltmContactPage *self = ALTM_CONTACT_PAGE (widget);

  if (!self->is_touched)
    leave_cb (self);
  else
    altm_dialog_ask (widget, _("Leave without saving?"),
                     _("What you entered on this page will not be kept."), _("Stay"), _("Leave"),
                     ADW_RESPONSE_DESTRUCTIVE, G_CALLBACK (leave_cb), self);
}

static void
fill_publics (AltmContactPage *self)
{
  json_t *publics = altm_lists_get_vocabulary (altm_session_get_lists (self->session), "public");
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  size_t i;
  json_t *entry;

  json_array_foreach (publics, i, entry)
    {
      const char *code = altm_json_get_string (entry, "code");

      if (json_is_true (json_object_get (entry, "retired")))
        continue;
      gtk_string_list_append (labels, altm_session_get_label (self->session, "public", code));
      g_ptr_array_add (self->publics, (gpointer) code);
    }
  gtk_drop_down_set_model (self->public_menu, G_LIST_MODEL (labels));
}

static void
fill (AltmContactPage *self)
{
  const AltmRegister *known = altm_register_find (self->register_code);
  const AltmShift *shift = altm_session_get_shift (self->session);

  altm_page_header_set_titles (self->header,
                               altm_session_get_label (self->session, "registre",
                                                       self->register_code),
                               altm_session_get_place_name (self->session, shift->place));
  fill_publics (self);
  altm_chips_fill (self->themes, self->session, "theme", known->themes, NULL);
  altm_chips_fill (self->actions, self->session, "action", known->actions, NULL);
  altm_chips_fill (self->results, self->session, "resultat", known->results, hidden_results);
}

static void
altm_contact_page_dispose (GObject *object)
{
  AltmContactPage *self = ALTM_CONTACT_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_contact_page_parent_class)->dispose (object);
}

static void
altm_contact_page_finalize (GObject *object)
{
  AltmContactPage *self = ALTM_CONTACT_PAGE (object);

  g_clear_pointer (&self->referral, altm_referral_free);
  g_ptr_array_unref (self->publics);
  g_free (self->register_code);
  G_OBJECT_CLASS (altm_contact_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/altm/Field/altm-contact-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, people);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, public_menu);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, themes);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, actions);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, results);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, referral_row);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, remove_button);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, note_row);
  gtk_widget_class_bind_template_child (widget_class, AltmContactPage, save_button);
  gtk_widget_class_bind_template_callback (widget_class, touched_cb);
  gtk_widget_class_bind_template_callback (widget_class, public_cb);
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
  g_type_ensure (ALTM_TYPE_CHIPS);
  g_type_ensure (ALTM_TYPE_NOTE_ROW);
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_STEPPER);
  g_type_ensure (ALTM_TYPE_WRAP_LAYOUT);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "contact.back", NULL, back_action_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "contact.back", NULL);
}

static void
altm_contact_page_init (AltmContactPage *self)
{
  self->publics = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
altm_contact_page_new (AltmSession *session, const char *register_code)
{
  AltmContactPage *self = g_object_new (ALTM_TYPE_CONTACT_PAGE, NULL);

  self->session = g_object_ref (session);
  self->register_code = g_strdup (register_code);
  fill (self);
  self->is_touched = FALSE;
  return GTK_WIDGET (self);
}
