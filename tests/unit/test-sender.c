/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <libsoup/soup.h>

#include "altm-notes.h"
#include "altm-sender.h"
#include "altm-server.h"
#include "altm-test-hq.h"
#include "altm-test-monitor.h"

/* Far longer than anything here takes on any machine, shorter than what would happen by itself: the
 * quarter of an hour between two looks for news. */
#define GUARD_SECONDS 800

/* A tablet and its sender, as the app has them, and HQ on a port. */
typedef struct
{
  AltmTestMonitor *monitor;
  AltmTestHq *hq;         /* touched by its own thread alone */
  AltmWorker *hq_worker;
  AltmServer *server;
  char *folder;
  char *path;
  AltmWorker *tablet;
  AltmSender *sender;
} Road;

static gpointer
open_hq (gpointer data, GError **error)
{
  Road *road = data;

  road->hq = altm_test_hq_new ();
  return &road->hq->receiver;
}

static void
close_hq (gpointer data)
{
  AltmReceiver *receiver = data;

  altm_test_hq_free ((AltmTestHq *) ((char *) receiver - G_STRUCT_OFFSET (AltmTestHq, receiver)));
}

static gpointer
open_tablet (gpointer data, GError **error)
{
  return altm_store_open (data, error);
}

static void
close_tablet (gpointer data)
{
  altm_store_close (data);
}

static gpointer
enrol_at_hq (gpointer thing, gpointer data, GError **error)
{
  AltmHqEnrolment *device = data;
  AltmReceiver *receiver = thing;

  *device = altm_test_hq_enrol ((AltmTestHq *) ((char *) receiver - G_STRUCT_OFFSET (AltmTestHq, receiver)), "tablet");
  return g_strdup (altm_hq_store_get_epoch (receiver->store));
}

static gpointer
keep_settings (gpointer thing, gpointer data, GError **error)
{
  const AltmSetting *settings = data;

  altm_notes_restart (thing, settings, 4, error);
  return NULL;
}

static gpointer
add_contact (gpointer thing, gpointer data, GError **error)
{
  altm_test_add_contacts (thing, 1);
  return NULL;
}

static gpointer
count_queued (gpointer thing, gpointer data, GError **error)
{
  *(gint64 *) data = altm_test_summary (thing).queued;
  return NULL;
}

static void
run (AltmWorker *worker, AltmWorkerJob job, gpointer data)
{
  g_autoptr(GError) error = NULL;

  altm_worker_run (worker, job, data, &error);
  g_assert_no_error (error);
}

static gint64
queued (Road *road)
{
  gint64 n = -1;

  run (road->tablet, count_queued, &n);
  return n;
}

/* @address: whom the tablet takes for HQ; %NULL: HQ */
static Road *
road_new (const char *address)
{
  Road *road = g_new0 (Road, 1);
  g_auto(AltmHqEnrolment) device = { NULL };
  g_autofree char *own = NULL, *epoch = NULL;

  road->monitor = ALTM_TEST_MONITOR (g_network_monitor_get_default ());
  road->hq_worker = altm_worker_new (open_hq, road, close_hq, NULL);
  road->server = altm_server_new (road->hq_worker, NULL, NULL, "127.0.0.1", 0, NULL);
  own = altm_server_get_address (road->server);
  road->folder = altm_test_make_folder ();
  road->path = g_build_filename (road->folder, "store", NULL);
  road->tablet = altm_worker_new (open_tablet, road->path, close_tablet, NULL);
  epoch = altm_worker_run (road->hq_worker, enrol_at_hq, &device, NULL);
  {
    AltmSetting settings[] = { { "url", address != NULL ? address : own }, { "device_id", device.device_id },
                               { "token", device.token }, { "epoch", epoch } };

    run (road->tablet, keep_settings, settings);
  }
  run (road->tablet, add_contact, NULL);
  road->sender = altm_sender_new (road->tablet);
  return road;
}

static void
road_free (Road *road)
{
  altm_server_free (road->server);
  g_object_unref (road->sender);
  altm_worker_unref (road->tablet);
  altm_worker_unref (road->hq_worker);
  altm_test_remove (road->folder);
  g_free (road->folder);
  g_free (road->path);
  g_free (road);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Road, road_free)

static gboolean
guard_cb (gpointer data)
{
  g_error ("waited in vain until %s", (const char *) data);
  return G_SOURCE_REMOVE;
}

