/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "altm-settings-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-about.h"
#include "altm-dialog.h"
#include "altm-display-group.h"
#include "altm-emergency-page.h"
#include "altm-enrolment-page.h"
#include "altm-environment.h"
#include "altm-handover-page.h"
#include "altm-help-page.h"
#include "altm-holder.h"
#include "altm-lock-jobs.h"
#include "altm-navigation.h"
#include "altm-page-header.h"
#include "altm-people-page.h"
#include "altm-problem.h"
#include "altm-scroller.h"
#include "altm-set-pin-page.h"
#include "altm-unlock-page.h"

struct _AltmSettingsPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AdwActionRow *training_row;
  GtkWidget *lock_group;
  AdwActionRow *state_row;
  GtkImage *state_image;
  AdwActionRow *set_row;
  GtkWidget *lock_row;
  GtkWidget *remove_row;
  AdwComboRow *delay_row;
  GtkWidget *sending_group;
  GtkSwitch *metered_switch;
  GtkSwitch *battery_switch;
  GtkWidget *tablet_group;
  AdwActionRow *hq_row;
  AdwActionRow *device_row;
  AdwActionRow *about_row;

  AltmSession *session;
  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (AltmSettingsPage, altm_settings_page, GTK_TYPE_WIDGET)

/* After how many minutes without a touch it locks. */
static const int delays[] = { 1, 2, 5, 15 };

static gboolean
is_unlocked (AltmSettingsPage *self)
{
  return altm_lock_keeper_is_unlocked (altm_session_get_keeper (self->session));
}

static const char *
tell_no_lock (const AltmLockState *lock)
{
  /* By AltmLockReason. */
  static const char *const texts[] = {
    [ALTM_LOCK_REASON_NONE] = N_("Notes and names are sealed for headquarters, and can’t be read again on this tablet. "
                                 "With a PIN they can."),
    [ALTM_LOCK_REASON_TRIES] = N_("After ten wrong tries the keys were destroyed. What waits is safe, and headquarters "
                                  "keeps notes and names. Set a new PIN."),
    [ALTM_LOCK_REASON_RESET] = N_("Headquarters reset the PIN. What waits is safe, and headquarters keeps notes and "
                                  "names. Set a new PIN."),
    [ALTM_LOCK_REASON_WIPE] = N_("Headquarters is wiping this tablet. What waits is sent first."),
    [ALTM_LOCK_REASON_RETIRED] = N_("Headquarters took those who had a PIN here off its list of mediators. What waits is "
                                    "safe, and headquarters keeps notes and names. Set a new PIN."),
  };

  return _(texts[lock->destroyed_because]);
}

static char *
tell_locked (const AltmLockState *lock)
{
  if (lock->tries_left >= ALTM_LOCK_TRIES)
    return g_strdup (_("Recording and sending go on. The PIN shows notes and names again."));
  return g_strdup_printf (ngettext ("Recording and sending go on. %d try of the PIN is left.",
                                    "Recording and sending go on. %d tries of the PIN are left.", lock->tries_left),
                          lock->tries_left);
}

static char *
tell_unlocked (AltmSettingsPage *self)
{
  const char *holder = altm_lock_keeper_get_holder (altm_session_get_keeper (self->session));

  return g_strdup_printf (_("By: %s. It locks by itself."), altm_holder_name (self->session, holder));
}

static void
show_state (AltmSettingsPage *self, const char *icon, const char *title, char *subtitle)
{
  g_autofree char *owned = subtitle;

  gtk_image_set_from_icon_name (self->state_image, icon);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->state_row), title);
  adw_action_row_set_subtitle (self->state_row, subtitle);
}

static void
show_lock (AltmSettingsPage *self)
{
  const AltmLockState *lock = altm_session_get_lock (self->session);

  if (lock->is_damaged)
    show_state (self, "dialog-warning-symbolic", _("The keys are damaged"),
                g_strdup (_("Nothing that you recorded is lost. Ask headquarters to reset the PIN, then set a new one.")));
  else if (!lock->is_set)
    show_state (self, "dialog-information-symbolic", _("No PIN is set"), g_strdup (tell_no_lock (lock)));
  else if (is_unlocked (self))
    show_state (self, "changes-allow-symbolic", _("Unlocked"), tell_unlocked (self));
  else
    show_state (self, "changes-prevent-symbolic", _("Locked"), tell_locked (lock));
}

static const char *
tell_set (AltmSettingsPage *self)
{
  const AltmLockState *lock = altm_session_get_lock (self->session);

  if (!lock->is_set)
    return _("Set a PIN");
  return altm_holder_is_set (self->session, altm_session_get_holder (self->session)) ? _("Change the PIN")
                                                                                     : _("Add a PIN of your own");
}

