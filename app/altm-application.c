/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "altm-application.h"

#include <glib/gi18n.h>

#include "altm-daily-notice.h"
#include "altm-environment.h"
#include "altm-lock-watch.h"
#include "altm-reader.h"
#include "altm-session.h"
#include "altm-training-mode.h"
#include "altm-window.h"

/* How long a service with nothing to send waits to be asked for its window, in milliseconds. */
#define SERVICE_WAIT 10000

struct _AltmApplication
{
  AdwApplication parent_instance;

  char *directory;
  AltmSession *session;
  AltmTrainingMode *training_mode;
  AltmLockWatch *lock_watch;
  AltmDailyNotice *due_notice;
  AltmDailyNotice *late_notice;
  GSettings *settings;
  char *language;
  GError *failure;
  gboolean is_opening;
  gboolean is_held;
  gboolean is_restarting;
};

G_DEFINE_FINAL_TYPE (AltmApplication, altm_application, ADW_TYPE_APPLICATION)

static AltmWindow *
get_window (AltmApplication *self)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  for (GList *l = windows; l != NULL; l = l->next)
    if (ALTM_IS_WINDOW (l->data))
      return l->data;
  return NULL;
}

static void
update_window (AltmApplication *self)
{
  AltmWindow *window = get_window (self);
  AltmSession *session = altm_training_mode_get_session (self->training_mode);

  if (window == NULL)
    return;
  if (session != NULL)
    altm_window_show_session (window, session);
  else if (self->failure != NULL)
    altm_window_show_failure (window, self->failure);
}

/* Without a window the app goes on as long as something has to be sent. */
static void
update_hold (AltmApplication *self)
{
  gboolean is_needed = !self->is_restarting && altm_session_get_summary (self->session)->queued > 0;

  if (is_needed == self->is_held)
    return;
  self->is_held = is_needed;
  if (is_needed)
    g_application_hold (G_APPLICATION (self));
  else
    g_application_release (G_APPLICATION (self));
}

static void
start_notices (AltmApplication *self)
{
  self->due_notice = altm_daily_notice_new (G_APPLICATION (self), self->session, ALTM_DAILY_NOTICE_DUE);
  self->late_notice = altm_daily_notice_new (G_APPLICATION (self), self->session, ALTM_DAILY_NOTICE_LATE);
}

/* Without settings it sends by itself where that costs nothing. */
static void
bind_sender (AltmApplication *self)
{
  AltmSender *sender = altm_session_get_sender (self->session);

  if (self->settings == NULL)
    return;
  g_settings_bind (self->settings, "send-on-metered", sender, "on-metered", G_SETTINGS_BIND_GET);
  g_settings_bind (self->settings, "send-on-low-battery", sender, "on-low-battery", G_SETTINGS_BIND_GET);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmApplication) self = user_data;

  self->is_opening = FALSE;
  g_clear_error (&self->failure);
  if (altm_session_open_finish (ALTM_SESSION (source), result, &self->failure))
    {
      g_signal_connect_object (source, "changed", G_CALLBACK (update_hold), self,
                               G_CONNECT_SWAPPED);
      update_hold (self);
      bind_sender (self);
      altm_training_mode_resume (self->training_mode);
      start_notices (self);
    }
  else
    g_printerr ("%s\n", self->failure->message);
  update_window (self);
  g_application_release (G_APPLICATION (self));
}

static void
open_session (AltmApplication *self)
{
  if (self->is_opening || altm_session_is_open (self->session))
    return;
  self->is_opening = TRUE;
  g_application_hold (G_APPLICATION (self));
  altm_session_open_async (self->session, opened_cb, g_object_ref (self));
}

static void
open_store_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  open_session (user_data);
}

/* A notification is pressed: it is answered once the window is there. */
static void
show_tab_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_activate (user_data);
  altm_window_show_tab (get_window (user_data), g_variant_get_string (parameter, NULL));
}

/* The forms on the screen keep their drafts as they go, and what is being saved is waited for, as after any closing of
 * the window. */
static void
restart_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AltmApplication *self = user_data;

  self->is_restarting = TRUE;
  if (get_window (self) != NULL)
    gtk_window_destroy (GTK_WINDOW (get_window (self)));
  if (altm_session_is_open (self->session))
    update_hold (self);
}

static void
update_restart (AltmApplication *self)
{
  GAction *restart = g_action_map_lookup_action (G_ACTION_MAP (self), "restart");
  g_autofree char *language = altm_settings_load_language (self->settings);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (restart), !g_str_equal (language, self->language));
}

static void
start_comfort (AltmApplication *self)
{
  self->language = altm_settings_load_language (self->settings);
  altm_text_size_watch (self->settings);
  update_restart (self);
  if (self->settings != NULL)
    g_signal_connect_object (self->settings, "changed::language", G_CALLBACK (update_restart), self, G_CONNECT_SWAPPED);
}

static void
start_training_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AltmApplication *self = user_data;

  altm_training_mode_start (self->training_mode);
}

static void
stop_training_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AltmApplication *self = user_data;

  altm_training_mode_stop (self->training_mode);
}

static void
training_failed_cb (AltmApplication *self, const GError *error)
{
  AltmWindow *window = get_window (self);

  g_warning ("Training: %s", error->message);
  update_window (self);
  if (window != NULL)
    altm_window_tell_training_failed (window, error);
}

