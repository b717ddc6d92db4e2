/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-call-list-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-dialog.h"
#include "altm-format.h"
#include "altm-navigation.h"
#include "altm-page-header.h"
#include "altm-scroller.h"
#include "altm-set-pin-page.h"
#include "altm-unlock-page.h"

struct _AltmCallListPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  GtkWidget *memory_box;
  GtkWidget *sealed_box;
  GtkWidget *entry_box;
  GtkTextView *text_view;
  GtkTextBuffer *buffer;
  GtkWidget *left_label;
  GtkWidget *add_button;
  GtkListBox *rows;
  GtkWidget *close_button;

  AltmSession *session;
  AltmCallList *list;
  gboolean is_showing;
};

G_DEFINE_FINAL_TYPE (AltmCallListPage, altm_call_list_page, GTK_TYPE_WIDGET)

static char *
get_text (AltmCallListPage *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
}

static void
typed_cb (AltmCallListPage *self)
{
  g_autofree char *text = get_text (self);

  if (self->is_showing)
    return;
  altm_call_list_set_typed (self->list, text);
  gtk_widget_set_visible (self->left_label, FALSE);
}

/* What could be undone is forgotten too: Ctrl+Z brings nothing back. */
static void
show_typed (AltmCallListPage *self)
{
  g_autofree char *text = get_text (self);

  if (g_str_equal (text, altm_call_list_get_typed (self->list)))
    return;
  self->is_showing = TRUE;
  gtk_text_buffer_set_enable_undo (self->buffer, FALSE);
  gtk_text_buffer_set_text (self->buffer, altm_call_list_get_typed (self->list), -1);
  gtk_text_buffer_set_enable_undo (self->buffer, TRUE);
  self->is_showing = FALSE;
}

static void
remove_cb (GtkWidget *button, AltmCallListPage *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, GTK_TYPE_LIST_BOX_ROW);

  altm_call_list_remove (self->list, (guint) gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)));
}

static GtkWidget *
new_remove_button (AltmCallListPage *self, const AltmCallLine *call)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-delete-symbolic");
  g_autofree char *name =
    g_strdup_printf (_("Take off the list: %s"), *call->name != '\0' ? call->name : call->phone);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "step");
  g_signal_connect (button, "clicked", G_CALLBACK (remove_cb), self);
  return button;
}

/* Names are no markup. */
static GtkWidget *
new_row (AltmCallListPage *self, const AltmCallLine *call)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *tries = altm_format_attempts (call->attempts);
  g_autofree char *subtitle = NULL;

  subtitle = g_strdup_printf ("%s%s%s", *call->name != '\0' ? call->phone : "",
                              *call->name != '\0' && tries != NULL ? " · " : "", tries == NULL ? "" : tries);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), *call->name != '\0' ? call->name : call->phone);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_remove_button (self, call));
  return row;
}

static void
show_rows (AltmCallListPage *self)
{
  gboolean is_sealed = altm_call_list_is_sealed (self->list);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_list_box_remove (self->rows, row);
  for (guint i = 0; !is_sealed && i < altm_call_list_get_n (self->list); i++)
    gtk_list_box_append (self->rows, new_row (self, altm_call_list_get (self->list, i)));
  gtk_widget_set_visible (GTK_WIDGET (self->rows), gtk_widget_get_first_child (GTK_WIDGET (self->rows)) != NULL);
}

static void
show_lock (AltmCallListPage *self)
{
  gboolean is_sealed = altm_call_list_is_sealed (self->list);

  gtk_widget_set_visible (self->memory_box, !altm_session_get_lock (self->session)->is_set);
  gtk_widget_set_visible (self->sealed_box, is_sealed);
  gtk_widget_set_visible (self->entry_box, !is_sealed);
}

static void
update (AltmCallListPage *self)
{
  guint n = altm_call_list_get_n (self->list);
  g_autofree char *subtitle = g_strdup_printf (ngettext ("%u still to call", "%u still to call", n), n);

  altm_page_header_set_titles (self->header, _("List of calls"), subtitle);
  show_lock (self);
  show_typed (self);
  show_rows (self);
  gtk_widget_set_visible (self->close_button, n > 0 || *altm_call_list_get_typed (self->list) != '\0');
}

static void
add_cb (AltmCallListPage *self)
{
  guint n = altm_call_list_add_typed (self->list);
  g_autofree char *text = g_strdup_printf (ngettext ("%u number added", "%u numbers added", n), n);

  gtk_widget_set_visible (self->left_label, *altm_call_list_get_typed (self->list) != '\0');
  if (n > 0)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", text);
}

static void
unlock_cb (AltmCallListPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_unlock_page_new (self->session));
}

static void
set_pin_cb (AltmCallListPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_set_pin_page_new (self->session, altm_session_get_holder (self->session)));
}

static void
close_list (AltmCallListPage *self)
{
  altm_call_list_close (self->list);
  altm_navigation_pop (GTK_WIDGET (self));
}

static void
close_cb (AltmCallListPage *self)
{
  altm_dialog_ask (GTK_WIDGET (self), _("Close the list?"),
                   _("Its names and numbers are deleted from this tablet. The calls that you recorded are kept."),
                   _("Keep"), _("Yes, close"), ADW_RESPONSE_DESTRUCTIVE, G_CALLBACK (close_list), self);
}

static void
altm_call_list_page_dispose (GObject *object)
{
  AltmCallListPage *self = ALTM_CALL_LIST_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->list);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_call_list_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-call-list-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmCallListPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmCallListPage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmCallListPage, memory_box);
  gtk_widget_class_bind_template_child (widget_class, AltmCallListPage, sealed_box);
  gtk_widget_class_bind_template_child (widget_class, AltmCallListPage, entry_box);
  gtk_widget_class_bind_template_child (widget_class, AltmCallListPage, text_view);
  gtk_widget_class_bind_template_child (widget_class, AltmCallListPage, buffer);
  gtk_widget_class_bind_template_child (widget_class, AltmCallListPage, left_label);
  gtk_widget_class_bind_template_child (widget_class, AltmCallListPage, add_button);
  gtk_widget_class_bind_template_child (widget_class, AltmCallListPage, rows);
  gtk_widget_class_bind_template_child (widget_class, AltmCallListPage, close_button);
  gtk_widget_class_bind_template_callback (widget_class, typed_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, unlock_cb);
  gtk_widget_class_bind_template_callback (widget_class, set_pin_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
}

static void
altm_call_list_page_class_init (AltmCallListPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_call_list_page_dispose;
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  g_type_ensure (ALTM_TYPE_SCROLLER);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_call_list_page_init (AltmCallListPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  altm_scroller_set_companion (GTK_WIDGET (self->text_view), self->add_button);
}

GtkWidget *
altm_call_list_page_new (AltmSession *session, AltmCallList *list)
{
  AltmCallListPage *self = g_object_new (ALTM_TYPE_CALL_LIST_PAGE, NULL);

  self->session = g_object_ref (session);
  self->list = g_object_ref (list);
  g_signal_connect_object (list, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "changed", G_CALLBACK (show_lock), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
