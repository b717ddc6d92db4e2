/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-pin-pad.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

struct _AltmPinPad
{
  GtkWidget parent_instance;

  GtkStack *stack;
  GtkLabel *dots_label;
  GtkWidget *erase_button;
  GtkWidget *ok_button;
  GtkEditable *passphrase_entry;
  GtkWidget *done_button;

  char *digits;
};

G_DEFINE_FINAL_TYPE (AltmPinPad, altm_pin_pad, GTK_TYPE_WIDGET)

enum
{
  ENTERED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
takes_passphrase (AltmPinPad *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "passphrase") == 0;
}

/* One sign for each digit; a screen reader is told their number instead of reading signs. */
static void
show_digits (AltmPinPad *self)
{
  int count = strlen (self->digits);
  g_autoptr (GString) dots = g_string_new (NULL);
  g_autofree char *told = g_strdup_printf (ngettext ("%d digit entered", "%d digits entered", count),
                                           count);

  for (int i = 0; i < count; i++)
    g_string_append (dots, "●");
  gtk_label_set_label (self->dots_label, dots->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->dots_label), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  count == 0 ? _("No digit entered") : told, -1);
  gtk_widget_set_sensitive (self->erase_button, count > 0);
  gtk_widget_set_sensitive (self->ok_button, count > 0);
}

static void
add_digit (AltmPinPad *self, char digit)
{
  gsize count = strlen (self->digits);

  if (count >= ALTM_PIN_DIGITS)
    return;
  self->digits[count] = digit;
  show_digits (self);
}

static void
erase_cb (AltmPinPad *self)
{
  gsize count = strlen (self->digits);

  if (count == 0)
    return;
  self->digits[count - 1] = '\0';
  show_digits (self);
}

static void
end_cb (AltmPinPad *self)
{
  gboolean is_empty = takes_passphrase (self) ? *gtk_editable_get_text (self->passphrase_entry) == '\0'
                                              : *self->digits == '\0';

  if (!is_empty)
    g_signal_emit (self, signals[ENTERED], 0);
}

static void
digit_cb (AltmPinPad *self, GtkButton *button)
{
  add_digit (self, *gtk_widget_get_name (GTK_WIDGET (button)));
}

static void
passphrase_cb (AltmPinPad *self)
{
  gtk_widget_set_sensitive (self->done_button, *gtk_editable_get_text (self->passphrase_entry) != '\0');
}

static gboolean
key_cb (AltmPinPad *self, guint key, guint code, GdkModifierType state)
{
  gunichar sign = gdk_keyval_to_unicode (key);

  if (takes_passphrase (self) || !gtk_widget_is_sensitive (GTK_WIDGET (self)))
    return GDK_EVENT_PROPAGATE;
  if (sign >= '0' && sign <= '9')
    add_digit (self, sign);
  else if (key == GDK_KEY_BackSpace)
    erase_cb (self);
  else if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter)
    end_cb (self);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

/**
 * altm_pin_pad_listen:
 * @page: a widget that the pad lies in: keys pressed in it are the pad's, wherever the focus is
 */
void
altm_pin_pad_listen (AltmPinPad *self, GtkWidget *page)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (page, keys);
}

/**
 * altm_pin_pad_set_takes_passphrase:
 * @takes_passphrase: whether a field for text stands in the digits' place
 */
void
altm_pin_pad_set_takes_passphrase (AltmPinPad *self, gboolean is_text)
{
  altm_pin_pad_clear (self);
  gtk_stack_set_visible_child_name (self->stack, is_text ? "passphrase" : "digits");
}

/**
 * altm_pin_pad_focus:
 *
 * Brings the passphrase's field, and with it the on-screen keyboard, where it is asked for.
 */
void
altm_pin_pad_focus (AltmPinPad *self)
{
  if (takes_passphrase (self))
    gtk_widget_grab_focus (GTK_WIDGET (self->passphrase_entry));
}

/**
 * altm_pin_pad_take:
 *
 * Returns: (transfer full): what was entered, in memory of sodium_malloc(), to be freed with
 *   sodium_free(), which wipes it; the pad is empty afterwards
 */
char *
altm_pin_pad_take (AltmPinPad *self)
{
  const char *text = takes_passphrase (self) ? gtk_editable_get_text (self->passphrase_entry) : self->digits;
  gsize size = strlen (text) + 1;
  char *secret = sodium_malloc (size);

  if (secret == NULL)
    g_error ("No locked memory for a PIN");
  memcpy (secret, text, size);
  altm_pin_pad_clear (self);
  return secret;
}

/**
 * altm_pin_pad_clear:
 *
 * Wipes what was entered. (A #GtkPasswordEntry wipes its text by itself.)
 */
void
altm_pin_pad_clear (AltmPinPad *self)
{
  sodium_memzero (self->digits, ALTM_PIN_DIGITS + 1);
  gtk_editable_set_text (self->passphrase_entry, "");
  show_digits (self);
}

static void
altm_pin_pad_dispose (GObject *object)
{
  AltmPinPad *self = ALTM_PIN_PAD (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), ALTM_TYPE_PIN_PAD);
  g_clear_pointer (&self->digits, sodium_free);
  G_OBJECT_CLASS (altm_pin_pad_parent_class)->dispose (object);
}

static void
altm_pin_pad_class_init (AltmPinPadClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_pin_pad_dispose;
  signals[ENTERED] = g_signal_new ("entered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-pin-pad.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmPinPad, stack);
  gtk_widget_class_bind_template_child (widget_class, AltmPinPad, dots_label);
  gtk_widget_class_bind_template_child (widget_class, AltmPinPad, erase_button);
  gtk_widget_class_bind_template_child (widget_class, AltmPinPad, ok_button);
  gtk_widget_class_bind_template_child (widget_class, AltmPinPad, passphrase_entry);
  gtk_widget_class_bind_template_child (widget_class, AltmPinPad, done_button);
  gtk_widget_class_bind_template_callback (widget_class, digit_cb);
  gtk_widget_class_bind_template_callback (widget_class, erase_cb);
  gtk_widget_class_bind_template_callback (widget_class, end_cb);
  gtk_widget_class_bind_template_callback (widget_class, passphrase_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_pin_pad_init (AltmPinPad *self)
{
  self->digits = sodium_malloc (ALTM_PIN_DIGITS + 1);
  if (self->digits == NULL)
    g_error ("No locked memory for a PIN");
  sodium_memzero (self->digits, ALTM_PIN_DIGITS + 1);
  gtk_widget_init_template (GTK_WIDGET (self));
  show_digits (self);
}
