/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-unlock-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-help-page.h"
#include "altm-holder.h"
#include "altm-lock-jobs.h"
#include "altm-navigation.h"
#include "altm-page-header.h"
#include "altm-pin-pad.h"
#include "altm-problem.h"
#include "altm-scroller.h"
#include "altm-settings-page.h"

struct _AltmUnlockPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *holder_group;
  AdwComboRow *holder_row;
  GtkLabel *message_label;
  GtkWidget *problem_box;
  GtkLabel *problem_label;
  AltmPinPad *pad;
  GtkWidget *settings_button;
  GtkWidget *forgotten_button;

  AltmSession *session;
  char **holders;
  guint countdown;
  gboolean is_running;
  gboolean was_wrong;
};

G_DEFINE_FINAL_TYPE (AltmUnlockPage, altm_unlock_page, GTK_TYPE_WIDGET)

enum
{
  DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *
get_holder (AltmUnlockPage *self)
{
  guint selected = adw_combo_row_get_selected (self->holder_row);

  return selected < g_strv_length (self->holders) ? self->holders[selected] : "";
}

static gboolean
has_passphrase (AltmUnlockPage *self)
{
  AltmVault *vault = altm_session_get_lock (self->session)->vault;

  return vault != NULL && altm_vault_get_kind (vault, get_holder (self)) == ALTM_VAULT_PASSPHRASE;
}

/* In seconds, rounded upwards: nobody is told to try when it is still too early. */
static int
get_wait (AltmUnlockPage *self)
{
  gint64 left = altm_session_get_lock (self->session)->wait_until - g_get_real_time ();

  return left <= 0 ? 0 : (left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
}

static char *
tell_wait (int seconds)
{
  int minutes = (seconds + 59) / 60;

  if (seconds < 100)
    return g_strdup_printf (ngettext ("Try again in %d s", "Try again in %d s", seconds), seconds);
  return g_strdup_printf (ngettext ("Try again in %d minute", "Try again in %d minutes", minutes), minutes);
}

static char *
tell_what_to_do (AltmUnlockPage *self)
{
  int wait = get_wait (self);

  if (self->is_running)
    return g_strdup (_("Checking…"));
  if (wait > 0)
    return tell_wait (wait);
  return g_strdup (has_passphrase (self) ? _("Enter your passphrase") : _("Enter your PIN"));
}

static void
show_problem (AltmUnlockPage *self, const char *text)
{
  gtk_widget_set_visible (self->problem_box, text != NULL);
  gtk_label_set_label (self->problem_label, text == NULL ? "" : text);
}

static void
show_tries (AltmUnlockPage *self)
{
  int left = altm_session_get_lock (self->session)->tries_left;
  g_autofree char *text = g_strdup_printf (
    ngettext ("%d try is left. After a wrong one, notes and names can no longer be read on this tablet; "
              "headquarters keeps them.",
              "%d tries are left. After the last one, notes and names can no longer be read on this tablet; "
              "headquarters keeps them.",
              left),
    left);
  g_autofree char *told = NULL;

  told = g_strdup_printf ("%s%s", self->was_wrong ? _("That was not right. ") : "", text);
  show_problem (self, left < ALTM_LOCK_TRIES ? told : NULL);
}

/* The keys are gone: there is nothing left to unlock, nor to have forgotten. */
static void
show_destroyed (AltmUnlockPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->pad), FALSE);
  gtk_widget_set_visible (self->holder_group, FALSE);
  gtk_widget_set_visible (self->forgotten_button, FALSE);
  gtk_widget_set_visible (self->settings_button, TRUE);
  gtk_label_set_label (self->message_label, _("There is no PIN any more"));
  show_problem (self, _("Notes and names can no longer be read on this tablet. Nothing is lost: headquarters keeps "
                        "them, and what waits is sent. Set a new PIN in the settings."));
}

static void
show (AltmUnlockPage *self)
{
  g_autofree char *message = NULL;

  if (!altm_session_get_lock (self->session)->is_set)
    {
      show_destroyed (self);
      return;
    }
  message = tell_what_to_do (self);
  gtk_label_set_label (self->message_label, message);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pad), !self->is_running && get_wait (self) == 0);
  gtk_widget_set_sensitive (self->holder_group, !self->is_running);
  if (!self->is_running)
    show_tries (self);
}

static gboolean
countdown_cb (gpointer user_data)
{
  AltmUnlockPage *self = user_data;

  show (self);
  if (get_wait (self) > 0)
    return G_SOURCE_CONTINUE;
  self->countdown = 0;
  return G_SOURCE_REMOVE;
}

static void
update (AltmUnlockPage *self)
{
  show (self);
  if (self->countdown == 0 && get_wait (self) > 0)
    self->countdown = g_timeout_add (500, countdown_cb, self);
}

