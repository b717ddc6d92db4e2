/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <unistd.h>

#include "altm-lock-watch.h"
#include "altm-test.h"

#define DELAY (2 * G_TIME_SPAN_MINUTE)
#define LOGIND "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_MANAGER "org.freedesktop.login1.Manager"

/* A keeper under a clock that the test sets, with a key pair to hand over. */
typedef struct
{
  char *folder;
  AltmLockKeeper *keeper;
  gint64 now;
  int n_locked;
  int n_unlocked;
} Desk;

static gint64
read_clock (gpointer data)
{
  return ((Desk *) data)->now;
}

static void
count_cb (AltmLockKeeper *keeper, int *count)
{
  (*count)++;
}

static Desk *
desk_new (void)
{
  Desk *self = g_new0 (Desk, 1);

  self->folder = altm_test_make_folder ();
  self->now = 1000;
  self->keeper = altm_lock_keeper_new ();
  altm_lock_keeper_set_clock (self->keeper, read_clock, self);
  altm_lock_keeper_set_delay (self->keeper, DELAY);
  g_signal_connect (self->keeper, "locked", G_CALLBACK (count_cb), &self->n_locked);
  g_signal_connect (self->keeper, "unlocked", G_CALLBACK (count_cb), &self->n_unlocked);
  return self;
}

static void
desk_free (Desk *self)
{
  g_object_unref (self->keeper);
  altm_test_remove (self->folder);
  g_free (self->folder);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Desk, desk_free)

static void
unlock (Desk *self)
{
  g_autofree char *path = g_build_filename (self->folder, "pair.key", NULL);
  g_autoptr(GError) error = NULL;
  AltmSealPair *pair = altm_seal_pair_load (path, &error);

  g_assert_no_error (error);
  altm_lock_keeper_unlock (self->keeper, pair, "m-17");
}

static void
it_holds_the_pair_until_it_locks (void)
{
  g_autoptr(Desk) desk = desk_new ();

  g_assert_false (altm_lock_keeper_is_unlocked (desk->keeper));
  g_assert_null (altm_lock_keeper_get_pair (desk->keeper));

  unlock (desk);
  g_assert_true (altm_lock_keeper_is_unlocked (desk->keeper));
  g_assert_cmpstr (altm_lock_keeper_get_holder (desk->keeper), ==, "m-17");
  g_assert_cmpint (desk->n_unlocked, ==, 1);

  altm_lock_keeper_lock (desk->keeper);
  altm_lock_keeper_lock (desk->keeper);
  g_assert_false (altm_lock_keeper_is_unlocked (desk->keeper));
  g_assert_null (altm_lock_keeper_get_pair (desk->keeper));
  g_assert_null (altm_lock_keeper_get_holder (desk->keeper));
  g_assert_cmpint (desk->n_locked, ==, 1);
}

static void
a_job_keeps_the_pair_that_it_has_in_hand (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(AltmOpenedPair) held = NULL;

  unlock (desk);
  held = altm_opened_pair_ref (altm_lock_keeper_get_pair (desk->keeper));
  altm_lock_keeper_lock (desk->keeper);
  g_assert_true (altm_seal_is_key (altm_seal_pair_get_key (altm_opened_pair_get (held))));
}

static void
it_locks_after_the_set_time (void)
{
  g_autoptr(Desk) desk = desk_new ();

  unlock (desk);
  desk->now += DELAY - 1;
  altm_lock_keeper_check (desk->keeper);
  g_assert_true (altm_lock_keeper_is_unlocked (desk->keeper));

  desk->now += 1;
  altm_lock_keeper_check (desk->keeper);
  g_assert_false (altm_lock_keeper_is_unlocked (desk->keeper));
  g_assert_cmpint (desk->n_locked, ==, 1);
}

static void
a_touch_starts_the_time_again (void)
{
  g_autoptr(Desk) desk = desk_new ();

  unlock (desk);
  for (int i = 0; i < 5; i++)
    {
      desk->now += DELAY - 1;
      altm_lock_keeper_touch (desk->keeper);
    }
  g_assert_true (altm_lock_keeper_is_unlocked (desk->keeper));
}

/* A tablet that slept: the finger that wakes it must not open it again. */
static void
a_touch_comes_too_late (void)
{
  g_autoptr(Desk) desk = desk_new ();

  unlock (desk);
  desk->now += DELAY;
  altm_lock_keeper_touch (desk->keeper);
  g_assert_false (altm_lock_keeper_is_unlocked (desk->keeper));
}

static void
a_shorter_time_counts_at_once (void)
{
  g_autoptr(Desk) desk = desk_new ();

  unlock (desk);
  desk->now += DELAY / 2;
  altm_lock_keeper_set_delay (desk->keeper, DELAY / 2);
  g_assert_false (altm_lock_keeper_is_unlocked (desk->keeper));
}