/* Whose it is, where HQ says who its mediators are. */
static void
show_set_row (AltmSettingsPage *self)
{
  gboolean has_mediators = altm_lists_has_mediators (altm_session_get_lists (self->session));
  const char *holder = altm_session_get_holder (self->session);
  const char *name = altm_holder_is_known (self->session, holder) ? altm_holder_name (self->session, holder)
                                                                  : _("You will be asked who you are");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->set_row), tell_set (self));
  adw_action_row_set_subtitle (self->set_row, has_mediators ? name : "");
}

static void
show_enrolment (AltmSettingsPage *self)
{
  const char *hq = altm_session_get_hq (self->session);
  const char *device_id = altm_session_get_device_id (self->session);

  adw_action_row_set_subtitle (self->hq_row, hq == NULL ? _("none yet") : hq);
  gtk_widget_set_visible (GTK_WIDGET (self->device_row), device_id != NULL);
  adw_action_row_set_subtitle (self->device_row, device_id == NULL ? "" : device_id);
}

static void
update (AltmSettingsPage *self)
{
  const AltmLockState *lock = altm_session_get_lock (self->session);

  show_lock (self);
  show_set_row (self);
  gtk_widget_set_visible (GTK_WIDGET (self->set_row), !lock->is_damaged);
  gtk_widget_set_visible (self->lock_row, is_unlocked (self));
  gtk_widget_set_visible (self->remove_row, lock->is_set && !lock->is_damaged);
  gtk_widget_set_visible (GTK_WIDGET (self->delay_row), lock->is_set);
  show_enrolment (self);
}

/* What changes the lock needs it unlocked. */
static void
unlock_first (AltmSettingsPage *self, GCallback then)
{
  GtkWidget *page = altm_unlock_page_new (self->session);

  g_signal_connect_object (page, "done", then, self, G_CONNECT_SWAPPED);
  altm_navigation_push (GTK_WIDGET (self), page);
}

static void
set_for (AltmSettingsPage *self, const char *holder)
{
  altm_navigation_push (GTK_WIDGET (self), altm_set_pin_page_new (self->session, holder));
}

static void
holder_chosen_cb (AltmSettingsPage *self, const char *holder, const char *partner)
{
  set_for (self, holder);
}

static void
open_set_page (AltmSettingsPage *self)
{
  const char *holder = altm_session_get_holder (self->session);
  GtkWidget *page;

  if (altm_holder_is_known (self->session, holder))
    {
      set_for (self, holder);
      return;
    }
  page = altm_people_page_new (self->session, FALSE);
  g_signal_connect_object (page, "chosen", G_CALLBACK (holder_chosen_cb), self, G_CONNECT_SWAPPED);
  altm_navigation_push (GTK_WIDGET (self), page);
}

static void
set_cb (AltmSettingsPage *self)
{
  if (altm_session_get_lock (self->session)->is_set && !is_unlocked (self))
    unlock_first (self, G_CALLBACK (open_set_page));
  else
    open_set_page (self);
}

static void
lock_cb (AltmSettingsPage *self)
{
  altm_lock_keeper_lock (altm_session_get_keeper (self->session));
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmSettingsPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = altm_lock_job_finish (result, &error);

  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  if (is_done)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", _("The PIN is removed"));
  else
    altm_dialog_tell (GTK_WIDGET (self), _("The PIN was not removed"), altm_problem_of_lock (error), NULL, NULL);
}

/* Who unlocked it gives up their own way in; others keep theirs. */
static void
remove_now (AltmSettingsPage *self)
{
  const char *holder = altm_lock_keeper_get_holder (altm_session_get_keeper (self->session));

  if (holder == NULL)
    return;
  altm_remove_secret_async (self->session, holder, removed_cb, g_object_ref (self));
}

static void
ask_remove (AltmSettingsPage *self)
{
  gboolean is_last = g_strv_length (altm_session_get_lock (self->session)->holders) <= 1;
  const char *body = is_last ? _("Notes and names can then no longer be read on this tablet. Headquarters keeps them, and "
                                 "what waits is sent.")
                             : _("Others who set a PIN on this tablet keep theirs.");

  altm_dialog_ask (GTK_WIDGET (self), _("Remove the PIN?"), body, _("Keep"), _("Remove"), ADW_RESPONSE_DESTRUCTIVE,
                   G_CALLBACK (remove_now), self);
}

static void
remove_cb (AltmSettingsPage *self)
{
  if (is_unlocked (self))
    ask_remove (self);
  else
    unlock_first (self, G_CALLBACK (ask_remove));
}

