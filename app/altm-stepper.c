/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-stepper.h"

struct _AltmStepper
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *less_button;
  GtkWidget *more_button;
  GtkLabel *value_label;

  int minimum;
  int maximum;
  int step;
  char *zero_text;
  int value;
};

G_DEFINE_FINAL_TYPE (AltmStepper, altm_stepper, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_MINIMUM,
  PROP_MAXIMUM,
  PROP_VALUE,
  PROP_STEP,
  PROP_ZERO_TEXT,
  PROP_LESS_LABEL,
  PROP_MORE_LABEL,
  N_PROPS,
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

int
altm_stepper_get_value (AltmStepper *self)
{
  return self->value;
}

void
altm_stepper_set_value (AltmStepper *self, int value)
{
  g_autofree char *text = NULL;

  self->value = CLAMP (value, self->minimum, self->maximum);
  text = self->value == 0 && self->zero_text != NULL ? g_strdup (self->zero_text) : g_strdup_printf ("%d", self->value);
  gtk_label_set_label (self->value_label, text);
  gtk_widget_set_sensitive (self->less_button, self->value > self->minimum);
  gtk_widget_set_sensitive (self->more_button, self->value < self->maximum);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->less_button),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->more_button),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
step (AltmStepper *self, int by)
{
  altm_stepper_set_value (self, self->value + by);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
less_cb (AltmStepper *self)
{
  step (self, -self->step);
}

static void
more_cb (AltmStepper *self)
{
  step (self, self->step);
}

static void
name_button (GtkWidget *button, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
altm_stepper_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  AltmStepper *self = ALTM_STEPPER (object);

  switch (property)
    {
    case PROP_MINIMUM:
      self->minimum = g_value_get_int (value);
      altm_stepper_set_value (self, self->value);
      break;
    case PROP_MAXIMUM:
      self->maximum = g_value_get_int (value);
      altm_stepper_set_value (self, self->value);
      break;
    case PROP_VALUE:
      altm_stepper_set_value (self, g_value_get_int (value));
      break;
    case PROP_STEP:
      self->step = g_value_get_int (value);
      break;
    case PROP_ZERO_TEXT:
      g_free (self->zero_text);
      self->zero_text = g_value_dup_string (value);
      altm_stepper_set_value (self, self->value);
      break;
    case PROP_LESS_LABEL:
      name_button (self->less_button, g_value_get_string (value));
      break;
    case PROP_MORE_LABEL:
      name_button (self->more_button, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
altm_stepper_dispose (GObject *object)
{
  g_clear_pointer (&ALTM_STEPPER (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (altm_stepper_parent_class)->dispose (object);
}

static void
altm_stepper_finalize (GObject *object)
{
  g_free (ALTM_STEPPER (object)->zero_text);
  G_OBJECT_CLASS (altm_stepper_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (object_class, PROP_MINIMUM,
                                   g_param_spec_int ("minimum", NULL, NULL, 0, 1000, 0, flags));
  g_object_class_install_property (object_class, PROP_MAXIMUM,
                                   g_param_spec_int ("maximum", NULL, NULL, 0, 1000, 500, flags));
  g_object_class_install_property (object_class, PROP_VALUE,
                                   g_param_spec_int ("value", NULL, NULL, 0, 1000, 0, flags));
  g_object_class_install_property (object_class, PROP_STEP,
                                   g_param_spec_int ("step", NULL, NULL, 1, 100, 1, flags));
  g_object_class_install_property (object_class, PROP_ZERO_TEXT,
                                   g_param_spec_string ("zero-text", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_LESS_LABEL,
                                   g_param_spec_string ("less-label", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_MORE_LABEL,
                                   g_param_spec_string ("more-label", NULL, NULL, NULL, flags));
}

static void
altm_stepper_class_init (AltmStepperClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = altm_stepper_set_property;
  object_class->dispose = altm_stepper_dispose;
  object_class->finalize = altm_stepper_finalize;
  install_properties (object_class);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-stepper.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmStepper, box);
  gtk_widget_class_bind_template_child (widget_class, AltmStepper, less_button);
  gtk_widget_class_bind_template_child (widget_class, AltmStepper, more_button);
  gtk_widget_class_bind_template_child (widget_class, AltmStepper, value_label);
  gtk_widget_class_bind_template_callback (widget_class, less_cb);
  gtk_widget_class_bind_template_callback (widget_class, more_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
altm_stepper_init (AltmStepper *self)
{
  self->maximum = 500;
  self->step = 1;
  gtk_widget_init_template (GTK_WIDGET (self));
  altm_stepper_set_value (self, 0);
}
