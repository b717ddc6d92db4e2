/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-private-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-dialog.h"
#include "altm-kept-box.h"
#include "altm-leaving.h"
#include "altm-navigation.h"
#include "altm-note-row.h"
#include "altm-page-header.h"
#include "altm-privacy-warning.h"
#include "altm-scroller.h"

struct _AltmPrivatePage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  GtkLabel *explain_label;
  GtkWidget *note_group;
  AltmNoteRow *note_row;
  GtkWidget *person_group;
  GtkEditable *name_row;
  GtkEditable *phone_row;
  GtkEditable *purpose_row;
  AltmPrivacyWarning *warning;
  AltmKeptBox *kept_box;
  GtkWidget *save_button;

  AltmSession *session;
  char *id;
  AltmDraftKeeper *keeper;
  gboolean is_person;
};

G_DEFINE_FINAL_TYPE (AltmPrivatePage, altm_private_page, GTK_TYPE_WIDGET)

static void
put_text (json_t *private, const char *name, GtkEditable *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (row)));

  if (*text != '\0')
    json_object_set_new (private, name, json_string (text));
}

/* Empty where nothing was entered. */
static json_t *
build_private (AltmPrivatePage *self)
{
  json_t *private = json_object ();
  g_autofree char *note = NULL;

  if (self->is_person)
    {
      put_text (private, "name", self->name_row);
      put_text (private, "phone", self->phone_row);
      put_text (private, "purpose", self->purpose_row);
      return private;
    }
  note = altm_note_row_get_note (self->note_row);
  if (note != NULL)
    json_object_set_new (private, "note", json_string (note));
  return private;
}

static gboolean
has_text (AltmPrivatePage *self)
{
  g_autoptr (json_t) private = build_private (self);

  return json_object_size (private) > 0;
}

static void
tell_private (gpointer form, json_t **data, json_t **private)
{
  AltmPrivatePage *self = form;

  *data = json_object ();
  json_object_set_new (*data, "type", json_string (self->is_person ? "referral" : "note"));
  *private = build_private (self);
}

static void
update (AltmPrivatePage *self)
{
  gtk_widget_set_sensitive (self->save_button, altm_draft_keeper_is_kept (self->keeper) || has_text (self));
}

/* The note row says itself when it is typed into. */
static void
typed_cb (AltmPrivatePage *self)
{
  altm_draft_keeper_save_soon (self->keeper);
  update (self);
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
set_person (AltmPrivatePage *self, json_t *private)
{
  set_text (self->name_row, altm_json_get_string (private, "name"));
  set_text (self->phone_row, altm_json_get_string (private, "phone"));
  set_text (self->purpose_row, altm_json_get_string (private, "purpose"));
}

/* The note row has a box of its own. */
static void
show_kept (AltmPrivatePage *self, AltmKept kept)
{
  altm_kept_box_set_kept (self->kept_box, self->is_person ? kept : ALTM_KEPT_NOT);
  gtk_widget_set_visible (self->person_group, self->is_person && kept == ALTM_KEPT_NOT);
  update (self);
}

static void
taken_cb (AltmPrivatePage *self)
{
  set_person (self, NULL);
  show_kept (self, ALTM_KEPT_SEALED);
}

static void
opened_cb (AltmPrivatePage *self, json_t *private)
{
  set_person (self, private);
  show_kept (self, ALTM_KEPT_NOT);
  if (self->is_person && private == NULL)
    altm_kept_tell_gone (GTK_WIDGET (self));
}

static void
unreadable_cb (AltmPrivatePage *self)
{
  show_kept (self, ALTM_KEPT_UNREADABLE);
}

static void
replace_cb (AltmPrivatePage *self)
{
  altm_draft_keeper_replace (self->keeper);
  show_kept (self, ALTM_KEPT_NOT);
  gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
}

/* HQ reset the PIN, or the tries are spent: nothing is waited for that can't come. */
static void
session_changed_cb (AltmPrivatePage *self)
{
  if (self->is_person && altm_draft_keeper_is_kept (self->keeper) &&
      !altm_session_get_lock (self->session)->is_set)
    altm_draft_keeper_open (self->keeper);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmPrivatePage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_saved = altm_session_finish (ALTM_SESSION (source), result, &error);

  if (!is_saved && self->keeper != NULL)
    altm_draft_keeper_resume (self->keeper);
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  gtk_widget_set_sensitive (self->save_button, TRUE);
  if (!is_saved)
    {
      altm_dialog_show_unsaved (GTK_WIDGET (self), error);
      return;
    }
  gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", _("Saved on this tablet"));
  altm_navigation_pop (GTK_WIDGET (self));
}

static void
save_cb (AltmPrivatePage *self)
{
  if (altm_draft_keeper_is_kept (self->keeper))
    {
      if (self->is_person)
        altm_kept_box_ask (self->kept_box);
      else
        altm_note_row_ask (self->note_row);
      return;
    }
  gtk_widget_set_sensitive (self->save_button, FALSE);
  altm_draft_keeper_pause (self->keeper);
  altm_session_set_private_async (self->session, self->id, build_private (self), saved_cb, g_object_ref (self));
}

static void
leave_cb (AltmPrivatePage *self)
{
  altm_draft_keeper_discard (self->keeper);
  altm_navigation_pop (GTK_WIDGET (self));
}

/* All of it is private: what a PIN seals is there when this page is opened again. */
static void
back_action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AltmPrivatePage *self = ALTM_PRIVATE_PAGE (widget);
  gboolean is_kept = altm_draft_keeper_is_kept (self->keeper);

  if (!is_kept && !has_text (self))
    leave_cb (self);
  else if (is_kept || altm_session_get_lock (self->session)->is_set)
    altm_leaving_keep (widget, self->session, self->keeper, NULL);
  else
    altm_dialog_ask (widget, _("Leave without saving?"), _("What you entered on this page will not be kept."), _("Stay"),
                     _("Leave"), ADW_RESPONSE_DESTRUCTIVE, G_CALLBACK (leave_cb), self);
}

