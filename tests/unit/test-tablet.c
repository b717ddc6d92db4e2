/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "altm-hq-act.h"
#include "altm-hq-care.h"
#include "altm-hq-log.h"
#include "altm-hq-orders.h"
#include "altm-hq-private.h"
#include "altm-hq-purge.h"
#include "altm-hq-resources.h"
#include "altm-test-hq.h"

#define MINUTE (60 * (gint64) G_USEC_PER_SEC)
#define DAY (24 * 60 * MINUTE)

#define ID "0192f0c1-7b6a-7c3e-9d2f-00000000000%d"

/* An HQ with a tablet, "Guillotière 1". */
typedef struct
{
  AltmTestHq *hq;
  AltmHqEnrolment device;
} Desk;

static void
desk_free (Desk *self)
{
  altm_hq_enrolment_clear (&self->device);
  altm_test_hq_free (self->hq);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Desk, desk_free)

static Desk *
desk_new (void)
{
  Desk *self = g_new0 (Desk, 1);

  self->hq = altm_test_hq_new ();
  self->device = altm_test_hq_enrol (self->hq, "Guillotière 1");
  return self;
}

static AltmHqOrder
order_for (const char *device)
{
  return (AltmHqOrder) { device, "Claire", "perdue dans le tram", ALTM_TEST_NOW };
}

static void
revoke_tablet (Desk *desk)
{
  const AltmHqOrder order = order_for (desk->device.device_id);
  g_autoptr(GError) error = NULL;
  g_autofree char *device_id = altm_hq_orders_revoke (desk->hq->store, &order, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (device_id, ==, desk->device.device_id);
}

static void
wipe_tablet (Desk *desk, gint64 now)
{
  AltmHqOrder order = order_for ("Guillotière 1");
  g_autoptr(GError) error = NULL;
  g_autofree char *device_id = NULL;

  order.now = now;
  device_id = altm_hq_orders_wipe (desk->hq->store, &order, &error);
  g_assert_no_error (error);
}

static json_t *
ask (Desk *desk, const char *method, const char *rest, const char *form, guint status)
{
  g_autofree char *path = g_strdup_printf ("/v1/devices/%s/%s", desk->device.device_id, rest);
  guint answered;
  json_t *reply = altm_test_hq_ask (desk->hq, method, path, desk->device.token, form, ALTM_TEST_NOW, &answered);

  g_assert_cmpuint (answered, ==, status);
  return reply;
}

/* The kinds of the news that the tablet is told, in their order. */
static char *
list_news (Desk *desk)
{
  g_autoptr(json_t) news = ask (desk, "GET", "news", NULL, 200);
  GString *kinds = g_string_new (NULL);
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (news, "items"), i, item)
    g_string_append_printf (kinds, "%s%s", i > 0 ? " " : "", altm_json_get_string (item, "kind"));
  return g_string_free (kinds, FALSE);
}

static void
assert_news (Desk *desk, const char *expected)
{
  g_autofree char *kinds = list_news (desk);

  g_assert_cmpstr (kinds, ==, expected);
}

static void
assert_log (Desk *desk, const char *expected)
{
  g_autofree char *whats = altm_test_hq_text (desk->hq, "SELECT what FROM log ORDER BY n");

  g_assert_cmpstr (whats, ==, expected);
}

static json_t *
push (Desk *desk, int n)
{
  g_autofree char *line = g_strdup_printf (
    "{'seq':%d,'id':'" ID "','rev':1,'at':'2026-11-24T18:12:03.123+01:00','type':'contact','data':" ALTM_TEST_CONTACT "}\n", n, n);
  g_autofree char *path = g_strdup_printf ("/v1/devices/%s/batches/9d0c2b42-77d1-4b9e-8f6e-00000000000%d",
                                           desk->device.device_id, n);
  g_autoptr(AltmRequest) request = altm_test_request ("PUT", path, desk->device.token);
  g_autoptr(AltmReply) reply = NULL;

  g_strdelimit (line, "'", '"');
  altm_test_request_set_body (request, "application/x-ndjson", line);
  reply = altm_test_hq_answer (desk->hq, request, ALTM_TEST_NOW);
  g_assert_cmpuint (reply->status, ==, 200);
  return altm_json_parse (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body), NULL);
}

