/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-window.h"

#include <glib/gi18n.h>

#include "altm-dialog.h"
#include "altm-enrolment-page.h"
#include "altm-environment.h"
#include "altm-main-page.h"
#include "altm-navigation.h"
#include "altm-notice.h"
#include "altm-opening-page.h"
#include "altm-problem.h"
#include "altm-reader.h"
#include "altm-wiped-page.h"

/* How long something that was done is said, in seconds. */
#define SAID_SECONDS 3

/* After so long without the store, a person is told what goes on, in milliseconds. */
#define PATIENCE 700

struct _AltmWindow
{
  AdwApplicationWindow parent_instance;

  GtkWidget *training_bar;
  GtkLabel *said_label;
  GtkStack *stack;
  AdwBin *opening_bin;
  AdwBin *enrolment_bin;
  AdwBin *main_bin;

  AltmSession *session;
  AltmMainPage *main_page;
  GSettings *settings;
  char *link;
  char *tab;
  int width;
  guint hush_source;
  guint patience_source;
  gboolean has_told_recovery;
  gboolean has_told_short;
};

G_DEFINE_FINAL_TYPE (AltmWindow, altm_window, ADW_TYPE_APPLICATION_WINDOW)

static gboolean
hush_cb (gpointer user_data)
{
  AltmWindow *self = user_data;

  self->hush_source = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->said_label), FALSE);
  return G_SOURCE_REMOVE;
}

/* It stands over the header of whichever page there is, and what is touched there is pressed all the same. */
static void
say_action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AltmWindow *self = ALTM_WINDOW (widget);

  g_clear_handle_id (&self->hush_source, g_source_remove);
  gtk_label_set_label (self->said_label, g_variant_get_string (parameter, NULL));
  gtk_widget_set_visible (GTK_WIDGET (self->said_label), TRUE);
  altm_reader_tell (widget, g_variant_get_string (parameter, NULL));
  self->hush_source = g_timeout_add_seconds (SAID_SECONDS, hush_cb, self);
}

static void
set_width (AltmWindow *self)
{
  GtkWidget *navigation = adw_bin_get_child (self->main_bin);
  int width;

  if (self->main_page == NULL || self->width == 0)
    return;
  width = altm_navigation_set_width (ALTM_NAVIGATION (navigation), self->width);
  altm_main_page_set_width (self->main_page, width, width < self->width);
}

/* What is begun below it stays, and is there again once the tablet is enrolled or the person goes back. */
static GtkWidget *
push_enrolment (AltmWindow *self)
{
  GtkWidget *top = altm_navigation_get_top (ALTM_NAVIGATION (adw_bin_get_child (self->main_bin)));
  GtkWidget *page;

  if (ALTM_IS_ENROLMENT_PAGE (top))
    return top;
  page = altm_enrolment_page_new (self->session, TRUE);
  altm_navigation_push (top, page);
  return page;
}

static GtkWidget *
put_enrolment (AltmWindow *self)
{
  GtkWidget *page = adw_bin_get_child (self->enrolment_bin);

  if (ALTM_IS_ENROLMENT_PAGE (page))
    return page;
  page = altm_enrolment_page_new (self->session, FALSE);
  adw_bin_set_child (self->enrolment_bin, page);
  return page;
}

static void
open_enrolment (AltmWindow *self, gboolean is_above)
{
  GtkWidget *page = is_above ? push_enrolment (self) : put_enrolment (self);

  if (self->link != NULL)
    altm_enrolment_page_set_link (ALTM_ENROLMENT_PAGE (page), self->link);
  g_clear_pointer (&self->link, g_free);
}

/* Called when the person has read that the tablet is empty. */
static void
enrol_again_cb (AltmWindow *self)
{
  open_enrolment (self, FALSE);
}

