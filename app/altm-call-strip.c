/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-call-strip.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-format.h"
#include "altm-wrap-layout.h"

struct _AltmCallStrip
{
  GtkWidget parent_instance;

  GtkWidget *clamp;
  GtkLabel *name_label;
  GtkLabel *phone_label;
  GtkLabel *tries_label;
};

G_DEFINE_FINAL_TYPE (AltmCallStrip, altm_call_strip, GTK_TYPE_WIDGET)

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static const char *
tell_name (const AltmCallLine *call)
{
  if (call == NULL)
    return NULL;
  return call->phone == NULL ? _("The list is sealed") : call->name;
}

/**
 * altm_call_strip_show_call:
 * @call: (nullable): %NULL where the call is of no list: nothing is shown then
 *
 * Of a sealed call nothing is left in the labels that says who it is.
 */
void
altm_call_strip_show_call (AltmCallStrip *self, const AltmCallLine *call)
{
  g_autofree char *tries = call == NULL ? NULL : altm_format_attempts (call->attempts);

  set_text (self->name_label, tell_name (call));
  set_text (self->phone_label, call == NULL ? NULL : call->phone);
  set_text (self->tries_label, tries);
  gtk_widget_set_visible (GTK_WIDGET (self), call != NULL);
}

static void
altm_call_strip_dispose (GObject *object)
{
  g_clear_pointer (&ALTM_CALL_STRIP (object)->clamp, gtk_widget_unparent);
  G_OBJECT_CLASS (altm_call_strip_parent_class)->dispose (object);
}

static void
altm_call_strip_class_init (AltmCallStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_call_strip_dispose;
  g_type_ensure (ALTM_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-call-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmCallStrip, clamp);
  gtk_widget_class_bind_template_child (widget_class, AltmCallStrip, name_label);
  gtk_widget_class_bind_template_child (widget_class, AltmCallStrip, phone_label);
  gtk_widget_class_bind_template_child (widget_class, AltmCallStrip, tries_label);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_call_strip_init (AltmCallStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