static void
leave (AltmUnlockPage *self)
{
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  altm_navigation_pop (GTK_WIDGET (self));
  g_signal_emit (self, signals[DONE], 0);
}

static void
unlocked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmUnlockPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = altm_lock_job_finish (result, &error);

  self->is_running = FALSE;
  self->was_wrong = g_error_matches (error, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_SECRET);
  if (is_done && altm_lock_keeper_is_unlocked (altm_session_get_keeper (self->session)))
    {
      leave (self);
      return;
    }
  if (self->box == NULL)
    return;
  show (self);
  /* A wrong PIN is told by the tries that are left, as soon as the session has read them. */
  if (error != NULL && !self->was_wrong)
    show_problem (self, altm_problem_of_lock (error));
}

static void
entered_cb (AltmUnlockPage *self)
{
  if (self->is_running || get_wait (self) > 0)
    return;
  self->is_running = TRUE;
  altm_unlock_async (self->session, get_holder (self), altm_pin_pad_take (self->pad), unlocked_cb,
                     g_object_ref (self));
  show_problem (self, NULL);
  show (self);
}

static void
holder_cb (AltmUnlockPage *self)
{
  if (self->holders == NULL)
    return;
  altm_pin_pad_set_takes_passphrase (self->pad, has_passphrase (self));
  show (self);
}

static void
forgotten_cb (AltmUnlockPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_help_page_new (ALTM_HELP_FORGOTTEN));
}

static void
settings_cb (AltmUnlockPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_settings_page_new (self->session));
}

static void
fill_holders (AltmUnlockPage *self)
{
  const AltmLockState *lock = altm_session_get_lock (self->session);
  const char *chosen = altm_holder_choose (self->session);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;

  for (guint i = 0; lock->holders != NULL && lock->holders[i] != NULL; i++)
    {
      gtk_string_list_append (names, altm_holder_name (self->session, lock->holders[i]));
      if (g_strcmp0 (lock->holders[i], chosen) == 0)
        selected = i;
    }
  adw_combo_row_set_model (self->holder_row, G_LIST_MODEL (names));
  self->holders = g_strdupv (lock->holders);
  adw_combo_row_set_selected (self->holder_row, selected);
  /* Whoever is on shift, and has no PIN yet, is told whose is asked for. */
  gtk_widget_set_visible (self->holder_group,
                          chosen != NULL && (g_list_model_get_n_items (G_LIST_MODEL (names)) > 1
                                             || !g_str_equal (chosen, altm_session_get_holder (self->session))));
}

static void
altm_unlock_page_dispose (GObject *object)
{
  AltmUnlockPage *self = ALTM_UNLOCK_PAGE (object);

  g_clear_handle_id (&self->countdown, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (altm_unlock_page_parent_class)->dispose (object);
}

static void
altm_unlock_page_finalize (GObject *object)
{
  AltmUnlockPage *self = ALTM_UNLOCK_PAGE (object);

  g_clear_object (&self->session);
  g_strfreev (self->holders);
  G_OBJECT_CLASS (altm_unlock_page_parent_class)->finalize (object);
}

static void
altm_unlock_page_class_init (AltmUnlockPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_unlock_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = altm_unlock_page_finalize;
  signals[DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  g_type_ensure (ALTM_TYPE_PIN_PAD);
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-unlock-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmUnlockPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmUnlockPage, holder_group);
  gtk_widget_class_bind_template_child (widget_class, AltmUnlockPage, holder_row);
  gtk_widget_class_bind_template_child (widget_class, AltmUnlockPage, message_label);
  gtk_widget_class_bind_template_child (widget_class, AltmUnlockPage, problem_box);
  gtk_widget_class_bind_template_child (widget_class, AltmUnlockPage, problem_label);
  gtk_widget_class_bind_template_child (widget_class, AltmUnlockPage, pad);
  gtk_widget_class_bind_template_callback (widget_class, entered_cb);
  gtk_widget_class_bind_template_callback (widget_class, holder_cb);
  gtk_widget_class_bind_template_child (widget_class, AltmUnlockPage, settings_button);
  gtk_widget_class_bind_template_child (widget_class, AltmUnlockPage, forgotten_button);
  gtk_widget_class_bind_template_callback (widget_class, settings_cb);
  gtk_widget_class_bind_template_callback (widget_class, forgotten_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_unlock_page_init (AltmUnlockPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  altm_pin_pad_listen (self->pad, GTK_WIDGET (self));
}

GtkWidget *
altm_unlock_page_new (AltmSession *session)
{
  AltmUnlockPage *self = g_object_new (ALTM_TYPE_UNLOCK_PAGE, NULL);

  self->session = g_object_ref (session);
  fill_holders (self);
  holder_cb (self);
  g_signal_connect_object (session, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