static void
it_looks_by_itself (void)
{
  g_autoptr(Desk) desk = desk_new ();

  unlock (desk);
  desk->now += DELAY;
  while (altm_lock_keeper_is_unlocked (desk->keeper))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (desk->n_locked, ==, 1);
}

/* What is typed while it is locked is on the screen as well. */
static void
a_guarded_text_is_called_in_while_locked (void)
{
  g_autoptr(Desk) desk = desk_new ();
  int n_closed = 0;

  g_signal_connect (desk->keeper, "closed", G_CALLBACK (count_cb), &n_closed);
  altm_lock_keeper_lock (desk->keeper);
  g_assert_cmpint (n_closed, ==, 1);

  altm_lock_keeper_guard (desk->keeper);
  desk->now += DELAY - 1;
  altm_lock_keeper_touch (desk->keeper);
  desk->now += DELAY - 1;
  altm_lock_keeper_check (desk->keeper);
  g_assert_cmpint (n_closed, ==, 1);
  desk->now += 1;
  while (n_closed == 1)
    g_main_context_iteration (NULL, TRUE);
  altm_lock_keeper_check (desk->keeper);
  g_assert_cmpint (n_closed, ==, 2);

  altm_lock_keeper_unguard (desk->keeper);
  desk->now += DELAY;
  altm_lock_keeper_check (desk->keeper);
  g_assert_cmpint (n_closed, ==, 2);
  g_assert_cmpint (desk->n_locked, ==, 0);
}

/* A bus of the test's own, on which it speaks for logind and for the shell. */
typedef struct
{
  Desk *desk;
  GTestDBus *server;
  GDBusConnection *shell;
  GDBusConnection *app;
  AltmLockWatch *watch;
  int sleep_pipe[2];
  gboolean was_told;
} Scene;

static GDBusConnection *
connect_to (GTestDBus *server)
{
  g_autoptr(GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (
    g_test_dbus_get_bus_address (server),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL,
    &error);

  g_assert_no_error (error);
  return bus;
}

static void
call_bus (GDBusConnection *bus, const char *method, GVariant *parameters)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) answer =
    g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                 method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
}

static void
own_name (GDBusConnection *bus, const char *name)
{
  call_bus (bus, "RequestName", g_variant_new ("(su)", name, 0));
}

static void
inhibit_cb (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method,
            GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Scene *self = user_data;
  g_autoptr(GUnixFDList) files = g_unix_fd_list_new_from_array (&self->sleep_pipe[1], 1);

  self->sleep_pipe[1] = -1;
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, g_variant_new ("(h)", 0), files);
}

static void
play_logind (Scene *self)
{
  static const GDBusInterfaceVTable table = { inhibit_cb };
  g_autoptr(GError) error = NULL;
  g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (
    "<node><interface name='" LOGIND_MANAGER "'><method name='Inhibit'>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='h' direction='out'/></method></interface></node>",
    &error);

  g_assert_no_error (error);
  g_dbus_connection_register_object (self->shell, LOGIND_PATH, node->interfaces[0], &table, self, NULL, &error);
  g_assert_no_error (error);
  own_name (self->shell, LOGIND);
}

static Scene *
scene_new (void)
{
  Scene *self = g_new0 (Scene, 1);

  self->desk = desk_new ();
  self->server = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->server);
  self->shell = connect_to (self->server);
  self->app = connect_to (self->server);
  g_assert_cmpint (pipe2 (self->sleep_pipe, O_CLOEXEC | O_NONBLOCK), ==, 0);
  play_logind (self);
  own_name (self->shell, "org.gnome.ScreenSaver");
  own_name (self->shell, "org.freedesktop.ScreenSaver");
  self->watch = altm_lock_watch_new (self->desk->keeper);
  altm_lock_watch_listen (self->watch, self->app, G_BUS_TYPE_SYSTEM);
  altm_lock_watch_listen (self->watch, self->app, G_BUS_TYPE_SESSION);
  /* An answer to this call comes after the bus has taken the subscriptions. */
  call_bus (self->app, "GetId", NULL);
  return self;
}

static void
scene_free (Scene *self)
{
  g_object_unref (self->watch);
  g_object_unref (self->app);
  g_object_unref (self->shell);
  g_test_dbus_down (self->server);
  g_object_unref (self->server);
  for (int i = 0; i < 2; i++)
    if (self->sleep_pipe[i] >= 0)
      close (self->sleep_pipe[i]);
  desk_free (self->desk);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scene, scene_free)

static void
say (Scene *self, const char *path, const char *interface, const char *name, GVariant *parameters)
{
  g_autoptr(GError) error = NULL;

  g_dbus_connection_emit_signal (self->shell, NULL, path, interface, name, parameters, &error);
  g_assert_no_error (error);
}

/* Whether the delay of sleep that the watch was given is not held any more. */
static gboolean
may_sleep (Scene *self)
{
  char byte;

  return self->sleep_pipe[1] < 0 && read (self->sleep_pipe[0], &byte, 1) == 0;
}