static void
assert_counts (json_t *receipt, gint64 stored, gint64 duplicate, gsize problems)
{
  g_assert_cmpint (altm_json_get_integer (receipt, "stored", -1), ==, stored);
  g_assert_cmpint (altm_json_get_integer (receipt, "duplicate", -1), ==, duplicate);
  g_assert_cmpuint (json_array_size (json_object_get (receipt, "problems")), ==, problems);
}

static void
a_revoked_tablet_brings_nothing_new_at_once (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) before = push (desk, 1), after = NULL, again = NULL, fork = NULL;

  assert_counts (before, 1, 0, 0);
  revoke_tablet (desk);
  after = push (desk, 2);
  assert_counts (after, 0, 0, 1);
  again = push (desk, 1);
  assert_counts (again, 0, 1, 0);
  fork = ask (desk, "PUT", "fork", "{'install_id':'i'}", 403);
  assert_news (desk, "");
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM devices"), ==, 1);
}

static void
a_revoked_tablet_is_told_to_wipe_and_nothing_else (void)
{
  g_autoptr(Desk) desk = desk_new ();
  const AltmHqOrder order = order_for ("Guillotière 1");
  g_autofree char *reset = altm_hq_orders_reset_pin (desk->hq->store, &order, NULL);

  assert_news (desk, "pin-reset");
  wipe_tablet (desk, ALTM_TEST_NOW);
  assert_news (desk, "wipe");
  wipe_tablet (desk, ALTM_TEST_NOW + DAY);
  assert_news (desk, "wipe");
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT wipe_ordered_at FROM devices"), ==, ALTM_TEST_NOW);
  assert_log (desk, "enrolled pin-reset wipe-ordered wipe-ordered");
  g_assert_nonnull (reset);
}

static void
a_pin_is_not_reset_on_a_revoked_tablet (void)
{
  g_autoptr(Desk) desk = desk_new ();
  const AltmHqOrder order = order_for (desk->device.device_id);
  g_autoptr(GError) error = NULL;

  revoke_tablet (desk);
  g_assert_null (altm_hq_orders_reset_pin (desk->hq->store, &order, &error));
  g_assert_error (error, ALTM_HQ_ORDERS_ERROR, ALTM_HQ_ORDERS_ERROR_REVOKED);
  assert_log (desk, "enrolled revoked");
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM news"), ==, 0);
}

static void
a_name_that_two_have_is_refused_with_their_ids (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_auto(AltmHqEnrolment) other = altm_test_hq_enrol (desk->hq, "Guillotière 1");
  const AltmHqOrder order = order_for ("Guillotière 1"), nobody = order_for ("Guillotière");
  g_autoptr(GError) error = NULL, missing = NULL;

  g_assert_null (altm_hq_orders_wipe (desk->hq->store, &order, &error));
  g_assert_error (error, ALTM_HQ_ORDERS_ERROR, ALTM_HQ_ORDERS_ERROR_AMBIGUOUS);
  g_assert_nonnull (strstr (error->message, desk->device.device_id));
  g_assert_nonnull (strstr (error->message, other.device_id));
  g_assert_null (altm_hq_orders_wipe (desk->hq->store, &nobody, &missing));
  g_assert_error (missing, ALTM_HQ_ORDERS_ERROR, ALTM_HQ_ORDERS_ERROR_NO_DEVICE);
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM devices WHERE revoked_at IS NOT NULL"), ==, 0);
}

static void
a_release_is_noted_once_and_revokes (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) first = ask (desk, "PUT", "release", "{'why':'handed-over'}", 200);
  g_autoptr(json_t) again = ask (desk, "PUT", "release", "{'why':'wiped'}", 200);
  g_autofree char *why = altm_test_hq_text (desk->hq, "SELECT released_why FROM devices");
  g_autoptr(json_t) late = push (desk, 1);

  g_assert_cmpstr (altm_json_get_string (first, "device_id"), ==, desk->device.device_id);
  g_assert_cmpstr (altm_json_get_string (again, "device_id"), ==, desk->device.device_id);
  g_assert_cmpstr (why, ==, "handed-over");
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT released_at = revoked_at FROM devices"), ==, 1);
  assert_counts (late, 0, 0, 1);
  assert_log (desk, "enrolled released");
}

