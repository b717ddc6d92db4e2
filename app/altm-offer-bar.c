/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-offer-bar.h"

#include "altm-environment.h"
#include "altm-reader.h"
#include "altm-wrap-layout.h"

/* How long an offer stands where no setting says so, in seconds. */
#define SECONDS 8

struct _AltmOfferBar
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *label;
  GtkButton *button;

  void (*clicked) (GObject *object);
  GObject *object;
  guint end_source;
};

G_DEFINE_FINAL_TYPE (AltmOfferBar, altm_offer_bar, GTK_TYPE_WIDGET)

static void
end (AltmOfferBar *self)
{
  g_clear_handle_id (&self->end_source, g_source_remove);
  g_clear_object (&self->object);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static gboolean
end_cb (gpointer user_data)
{
  AltmOfferBar *self = user_data;

  self->end_source = 0;
  end (self);
  return G_SOURCE_REMOVE;
}

static void
clicked_cb (AltmOfferBar *self)
{
  g_autoptr (GObject) object = g_object_ref (self->object);

  end (self);
  self->clicked (object);
}

/* Whoever needs longer has longer (WCAG 2.2.1). */
static guint
get_seconds (void)
{
  g_autoptr (GSettings) settings = altm_settings_new ();

  return settings == NULL ? SECONDS : g_settings_get_uint (settings, "offer-seconds");
}

/**
 * altm_offer_bar_show:
 * @clicked: called with @object when the button is pressed
 * @object: kept until the offer is gone
 *
 * The offer before it is gone.
 */
void
altm_offer_bar_show (AltmOfferBar *self, const char *text, const char *button, GCallback clicked, GObject *object)
{
  end (self);
  self->object = g_object_ref (object);
  self->clicked = (void (*) (GObject *object)) clicked;
  gtk_label_set_label (self->label, text);
  gtk_button_set_label (self->button, button);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, button, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  altm_reader_tell (GTK_WIDGET (self), text);
  self->end_source = g_timeout_add_seconds (get_seconds (), end_cb, self);
}

static void
altm_offer_bar_dispose (GObject *object)
{
  AltmOfferBar *self = ALTM_OFFER_BAR (object);

  if (self->box != NULL)
    end (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (altm_offer_bar_parent_class)->dispose (object);
}

static void
altm_offer_bar_class_init (AltmOfferBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_offer_bar_dispose;
  g_type_ensure (ALTM_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-offer-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmOfferBar, box);
  gtk_widget_class_bind_template_child (widget_class, AltmOfferBar, label);
  gtk_widget_class_bind_template_child (widget_class, AltmOfferBar, button);
  gtk_widget_class_bind_template_callback (widget_class, end);
  gtk_widget_class_bind_template_callback (widget_class, clicked_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
altm_offer_bar_init (AltmOfferBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
