/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-call-timer.h"

#include <glib/gi18n.h>

#include "altm-calls.h"
#include "altm-wrap-layout.h"

/* PRODUCT: `minutes` 1–720. */
#define MOST_MINUTES 720

struct _AltmCallTimer
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *dial_label;
  GtkWidget *button;
  GtkLabel *button_label;
  GtkLabel *time_label;

  gint64 started;
  gint64 stopped;
  guint tick;
  gboolean has_phone;
  gboolean can_dial;
};

G_DEFINE_FINAL_TYPE (AltmCallTimer, altm_call_timer, GTK_TYPE_WIDGET)

enum
{
  BEGUN,
  TICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* By whether it calls, and whether that was begun. */
static const char *const words[2][2] = {
  { N_ ("Start the time"), N_ ("Start the time again") },
  { N_ ("Call"), N_ ("Call once more") },
};

static gint64
get_span (AltmCallTimer *self)
{
  return MAX ((self->stopped > 0 ? self->stopped : g_get_real_time ()) - self->started, 0);
}

/**
 * altm_call_timer_count_minutes:
 *
 * Returns: how long the call takes, begun minutes as whole ones, 1–720; 0 where none was begun
 */
int
altm_call_timer_count_minutes (AltmCallTimer *self)
{
  gint64 span = MAX (get_span (self), 1);

  if (self->started == 0)
    return 0;
  return (int) CLAMP ((span + G_TIME_SPAN_MINUTE - 1) / G_TIME_SPAN_MINUTE, 1, MOST_MINUTES);
}

static void
show_time (AltmCallTimer *self)
{
  int seconds = (int) (get_span (self) / G_TIME_SPAN_SECOND);
  g_autofree char *text = g_strdup_printf ("%d:%02d", seconds / 60, seconds % 60);

  gtk_widget_set_visible (GTK_WIDGET (self->time_label), self->started > 0);
  gtk_label_set_label (self->time_label, text);
  g_signal_emit (self, signals[TICKED], 0);
}

static gboolean
tick_cb (gpointer user_data)
{
  show_time (user_data);
  return G_SOURCE_CONTINUE;
}

/* What was begun is no longer the first thing to press. */
static void
show_button (AltmCallTimer *self)
{
  gboolean is_begun = self->started > 0;
  const char *text = _(words[self->has_phone && self->can_dial][is_begun]);

  gtk_label_set_label (self->button_label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (self->dial_label, self->has_phone && !self->can_dial);
  if (is_begun)
    gtk_widget_remove_css_class (self->button, "suggested-action");
  else
    gtk_widget_add_css_class (self->button, "suggested-action");
}

/**
 * altm_call_timer_set_times:
 * @started: microseconds since 1970, 0 where no call was begun
 * @stopped: the same, 0 while the call goes on
 */
void
altm_call_timer_set_times (AltmCallTimer *self, gint64 started, gint64 stopped)
{
  gboolean is_running = started > 0 && stopped == 0;

  self->started = started;
  self->stopped = stopped;
  if (is_running && self->tick == 0)
    self->tick = g_timeout_add_seconds (1, tick_cb, self);
  if (!is_running)
    g_clear_handle_id (&self->tick, g_source_remove);
  show_time (self);
  show_button (self);
}

gint64
altm_call_timer_get_started (AltmCallTimer *self)
{
  return self->started;
}

gint64
altm_call_timer_get_stopped (AltmCallTimer *self)
{
  return self->stopped;
}

/**
 * altm_call_timer_stop:
 *
 * The call is over, if one goes on.
 */
void
altm_call_timer_stop (AltmCallTimer *self)
{
  if (self->started > 0 && self->stopped == 0)
    altm_call_timer_set_times (self, self->started, g_get_real_time ());
}

/**
 * altm_call_timer_set_has_phone:
 * @has_phone: whether there is a number to dial, which is not kept here
 */
void
altm_call_timer_set_has_phone (AltmCallTimer *self, gboolean has_phone)
{
  self->has_phone = has_phone;
  show_button (self);
}

static void
cannot_dial (AltmCallTimer *self)
{
  self->can_dial = FALSE;
  show_button (self);
}

static void
dialled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmCallTimer) self = user_data;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (source), result, NULL) && self->box != NULL)
    cannot_dial (self);
}

/**
 * altm_call_timer_dial:
 * @phone: as it was typed
 *
 * Hands the number to what makes calls on this tablet. Where nothing does, it is to be dialled by hand.
 */
void
altm_call_timer_dial (AltmCallTimer *self, const char *phone)
{
  g_autofree char *uri = altm_calls_dial (phone);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->can_dial && GTK_IS_WINDOW (root))
    gtk_show_uri_full (GTK_WINDOW (root), uri, GDK_CURRENT_TIME, NULL, dialled_cb, g_object_ref (self));
}

static void
button_cb (AltmCallTimer *self)
{
  altm_call_timer_set_times (self, g_get_real_time (), 0);
  g_signal_emit (self, signals[BEGUN], 0);
}

static void
altm_call_timer_dispose (GObject *object)
{
  AltmCallTimer *self = ALTM_CALL_TIMER (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (altm_call_timer_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-call-timer.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmCallTimer, box);
  gtk_widget_class_bind_template_child (widget_class, AltmCallTimer, dial_label);
  gtk_widget_class_bind_template_child (widget_class, AltmCallTimer, button);
  gtk_widget_class_bind_template_child (widget_class, AltmCallTimer, button_label);
  gtk_widget_class_bind_template_child (widget_class, AltmCallTimer, time_label);
  gtk_widget_class_bind_template_callback (widget_class, button_cb);
}

static void
altm_call_timer_class_init (AltmCallTimerClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_call_timer_dispose;
  g_type_ensure (ALTM_TYPE_WRAP_LAYOUT);
  bind_template (GTK_WIDGET_CLASS (klass));
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  signals[BEGUN] = g_signal_new ("begun", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[TICKED] = g_signal_new ("ticked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
altm_call_timer_init (AltmCallTimer *self)
{
  g_autoptr (GAppInfo) dialler = g_app_info_get_default_for_uri_scheme ("tel");

  self->can_dial = dialler != NULL;
  gtk_widget_init_template (GTK_WIDGET (self));
}