static void
a_revoked_tablet_is_given_no_lists (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) lists = NULL;
  guint status;

  revoke_tablet (desk);
  lists = altm_test_hq_ask (desk->hq, "GET", "/v1/reference", desk->device.token, NULL, ALTM_TEST_NOW, &status);
  g_assert_cmpuint (status, ==, 403);
  g_assert_null (json_object_get (lists, "mediators"));
}

static void
a_name_that_commands_a_terminal_is_refused (void)
{
  static const char *const names[] = { "a\\nb", "\\u001b[2J", "\\u009b2J", "\\u007f" };
  g_autoptr(Desk) desk = desk_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *form = g_strdup_printf ("{'code':'ABCDE-23456','device_name':'%s','install_id':'i'}", names[i]);
      guint status;

      json_decref (altm_test_hq_ask (desk->hq, "PUT", "/v1/enrol", NULL, form, ALTM_TEST_NOW, &status));
      g_assert_cmpuint (status, ==, 400);
    }
}

static void
a_revoked_tablet_can_still_say_that_it_was_wiped (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) reply = NULL;
  g_autofree char *why = NULL;

  wipe_tablet (desk, ALTM_TEST_NOW - DAY);
  reply = ask (desk, "PUT", "release", "{'why':'wiped'}", 200);
  why = altm_test_hq_text (desk->hq, "SELECT released_why FROM devices");
  g_assert_cmpstr (why, ==, "wiped");
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT revoked_at FROM devices"), ==, ALTM_TEST_NOW - DAY);
}

static void
wrong_releases_are_refused (void)
{
  static const char *const forms[] = { "{}", "{'why':'lost'}", "{'why':7}", "[]", "", "{'why':''}" };
  g_autoptr(Desk) desk = desk_new ();
  g_auto(AltmHqEnrolment) other = altm_test_hq_enrol (desk->hq, "other");
  g_autofree char *path = g_strdup_printf ("/v1/devices/%s/release", other.device_id);
  guint status;

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr(json_t) reply = ask (desk, "PUT", "release", forms[i], 400);

      g_assert_nonnull (reply);
    }
  {
    g_autoptr(json_t) reply =
      ask (desk, "PUT", "release", "{'why':'wiped','epoch':'0192f0c1-7b6a-4c3e-9d2f-3b1f6c0a9e11'}", 409);
    g_autofree char *problem = altm_test_problem (reply);

    g_assert_cmpstr (problem, ==, "restored");
  }
  json_decref (altm_test_hq_ask (desk->hq, "PUT", path, desk->device.token, "{'why':'wiped'}", ALTM_TEST_NOW, &status));
  g_assert_cmpuint (status, ==, 403);
  json_decref (altm_test_hq_ask (desk->hq, "PUT", path, "no-token", "{'why':'wiped'}", ALTM_TEST_NOW, &status));
  g_assert_cmpuint (status, ==, 401);
  json_decref (altm_test_hq_ask (desk->hq, "GET", path, other.token, NULL, ALTM_TEST_NOW, &status));
  g_assert_cmpuint (status, ==, 405);
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM devices WHERE released_at IS NOT NULL"), ==, 0);
}

static char *
act (Desk *desk, const char *request, GError **error)
{
  g_autofree char *text = g_strdelimit (g_strdup (request), "'", '"');

  return altm_hq_act (desk->hq->store, text, ALTM_TEST_NOW, error);
}

static void
which_tablet_used_which_code_is_known (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *code = act (desk, "{'do':'code','who':'Claire'}", &error);
  g_autofree char *name = g_strdup_printf ("%.3s 2026-11-24T17:12:03.123+00:00", code);
  g_auto(AltmHqEnrolment) device = { NULL };
  g_autofree char *noted = NULL, *logged = NULL;

  g_assert_no_error (error);
  altm_hq_devices_enrol (desk->hq->store, code, "Bron", "i", ALTM_TEST_NOW, &device, &error);
  g_assert_no_error (error);
  noted = altm_test_hq_text (desk->hq, "SELECT code FROM devices WHERE name = 'Bron'");
  logged = altm_test_hq_text (desk->hq, "SELECT who || '|' || what || '|' || IFNULL (detail, subject) FROM log WHERE n > 1");
  g_assert_cmpstr (noted, ==, name);
  g_assert_nonnull (strstr (logged, "Claire|code-made|"));
  g_assert_nonnull (strstr (logged, "Bron|enrolled|"));
  g_assert_nonnull (strstr (logged, name));
  g_assert_false (altm_test_holds (desk->hq->path, code));
}

