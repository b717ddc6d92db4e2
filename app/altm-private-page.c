/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-private-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-dialog.h"
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
  GtkWidget *save_button;

  AltmSession *session;
  char *id;
  gboolean is_person;
  gboolean is_guarding;
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

/* What is typed here goes off the screen when the lock closes, however long ago it was unlocked. */
static void
set_guarding (AltmPrivatePage *self, gboolean is_guarding)
{
  if (self->is_guarding == is_guarding)
    return;
  self->is_guarding = is_guarding;
  if (is_guarding)
    altm_lock_keeper_guard (altm_session_get_keeper (self->session));
  else
    altm_lock_keeper_unguard (altm_session_get_keeper (self->session));
}

static void
changed_cb (AltmPrivatePage *self)
{
  g_autoptr (json_t) private = build_private (self);
  gboolean has_text = json_object_size (private) > 0;

  gtk_widget_set_sensitive (self->save_button, has_text);
  if (self->session != NULL)
    set_guarding (self, has_text && altm_session_get_lock (self->session)->is_set);
}

static void
closed_cb (AltmPrivatePage *self)
{
  if (!self->is_guarding)
    return;
  set_guarding (self, FALSE);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                              _("Locked: what you were writing was not saved. What was there before stays."));
  altm_navigation_pop (GTK_WIDGET (self));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmPrivatePage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_saved = altm_session_finish (ALTM_SESSION (source), result, &error);

  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  gtk_widget_set_sensitive (self->save_button, TRUE);
  if (!is_saved)
    {
      altm_dialog_show_unsaved (GTK_WIDGET (self), error);
      return;
    }
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _("Saved on this tablet"));
  altm_navigation_pop (GTK_WIDGET (self));
}

static void
save_cb (AltmPrivatePage *self)
{
  gtk_widget_set_sensitive (self->save_button, FALSE);
  altm_session_set_private_async (self->session, self->id, build_private (self), saved_cb, g_object_ref (self));
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
      g_signal_connect_object (rows[i].row, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
    }
  altm_privacy_warning_watch (self->warning, self->purpose_row);
  g_signal_connect_object (self->note_row, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
}

static void
altm_private_page_dispose (GObject *object)
{
  AltmPrivatePage *self = ALTM_PRIVATE_PAGE (object);

  if (self->session != NULL)
    set_guarding (self, FALSE);
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
  gtk_widget_class_bind_template_child (widget_class, AltmPrivatePage, save_button);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
}

static void
altm_private_page_class_init (AltmPrivatePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_private_page_dispose;
  g_type_ensure (ALTM_TYPE_NOTE_ROW);
  g_type_ensure (ALTM_TYPE_PRIVACY_WARNING);
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_private_page_init (AltmPrivatePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  set_up_rows (self);
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
  self->is_person = g_str_equal (type, "referral");
  altm_page_header_set_titles (self->header, self->is_person ? _("The person") : _("Note"), NULL);
  gtk_label_set_label (self->explain_label,
                       self->is_person ? _("What you enter replaces whatever was there, all of it. Only what the person "
                                           "agreed to.")
                                       : _("What you write replaces the note, if there was one."));
  gtk_widget_set_visible (self->note_group, !self->is_person);
  gtk_widget_set_visible (self->person_group, self->is_person);
  g_signal_connect_object (altm_session_get_keeper (session), "closed", G_CALLBACK (closed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);
  return GTK_WIDGET (self);
}