static void
start_training_mode (AltmApplication *self)
{
  self->training_mode = altm_training_mode_new (self->session);
  g_signal_connect_object (self->training_mode, "changed", G_CALLBACK (update_window), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->training_mode, "failed", G_CALLBACK (training_failed_cb), self, G_CONNECT_SWAPPED);
}

/* What was copied of a note would be pasted by whoever finds the tablet. What another program put there
 * is that one's. */
static void
empty (GdkClipboard *clipboard)
{
  if (gdk_clipboard_is_local (clipboard))
    gdk_clipboard_set_content (clipboard, NULL);
}

static void
empty_clipboards (AltmApplication *self)
{
  GdkDisplay *display = gdk_display_get_default ();

  if (display == NULL)
    return;
  empty (gdk_display_get_clipboard (display));
  empty (gdk_display_get_primary_clipboard (display));
}

static void
start_lock (AltmApplication *self)
{
  AltmLockKeeper *keeper = altm_session_get_keeper (self->session);

  altm_lock_keeper_set_delay (keeper, altm_settings_load_lock_after (self->settings) * G_TIME_SPAN_MINUTE);
  g_signal_connect_object (keeper, "closed", G_CALLBACK (empty_clipboards), self, G_CONNECT_SWAPPED);
  self->lock_watch = altm_lock_watch_new (keeper);
  altm_lock_watch_start (self->lock_watch);
}

static void
altm_application_startup (GApplication *application)
{
  AltmApplication *self = ALTM_APPLICATION (application);
  static const char *const help_keys[] = { "F1", "<Control>question", NULL };
  const GActionEntry actions[] = {
    { "open-store", open_store_cb },         { "show-tab", show_tab_cb, "s" },
    { "restart", restart_cb },               { "start-training", start_training_cb },
    { "stop-training", stop_training_cb },
  };

  G_APPLICATION_CLASS (altm_application_parent_class)->startup (application);
  altm_reader_start ();
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "win.show-help-overlay", help_keys);
  if (g_application_get_flags (application) & G_APPLICATION_IS_SERVICE)
    g_application_set_inactivity_timeout (application, SERVICE_WAIT);
  if (self->directory == NULL)
    self->directory = g_build_filename (g_get_user_data_dir (), "altm-field", NULL);
  self->settings = altm_settings_new ();
  self->session = altm_session_new (self->directory);
  start_training_mode (self);
  start_comfort (self);
  start_lock (self);
  open_session (self);
}

static void
altm_application_activate (GApplication *application)
{
  AltmApplication *self = ALTM_APPLICATION (application);
  AltmWindow *window = get_window (self);

  if (window == NULL)
    window = altm_window_new (ADW_APPLICATION (self));
  update_window (self);
  gtk_window_present (GTK_WINDOW (window));
}

static void
altm_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  AltmApplication *self = ALTM_APPLICATION (application);
  g_autofree char *link = g_file_get_uri (files[0]);

  altm_application_activate (application);
  altm_window_show_link (get_window (self), link);
}

static int
altm_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  AltmApplication *self = ALTM_APPLICATION (application);
  g_autofree char *store = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("altm-field %s\n", PACKAGE_VERSION);
      return 0;
    }
  if (g_variant_dict_lookup (options, "store", "^ay", &store))
    self->directory = g_canonicalize_filename (store, NULL);
  return -1;
}

static void
altm_application_shutdown (GApplication *application)
{
  AltmApplication *self = ALTM_APPLICATION (application);
  AltmWindow *window = get_window (self);

  if (window != NULL)
    gtk_window_destroy (GTK_WINDOW (window));
  altm_lock_keeper_lock (altm_session_get_keeper (self->session));
  g_clear_object (&self->lock_watch);
  g_clear_object (&self->due_notice);
  g_clear_object (&self->late_notice);
  g_clear_object (&self->training_mode);
  g_clear_object (&self->settings);
  g_clear_object (&self->session);
  G_APPLICATION_CLASS (altm_application_parent_class)->shutdown (application);
}

static void
altm_application_finalize (GObject *object)
{
  AltmApplication *self = ALTM_APPLICATION (object);

  g_clear_error (&self->failure);
  g_free (self->language);
  g_free (self->directory);
  G_OBJECT_CLASS (altm_application_parent_class)->finalize (object);
}

static void
altm_application_class_init (AltmApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = altm_application_finalize;
  application_class->startup = altm_application_startup;
  application_class->activate = altm_application_activate;
  application_class->open = altm_application_open;
  application_class->handle_local_options = altm_application_handle_local_options;
  application_class->shutdown = altm_application_shutdown;
}

static void
altm_application_init (AltmApplication *self)
{
  const GOptionEntry options[] = {
    { "store", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_("Folder of the records"), N_("DIR") },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Show the version"), NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

AltmApplication *
altm_application_new (void)
{
  return g_object_new (ALTM_TYPE_APPLICATION, "application-id", APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, NULL);
}

/**
 * altm_application_get_restart:
 *
 * Returns: (transfer full) (nullable): with which store's folder the program is to be started anew now that it has ended
 */
char *
altm_application_get_restart (AltmApplication *self)
{
  return self->is_restarting ? g_strdup (self->directory) : NULL;
}