static void
wrong_requests_do_nothing (void)
{
  static const char *const requests[] = {
    "code", "{}", "{'do':'code'}", "{'who':'x'}", "{'do':'format','who':'x'}", "{'do':'wipe','who':'x'}", "{'do':'note','who':'x'}", "[]", "",
  };
  g_autoptr(Desk) desk = desk_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (act (desk, requests[i], &error));
      g_assert_nonnull (error);
    }
  assert_log (desk, "enrolled");
}

/* SQL that the store itself has to refuse. */
static gboolean
is_refused (Desk *desk, const char *sql)
{
  return sqlite3_exec (altm_sql_get_handle (altm_hq_store_get_sql (desk->hq->store)), sql, NULL, NULL, NULL) ==
         SQLITE_CONSTRAINT_TRIGGER;
}

static void
purge (Desk *desk, gint64 now)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) report = altm_hq_purge_some (desk->hq->store, "purge", NULL, now, &error);

  g_assert_no_error (error);
  g_assert_nonnull (report);
}

static void
the_log_is_append_only_for_twelve_months (void)
{
  g_autoptr(Desk) desk = desk_new ();
  AltmSql *sql = altm_hq_store_get_sql (desk->hq->store);
  gint64 now = g_get_real_time ();
  const AltmHqEntry entries[] = {
    { now - 367 * DAY, "Claire", "opened", "a", NULL, NULL },
    { now - 360 * DAY, "Claire", "opened", "b", NULL, NULL },
    { now, "Claire", "opened", "c", NULL, NULL },
  };
  g_autofree char *left = NULL, *later = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    g_assert_true (altm_hq_log_add (sql, &entries[i], NULL));
  g_assert_true (is_refused (desk, "DELETE FROM log WHERE subject = 'b'"));
  g_assert_true (is_refused (desk, "UPDATE log SET who = 'Nadia' WHERE subject = 'a'"));
  purge (desk, now);
  left = altm_test_hq_text (desk->hq, "SELECT subject FROM log WHERE what = 'opened' ORDER BY n");
  g_assert_cmpstr (left, ==, "b c");
  /* A clock that is set years ahead must not empty it. */
  purge (desk, now + 2000 * DAY);
  later = altm_test_hq_text (desk->hq, "SELECT subject FROM log WHERE what = 'opened' ORDER BY n");
  g_assert_cmpstr (later, ==, "b c");
}

static char *
back_up (Desk *desk)
{
  char *file = g_build_filename (desk->hq->folder, "kept.backup", NULL);
  g_autoptr(GError) error = NULL;

  altm_sql_copy (altm_hq_store_get_sql (desk->hq->store), file, &error);
  g_assert_no_error (error);
  return file;
}

static void
restore (Desk *desk, const char *file)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *aside = NULL;

  altm_test_hq_close (desk->hq);
  altm_hq_care_restore (desk->hq->path, file, g_get_real_time (), &aside, &error);
  g_assert_no_error (error);
  altm_test_hq_open (desk->hq);
}

