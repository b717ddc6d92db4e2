/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-last-button.h"

#include <glib/gi18n.h>

#include "altm-contact-page.h"
#include "altm-navigation.h"
#include "altm-record-form.h"
#include "altm-session-last.h"
#include "altm-summary.h"

struct _AltmLastButton
{
  GtkButton parent_instance;

  GtkImage *image;
  GtkLabel *title_label;
  GtkLabel *details_label;

  AltmSession *session;
  AltmLatest *last;
  gboolean corrects;
};

G_DEFINE_FINAL_TYPE (AltmLastButton, altm_last_button, GTK_TYPE_BUTTON)

enum
{
  PROP_0,
  PROP_CORRECTS,
  N_PROPS,
};

static GtkWidget *
make_like (AltmSession *session, const AltmLine *line)
{
  return altm_contact_page_new_like (session, line->data);
}

/* By whether it corrects. @type: as for altm_last_record_load() */
static const struct
{
  const char *type;
  const char *title;
  const char *icon_name;
  GtkWidget *(*make_page) (AltmSession *session, const AltmLine *line);
} uses[] = {
  { "contact", N_("Like the previous one"), "altm-again-symbolic", make_like },
  { NULL, N_("Correct the last record"), "document-edit-symbolic", altm_record_form_new },
};

static void
show_last (AltmLastButton *self)
{
  const AltmLine *line = self->last == NULL ? NULL : &self->last->line;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), line != NULL && altm_record_form_can_correct (line));
  if (line == NULL)
    return;
  text = altm_summary_record (self->session, line);
  gtk_label_set_label (self->details_label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmLastButton) self = user_data;

  altm_latest_free (self->last);
  self->last = altm_session_load_last_finish (result);
  if (gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    show_last (self);
}

static void
load (AltmLastButton *self)
{
  if (altm_session_get_shift (self->session) != NULL)
    altm_session_load_last_async (self->session, uses[self->corrects].type, loaded_cb, g_object_ref (self));
}

static void
altm_last_button_clicked (GtkButton *button)
{
  AltmLastButton *self = ALTM_LAST_BUTTON (button);

  altm_navigation_push (GTK_WIDGET (self), uses[self->corrects].make_page (self->session, &self->last->line));
}

static void
altm_last_button_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ALTM_LAST_BUTTON (object)->corrects = g_value_get_boolean (value);
}

static void
altm_last_button_constructed (GObject *object)
{
  AltmLastButton *self = ALTM_LAST_BUTTON (object);
  const char *title = _(uses[self->corrects].title);

  G_OBJECT_CLASS (altm_last_button_parent_class)->constructed (object);
  gtk_label_set_label (self->title_label, title);
  gtk_image_set_from_icon_name (self->image, uses[self->corrects].icon_name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

static void
altm_last_button_dispose (GObject *object)
{
  g_clear_object (&ALTM_LAST_BUTTON (object)->session);
  G_OBJECT_CLASS (altm_last_button_parent_class)->dispose (object);
}

static void
altm_last_button_finalize (GObject *object)
{
  altm_latest_free (ALTM_LAST_BUTTON (object)->last);
  G_OBJECT_CLASS (altm_last_button_parent_class)->finalize (object);
}

static void
altm_last_button_class_init (AltmLastButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = altm_last_button_constructed;
  object_class->set_property = altm_last_button_set_property;
  object_class->dispose = altm_last_button_dispose;
  object_class->finalize = altm_last_button_finalize;
  GTK_BUTTON_CLASS (klass)->clicked = altm_last_button_clicked;
  g_object_class_install_property (object_class, PROP_CORRECTS,
                                   g_param_spec_boolean ("corrects", NULL, NULL, FALSE,
                                                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-last-button.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmLastButton, image);
  gtk_widget_class_bind_template_child (widget_class, AltmLastButton, title_label);
  gtk_widget_class_bind_template_child (widget_class, AltmLastButton, details_label);
}

static void
altm_last_button_init (AltmLastButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * altm_last_button_set_session:
 *
 * To be called once. The last record is looked for now, and whenever something is saved.
 */
void
altm_last_button_set_session (AltmLastButton *self, AltmSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  load (self);
}