static void
delay_cb (AltmSettingsPage *self)
{
  guint selected = adw_combo_row_get_selected (self->delay_row);

  if (self->session == NULL || selected >= G_N_ELEMENTS (delays))
    return;
  if (self->settings != NULL)
    g_settings_set_int (self->settings, "lock-after", delays[selected]);
  altm_lock_keeper_set_delay (altm_session_get_keeper (self->session), delays[selected] * G_TIME_SPAN_MINUTE);
}

static void
emergency_cb (AltmSettingsPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_emergency_page_new ());
}

static void
help_cb (AltmSettingsPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_help_page_new (ALTM_HELP_LOCK));
}

static void
enrol_cb (AltmSettingsPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_enrolment_page_new (self->session, TRUE));
}

static void
handover_cb (AltmSettingsPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_handover_page_new (self->session));
}

static void
training_cb (AltmSettingsPage *self)
{
  gboolean is_training = altm_session_is_training (self->session);

  gtk_widget_activate_action (GTK_WIDGET (self), is_training ? "win.leave-training" : "win.train", NULL);
}

/* The keys and the enrolment are the tablet's, which training leaves as it is. */
static void
show_training (AltmSettingsPage *self)
{
  gboolean is_training = altm_session_is_training (self->session);

  if (is_training)
    {
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->training_row), _("Leave training"));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->training_row), _("What you entered in it is erased"));
    }
  gtk_widget_set_visible (self->lock_group, !is_training);
  gtk_widget_set_visible (self->sending_group, !is_training);
  gtk_widget_set_visible (self->tablet_group, !is_training);
}

static void
about_cb (AltmSettingsPage *self)
{
  altm_about_show (GTK_WIDGET (self), self->session);
}

static void
fill_delays (AltmSettingsPage *self)
{
  g_autoptr (GtkStringList) texts = gtk_string_list_new (NULL);
  int chosen = altm_settings_load_lock_after (self->settings);
  guint selected = 1;

  for (guint i = 0; i < G_N_ELEMENTS (delays); i++)
    {
      gtk_string_list_take (texts, g_strdup_printf (_("%d min"), delays[i]));
      if (delays[i] == chosen)
        selected = i;
    }
  adw_combo_row_set_model (self->delay_row, G_LIST_MODEL (texts));
  adw_combo_row_set_selected (self->delay_row, selected);
}

static void
bind_switches (AltmSettingsPage *self)
{
  gtk_widget_set_visible (self->sending_group, self->settings != NULL);
  if (self->settings == NULL)
    return;
  g_settings_bind (self->settings, "send-on-metered", self->metered_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "send-on-low-battery", self->battery_switch, "active", G_SETTINGS_BIND_DEFAULT);
}

static void
altm_settings_page_dispose (GObject *object)
{
  AltmSettingsPage *self = ALTM_SETTINGS_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (altm_settings_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-settings-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, training_row);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, lock_group);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, tablet_group);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, state_row);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, state_image);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, set_row);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, lock_row);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, remove_row);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, delay_row);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, sending_group);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, metered_switch);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, battery_switch);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, hq_row);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, device_row);
  gtk_widget_class_bind_template_child (widget_class, AltmSettingsPage, about_row);
  gtk_widget_class_bind_template_callback (widget_class, set_cb);
  gtk_widget_class_bind_template_callback (widget_class, lock_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
  gtk_widget_class_bind_template_callback (widget_class, delay_cb);
  gtk_widget_class_bind_template_callback (widget_class, emergency_cb);
  gtk_widget_class_bind_template_callback (widget_class, help_cb);
  gtk_widget_class_bind_template_callback (widget_class, enrol_cb);
  gtk_widget_class_bind_template_callback (widget_class, handover_cb);
  gtk_widget_class_bind_template_callback (widget_class, training_cb);
  gtk_widget_class_bind_template_callback (widget_class, about_cb);
}

static void
altm_settings_page_class_init (AltmSettingsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_settings_page_dispose;
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_DISPLAY_GROUP);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_settings_page_init (AltmSettingsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
altm_settings_page_new (AltmSession *session)
{
  AltmSettingsPage *self = g_object_new (ALTM_TYPE_SETTINGS_PAGE, NULL);
  AltmLockKeeper *keeper = altm_session_get_keeper (session);
  g_autofree char *about = g_strdup_printf (_("Version %s, free software under the GNU GPL, version 3 or later"),
                                            PACKAGE_VERSION);

  self->settings = altm_settings_new ();
  fill_delays (self);
  bind_switches (self);
  self->session = g_object_ref (session);
  adw_action_row_set_subtitle (self->about_row, about);
  show_training (self);
  g_signal_connect_object (session, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (keeper, "locked", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (keeper, "unlocked", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