/* The lengths are those of the record type's private fields. */
static void
set_up_rows (AltmPrivatePage *self)
{
  const struct
  {
    GtkEditable *row;
    int length;
  } rows[] = { { self->name_row, 120 }, { self->phone_row, 30 }, { self->purpose_row, 300 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gtk_text_set_max_length (GTK_TEXT (gtk_editable_get_delegate (rows[i].row)), rows[i].length);
      g_signal_connect_object (rows[i].row, "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
    }
  altm_privacy_warning_watch (self->warning, self->purpose_row);
  g_signal_connect_object (self->note_row, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

static void
altm_private_page_dispose (GObject *object)
{
  AltmPrivatePage *self = ALTM_PRIVATE_PAGE (object);

  if (self->keeper != NULL)
    altm_session_close_form (self->session, g_steal_pointer (&self->keeper));
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->id, g_free);
  G_OBJECT_CLASS (altm_private_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-private-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmPrivatePage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmPrivatePage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmPrivatePage, explain_label);
  gtk_widget_class_bind_template_child (widget_class, AltmPrivatePage, note_group);
  gtk_widget_class_bind_template_child (widget_class, AltmPrivatePage, note_row);
  gtk_widget_class_bind_template_child (widget_class, AltmPrivatePage, person_group);
  gtk_widget_class_bind_template_child (widget_class, AltmPrivatePage, name_row);
  gtk_widget_class_bind_template_child (widget_class, AltmPrivatePage, phone_row);
  gtk_widget_class_bind_template_child (widget_class, AltmPrivatePage, purpose_row);
  gtk_widget_class_bind_template_child (widget_class, AltmPrivatePage, warning);
  gtk_widget_class_bind_template_child (widget_class, AltmPrivatePage, kept_box);
  gtk_widget_class_bind_template_child (widget_class, AltmPrivatePage, save_button);
  gtk_widget_class_bind_template_callback (widget_class, replace_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
}

static void
altm_private_page_class_init (AltmPrivatePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_private_page_dispose;
  g_type_ensure (ALTM_TYPE_KEPT_BOX);
  g_type_ensure (ALTM_TYPE_NOTE_ROW);
  g_type_ensure (ALTM_TYPE_PRIVACY_WARNING);
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, ALTM_NAVIGATION_BACK, NULL, back_action_cb);
}

static void
altm_private_page_init (AltmPrivatePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* From now on what is typed is kept, and what was begun earlier is gone on with. */
static void
open_form (AltmPrivatePage *self)
{
  const AltmDraft *draft = altm_session_find_draft (self->session, "private", self->id);
  gboolean is_kept = draft != NULL && draft->state != ALTM_COPY_NONE;

  self->keeper = altm_session_open_form (self->session, "private", self->id, self->id);
  altm_draft_keeper_set_source (self->keeper, tell_private, self);
  if (is_kept)
    altm_draft_keeper_set_kept (self->keeper);
  g_signal_connect_object (self->keeper, "taken", G_CALLBACK (taken_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keeper, "opened", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keeper, "unreadable", G_CALLBACK (unreadable_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "changed", G_CALLBACK (session_changed_cb), self, G_CONNECT_SWAPPED);
  altm_kept_box_set_session (self->kept_box, self->session);
  show_kept (self, is_kept ? ALTM_KEPT_SEALED : ALTM_KEPT_NOT);
  set_up_rows (self);
  if (!self->is_person)
    altm_note_row_set_keeper (self->note_row, self->session, self->keeper);
  else if (is_kept)
    altm_draft_keeper_open (self->keeper);
}

static gboolean
is_person (const char *type)
{
  return g_strcmp0 (type, "referral") == 0;
}

/**
 * altm_private_page_title:
 * @type: (nullable): of a record
 *
 * Returns: what is private of such a record, as the page's title says it
 */
const char *
altm_private_page_title (const char *type)
{
  return is_person (type) ? _("The person") : _("Note");
}

/**
 * altm_private_page_new:
 * @id: of a record
 * @type: its type
 */
GtkWidget *
altm_private_page_new (AltmSession *session, const char *id, const char *type)
{
  AltmPrivatePage *self = g_object_new (ALTM_TYPE_PRIVATE_PAGE, NULL);

  self->session = g_object_ref (session);
  self->id = g_strdup (id);
  self->is_person = is_person (type);
  altm_page_header_set_titles (self->header, altm_private_page_title (type), NULL);
  gtk_label_set_label (self->explain_label,
                       self->is_person ? _("What you enter replaces whatever was there, all of it. Only what the person "
                                           "agreed to.")
                                       : _("What you write replaces the note, if there was one."));
  gtk_widget_set_visible (self->note_group, !self->is_person);
  open_form (self);
  return GTK_WIDGET (self);
}

/**
 * altm_private_page_new_from:
 * @draft: of such a page, as the session has it
 */
GtkWidget *
altm_private_page_new_from (AltmSession *session, const AltmDraft *draft)
{
  return altm_private_page_new (session, draft->id, altm_json_get_string (draft->data, "type"));
}
