/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-chip.h"

struct _AltmChip
{
  GtkToggleButton parent_instance;

  GtkLabel *caption_label;

  char *code;
};

G_DEFINE_FINAL_TYPE (AltmChip, altm_chip, GTK_TYPE_TOGGLE_BUTTON)

static void
altm_chip_finalize (GObject *object)
{
  g_free (ALTM_CHIP (object)->code);
  G_OBJECT_CLASS (altm_chip_parent_class)->finalize (object);
}

/* It looks like a button and is a choice: a screen reader says whether it is made. */
static void
altm_chip_toggled (GtkToggleButton *button)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_STATE_CHECKED,
                               gtk_toggle_button_get_active (button) ? GTK_ACCESSIBLE_TRISTATE_TRUE
                                                                     : GTK_ACCESSIBLE_TRISTATE_FALSE,
                               -1);
}

static void
altm_chip_class_init (AltmChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = altm_chip_finalize;
  GTK_TOGGLE_BUTTON_CLASS (klass)->toggled = altm_chip_toggled;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmChip, caption_label);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_CHECKBOX);
}

static void
altm_chip_init (AltmChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  altm_chip_toggled (GTK_TOGGLE_BUTTON (self));
}

GtkWidget *
altm_chip_new (const char *code, const char *caption)
{
  AltmChip *self = g_object_new (ALTM_TYPE_CHIP, NULL);

  self->code = g_strdup (code);
  gtk_label_set_label (self->caption_label, caption);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, caption,
                                  -1);
  return GTK_WIDGET (self);
}

const char *
altm_chip_get_code (AltmChip *self)
{
  return self->code;
}
