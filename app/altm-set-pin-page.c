/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-set-pin-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

#include "altm-holder.h"
#include "altm-lock-jobs.h"
#include "altm-navigation.h"
#include "altm-page-header.h"
#include "altm-pin-pad.h"
#include "altm-problem.h"
#include "altm-scroller.h"

struct _AltmSetPinPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  GtkLabel *message_label;
  GtkWidget *problem_box;
  GtkLabel *problem_label;
  AltmPinPad *pad;
  GtkWidget *switch_button;

  AltmSession *session;
  char *holder;
  char *first;
  gboolean takes_passphrase;
  gboolean is_running;
};

G_DEFINE_FINAL_TYPE (AltmSetPinPage, altm_set_pin_page, GTK_TYPE_WIDGET)

static const char *
tell_what_to_do (AltmSetPinPage *self)
{
  if (self->is_running)
    return _("Setting the lock…");
  if (self->first != NULL)
    return self->takes_passphrase ? _("The same passphrase once more") : _("The same PIN once more");
  return self->takes_passphrase ? _("A passphrase: four words or more that nobody would guess")
                                : _("A PIN of 6 digits or more, that nobody would guess");
}

static void
show_problem (AltmSetPinPage *self, const char *text)
{
  gtk_widget_set_visible (self->problem_box, text != NULL);
  gtk_label_set_label (self->problem_label, text == NULL ? "" : text);
}

static void
show (AltmSetPinPage *self)
{
  const char *other = self->takes_passphrase ? _("Use a PIN instead") : _("Use a passphrase instead");

  gtk_label_set_label (self->message_label, tell_what_to_do (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self->pad), !self->is_running);
  gtk_widget_set_sensitive (self->switch_button, !self->is_running);
  gtk_label_set_label (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->switch_button))), other);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->switch_button), GTK_ACCESSIBLE_PROPERTY_LABEL, other, -1);
}

static void
start_again (AltmSetPinPage *self, const char *problem)
{
  g_clear_pointer (&self->first, sodium_free);
  show_problem (self, problem);
  show (self);
  altm_pin_pad_focus (self->pad);
}

static void
set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmSetPinPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = altm_lock_job_finish (result, &error);

  self->is_running = FALSE;
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  if (!is_done)
    {
      start_again (self, altm_problem_of_lock (error));
      return;
    }
  gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s",
                              self->takes_passphrase ? _("The passphrase is set") : _("The PIN is set"));
  altm_navigation_pop (GTK_WIDGET (self));
}

static void
take_first (AltmSetPinPage *self, char *secret)
{
  g_autoptr (GError) error = NULL;

  if (!altm_vault_check_secret (secret, &error))
    {
      sodium_free (secret);
      start_again (self, error->message);
      return;
    }
  self->first = secret;
  show_problem (self, NULL);
  show (self);
  altm_pin_pad_focus (self->pad);
}

static void
take_second (AltmSetPinPage *self, char *secret)
{
  gsize size = strlen (secret);
  gboolean is_same = size == strlen (self->first) && sodium_memcmp (secret, self->first, size) == 0;

  g_clear_pointer (&self->first, sodium_free);
  if (!is_same)
    {
      sodium_free (secret);
      start_again (self, _("The two are not the same. Begin again."));
      return;
    }
  self->is_running = TRUE;
  altm_set_secret_async (self->session, self->holder, secret, set_cb, g_object_ref (self));
  show (self);
}

static void
entered_cb (AltmSetPinPage *self)
{
  char *secret;

  if (self->is_running)
    return;
  secret = altm_pin_pad_take (self->pad);
  if (self->first == NULL)
    take_first (self, secret);
  else
    take_second (self, secret);
}

static void
switch_cb (AltmSetPinPage *self)
{
  self->takes_passphrase = !self->takes_passphrase;
  altm_pin_pad_set_takes_passphrase (self->pad, self->takes_passphrase);
  start_again (self, NULL);
}

/* Locked while the second one is being typed: to be unlocked first, from the settings. */
static void
locked_cb (AltmSetPinPage *self)
{
  if (altm_session_get_lock (self->session)->is_set && !self->is_running)
    altm_navigation_pop (GTK_WIDGET (self));
}

static void
altm_set_pin_page_dispose (GObject *object)
{
  AltmSetPinPage *self = ALTM_SET_PIN_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->first, sodium_free);
  g_clear_object (&self->session);
  g_clear_pointer (&self->holder, g_free);
  G_OBJECT_CLASS (altm_set_pin_page_parent_class)->dispose (object);
}

static void
altm_set_pin_page_class_init (AltmSetPinPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_set_pin_page_dispose;
  g_type_ensure (ALTM_TYPE_PIN_PAD);
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-set-pin-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmSetPinPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmSetPinPage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmSetPinPage, message_label);
  gtk_widget_class_bind_template_child (widget_class, AltmSetPinPage, problem_box);
  gtk_widget_class_bind_template_child (widget_class, AltmSetPinPage, problem_label);
  gtk_widget_class_bind_template_child (widget_class, AltmSetPinPage, pad);
  gtk_widget_class_bind_template_child (widget_class, AltmSetPinPage, switch_button);
  gtk_widget_class_bind_template_callback (widget_class, entered_cb);
  gtk_widget_class_bind_template_callback (widget_class, switch_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_set_pin_page_init (AltmSetPinPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  altm_pin_pad_listen (self->pad, GTK_WIDGET (self));
}

GtkWidget *
altm_set_pin_page_new (AltmSession *session, const char *holder)
{
  AltmSetPinPage *self = g_object_new (ALTM_TYPE_SET_PIN_PAGE, NULL);
  gboolean is_set = altm_holder_is_set (session, holder);

  self->session = g_object_ref (session);
  self->holder = g_strdup (holder);
  altm_page_header_set_titles (self->header, is_set ? _("Change the PIN") : _("Set a PIN"),
                               altm_holder_name (session, holder));
  g_signal_connect_object (altm_session_get_keeper (session), "locked", G_CALLBACK (locked_cb), self,
                           G_CONNECT_SWAPPED);
  show (self);
  return GTK_WIDGET (self);
}