static void
remove_remains (Desk *desk)
{
  g_autofree char *path = g_strconcat (desk->hq->path, ".revoked", NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

/* What cannot be read of the store must not make a lost tablet valid: its first page is gone. */
static void
damage (Desk *desk)
{
  g_autofree char *path = g_build_filename (desk->hq->path, "hq.db", NULL);
  g_autofree char *noise = g_strnfill (64 * 1024, 'x');
  g_autoptr(GError) error = NULL;

  altm_test_hq_close (desk->hq);
  g_file_set_contents (path, noise, -1, &error);
  g_assert_no_error (error);
}

static void
assert_still_wiped (Desk *desk)
{
  g_autoptr(json_t) late = push (desk, 2), fork = ask (desk, "PUT", "fork", "{'install_id':'i'}", 403);

  assert_counts (late, 0, 0, 1);
  assert_news (desk, "wipe");
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM devices WHERE wipe_ordered_at = revoked_at"), ==, 1);
}

static void
a_restore_brings_no_wiped_tablet_back (void)
{
  /* By the old store, by the file beside it, or by both. */
  static void (*const losses[]) (Desk *) = { NULL, remove_remains, damage };

  for (gsize i = 0; i < G_N_ELEMENTS (losses); i++)
    {
      g_autoptr(Desk) desk = desk_new ();
      g_autofree char *file = back_up (desk);

      wipe_tablet (desk, ALTM_TEST_NOW);
      if (losses[i] != NULL)
        losses[i] (desk);
      restore (desk, file);
      assert_still_wiped (desk);
    }
}

/* The tablet was enrolled after the backup: it is told to wipe all the same. */
static void
a_restore_tells_a_tablet_it_never_heard_of_to_wipe (void)
{
  static void (*const losses[]) (Desk *) = { NULL, remove_remains, damage };

  for (gsize i = 0; i < G_N_ELEMENTS (losses); i++)
    {
      g_autoptr(Desk) desk = desk_new ();
      g_autofree char *file = back_up (desk);
      g_auto(AltmHqEnrolment) late = altm_test_hq_enrol (desk->hq, "Bron");
      AltmHqEnrolment first = desk->device;
      const AltmHqOrder order = order_for ("Bron");
      g_autofree char *device_id = altm_hq_orders_wipe (desk->hq->store, &order, NULL);

      if (losses[i] != NULL)
        losses[i] (desk);
      restore (desk, file);
      desk->device = late;
      assert_still_wiped (desk);
      desk->device = first;
      assert_news (desk, "");
      g_assert_cmpstr (device_id, ==, late.device_id);
    }
}

static void
a_restore_keeps_a_release_and_what_was_valid (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_auto(AltmHqEnrolment) other = altm_test_hq_enrol (desk->hq, "Bron");
  g_autofree char *file = back_up (desk);
  g_autoptr(json_t) released = ask (desk, "PUT", "release", "{'why':'handed-over'}", 200), taken = NULL;
  g_autofree char *why = NULL;
  AltmHqEnrolment first = desk->device;

  restore (desk, file);
  why = altm_test_hq_text (desk->hq, "SELECT released_why FROM devices WHERE revoked_at IS NOT NULL");
  g_assert_cmpstr (why, ==, "handed-over");
  desk->device = other;
  taken = push (desk, 3);
  assert_counts (taken, 1, 0, 0);
  desk->device = first;
}

/* The answer to the handover was lost, the tablet was lost next, and HQ has to learn that it was wiped. */
static void
a_release_after_an_order_to_wipe_counts_anew (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) first = ask (desk, "PUT", "release", "{'why':'handed-over'}", 200), wiped = NULL, again = NULL;
  g_autofree char *why = NULL, *restored = NULL, *file = NULL;

  altm_test_hq_sql (desk->hq, "UPDATE devices SET released_at = released_at - 2");
  file = back_up (desk);
  wipe_tablet (desk, ALTM_TEST_NOW - 1);
  wiped = ask (desk, "PUT", "release", "{'why':'wiped'}", 200);
  again = ask (desk, "PUT", "release", "{'why':'handed-over'}", 200);
  why = altm_test_hq_text (desk->hq, "SELECT released_why FROM devices");
  g_assert_cmpstr (why, ==, "wiped");
  assert_log (desk, "enrolled released wipe-ordered released");
  restore (desk, file);
  restored = altm_test_hq_text (desk->hq, "SELECT released_why FROM devices");
  g_assert_cmpstr (restored, ==, "wiped");
}

static void
a_key_in_use_is_not_given_up_nor_noted_as_such (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *done = act (desk, "{'do':'forget-key','who':'Claire','what':'key-abandoned','subject':'k'}", &error);

  g_assert_null (done);
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_IN_USE);
  assert_log (desk, "enrolled");
}

static void
a_restore_keeps_the_access_log (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *file = back_up (desk), *noted = NULL;
  g_autoptr(GError) error = NULL;

  noted = act (desk, "{'do':'note','who':'Claire','what':'opened','subject':'a','why':'suivi'}", &error);
  g_assert_no_error (error);
  restore (desk, file);
  assert_log (desk, "enrolled opened restored");
  restore (desk, file);
  assert_log (desk, "enrolled opened restored restored");
}

static void
what_a_power_cut_left_of_a_note_is_passed_over (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *file = back_up (desk), *path = g_strconcat (desk->hq->path, ".revoked", NULL);
  g_autofree char *text = NULL, *cut = NULL;

  wipe_tablet (desk, ALTM_TEST_NOW);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  cut = g_strdup_printf ("{\"device_id\":\"x\",\"na\n\n{}\nnull\n%s\n{\"device_id\"", text);
  g_assert_true (g_file_set_contents (path, cut, -1, NULL));
  damage (desk);
  restore (desk, file);
  assert_still_wiped (desk);
}

