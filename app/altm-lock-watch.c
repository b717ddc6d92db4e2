/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-lock-watch.h"

#include <gio/gunixfdlist.h>
#include <unistd.h>

#define LOGIND "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_MANAGER "org.freedesktop.login1.Manager"

/* What says that nobody looks at the tablet any more. @path is %NULL for any: another session's
 * lock locks the app too, which costs a PIN and gives nothing away. @has_state: whether the
 * signal has a boolean, which has to be true. */
static const struct
{
  GBusType bus;
  const char *sender;
  const char *interface;
  const char *signal;
  const char *path;
  gboolean has_state;
} signs[] = {
  { G_BUS_TYPE_SYSTEM, LOGIND, LOGIND_MANAGER, "PrepareForSleep", LOGIND_PATH, TRUE },
  { G_BUS_TYPE_SYSTEM, LOGIND, "org.freedesktop.login1.Session", "Lock", NULL, FALSE },
  { G_BUS_TYPE_SESSION, "org.gnome.ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", NULL, TRUE },
  { G_BUS_TYPE_SESSION, "org.freedesktop.ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", NULL,
    TRUE },
};

typedef struct
{
  GDBusConnection *bus;
  guint id;
} Subscription;

struct _AltmLockWatch
{
  GObject parent_instance;

  AltmLockKeeper *keeper;
  GDBusConnection *system;
  GArray *subscriptions;
  GCancellable *cancellable;
  int inhibitor;
};

G_DEFINE_FINAL_TYPE (AltmLockWatch, altm_lock_watch, G_TYPE_OBJECT)

static void
clear_subscription (gpointer data)
{
  Subscription *self = data;

  g_dbus_connection_signal_unsubscribe (self->bus, self->id);
  g_object_unref (self->bus);
}

static void
lock_cb (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
         const char *signal, GVariant *parameters, gpointer user_data)
{
  AltmLockWatch *self = user_data;

  altm_lock_keeper_lock (self->keeper);
}

static void
state_cb (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
  AltmLockWatch *self = user_data;
  gboolean is_active = FALSE;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    g_variant_get (parameters, "(b)", &is_active);
  if (is_active)
    altm_lock_keeper_lock (self->keeper);
}

static void
let_sleep (AltmLockWatch *self)
{
  if (self->inhibitor >= 0)
    close (self->inhibitor);
  self->inhibitor = -1;
}

/* Locked again before logind answered: then it need not wait. */
static void
inhibited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GUnixFDList) files = NULL;
  g_autoptr (GVariant) answer =
    g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &files, result, NULL);
  g_autoptr (AltmLockWatch) self = user_data;

  if (answer == NULL || files == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("(h)")))
    return;
  let_sleep (self);
  if (altm_lock_keeper_is_unlocked (self->keeper))
    self->inhibitor = g_unix_fd_list_get (files, 0, NULL);
}

static void
delay_sleep (AltmLockWatch *self)
{
  if (self->system == NULL || self->inhibitor >= 0)
    return;
  g_dbus_connection_call_with_unix_fd_list (
    self->system, LOGIND, LOGIND_PATH, LOGIND_MANAGER, "Inhibit",
    g_variant_new ("(ssss)", "sleep", "ALTM Field", "Locks private notes first", "delay"),
    G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, self->cancellable,
    inhibited_cb, g_object_ref (self));
}

static void
subscribe (AltmLockWatch *self, GDBusConnection *bus, gsize sign)
{
  Subscription subscription = { g_object_ref (bus), 0 };

  subscription.id = g_dbus_connection_signal_subscribe (
    bus, signs[sign].sender, signs[sign].interface, signs[sign].signal, signs[sign].path, NULL,
    G_DBUS_SIGNAL_FLAGS_NONE, signs[sign].has_state ? state_cb : lock_cb, self, NULL);
  g_array_append_val (self->subscriptions, subscription);
}

/**
 * altm_lock_watch_listen:
 * @bus: a bus
 * @type: whether it stands for the system's or the session's
 */
void
altm_lock_watch_listen (AltmLockWatch *self, GDBusConnection *bus, GBusType type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    if (signs[i].bus == type)
      subscribe (self, bus, i);
  if (type == G_BUS_TYPE_SYSTEM)
    g_set_object (&self->system, bus);
  if (altm_lock_keeper_is_unlocked (self->keeper))
    delay_sleep (self);
}

static void
listen_to (GAsyncResult *result, GBusType type, AltmLockWatch *watch)
{
  g_autoptr (AltmLockWatch) self = watch;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus != NULL)
    altm_lock_watch_listen (self, bus, type);
}

static void
system_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  listen_to (result, G_BUS_TYPE_SYSTEM, user_data);
}

static void
session_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  listen_to (result, G_BUS_TYPE_SESSION, user_data);
}

/**
 * altm_lock_watch_start:
 *
 * Listens to the system's and the session's bus, where there are such.
 */
void
altm_lock_watch_start (AltmLockWatch *self)
{
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, system_cb, g_object_ref (self));
  g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, session_cb, g_object_ref (self));
}

static void
altm_lock_watch_finalize (GObject *object)
{
  AltmLockWatch *self = ALTM_LOCK_WATCH (object);

  g_cancellable_cancel (self->cancellable);
  let_sleep (self);
  g_clear_pointer (&self->subscriptions, g_array_unref);
  g_clear_object (&self->system);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->keeper);
  G_OBJECT_CLASS (altm_lock_watch_parent_class)->finalize (object);
}

static void
altm_lock_watch_class_init (AltmLockWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = altm_lock_watch_finalize;
}

static void
altm_lock_watch_init (AltmLockWatch *self)
{
  self->inhibitor = -1;
  self->cancellable = g_cancellable_new ();
  self->subscriptions = g_array_new (FALSE, FALSE, sizeof (Subscription));
  g_array_set_clear_func (self->subscriptions, clear_subscription);
}

AltmLockWatch *
altm_lock_watch_new (AltmLockKeeper *keeper)
{
  AltmLockWatch *self = g_object_new (ALTM_TYPE_LOCK_WATCH, NULL);

  self->keeper = g_object_ref (keeper);
  g_signal_connect_object (keeper, "unlocked", G_CALLBACK (delay_sleep), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (keeper, "locked", G_CALLBACK (let_sleep), self, G_CONNECT_SWAPPED);
  return self;
}