static void
open_wiped (AltmWindow *self)
{
  GtkWidget *page = altm_wiped_page_new (altm_session_get_wiped (self->session));

  g_signal_connect_object (page, "enrol", G_CALLBACK (enrol_again_cb), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (self->enrolment_bin, page);
}

static void
open_unused (AltmWindow *self)
{
  gboolean is_open = adw_bin_get_child (self->enrolment_bin) != NULL;

  /* What was open belongs to records that are gone. */
  self->main_page = NULL;
  adw_bin_set_child (self->main_bin, NULL);
  if (self->link != NULL)
    open_enrolment (self, FALSE);
  else if (!is_open && altm_session_get_wiped (self->session) != 0)
    open_wiped (self);
  else if (!is_open)
    open_enrolment (self, FALSE);
}

static void
open_main (AltmWindow *self)
{
  self->main_page = ALTM_MAIN_PAGE (altm_main_page_new (self->session));
  adw_bin_set_child (self->main_bin, altm_navigation_new (GTK_WIDGET (self->main_page)));
  set_width (self);
}

static gboolean
is_training (AltmWindow *self)
{
  return self->session != NULL && altm_session_is_training (self->session);
}

/* Of what is due, and of an enrolment link, nothing is for training: it waits until that ends. */
static void
open_tab (AltmWindow *self)
{
  if (self->main_page == NULL || self->tab == NULL || is_training (self))
    return;
  altm_main_page_show_tab (self->main_page, self->tab);
  g_clear_pointer (&self->tab, g_free);
}

static void
tell_recovery (AltmWindow *self)
{
  const AltmRecovery *recovery = altm_session_get_recovery (self->session);
  g_autofree char *body = NULL;

  if (recovery == NULL || self->has_told_recovery)
    return;
  self->has_told_recovery = TRUE;
  body = altm_notice_of_recovery (recovery);
  altm_dialog_tell (GTK_WIDGET (self), _("The tablet’s storage was damaged"), body,
                    G_CALLBACK (altm_session_forget_recovery), self->session);
}

/* Said once each time that the tablet becomes full: the page for sending goes on saying it. */
static void
tell_short (AltmWindow *self)
{
  gboolean is_short = altm_session_is_short (self->session);

  if (is_short && !self->has_told_short)
    altm_dialog_tell (GTK_WIDGET (self), _("The tablet is nearly full"),
                      _("What you recorded is saved. Delete photos or other files now: soon nothing more can be "
                        "saved."),
                      NULL, NULL);
  self->has_told_short = is_short;
}

/* A dialog needs a window on the screen to stand before. */
static void
tell (AltmWindow *self)
{
  if (self->session == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  tell_recovery (self);
  tell_short (self);
}

static void
update (AltmWindow *self)
{
  gboolean is_in_use = altm_session_is_enrolled (self->session) || altm_session_has_records (self->session) ||
                       is_training (self);

  if (is_in_use && self->main_page == NULL)
    open_main (self);
  if (!is_in_use)
    open_unused (self);
  if (is_in_use && self->link != NULL && !is_training (self))
    open_enrolment (self, TRUE);
  gtk_stack_set_visible_child_name (self->stack, is_in_use ? "main" : "enrolment");
  if (is_in_use)
    adw_bin_set_child (self->enrolment_bin, NULL);
  open_tab (self);
  tell (self);
}

static void
start_training (AltmWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "app.start-training", NULL);
}

static void
stop_training (AltmWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "app.stop-training", NULL);
}

/* What is open belongs to that session. */
static void
let_go (AltmWindow *self)
{
  g_signal_handlers_disconnect_by_func (self->session, update, self);
  self->main_page = NULL;
  adw_bin_set_child (self->main_bin, NULL);
  adw_bin_set_child (self->enrolment_bin, NULL);
  g_clear_object (&self->session);
}

/**
 * altm_window_show_session:
 * @session: a session that is open; what was shown of another one goes
 */
void
altm_window_show_session (AltmWindow *self, AltmSession *session)
{
  if (self->session == session)
    return;
  g_clear_handle_id (&self->patience_source, g_source_remove);
  adw_bin_set_child (self->opening_bin, NULL);
  if (self->session != NULL)
    let_go (self);
  gtk_widget_set_visible (self->training_bar, altm_session_is_training (session));
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
train_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  altm_dialog_ask (widget, _("Train?"),
                   _("What you record then is neither sent nor counted, and goes when you leave. The rest goes on being "
                     "sent. Enter no real names."),
                   _("Not now"), _("Train"), ADW_RESPONSE_SUGGESTED, G_CALLBACK (start_training), widget);
}

static void
leave_training_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  altm_dialog_ask (widget, _("Leave training?"),
                   _("What you recorded in training is removed. From then on all that you record counts."),
                   _("Go on training"), _("Remove and leave"), ADW_RESPONSE_DESTRUCTIVE, G_CALLBACK (stop_training), widget);
}

/**
 * altm_window_tell_training_failed:
 * @error: why training did not begin, or did not end
 */
void
altm_window_tell_training_failed (AltmWindow *self, const GError *error)
{
  g_autofree char *body = NULL;

  if (is_training (self))
    {
      altm_dialog_tell (GTK_WIDGET (self), _("Training goes on"),
                        _("The tablet’s storage did not answer. What you record is still not counted. Try again; if it happens "
                          "again, restart the tablet."), NULL, NULL);
      return;
    }
  body = g_strconcat (_("All that you record now counts."), "\n\n", _(altm_problem_of_store (error)->advice), NULL);
  altm_dialog_tell (GTK_WIDGET (self), _("No training"), body, NULL, NULL);
}

/**
 * altm_window_show_failure:
 * @error: why the session could not be opened
 */
void
altm_window_show_failure (AltmWindow *self, const GError *error)
{
  g_clear_handle_id (&self->patience_source, g_source_remove);
  adw_bin_set_child (self->opening_bin, altm_opening_page_new (altm_problem_of_store (error)));
  gtk_stack_set_visible_child_name (self->stack, "opening");
}

/**
 * altm_window_show_link:
 * @link: an enrolment link, shown for the mediator to confirm
 */
void
altm_window_show_link (AltmWindow *self, const char *link)
{
  g_free (self->link);
  self->link = g_strdup (link);
  if (self->session != NULL)
    update (self);
}

/**
 * altm_window_show_tab:
 * @name: as of altm_main_page_show_tab()
 *
 * Shows that page, as soon as the store is open.
 */
