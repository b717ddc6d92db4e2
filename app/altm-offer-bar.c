/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-offer-bar.h"

#include "altm-environment.h"
#include "altm-reader.h"
#include "altm-wrap-layout.h"

/* How long an offer stands where no setting says so, in seconds. */
#define SECONDS 8

/* How long nothing has to be touched before its room goes, in seconds: a finger on its way has arrived by then. */
#define QUIET_SECONDS 2

struct _AltmOfferBar
{
  GtkWidget parent_instance;

  GtkStack *stack;
  GtkLabel *label;
  GtkButton *button;

  void (*clicked) (GObject *object);
  GObject *object;
  GtkEventController *events;
  guint source;
};

G_DEFINE_FINAL_TYPE (AltmOfferBar, altm_offer_bar, GTK_TYPE_WIDGET)

/* What comes next, in its time. */
static void
wait_for (AltmOfferBar *self, guint milliseconds, GSourceFunc next)
{
  g_clear_handle_id (&self->source, g_source_remove);
  self->source = g_timeout_add (milliseconds, next, self);
}

static gboolean
leave_cb (gpointer user_data)
{
  AltmOfferBar *self = user_data;

  self->source = 0;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  return G_SOURCE_REMOVE;
}

/* Nothing is offered any more, but the room stays: what would move is what a finger may be on its way to, and what would
 * come in its place is what a finger would press that is on its way to the offer. */
static void
end (AltmOfferBar *self)
{
  g_clear_object (&self->object);
  gtk_stack_set_visible_child_name (self->stack, "over");
  wait_for (self, QUIET_SECONDS * 1000, leave_cb);
}

static gboolean
end_cb (gpointer user_data)
{
  AltmOfferBar *self = user_data;

  self->source = 0;
  end (self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_over (AltmOfferBar *self)
{
  return self->object == NULL && self->source != 0;
}

static gboolean
event_cb (AltmOfferBar *self, GdkEvent *event)
{
  if (is_over (self) && gdk_event_get_event_type (event) != GDK_MOTION_NOTIFY)
    wait_for (self, QUIET_SECONDS * 1000, leave_cb);
  return GDK_EVENT_PROPAGATE;
}

/* Whatever is touched in the window is heard of. */
static void
altm_offer_bar_root (GtkWidget *widget)
{
  AltmOfferBar *self = ALTM_OFFER_BAR (widget);

  GTK_WIDGET_CLASS (altm_offer_bar_parent_class)->root (widget);
  self->events = gtk_event_controller_legacy_new ();
  gtk_event_controller_set_propagation_phase (self->events, GTK_PHASE_CAPTURE);
  g_signal_connect_object (self->events, "event", G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (gtk_widget_get_root (widget)), self->events);
}

static void
altm_offer_bar_unroot (GtkWidget *widget)
{
  gtk_widget_remove_controller (GTK_WIDGET (gtk_widget_get_root (widget)), ALTM_OFFER_BAR (widget)->events);
  GTK_WIDGET_CLASS (altm_offer_bar_parent_class)->unroot (widget);
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

static gboolean
open_cb (gpointer user_data)
{
  AltmOfferBar *self = user_data;

  self->source = 0;
  gtk_widget_set_can_target (GTK_WIDGET (self), TRUE);
  wait_for (self, get_seconds () * 1000, end_cb);
  return G_SOURCE_REMOVE;
}

/* What was pressed is often pressed twice: the second time is not meant for what came under the finger meanwhile. */
static void
guard (AltmOfferBar *self)
{
  int milliseconds;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-double-click-time", &milliseconds, NULL);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  wait_for (self, milliseconds, open_cb);
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
  g_set_object (&self->object, object);
  self->clicked = (void (*) (GObject *object)) clicked;
  gtk_label_set_label (self->label, text);
  gtk_button_set_label (self->button, button);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, button, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_stack_set_visible_child_name (self->stack, "offer");
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  altm_reader_tell (GTK_WIDGET (self), text);
  guard (self);
}

/* Out of sight, its room is no one's any more. */
static void
altm_offer_bar_unmap (GtkWidget *widget)
{
  AltmOfferBar *self = ALTM_OFFER_BAR (widget);

  GTK_WIDGET_CLASS (altm_offer_bar_parent_class)->unmap (widget);
  if (is_over (self))
    wait_for (self, 0, leave_cb);
}

static void
altm_offer_bar_dispose (GObject *object)
{
  AltmOfferBar *self = ALTM_OFFER_BAR (object);

  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->stack));
  self->stack = NULL;
  g_clear_object (&self->object);
  g_clear_handle_id (&self->source, g_source_remove);
  G_OBJECT_CLASS (altm_offer_bar_parent_class)->dispose (object);
}

static void
altm_offer_bar_class_init (AltmOfferBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_offer_bar_dispose;
  widget_class->root = altm_offer_bar_root;
  widget_class->unroot = altm_offer_bar_unroot;
  widget_class->unmap = altm_offer_bar_unmap;
  g_type_ensure (ALTM_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-offer-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmOfferBar, stack);
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