/* A store as the first schema made it. */
static void
make_old_store (const char *path)
{
  g_autoptr(GBytes) schema = g_resource_lookup_data (altm_hq_get_resource (), "/org/altm/Field/hq/schema/1.sql", 0, NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, g_bytes_get_data (schema, NULL), NULL, NULL, NULL);
  sqlite3_exec (db,
                "PRAGMA user_version = 1;"
                "INSERT INTO settings VALUES ('epoch', 'an-epoch');"
                "INSERT INTO codes VALUES (x'01', 1, NULL);"
                "INSERT INTO devices (device_id, name, install_id, token, enrolled_at) VALUES ('d', 'Bron', 'i', x'02', 1)",
                NULL, NULL, NULL);
  g_assert_cmpstr (sqlite3_errmsg (db), ==, "not an error");
  sqlite3_close (db);
}

static void
an_older_store_is_brought_up_to_date (void)
{
  g_autofree char *folder = altm_test_make_folder (), *path = g_build_filename (folder, "hq", NULL);
  g_autofree char *file = g_build_filename (path, "hq.db", NULL), *key = g_strconcat (path, ".key", NULL), *name = NULL;
  g_autoptr(AltmSealPair) pair = NULL;
  g_autoptr(AltmHqStore) store = NULL;
  g_autoptr(GError) error = NULL, lost = NULL;

  g_mkdir (path, 0700);
  make_old_store (file);
  g_assert_null (altm_hq_store_open (path, ALTM_TEST_NOW, &lost));
  g_assert_error (lost, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_MISSING);
  pair = altm_seal_pair_load (key, &error);
  g_assert_no_error (error);
  store = altm_hq_store_open (path, ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
  name = altm_sql_get_text (altm_hq_store_get_sql (store), "SELECT name FROM devices WHERE code IS NULL AND revoked_at IS NULL", "");
  g_assert_cmpstr (name, ==, "Bron");
  g_assert_cmpstr (altm_hq_store_get_seal_key (store), ==, altm_seal_pair_get_key (pair));
  g_clear_pointer (&store, altm_hq_store_close);
  altm_test_remove (folder);
}

static void
a_backup_of_an_older_store_can_be_put_back (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *file = g_build_filename (desk->hq->folder, "old.backup", NULL);
  g_autofree char *left = g_build_filename (desk->hq->path, "hq.db.restored.before-2", NULL);
  AltmHqEnrolment device = desk->device;

  make_old_store (file);
  altm_test_hq_sql (desk->hq, "UPDATE devices SET revoked_at = 7");
  restore (desk, file);
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM devices"), ==, 2);
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM devices WHERE revoked_at = 7"), ==, 1);
  g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
  desk->device = device;
}

static void
tablets_are_listed (void)
{
  static const char *const names[] = {
    "device_id", "name", "code", "enrolled_at", "last_seen", "pending", "oldest", "skew_s", "forked_from", "revoked_at", "wipe_ordered_at",
    "released_at", "released_why", "pin_reset_at",
  };
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) devices = NULL;
  json_t *device;

  wipe_tablet (desk, ALTM_TEST_NOW);
  devices = altm_hq_orders_list (desk->hq->store, &error);
  g_assert_no_error (error);
  device = json_array_get (devices, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_nonnull (json_object_get (device, names[i]));
  g_assert_cmpuint (json_object_size (device), ==, G_N_ELEMENTS (names));
  g_assert_cmpstr (altm_json_get_string (device, "name"), ==, "Guillotière 1");
  g_assert_cmpstr (altm_json_get_string (device, "wipe_ordered_at"), ==, "2026-11-24T17:12:03.123+00:00");
  g_assert_true (json_is_null (json_object_get (device, "released_at")));
}

/* A record's revisions, as HQ holds them: @n is the record, @rest what follows its key. */
static void
hold (Desk *desk, int n, int rev, const char *rest)
{
  g_autofree char *line = g_strdup_printf ("{'seq':%d,'id':'" ID "','rev':%d,'at':'2026-11-24T18:12:03.123+01:00',%s}\n",
                                           10 * n + rev, n, rev, rest);
  g_autofree char *path = g_strdup_printf ("/v1/devices/%s/batches/9d0c2b42-77d1-4b9e-8f6e-0000000001%d%d",
                                           desk->device.device_id, n, rev);
  g_autoptr(AltmRequest) request = altm_test_request ("PUT", path, desk->device.token);
  g_autoptr(AltmReply) reply = NULL;

  g_strdelimit (line, "'", '"');
  altm_test_request_set_body (request, "application/x-ndjson", line);
  reply = altm_test_hq_answer (desk->hq, request, ALTM_TEST_NOW);
  g_assert_cmpuint (reply->status, ==, 200);
}

/* What follows the key of a revision with a private part of its own. */
static char *
with_note (Desk *desk, int n, int rev, const char *rest)
{
  g_autofree char *id = g_strdup_printf (ID, n);
  g_autoptr(json_t) private = altm_test_json ("{'note':'n'}");
  g_autofree char *sealed = altm_seal (altm_hq_store_get_seal_key (desk->hq->store), id, rev, private, NULL);

  return g_strdup_printf ("%s,'private':'%s'", rest, sealed);
}

/* Which revision's private part is found, or the error. */
static int
look_up (Desk *desk, int n, gint64 rev)
{
  g_autofree char *id = g_strdup_printf (ID, n);
  g_auto(AltmHqPrivate) found = { NULL };
  g_autoptr(GError) error = NULL;

  if (altm_hq_private_look_up (altm_hq_store_get_sql (desk->hq->store), id, rev, &found, &error))
    return (int) found.rev;
  g_assert_true (error->domain == ALTM_HQ_PRIVATE_ERROR);
  return -error->code;
}

#define CONTACT "'type':'contact','data':" ALTM_TEST_CONTACT
#define REFERRAL(consent) "'type':'referral','data':{'structure_type':'ccas','status':'proposee','consent':" consent "}"

static void
the_private_part_that_holds_is_found (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *first = with_note (desk, 1, 1, CONTACT);
  g_autofree char *third = with_note (desk, 1, 3, CONTACT);

  hold (desk, 1, 1, first);
  g_assert_cmpint (look_up (desk, 1, 0), ==, 1);
  hold (desk, 1, 2, CONTACT);
  g_assert_cmpint (look_up (desk, 1, 0), ==, 1);
  hold (desk, 1, 3, third);
  g_assert_cmpint (look_up (desk, 1, 0), ==, 3);
  g_assert_cmpint (look_up (desk, 1, 2), ==, 1);
  hold (desk, 1, 4, CONTACT ",'private':null");
  g_assert_cmpint (look_up (desk, 1, 0), ==, -ALTM_HQ_PRIVATE_ERROR_NOTHING);
  g_assert_cmpint (look_up (desk, 1, 3), ==, 3);
  g_assert_cmpint (look_up (desk, 1, 9), ==, -ALTM_HQ_PRIVATE_ERROR_NO_RECORD);
  g_assert_cmpint (look_up (desk, 2, 0), ==, -ALTM_HQ_PRIVATE_ERROR_NO_RECORD);
  hold (desk, 1, 5, "'type':'contact','deleted':true");
  g_assert_cmpint (look_up (desk, 1, 0), ==, -ALTM_HQ_PRIVATE_ERROR_WITHDRAWN);
  g_assert_cmpint (look_up (desk, 1, 1), ==, -ALTM_HQ_PRIVATE_ERROR_WITHDRAWN);
}

static void
a_withdrawn_agreement_keeps_it_sealed (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *first = with_note (desk, 1, 1, REFERRAL ("true"));
  g_autofree char *other = with_note (desk, 2, 1, REFERRAL ("true"));

  hold (desk, 1, 1, first);
  g_assert_cmpint (look_up (desk, 1, 0), ==, 1);
  hold (desk, 1, 2, REFERRAL ("false"));
  g_assert_cmpint (look_up (desk, 1, 0), ==, -ALTM_HQ_PRIVATE_ERROR_WITHDRAWN);
  g_assert_cmpint (look_up (desk, 1, 1), ==, -ALTM_HQ_PRIVATE_ERROR_WITHDRAWN);
  /* HQ could not take the line that says it, and knows it all the same. */
  hold (desk, 2, 1, other);
  hold (desk, 2, 2, "'type':'referral','data':{'structure_type':'nowhere','status':'proposee','consent':false}");
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM quarantine"), ==, 1);
  g_assert_cmpint (look_up (desk, 2, 0), ==, -ALTM_HQ_PRIVATE_ERROR_WITHDRAWN);
}

static void
what_was_moved_to_another_record_does_not_open (void)
{
  g_autofree char *folder = altm_test_make_folder (), *path = g_build_filename (folder, "key", NULL);
  g_autoptr(AltmSealPair) pair = altm_seal_pair_load (path, NULL);
  g_autoptr(json_t) private = altm_test_json ("{'note':'n'}");
  g_autofree char *sealed = altm_seal (altm_seal_pair_get_key (pair), "one", 2, private, NULL);
  const AltmHqPrivate here = { sealed, 2 }, earlier = { sealed, 1 };
  g_autoptr(json_t) opened = altm_hq_private_open (&here, "one", pair, NULL);
  g_autoptr(GError) moved = NULL, older = NULL;

  altm_test_assert_json (opened, "{'note':'n'}");
  g_assert_null (altm_hq_private_open (&here, "two", pair, &moved));
  g_assert_error (moved, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_TEXT);
  g_assert_null (altm_hq_private_open (&earlier, "one", pair, &older));
  g_assert_error (older, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_TEXT);
  altm_test_remove (folder);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/tablet/a revoked tablet brings nothing new at once", a_revoked_tablet_brings_nothing_new_at_once);
  g_test_add_func ("/tablet/a revoked tablet is told to wipe and nothing else", a_revoked_tablet_is_told_to_wipe_and_nothing_else);
  g_test_add_func ("/tablet/a PIN is not reset on a revoked tablet", a_pin_is_not_reset_on_a_revoked_tablet);
  g_test_add_func ("/tablet/a name that two have is refused with their ids", a_name_that_two_have_is_refused_with_their_ids);
  g_test_add_func ("/tablet/a release is noted once and revokes", a_release_is_noted_once_and_revokes);
  g_test_add_func ("/tablet/a revoked tablet can still say that it was wiped", a_revoked_tablet_can_still_say_that_it_was_wiped);
  g_test_add_func ("/tablet/a release after an order to wipe counts anew", a_release_after_an_order_to_wipe_counts_anew);
  g_test_add_func ("/tablet/a revoked tablet is given no lists", a_revoked_tablet_is_given_no_lists);
  g_test_add_func ("/tablet/a name that commands a terminal is refused", a_name_that_commands_a_terminal_is_refused);
  g_test_add_func ("/tablet/a key in use is not given up, nor noted as such", a_key_in_use_is_not_given_up_nor_noted_as_such);
  g_test_add_func ("/tablet/wrong releases are refused", wrong_releases_are_refused);
  g_test_add_func ("/tablet/which tablet used which code is known", which_tablet_used_which_code_is_known);
  g_test_add_func ("/tablet/wrong requests do nothing", wrong_requests_do_nothing);
  g_test_add_func ("/tablet/the log is append-only for twelve months", the_log_is_append_only_for_twelve_months);
  g_test_add_func ("/tablet/a restore brings no wiped tablet back", a_restore_brings_no_wiped_tablet_back);
  g_test_add_func ("/tablet/a restore tells a tablet it never heard of to wipe", a_restore_tells_a_tablet_it_never_heard_of_to_wipe);
  g_test_add_func ("/tablet/a restore keeps a release and what was valid", a_restore_keeps_a_release_and_what_was_valid);
  g_test_add_func ("/tablet/a restore keeps the access log", a_restore_keeps_the_access_log);
  g_test_add_func ("/tablet/what a power cut left of a note is passed over", what_a_power_cut_left_of_a_note_is_passed_over);
  g_test_add_func ("/tablet/an older store is brought up to date", an_older_store_is_brought_up_to_date);
  g_test_add_func ("/tablet/a backup of an older store can be put back", a_backup_of_an_older_store_can_be_put_back);
  g_test_add_func ("/tablet/tablets are listed", tablets_are_listed);
  g_test_add_func ("/tablet/the private part that holds is found", the_private_part_that_holds_is_found);
  g_test_add_func ("/tablet/a withdrawn agreement keeps it sealed", a_withdrawn_agreement_keeps_it_sealed);
  g_test_add_func ("/tablet/what was moved to another record does not open", what_was_moved_to_another_record_does_not_open);
  return g_test_run ();
}