void
altm_window_show_tab (AltmWindow *self, const char *name)
{
  g_free (self->tab);
  self->tab = g_strdup (name);
  open_tab (self);
}

/**
 * altm_window_offer:
 * @from: a widget in the window
 * @clicked: called with @object when the button is pressed
 * @object: kept until the offer is gone
 *
 * Says @text on the main page for some seconds, with a button.
 *
 * Returns: (transfer none) (nullable): the main page, above which a page can be pushed
 */
GtkWidget *
altm_window_offer (GtkWidget *from, const char *text, const char *button, GCallback clicked, GObject *object)
{
  GtkRoot *root = gtk_widget_get_root (from);

  if (!ALTM_IS_WINDOW (root) || ALTM_WINDOW (root)->main_page == NULL)
    return NULL;
  altm_main_page_offer (ALTM_WINDOW (root)->main_page, text, button, clicked, object);
  return GTK_WIDGET (ALTM_WINDOW (root)->main_page);
}

static void
layout_cb (GdkSurface *surface, int width, int height, AltmWindow *self)
{
  if (width == self->width)
    return;
  self->width = width;
  set_width (self);
}

static AltmLockKeeper *
get_keeper (AltmWindow *self)
{
  return self->session == NULL ? NULL : altm_session_get_keeper (self->session);
}

/* Whatever is done with the app counts as a touch, before it has an effect: one that comes too
 * late finds the app locked. */
static gboolean
event_cb (AltmWindow *self, GdkEvent *event)
{
  if (get_keeper (self) != NULL && gdk_event_get_event_type (event) != GDK_MOTION_NOTIFY)
    altm_lock_keeper_touch (get_keeper (self));
  return GDK_EVENT_PROPAGATE;
}

static void
watch_touches (AltmWindow *self)
{
  GtkEventController *events = gtk_event_controller_legacy_new ();

  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect_object (events, "event", G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), events);
}

static void
altm_window_unmap (GtkWidget *widget)
{
  AltmWindow *self = ALTM_WINDOW (widget);

  if (get_keeper (self) != NULL)
    altm_lock_keeper_lock (get_keeper (self));
  GTK_WIDGET_CLASS (altm_window_parent_class)->unmap (widget);
}

/* The surface tells it once more when the window is being closed and has it no longer. */
static void
surface_state_cb (GdkToplevel *toplevel, GParamSpec *property, AltmWindow *self)
{
  if (get_keeper (self) != NULL && gdk_toplevel_get_state (toplevel) & GDK_TOPLEVEL_STATE_MINIMIZED)
    altm_lock_keeper_lock (get_keeper (self));
}

static void
altm_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (altm_window_parent_class)->realize (widget);
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "layout",
                           G_CALLBACK (layout_cb), widget, 0);
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "notify::state",
                           G_CALLBACK (surface_state_cb), widget, 0);
}

/* The first frame does not wait for a page that nobody sees where the store opens at once. */
static gboolean
show_opening_cb (gpointer user_data)
{
  AltmWindow *self = user_data;

  self->patience_source = 0;
  adw_bin_set_child (self->opening_bin, altm_opening_page_new (NULL));
  return G_SOURCE_REMOVE;
}

static void
restore_size (AltmWindow *self)
{
  self->settings = altm_settings_new ();
  if (self->settings == NULL)
    return;
  g_settings_bind (self->settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-height", self, "default-height",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
}

static void
altm_window_dispose (GObject *object)
{
  AltmWindow *self = ALTM_WINDOW (object);

  g_clear_handle_id (&self->hush_source, g_source_remove);
  g_clear_handle_id (&self->patience_source, g_source_remove);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->link, g_free);
  g_clear_pointer (&self->tab, g_free);
  G_OBJECT_CLASS (altm_window_parent_class)->dispose (object);
}

static void
altm_window_class_init (AltmWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_window_dispose;
  widget_class->realize = altm_window_realize;
  widget_class->unmap = altm_window_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-window.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmWindow, training_bar);
  gtk_widget_class_bind_template_child (widget_class, AltmWindow, said_label);
  gtk_widget_class_bind_template_child (widget_class, AltmWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, AltmWindow, opening_bin);
  gtk_widget_class_bind_template_child (widget_class, AltmWindow, enrolment_bin);
  gtk_widget_class_bind_template_child (widget_class, AltmWindow, main_bin);
  gtk_widget_class_install_action (widget_class, "win.train", NULL, train_cb);
  gtk_widget_class_install_action (widget_class, "win.leave-training", NULL, leave_training_cb);
  gtk_widget_class_install_action (widget_class, "win.say", "s", say_action_cb);
}

static void
altm_window_init (AltmWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "map", G_CALLBACK (tell), NULL);
  watch_touches (self);
  restore_size (self);
  self->patience_source = g_timeout_add (PATIENCE, show_opening_cb, self);
}

AltmWindow *
altm_window_new (AdwApplication *application)
{
  return g_object_new (ALTM_TYPE_WINDOW, "application", application, NULL);
}