/* Turns the main loop until something is so. */
#define WAIT_UNTIL(condition)                                                                     \
  G_STMT_START                                                                                    \
  {                                                                                               \
    guint guard = g_timeout_add_seconds (GUARD_SECONDS, guard_cb, (gpointer) #condition);         \
                                                                                                  \
    while (!(condition))                                                                          \
      g_main_context_iteration (NULL, TRUE);                                                      \
    g_source_remove (guard);                                                                      \
  }                                                                                               \
  G_STMT_END

static void
wait_until_idle (Road *road)
{
  WAIT_UNTIL (altm_sender_get_state (road->sender) == ALTM_SENDER_SENDING);
  WAIT_UNTIL (altm_sender_get_state (road->sender) != ALTM_SENDER_SENDING);
}

static void
what_is_queued_is_sent (void)
{
  g_autoptr(Road) road = road_new (NULL);

  altm_sender_start (road->sender);
  wait_until_idle (road);
  g_assert_cmpint (altm_sender_get_state (road->sender), ==, ALTM_SENDER_IDLE);
  g_assert_cmpint (queued (road), ==, 0);
}

/* Idle, it would look for news a quarter of an hour later. */
static void
a_network_that_comes_wakes_it (void)
{
  g_autoptr(Road) road = road_new (NULL);

  altm_sender_start (road->sender);
  wait_until_idle (road);
  run (road->tablet, add_contact, NULL);
  altm_test_monitor_say (road->monitor, FALSE);
  altm_test_monitor_say (road->monitor, TRUE);
  wait_until_idle (road);
  g_assert_cmpint (queued (road), ==, 0);
}

static void
a_portal_that_was_passed_wakes_it (void)
{
  g_autoptr(Road) road = road_new (NULL);

  altm_sender_start (road->sender);
  wait_until_idle (road);
  run (road->tablet, add_contact, NULL);
  altm_test_monitor_say_connectivity (road->monitor, G_NETWORK_CONNECTIVITY_PORTAL);
  wait_until_idle (road);
  run (road->tablet, add_contact, NULL);
  altm_test_monitor_say_connectivity (road->monitor, G_NETWORK_CONNECTIVITY_FULL);
  wait_until_idle (road);
  g_assert_cmpint (queued (road), ==, 0);
}

/* On a metered network only HQ's news are asked for; what is recorded meanwhile costs nothing. */
static void
what_is_queued_waits_for_a_network_that_costs_nothing (void)
{
  g_autoptr(Road) road = NULL;

  altm_test_monitor_say_metered (ALTM_TEST_MONITOR (g_network_monitor_get_default ()), TRUE);
  road = road_new (NULL);
  altm_sender_start (road->sender);
  wait_until_idle (road);
  g_assert_cmpint (altm_sender_get_state (road->sender), ==, ALTM_SENDER_IDLE);
  g_assert_cmpint (altm_sender_get_hold (road->sender), ==, ALTM_HOLD_METERED);
  g_assert_cmpint (queued (road), ==, 1);
  altm_test_monitor_say_metered (road->monitor, FALSE);
  wait_until_idle (road);
  g_assert_cmpint (queued (road), ==, 0);
}

/* Each way to let it send all the same is for once, or from then on. */
static void
what_is_asked_for_is_sent_over_a_metered_network (void)
{
  g_autoptr(Road) road = road_new (NULL);

  altm_test_monitor_say_metered (road->monitor, TRUE);
  altm_sender_start (road->sender);
  wait_until_idle (road);
  g_assert_cmpint (queued (road), ==, 1);
  altm_sender_send_now (road->sender);
  wait_until_idle (road);
  g_assert_cmpint (queued (road), ==, 0);
  g_assert_cmpint (altm_sender_get_hold (road->sender), ==, ALTM_HOLD_METERED);
  run (road->tablet, add_contact, NULL);
  g_object_set (road->sender, "on-metered", TRUE, NULL);
  wait_until_idle (road);
  g_assert_cmpint (queued (road), ==, 0);
  altm_test_monitor_say_metered (road->monitor, FALSE);
}

/* A port where someone takes every connection, reads, and never says a word. */
static gboolean
keep_silent_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  g_ptr_array_add (data, g_object_ref (connection));
  return TRUE;
}

/* It is left because of the network, which is said, and not because libsoup waits no longer. */
static void
a_call_that_hangs_on_the_old_network_is_left_behind (void)
{
  g_autoptr(GPtrArray) connections = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GSocketService) service = g_socket_service_new ();
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);
  g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autoptr(Road) road = road_new (address);

  g_signal_connect (service, "incoming", G_CALLBACK (keep_silent_cb), connections);
  altm_sender_start (road->sender);
  WAIT_UNTIL (connections->len == 1);
  altm_test_monitor_say (road->monitor, TRUE);
  WAIT_UNTIL (altm_sender_get_state (road->sender) == ALTM_SENDER_OFFLINE);
  g_assert_cmpstr (altm_sender_get_reason (road->sender), ==, "the network changed under the call");
  WAIT_UNTIL (connections->len == 2);
  g_socket_service_stop (service);
  g_ptr_array_set_size (connections, 0);
  WAIT_UNTIL (altm_sender_get_state (road->sender) == ALTM_SENDER_OFFLINE);
}