static void
wait_for_lock (Scene *self)
{
  while (altm_lock_keeper_is_unlocked (self->desk->keeper))
    g_main_context_iteration (NULL, TRUE);
}

static void
it_locks_before_sleep (void)
{
  g_autoptr(Scene) scene = scene_new ();

  unlock (scene->desk);
  while (scene->sleep_pipe[1] >= 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (may_sleep (scene));

  say (scene, LOGIND_PATH, LOGIND_MANAGER, "PrepareForSleep", g_variant_new ("(b)", TRUE));
  wait_for_lock (scene);
  while (!may_sleep (scene))
    g_main_context_iteration (NULL, TRUE);
}

static void
it_locks_with_the_session (void)
{
  g_autoptr(Scene) scene = scene_new ();

  unlock (scene->desk);
  say (scene, "/org/freedesktop/login1/session/_31", "org.freedesktop.login1.Session", "Lock", NULL);
  wait_for_lock (scene);
}

static void
told_cb (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *name,
         GVariant *parameters, gpointer user_data)
{
  ((Scene *) user_data)->was_told = TRUE;
}

/* Signals come in the order in which they were sent: once a last one is here, so are the others. */
static void
wait_for_signals (Scene *self)
{
  guint id = g_dbus_connection_signal_subscribe (self->app, NULL, "org.altm.Probe", "Told", NULL, NULL,
                                                 G_DBUS_SIGNAL_FLAGS_NONE, told_cb, self, NULL);

  call_bus (self->app, "GetId", NULL);
  say (self, "/probe", "org.altm.Probe", "Told", NULL);
  while (!self->was_told)
    g_main_context_iteration (NULL, TRUE);
  g_dbus_connection_signal_unsubscribe (self->app, id);
}

/* An unlocked screen and a tablet that wakes say nothing; a locked screen does. */
static void
it_locks_with_the_screen (gconstpointer interface)
{
  g_autoptr(Scene) scene = scene_new ();

  unlock (scene->desk);
  say (scene, LOGIND_PATH, LOGIND_MANAGER, "PrepareForSleep", g_variant_new ("(b)", FALSE));
  say (scene, "/screen", interface, "ActiveChanged", g_variant_new ("(b)", FALSE));
  say (scene, "/screen", interface, "ActiveChanged", g_variant_new ("(s)", "nonsense"));
  wait_for_signals (scene);
  g_assert_true (altm_lock_keeper_is_unlocked (scene->desk->keeper));

  say (scene, "/screen", interface, "ActiveChanged", g_variant_new ("(b)", TRUE));
  wait_for_lock (scene);
}

/* Only logind and the shell are listened to, not whoever else says the same. */
static void
a_stranger_is_not_heard (void)
{
  g_autoptr(Scene) scene = scene_new ();
  g_autoptr(GDBusConnection) stranger = connect_to (scene->server);

  unlock (scene->desk);
  g_dbus_connection_emit_signal (stranger, NULL, "/screen", "org.gnome.ScreenSaver", "ActiveChanged",
                                 g_variant_new ("(b)", TRUE), NULL);
  call_bus (stranger, "GetId", NULL);
  wait_for_signals (scene);
  g_assert_true (altm_lock_keeper_is_unlocked (scene->desk->keeper));
}

int
main (int argc, char *argv[])
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/lock-keeper/it-holds-the-pair-until-it-locks", it_holds_the_pair_until_it_locks);
  g_test_add_func ("/lock-keeper/a-job-keeps-the-pair-that-it-has-in-hand", a_job_keeps_the_pair_that_it_has_in_hand);
  g_test_add_func ("/lock-keeper/it-locks-after-the-set-time", it_locks_after_the_set_time);
  g_test_add_func ("/lock-keeper/a-touch-starts-the-time-again", a_touch_starts_the_time_again);
  g_test_add_func ("/lock-keeper/a-touch-comes-too-late", a_touch_comes_too_late);
  g_test_add_func ("/lock-keeper/a-shorter-time-counts-at-once", a_shorter_time_counts_at_once);
  g_test_add_func ("/lock-keeper/it-looks-by-itself", it_looks_by_itself);
  g_test_add_func ("/lock-keeper/a-guarded-text-is-called-in-while-locked", a_guarded_text_is_called_in_while_locked);
  g_test_add_func ("/lock-keeper/it-locks-before-sleep", it_locks_before_sleep);
  g_test_add_func ("/lock-keeper/it-locks-with-the-session", it_locks_with_the_session);
  g_test_add_data_func ("/lock-keeper/it-locks-with-the-screen/gnome", "org.gnome.ScreenSaver",
                        it_locks_with_the_screen);
  g_test_add_data_func ("/lock-keeper/it-locks-with-the-screen/freedesktop", "org.freedesktop.ScreenSaver",
                        it_locks_with_the_screen);
  g_test_add_func ("/lock-keeper/a-stranger-is-not-heard", a_stranger_is_not_heard);
  return g_test_run ();
}