static gpointer
set_url (gpointer thing, gpointer data, GError **error)
{
  altm_store_set_setting (thing, "url", data, error);
  return NULL;
}

static gpointer
is_enrolled (gpointer thing, gpointer data, GError **error)
{
  g_autofree char *device = altm_store_get_setting (thing, "device_id");

  *(gboolean *) data = device != NULL;
  return NULL;
}

/* Whoever asked was told that HQ was not reached, and went on recording. */
static void
a_handover_that_failed_is_not_made_up_for_later (void)
{
  g_autoptr(GPtrArray) connections = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GSocketService) service = g_socket_service_new ();
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);
  g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autoptr(Road) road = road_new (address);
  g_autofree char *own = altm_server_get_address (road->server);
  gboolean is_here = FALSE;

  g_signal_connect (service, "incoming", G_CALLBACK (keep_silent_cb), connections);
  altm_sender_start (road->sender);
  WAIT_UNTIL (connections->len == 1);
  altm_sender_hand_over (road->sender);
  run (road->tablet, set_url, own);
  altm_test_monitor_say (road->monitor, TRUE);
  WAIT_UNTIL (altm_sender_get_state (road->sender) == ALTM_SENDER_OFFLINE);
  WAIT_UNTIL (altm_sender_get_state (road->sender) == ALTM_SENDER_IDLE);
  run (road->tablet, is_enrolled, &is_here);
  g_assert_true (is_here);
  g_socket_service_stop (service);
}

/* What a portal heard: paths, and whether anything was secret. */
typedef struct
{
  GString *paths;
  gboolean heard_secrets;
} Portal;

static void
answer_as_portal_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  static const char html[] = "<html><body>Sign in to the network</body></html>";
  Portal *portal = data;

  g_string_append_printf (portal->paths, "%s ", path);
  if (soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization") != NULL ||
      soup_server_message_get_request_body (message)->length > 0)
    portal->heard_secrets = TRUE;
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC, html, sizeof html - 1);
}

static void
a_portal_hears_hello_and_nothing_else (void)
{
  Portal portal = { g_string_new (NULL), FALSE };
  g_autoptr(SoupServer) server = soup_server_new (NULL, NULL);
  g_autofree char *address = NULL;
  Road *road;

  soup_server_add_handler (server, NULL, answer_as_portal_cb, &portal, NULL);
  g_assert_true (soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  {
    GSList *uris = soup_server_get_uris (server);

    address = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
    g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  }
  road = road_new (address);
  altm_sender_start (road->sender);
  wait_until_idle (road);
  g_assert_cmpint (altm_sender_get_state (road->sender), ==, ALTM_SENDER_OFFLINE);
  altm_test_monitor_say (road->monitor, TRUE);
  wait_until_idle (road);
  g_assert_cmpstr (portal.paths->str, ==, "/v1/hello /v1/hello ");
  g_assert_false (portal.heard_secrets);
  g_assert_cmpint (queued (road), ==, 1);
  road_free (road);
  g_string_free (portal.paths, TRUE);
}

static gpointer
spoil_ca (gpointer thing, gpointer data, GError **error)
{
  altm_store_set_setting (thing, "ca", "absent.pem", error);
  return NULL;
}

/* Twice: the first failure must leave nothing half made for the second. */
static void
an_authority_that_cannot_be_read_is_told_each_time (void)
{
  g_autoptr(Road) road = road_new ("https://127.0.0.1:1");

  run (road->tablet, spoil_ca, NULL);
  for (int i = 0; i < 2; i++)
    {
      altm_sender_send_now (road->sender);
      wait_until_idle (road);
      g_assert_cmpint (altm_sender_get_state (road->sender), ==, ALTM_SENDER_FAILED);
    }
  g_assert_cmpint (queued (road), ==, 1);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  altm_test_monitor_install ();
  g_test_add_func ("/sender/queued", what_is_queued_is_sent);
  g_test_add_func ("/sender/network", a_network_that_comes_wakes_it);
  g_test_add_func ("/sender/network/connectivity", a_portal_that_was_passed_wakes_it);
  g_test_add_func ("/sender/metered", what_is_queued_waits_for_a_network_that_costs_nothing);
  g_test_add_func ("/sender/metered/asked", what_is_asked_for_is_sent_over_a_metered_network);
  g_test_add_func ("/sender/network/hangs", a_call_that_hangs_on_the_old_network_is_left_behind);
  g_test_add_func ("/sender/handover", a_handover_that_failed_is_not_made_up_for_later);
  g_test_add_func ("/sender/portal", a_portal_hears_hello_and_nothing_else);
  g_test_add_func ("/sender/ca", an_authority_that_cannot_be_read_is_told_each_time);
  return g_test_run ();
}
