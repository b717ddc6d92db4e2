/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-export.h"
#include "altm-figures.h"
#include "altm-gzip.h"
#include "altm-hq-act.h"
#include "altm-hq-care.h"
#include "altm-hq-derive.h"
#include "altm-test-hq.h"
#include "altm-time.h"
#include "altm-uuid.h"

#define MINUTE (60 * (gint64) G_USEC_PER_SEC)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define ID_1 "0192f0c1-7b6a-7c3e-9d2f-000000000001"
#define ID_2 "0192f0c1-7b6a-7c3e-9d2f-000000000002"
#define ID_3 "0192f0c1-7b6a-7c3e-9d2f-000000000003"
#define BATCH_1 "9d0c2b42-77d1-4b9e-8f6e-000000000001"
#define BATCH_2 "9d0c2b42-77d1-4b9e-8f6e-000000000002"

#define CONTACT "'type':'contact','data':" ALTM_TEST_CONTACT
#define SEALED                                                                                                         \
  "'0123456789abcdef.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'"

/* An HQ and one device of its. */
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
  self->device = altm_test_hq_enrol (self->hq, "tablet");
  return self;
}

/* A line, with its newline; @rest: what follows its key, as in altm_test_json(). */
static char *
make_line (gint64 seq, const char *id, gint64 rev, const char *rest)
{
  g_autofree char *text = g_strdup_printf (
    "{'seq':%" G_GINT64_FORMAT ",'id':'%s','rev':%" G_GINT64_FORMAT ",'at':'2026-11-24T18:12:03.123+01:00',%s}\n", seq,
    id, rev, rest);

  return g_strdelimit (g_steal_pointer (&text), "'", '"');
}

static AltmRequest *
make_push (const AltmHqEnrolment *device, const char *batch, const char *lines)
{
  g_autofree char *path = g_strdup_printf ("/v1/devices/%s/batches/%s", device->device_id, batch);
  AltmRequest *request = altm_test_request ("PUT", path, device->token);

  altm_test_request_set_body (request, "application/x-ndjson", lines);
  return request;
}

static json_t *
read_reply (AltmReply *reply)
{
  return altm_json_parse (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body), NULL);
}

static json_t *
push_of (AltmTestHq *hq, const AltmHqEnrolment *device, const char *batch, const char *lines, gint64 now, guint status)
{
  g_autoptr(AltmRequest) request = make_push (device, batch, lines);
  g_autoptr(AltmReply) reply = altm_test_hq_answer (hq, request, now);

  g_assert_cmpuint (reply->status, ==, status);
  return read_reply (reply);
}

/* Pushes lines in a batch of their own. */
static json_t *
push (Desk *desk, const char *lines)
{
  g_autofree char *batch = altm_uuid_new_v4 ();

  return push_of (desk->hq, &desk->device, batch, lines, ALTM_TEST_NOW, 200);
}

static void
push_line (Desk *desk, gint64 seq, const char *id, gint64 rev, const char *rest)
{
  g_autofree char *line = make_line (seq, id, rev, rest);
  g_autoptr(json_t) receipt = push (desk, line);

  g_assert_nonnull (receipt);
}

static void
assert_counts (json_t *receipt, gint64 stored, gint64 duplicate, gsize problems)
{
  g_assert_cmpint (altm_json_get_integer (receipt, "stored", -1), ==, stored);
  g_assert_cmpint (altm_json_get_integer (receipt, "duplicate", -1), ==, duplicate);
  g_assert_cmpuint (json_array_size (json_object_get (receipt, "problems")), ==, problems);
}

static void
assert_problem (json_t *receipt, gsize i, gint64 line, const char *status, const char *type)
{
  json_t *problem = json_array_get (json_object_get (receipt, "problems"), i);
  g_autofree char *name = altm_test_problem (problem);

  g_assert_cmpint (altm_json_get_integer (problem, "line", -1), ==, line);
  g_assert_cmpstr (altm_json_get_string (problem, "status"), ==, status);
  g_assert_cmpstr (name, ==, type);
}

/* Pushes one line that is rejected. */
static void
assert_rejected (Desk *desk, const char *line, const char *type)
{
  g_autoptr(json_t) receipt = push (desk, line);

  assert_counts (receipt, 0, 0, 1);
  assert_problem (receipt, 0, 0, "rejected", type);
}

static void
hello_says_what_hq_is (void)
{
  g_autoptr(AltmTestHq) hq = altm_test_hq_new ();
  guint status;
  g_autoptr(json_t) hello = altm_test_hq_ask (hq, "GET", "/v1/hello", NULL, NULL, ALTM_TEST_NOW, &status);

  g_assert_cmpuint (status, ==, 200);
  g_assert_cmpstr (altm_json_get_string (hello, "name"), ==, "HQ");
  g_assert_cmpstr (altm_json_get_string (hello, "epoch"), ==, altm_hq_store_get_epoch (hq->store));
  g_assert_cmpstr (altm_json_get_string (hello, "time"), ==, "2026-11-24T17:12:03.123+00:00");
  g_assert_true (altm_seal_is_key (altm_json_get_string (hello, "seal_key")));
  g_assert_cmpint (altm_json_get_integer (hello, "lists", 0), ==, 2);
  altm_test_assert_json (json_object_get (hello, "protocol"), "{'min':1,'max':1}");
  altm_test_assert_json (json_object_get (hello, "limits"),
                         "{'batch_bytes':1048576,'inflated_bytes':8388608,'line_bytes':16384,'lines':2000}");
}

static void
epoch_and_key_outlive_the_program (void)
{
  g_autoptr(AltmTestHq) hq = altm_test_hq_new ();
  g_autofree char *epoch = g_strdup (altm_hq_store_get_epoch (hq->store));
  g_autofree char *key = g_strdup (altm_hq_store_get_seal_key (hq->store));
  g_autoptr(AltmTestHq) other = altm_test_hq_new ();

  altm_test_hq_close (hq);
  altm_test_hq_open (hq);
  g_assert_cmpstr (altm_hq_store_get_epoch (hq->store), ==, epoch);
  g_assert_cmpstr (altm_hq_store_get_seal_key (hq->store), ==, key);
  g_assert_cmpstr (altm_hq_store_get_epoch (other->store), !=, epoch);
}

static void
the_ca_is_answered_where_there_is_one (void)
{
  g_autoptr(AltmTestHq) hq = altm_test_hq_new ();
  g_autoptr(AltmRequest) request = altm_test_request ("GET", "/v1/ca", NULL);
  g_autoptr(AltmReply) none = altm_test_hq_answer (hq, request, ALTM_TEST_NOW);
  g_autoptr(AltmReply) some = NULL;

  g_assert_cmpuint (none->status, ==, 404);
  hq->receiver.ca = "-----BEGIN CERTIFICATE-----";
  some = altm_test_hq_answer (hq, request, ALTM_TEST_NOW);
  g_assert_cmpuint (some->status, ==, 200);
  g_assert_cmpmem (g_bytes_get_data (some->body, NULL), g_bytes_get_size (some->body), hq->receiver.ca,
                   strlen (hq->receiver.ca));
}

static json_t *
enrol (AltmTestHq *hq, const char *code, const char *install_id, gint64 now, guint status)
{
  g_autofree char *form = g_strdup_printf ("{'code':'%s','device_name':'Tablette 1','install_id':'%s'}", code, install_id);
  guint answered;
  json_t *reply = altm_test_hq_ask (hq, "PUT", "/v1/enrol", NULL, form, now, &answered);

  g_assert_cmpuint (answered, ==, status);
  return reply;
}

static void
a_code_enrols_a_device (void)
{
  g_autoptr(AltmTestHq) hq = altm_test_hq_new ();
  g_autofree char *code = altm_hq_devices_new_code (hq->store, ALTM_TEST_NOW, NULL);
  g_autoptr(json_t) granted = enrol (hq, code, "i-1", ALTM_TEST_NOW, 201);
  g_autofree char *name = altm_test_hq_text (hq, "SELECT name FROM devices");

  g_assert_true (altm_uuid_is_valid (altm_json_get_string (granted, "device_id")));
  g_assert_cmpuint (strlen (altm_json_get_string (granted, "token")), ==, 43);
  g_assert_cmpstr (altm_json_get_string (granted, "epoch"), ==, altm_hq_store_get_epoch (hq->store));
  g_assert_cmpstr (altm_json_get_string (granted, "seal_key"), ==, altm_hq_store_get_seal_key (hq->store));
  g_assert_cmpstr (name, ==, "Tablette 1");
  g_assert_false (altm_test_holds (hq->path, altm_json_get_string (granted, "token")));
  g_assert_false (altm_test_holds (hq->path, code));
}

static gboolean
is_token (AltmTestHq *hq, json_t *granted)
{
  g_auto(AltmHqDevice) device = { 0 };

  return altm_hq_devices_find (hq->store, altm_json_get_string (granted, "token"), &device);
}

static void
the_same_code_again_gives_the_same_device_a_fresh_token (void)
{
  g_autoptr(AltmTestHq) hq = altm_test_hq_new ();
  g_autofree char *code = altm_hq_devices_new_code (hq->store, ALTM_TEST_NOW, NULL);
  g_autoptr(json_t) first = enrol (hq, code, "i-1", ALTM_TEST_NOW, 201);
  g_autoptr(json_t) again = enrol (hq, code, "i-1", ALTM_TEST_NOW + MINUTE, 201);

  g_assert_cmpstr (altm_json_get_string (first, "device_id"), ==, altm_json_get_string (again, "device_id"));
  g_assert_cmpstr (altm_json_get_string (first, "token"), !=, altm_json_get_string (again, "token"));
  g_assert_false (is_token (hq, first));
  g_assert_true (is_token (hq, again));
}

static void
a_code_is_for_one_device_within_15_minutes (void)
{
  g_autoptr(AltmTestHq) hq = altm_test_hq_new ();
  g_autofree char *code = altm_hq_devices_new_code (hq->store, ALTM_TEST_NOW, NULL);
  g_autofree char *late = altm_hq_devices_new_code (hq->store, ALTM_TEST_NOW, NULL);
  g_autoptr(json_t) in_time = enrol (hq, code, "i-1", ALTM_TEST_NOW + 15 * MINUTE, 201);
  g_autoptr(json_t) other = enrol (hq, code, "i-2", ALTM_TEST_NOW + MINUTE, 403);
  g_autoptr(json_t) same_too_late = enrol (hq, code, "i-1", ALTM_TEST_NOW + 15 * MINUTE + 1, 403);
  g_autoptr(json_t) too_late = enrol (hq, late, "i-3", ALTM_TEST_NOW + 15 * MINUTE + 1, 403);
  g_autofree char *problem = altm_test_problem (too_late);

  g_assert_cmpstr (problem, ==, "bad-code");
  g_assert_true (is_token (hq, in_time));
  g_assert_cmpint (altm_test_hq_integer (hq, "SELECT COUNT (*) FROM devices"), ==, 1);
  g_assert_nonnull (other);
  g_assert_nonnull (same_too_late);
}

static void
a_new_code_makes_a_new_device (void)
{
  g_autoptr(AltmTestHq) hq = altm_test_hq_new ();
  g_autofree char *one = altm_hq_devices_new_code (hq->store, ALTM_TEST_NOW, NULL);
  g_autofree char *other = altm_hq_devices_new_code (hq->store, ALTM_TEST_NOW, NULL);
  g_autoptr(json_t) first = enrol (hq, one, "i-1", ALTM_TEST_NOW, 201);
  g_autoptr(json_t) second = enrol (hq, other, "i-1", ALTM_TEST_NOW, 201);

  g_assert_cmpstr (altm_json_get_string (first, "device_id"), !=, altm_json_get_string (second, "device_id"));
  g_assert_true (is_token (hq, first));
}

static void
wrong_enrolments_are_refused (void)
{
  static const struct
  {
    const char *form;
    guint status;
  } cases[] = {
    { "{'code':'ABCDE-FGHJK','device_name':'a','install_id':'b'}", 403 },
    { "{'code':'abc','device_name':'a','install_id':'b'}", 403 },
    { "{'code':'ABCDE-FGHJK','device_name':'','install_id':'b'}", 400 },
    { "{'code':'ABCDE-FGHJK','device_name':'a'}", 400 },
    { "{'device_name':'a','install_id':'b'}", 400 },
    { "{'code':7,'device_name':'a','install_id':'b'}", 400 },
    { "[]", 400 },
    { "", 400 },
  };
  g_autoptr(AltmTestHq) hq = altm_test_hq_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint status;
      g_autoptr(json_t) reply = altm_test_hq_ask (hq, "PUT", "/v1/enrol", NULL, cases[i].form, ALTM_TEST_NOW, &status);

      g_assert_cmpuint (status, ==, cases[i].status);
      g_assert_cmpint (altm_json_get_integer (reply, "status", 0), ==, cases[i].status);
    }
}

static void
codes_are_plain_and_never_alike (void)
{
  g_autoptr(AltmTestHq) hq = altm_test_hq_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < 100; i++)
    {
      char *code = altm_hq_devices_new_code (hq->store, ALTM_TEST_NOW, NULL);

      g_assert_cmpuint (strlen (code), ==, 11);
      g_assert_cmpuint (strspn (code, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789-"), ==, 11);
      g_assert_true (g_hash_table_add (seen, code));
    }
}

static void
unknown_ways_are_told (void)
{
  static const struct
  {
    const char *method;
    const char *path;
    guint status;
    const char *allow;
  } cases[] = {
    { "GET", "/", 404, NULL },
    { "GET", "/v2/hello", 404, NULL },
    { "GET", "/v1/hello/", 404, NULL },
    { "GET", "/v1/devices/x/batches/y/z/1/2/3/4", 404, NULL },
    { "POST", "/v1/hello", 405, "GET" },
    { "GET", "/v1/enrol", 405, "PUT" },
    { "POST", "/v1/devices/x/batches/y", 405, "PUT" },
    { "DELETE", "/v1/reference", 405, "GET" },
  };
  g_autoptr(AltmTestHq) hq = altm_test_hq_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(AltmRequest) request = altm_test_request (cases[i].method, cases[i].path, NULL);
      g_autoptr(AltmReply) reply = altm_test_hq_answer (hq, request, ALTM_TEST_NOW);

      g_assert_cmpuint (reply->status, ==, cases[i].status);
      g_assert_cmpstr (reply->allow, ==, cases[i].allow);
      g_assert_cmpstr (reply->content_type, ==, "application/problem+json");
    }
}

/* 401 and 403 before anything else: nothing of the request below is right. */
static void
who_asks_is_looked_at_first (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_auto(AltmHqEnrolment) other = altm_test_hq_enrol (desk->hq, "other");
  const struct
  {
    const char *token;
    guint status;
  } cases[] = { { NULL, 401 }, { "x", 401 }, { "", 401 }, { other.token, 403 }, { desk->device.token, 415 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(AltmRequest) request = make_push (&desk->device, "no-batch", "not a line");
      g_autoptr(AltmReply) reply = NULL;

      g_free (request->authorization);
      request->authorization = cases[i].token != NULL ? g_strconcat ("Bearer ", cases[i].token, NULL) : NULL;
      g_free (request->content_type);
      request->content_type = g_strdup ("image/png");
      g_free (request->content_encoding);
      request->content_encoding = g_strdup ("gzip");
      reply = altm_test_hq_answer (desk->hq, request, ALTM_TEST_NOW);
      g_assert_cmpuint (reply->status, ==, cases[i].status);
    }
}

static void
every_call_but_three_needs_a_token (void)
{
  static const char *const calls[][2] = {
    { "PUT", "fork" }, { "PUT", "batches/" BATCH_1 }, { "GET", "digest?from=1&to=9" }, { "GET", "news?after=" },
  };
  g_autoptr(Desk) desk = desk_new ();
  guint status;
  g_autoptr(json_t) reference = altm_test_hq_ask (desk->hq, "GET", "/v1/reference", NULL, NULL, ALTM_TEST_NOW, &status);

  g_assert_cmpuint (status, ==, 401);
  g_assert_nonnull (reference);
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autofree char *path = g_strdup_printf ("/v1/devices/%s/%s", desk->device.device_id, calls[i][1]);
      g_autoptr(json_t) reply = altm_test_hq_ask (desk->hq, calls[i][0], path, NULL, NULL, ALTM_TEST_NOW, &status);
      g_autofree char *problem = altm_test_problem (reply);

      g_assert_cmpuint (status, ==, 401);
      g_assert_cmpstr (problem, ==, "unauthorized");
    }
}

static void
wrong_bodies_store_nothing (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *line = make_line (1, ID_1, 1, CONTACT);
  g_autofree char *before = altm_test_hq_dump (desk->hq);
  g_autofree char *after = NULL;
  const struct
  {
    const char *type;
    const char *encoding;
    gboolean is_discarded;
    guint status;
    const char *problem;
  } cases[] = {
    { "application/json", NULL, FALSE, 415, "unsupported-type" },
    { NULL, NULL, FALSE, 415, "unsupported-type" },
    { "application/x-ndjson", "br", FALSE, 415, "unsupported-type" },
    { "application/x-ndjson", "gzip", FALSE, 400, "bad-gzip" },
    { "application/x-ndjson", NULL, TRUE, 413, "too-large" },
    { "application/x-ndjson", "gzip", TRUE, 413, "too-large" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(AltmRequest) request = make_push (&desk->device, BATCH_1, line);
      g_autoptr(AltmReply) reply = NULL;
      g_autoptr(json_t) root = NULL;
      g_autofree char *problem = NULL;

      g_free (request->content_type);
      request->content_type = g_strdup (cases[i].type);
      request->content_encoding = g_strdup (cases[i].encoding);
      if (cases[i].is_discarded)
        g_clear_pointer (&request->body, g_bytes_unref);
      reply = altm_test_hq_answer (desk->hq, request, ALTM_TEST_NOW);
      root = read_reply (reply);
      problem = altm_test_problem (root);
      g_assert_cmpuint (reply->status, ==, cases[i].status);
      g_assert_cmpstr (problem, ==, cases[i].problem);
    }
  after = altm_test_hq_dump (desk->hq);
  g_assert_cmpstr (before, ==, after);
}

static void
a_bomb_is_too_large (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(AltmRequest) request = make_push (&desk->device, BATCH_1, "");
  g_autoptr(GBytes) newlines = g_bytes_new_take (g_strnfill (9 * 1024 * 1024, '\n'), 9 * 1024 * 1024);
  g_autoptr(AltmReply) reply = NULL;

  request->content_encoding = g_strdup ("gzip");
  g_bytes_unref (request->body);
  request->body = altm_gzip_deflate (newlines);
  reply = altm_test_hq_answer (desk->hq, request, ALTM_TEST_NOW);
  g_assert_cmpuint (reply->status, ==, 413);
}

static void
gzip_and_plain_are_the_same_push (void)
{
  static const char *const types[] = { "application/x-ndjson", "Application/X-NDJSON; charset=utf-8" };
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *line = make_line (1, ID_1, 1, CONTACT);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, line, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr(AltmRequest) request = make_push (&desk->device, BATCH_1, line);
      g_autoptr(AltmReply) reply = NULL;
      g_autoptr(json_t) receipt = NULL;
      g_autoptr(GBytes) plain = g_steal_pointer (&request->body);

      request->body = altm_gzip_deflate (plain);
      request->content_encoding = g_strdup (i == 0 ? "gzip" : "GZIP");
      g_free (request->content_type);
      request->content_type = g_strdup (types[i]);
      reply = altm_test_hq_answer (desk->hq, request, ALTM_TEST_NOW);
      receipt = read_reply (reply);
      assert_counts (receipt, i == 0, i != 0, 0);
      g_assert_cmpstr (altm_json_get_string (receipt, "sha256"), ==, hash);
    }
}

static void
most_bytes_are_known_before_the_body (void)
{
  g_assert_cmpuint (altm_receiver_most_bytes ("PUT", "/v1/devices/x/batches/y"), ==, ALTM_BATCH_BYTES);
  g_assert_cmpuint (altm_receiver_most_bytes ("PUT", "/v1/enrol"), ==, 16 * 1024);
  g_assert_cmpuint (altm_receiver_most_bytes ("GET", "/v1/hello"), ==, 0);
  g_assert_cmpuint (altm_receiver_most_bytes ("POST", "/v1/enrol"), ==, 0);
  g_assert_cmpuint (altm_receiver_most_bytes ("PUT", "/"), ==, 0);
}

static void
a_push_is_journalled_and_answered_with_a_receipt (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *one = make_line (4, ID_1, 1, CONTACT);
  g_autofree char *two = make_line (7, ID_2, 1, CONTACT);
  g_autofree char *body = g_strconcat (one, two, NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, body, -1);
  g_autofree char *bytes = NULL;
  g_autoptr(json_t) receipt = push_of (desk->hq, &desk->device, BATCH_1, body, ALTM_TEST_NOW, 200);

  assert_counts (receipt, 2, 0, 0);
  g_assert_cmpstr (altm_json_get_string (receipt, "batch"), ==, BATCH_1);
  g_assert_cmpstr (altm_json_get_string (receipt, "epoch"), ==, altm_hq_store_get_epoch (desk->hq->store));
  g_assert_cmpstr (altm_json_get_string (receipt, "sha256"), ==, hash);
  g_assert_cmpint (altm_json_get_integer (receipt, "high_seq", 0), ==, 7);
  g_assert_cmpint (altm_json_get_integer (receipt, "held", 0), ==, 2);
  bytes = altm_test_hq_text (desk->hq, "SELECT CAST (bytes AS TEXT) || char (10) FROM journal WHERE n = 1");
  g_assert_cmpstr (bytes, ==, one);
}

static void
the_last_newline_may_be_missing (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *line = make_line (1, ID_1, 1, CONTACT);
  g_autoptr(json_t) receipt = push (desk, g_strchomp (line));
  g_autoptr(json_t) nothing = push (desk, "");

  assert_counts (receipt, 1, 0, 0);
  assert_counts (nothing, 0, 0, 0);
}

static void
the_same_batch_again_is_answered_whole (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *good = make_line (1, ID_1, 1, CONTACT);
  g_autofree char *bad = make_line (2, ID_2, 1, "'type':'contact','data':{}");
  g_autofree char *body = g_strconcat (good, bad, NULL);
  g_autoptr(json_t) first = push_of (desk->hq, &desk->device, BATCH_1, body, ALTM_TEST_NOW, 200);
  g_autoptr(json_t) again = push_of (desk->hq, &desk->device, BATCH_1, body, ALTM_TEST_NOW, 200);

  assert_counts (first, 1, 0, 1);
  assert_counts (again, 0, 1, 1);
  g_assert_true (json_equal (json_object_get (first, "problems"), json_object_get (again, "problems")));
  g_assert_cmpint (altm_json_get_integer (again, "held", 0), ==, 1);
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM quarantine"), ==, 1);
}

static void
a_batch_id_with_other_bytes_is_refused (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *one = make_line (1, ID_1, 1, CONTACT);
  g_autofree char *two = make_line (2, ID_2, 1, CONTACT);
  g_autoptr(json_t) first = push_of (desk->hq, &desk->device, BATCH_1, one, ALTM_TEST_NOW, 200);
  g_autofree char *before = altm_test_hq_dump (desk->hq);
  g_autoptr(json_t) refused = push_of (desk->hq, &desk->device, BATCH_1, two, ALTM_TEST_NOW, 409);
  g_autofree char *after = altm_test_hq_dump (desk->hq);
  g_autofree char *problem = altm_test_problem (refused);
  g_auto(AltmHqEnrolment) other = altm_test_hq_enrol (desk->hq, "other");
  g_autoptr(json_t) others = push_of (desk->hq, &other, BATCH_1, two, ALTM_TEST_NOW, 200);

  g_assert_cmpstr (problem, ==, "batch-reused");
  g_assert_cmpstr (before, ==, after);
  assert_counts (first, 1, 0, 0);
  assert_counts (others, 1, 0, 0);
}

static void
batch_ids_are_kept_for_30_days (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *one = make_line (1, ID_1, 1, CONTACT);
  g_autofree char *two = make_line (2, ID_2, 1, CONTACT);
  g_autoptr(json_t) first = push_of (desk->hq, &desk->device, BATCH_1, one, ALTM_TEST_NOW, 200);
  g_autoptr(json_t) refused = push_of (desk->hq, &desk->device, BATCH_1, two, ALTM_TEST_NOW + 30 * DAY, 409);
  g_autoptr(json_t) other = push_of (desk->hq, &desk->device, BATCH_2, one, ALTM_TEST_NOW + 30 * DAY + 1, 200);

  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM batches"), ==, 1);
  g_assert_nonnull (first);
  g_assert_nonnull (refused);
  g_assert_nonnull (other);
}

static void
a_batch_id_is_a_uuid (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) refused = push_of (desk->hq, &desk->device, "batch-1", "", ALTM_TEST_NOW, 400);

  g_assert_nonnull (refused);
}

static void
the_same_key_with_other_bytes_is_a_conflict (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_auto(AltmHqEnrolment) other = altm_test_hq_enrol (desk->hq, "other");
  g_autofree char *one = make_line (1, ID_1, 1, CONTACT);
  g_autofree char *two = make_line (1, ID_1, 1, CONTACT ",'by':'m-2'");
  g_autofree char *kept = NULL;
  g_autoptr(json_t) first = push (desk, one);
  g_autoptr(json_t) second = push_of (desk->hq, &other, BATCH_1, two, ALTM_TEST_NOW, 200);

  assert_counts (first, 1, 0, 0);
  assert_counts (second, 0, 0, 1);
  assert_problem (second, 0, 0, "conflict", "conflict");
  g_assert_cmpint (altm_json_get_integer (second, "held", -1), ==, 0);
  g_assert_cmpint (altm_json_get_integer (second, "high_seq", -1), ==, 0);
  kept = altm_test_hq_text (desk->hq, "SELECT CAST (bytes AS TEXT) || char (10) FROM journal");
  g_assert_cmpstr (kept, ==, one);
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM quarantine WHERE problem = 'conflict'"), ==, 1);
}

static void
the_same_line_from_another_device_is_a_duplicate (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_auto(AltmHqEnrolment) other = altm_test_hq_enrol (desk->hq, "other");
  g_autofree char *line = make_line (5, ID_1, 1, CONTACT);
  g_autofree char *twice = g_strconcat (line, line, NULL);
  g_autoptr(json_t) first = push (desk, line);
  g_autoptr(json_t) second = push_of (desk->hq, &other, BATCH_1, twice, ALTM_TEST_NOW, 200);

  assert_counts (first, 1, 0, 0);
  assert_counts (second, 0, 2, 0);
  g_assert_cmpint (altm_json_get_integer (second, "held", -1), ==, 1);
  g_assert_cmpint (altm_json_get_integer (second, "high_seq", -1), ==, 5);
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM journal"), ==, 1);
}

static void
a_reused_seq_stores_nothing (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *known = make_line (1, ID_1, 1, CONTACT);
  g_autofree char *fresh = make_line (2, ID_2, 1, CONTACT);
  g_autofree char *reused = make_line (1, ID_3, 1, CONTACT);
  g_autofree char *other_rev = make_line (1, ID_1, 2, CONTACT);
  g_autofree char *twice = make_line (2, ID_3, 1, CONTACT);
  g_autofree char *unreadable = make_line (1, ID_3, 1, "'data':{}");
  const char *const bodies[][2] = { { fresh, reused }, { fresh, other_rev }, { fresh, twice } };
  g_autoptr(json_t) first = push (desk, known);
  g_autofree char *before = altm_test_hq_dump (desk->hq);
  g_autofree char *after = NULL;
  g_autofree char *again = g_strconcat (known, unreadable, NULL);
  g_autoptr(json_t) not_well_formed = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *body = g_strconcat (bodies[i][0], bodies[i][1], NULL);
      g_autoptr(json_t) refused = push_of (desk->hq, &desk->device, BATCH_1, body, ALTM_TEST_NOW, 409);
      g_autofree char *problem = altm_test_problem (refused);

      g_assert_cmpstr (problem, ==, "seq-reused");
    }
  after = altm_test_hq_dump (desk->hq);
  g_assert_cmpstr (before, ==, after);
  not_well_formed = push (desk, again);
  assert_counts (not_well_formed, 0, 1, 1);
  g_assert_nonnull (first);
}

static void
a_rejected_lines_seq_is_free (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *bad = make_line (1, ID_1, 1, "'type':'contact','data':{}");
  g_autofree char *good = make_line (1, ID_2, 1, CONTACT);
  g_autoptr(json_t) receipt = NULL;

  assert_rejected (desk, bad, "missing-field");
  receipt = push (desk, good);
  assert_counts (receipt, 1, 0, 0);
}

static void
what_cannot_be_taken_is_rejected_and_kept (void)
{
  static const struct
  {
    const char *line;
    const char *type;
  } cases[] = {
    { "not json\n", "not-json" },
    { "[]\n", "not-json" },
    { "\xff\xfe\n", "not-json" },
    { "\n", "not-json" },
    { "{\"id\":\"" ID_1 "\"}\n", "missing-field" },
    { "{\"seq\":\"1\"}\n", "wrong-type" },
    { "{\"seq\":0}\n", "out-of-range" },
  };
  g_autoptr(Desk) desk = desk_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      assert_rejected (desk, cases[i].line, cases[i].type);
      g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM quarantine"), ==, i + 1);
    }
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM journal"), ==, 0);
}

static void
deep_and_long_lines_are_rejected (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *brackets = g_strnfill (15000, '[');
  g_autofree char *deep = g_strconcat ("{\"data\":", brackets, "\n", NULL);
  g_autofree char *many = g_strnfill (100000, '[');
  g_autofree char *pad = g_strnfill (ALTM_LINE_BYTES, ' ');
  g_autofree char *line = make_line (1, ID_1, 1, CONTACT);
  g_autofree char *fits = g_strndup (pad, ALTM_LINE_BYTES - strlen (line) + 1);
  g_autofree char *longest = g_strconcat (fits, line, NULL);
  g_autofree char *longer = g_strconcat (" ", longest, NULL);
  g_autoptr(json_t) taken = NULL;

  assert_rejected (desk, deep, "too-deep");
  assert_rejected (desk, many, "too-long");
  assert_rejected (desk, longer, "too-long");
  taken = push (desk, longest);
  assert_counts (taken, 1, 0, 0);
}

static void
too_many_lines_are_too_large (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *most = g_strnfill (2000, '\n');
  g_autofree char *more = g_strnfill (2001, '\n');
  g_autoptr(json_t) taken = push (desk, most);
  g_autoptr(json_t) refused = push_of (desk->hq, &desk->device, BATCH_1, more, ALTM_TEST_NOW, 413);

  assert_counts (taken, 0, 0, 2000);
  g_assert_nonnull (refused);
}

static void
one_bad_line_holds_no_other_back (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *one = make_line (1, ID_1, 1, CONTACT);
  g_autofree char *bad = make_line (2, ID_2, 1, "'type':'contact','data':{'channel':'velo'}");
  g_autofree char *three = make_line (3, ID_3, 1, CONTACT);
  g_autofree char *body = g_strconcat (one, "{\n", bad, three, NULL);
  g_autoptr(json_t) receipt = push (desk, body);
  json_t *problems = json_object_get (receipt, "problems");

  assert_counts (receipt, 2, 0, 2);
  assert_problem (receipt, 0, 1, "rejected", "not-json");
  assert_problem (receipt, 1, 2, "rejected", "unknown-code");
  g_assert_true (json_is_null (json_object_get (json_array_get (problems, 0), "seq")));
  g_assert_true (json_is_null (json_object_get (json_array_get (problems, 0), "id")));
  g_assert_true (json_is_null (json_object_get (json_array_get (problems, 0), "rev")));
  g_assert_cmpint (altm_json_get_integer (json_array_get (problems, 1), "seq", 0), ==, 2);
  g_assert_cmpstr (altm_json_get_string (json_array_get (problems, 1), "id"), ==, ID_2);
  g_assert_cmpint (altm_json_get_integer (receipt, "held", 0), ==, 2);
}

static void
quarantine_keeps_identical_bytes_once_a_device (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_auto(AltmHqEnrolment) other = altm_test_hq_enrol (desk->hq, "other");
  g_autoptr(json_t) others = NULL;

  assert_rejected (desk, "nonsense\n", "not-json");
  assert_rejected (desk, "nonsense\n", "not-json");
  others = push_of (desk->hq, &other, BATCH_1, "nonsense\n", ALTM_TEST_NOW, 200);
  assert_counts (others, 0, 0, 1);
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM quarantine"), ==, 2);
}

static json_t *
ask_device (Desk *desk, const char *what, guint status)
{
  g_autofree char *path = g_strdup_printf ("/v1/devices/%s/%s", desk->device.device_id, what);
  guint answered;
  json_t *reply = altm_test_hq_ask (desk->hq, "GET", path, desk->device.token, NULL, ALTM_TEST_NOW, &answered);

  g_assert_cmpuint (answered, ==, status);
  return reply;
}

/* The digest, computed anew from the bytes of lines. */
static char *
digest_of (const char *const *lines)
{
  g_autoptr(GChecksum) all = g_checksum_new (G_CHECKSUM_SHA256);

  for (; *lines != NULL; lines++)
    {
      g_autoptr(GChecksum) one = g_checksum_new (G_CHECKSUM_SHA256);
      guint8 hash[32];
      gsize length = sizeof hash;

      g_checksum_update (one, (const guchar *) *lines, (gssize) strlen (*lines) - 1);
      g_checksum_get_digest (one, hash, &length);
      g_checksum_update (all, hash, (gssize) length);
    }
  return g_strdup (g_checksum_get_string (all));
}

static void
a_digest_is_over_the_notes_in_the_order_of_seq (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *one = make_line (1, ID_1, 1, CONTACT);
  g_autofree char *two = make_line (4, ID_2, 1, CONTACT);
  g_autofree char *three = make_line (9, ID_3, 1, CONTACT);
  const char *const all[] = { one, two, three, NULL };
  const char *const middle[] = { two, NULL };
  const char *const none[] = { NULL };
  const struct
  {
    const char *query;
    const char *const *lines;
  } cases[] = {
    { "digest?from=1&to=9", all }, { "digest?from=0&to=9223372036854775807", all }, { "digest?from=2&to=8", middle },
    { "digest?from=4&to=4", middle }, { "digest?from=5&to=8", none }, { "digest?from=9&to=1", none },
  };
  g_autofree char *body = g_strconcat (three, one, two, "nonsense\n", NULL);
  g_autoptr(json_t) receipt = push (desk, body);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(json_t) digest = ask_device (desk, cases[i].query, 200);
      g_autofree char *expected = digest_of (cases[i].lines);

      g_assert_cmpstr (altm_json_get_string (digest, "sha256"), ==, expected);
      g_assert_cmpint (altm_json_get_integer (digest, "count", -1), ==, g_strv_length ((char **) cases[i].lines));
      g_assert_cmpint (altm_json_get_integer (digest, "high_seq", -1), ==, 9);
      g_assert_cmpstr (altm_json_get_string (digest, "epoch"), ==, altm_hq_store_get_epoch (desk->hq->store));
    }
  assert_counts (receipt, 3, 0, 1);
}

static void
a_digest_needs_its_range (void)
{
  static const char *const queries[] = { "digest", "digest?from=1", "digest?to=1", "digest?from=a&to=2",
                                         "digest?from=-1&to=2", "digest?from=1&to=9223372036854775808" };
  g_autoptr(Desk) desk = desk_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autoptr(json_t) refused = ask_device (desk, queries[i], 400);

      g_assert_nonnull (refused);
    }
}

static json_t *
fork_device (Desk *desk, const char *install_id, guint status)
{
  g_autofree char *path = g_strdup_printf ("/v1/devices/%s/fork", desk->device.device_id);
  g_autofree char *form = g_strdup_printf ("{'install_id':'%s'}", install_id);
  guint answered;
  json_t *reply = altm_test_hq_ask (desk->hq, "PUT", path, desk->device.token, form, ALTM_TEST_NOW, &answered);

  g_assert_cmpuint (answered, ==, status);
  return reply;
}

static void
a_fork_is_a_new_device_with_empty_notes (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *line = make_line (1, ID_1, 1, CONTACT);
  g_autofree char *other = make_line (1, ID_2, 1, CONTACT);
  g_autoptr(json_t) first = push (desk, line);
  g_autoptr(json_t) fork = fork_device (desk, "i-2", 201);
  AltmHqEnrolment copy = { (char *) altm_json_get_string (fork, "device_id"), (char *) altm_json_get_string (fork, "token") };
  g_autoptr(json_t) forked = push_of (desk->hq, &copy, BATCH_1, other, ALTM_TEST_NOW, 200);
  g_autoptr(json_t) old = push (desk, line);

  g_assert_cmpstr (copy.device_id, !=, desk->device.device_id);
  assert_counts (first, 1, 0, 0);
  assert_counts (forked, 1, 0, 0);
  assert_counts (old, 0, 1, 0);
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT forked_from FROM devices WHERE n = 2"), ==, 1);
}

static void
the_same_fork_again_is_the_same_device (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) first = fork_device (desk, "i-2", 201);
  g_autoptr(json_t) again = fork_device (desk, "i-2", 201);
  g_autoptr(json_t) other = fork_device (desk, "i-3", 201);
  g_autoptr(json_t) nameless = fork_device (desk, "", 400);

  g_assert_cmpstr (altm_json_get_string (first, "device_id"), ==, altm_json_get_string (again, "device_id"));
  g_assert_false (is_token (desk->hq, first));
  g_assert_true (is_token (desk->hq, again));
  g_assert_cmpstr (altm_json_get_string (first, "device_id"), !=, altm_json_get_string (other, "device_id"));
  g_assert_nonnull (nameless);
}

static void
add_news (AltmTestHq *hq, const char *id, const char *kind)
{
  g_autofree char *sql = g_strdup_printf (
    "INSERT INTO news (device, id, kind, body) VALUES (1, '%s', '%s', '{\"id\":\"%s\",\"kind\":\"%s\"}')", id, kind, id, kind);

  altm_test_hq_sql (hq, sql);
}

static void
a_revoked_device_is_heard_but_not_taken (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *known = make_line (1, ID_1, 1, CONTACT);
  g_autofree char *fresh = make_line (1, ID_2, 1, CONTACT);
  g_autofree char *body = g_strconcat (known, fresh, "nonsense\n", NULL);
  g_autoptr(json_t) first = push (desk, known);
  g_autoptr(json_t) receipt = NULL;
  g_autoptr(json_t) digest = NULL;
  g_autoptr(json_t) news = NULL;
  g_autoptr(json_t) refused = NULL;
  g_autofree char *problem = NULL;

  add_news (desk->hq, "n-1", "message");
  add_news (desk->hq, "n-2", "wipe");
  altm_test_hq_sql (desk->hq, "UPDATE devices SET revoked_at = 1");
  receipt = push (desk, body);
  assert_counts (receipt, 0, 1, 2);
  assert_problem (receipt, 0, 1, "rejected", "revoked");
  assert_problem (receipt, 1, 2, "rejected", "not-json");
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM journal"), ==, 1);
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM quarantine"), ==, 2);

  digest = ask_device (desk, "digest?from=1&to=9", 200);
  g_assert_cmpint (altm_json_get_integer (digest, "count", -1), ==, 1);
  news = ask_device (desk, "news", 200);
  altm_test_assert_json (json_object_get (news, "items"), "[{'id':'n-2','kind':'wipe'}]");
  refused = fork_device (desk, "i-2", 403);
  problem = altm_test_problem (refused);
  g_assert_cmpstr (problem, ==, "revoked");
  g_assert_nonnull (first);
}

static void
a_revoked_device_does_not_come_back_by_its_code (void)
{
  g_autoptr(AltmTestHq) hq = altm_test_hq_new ();
  g_autofree char *code = altm_hq_devices_new_code (hq->store, ALTM_TEST_NOW, NULL);
  g_autoptr(json_t) first = enrol (hq, code, "i-1", ALTM_TEST_NOW, 201);
  g_autoptr(json_t) again = NULL;

  altm_test_hq_sql (hq, "UPDATE devices SET revoked_at = 1");
  again = enrol (hq, code, "i-1", ALTM_TEST_NOW, 403);
  g_assert_nonnull (first);
  g_assert_nonnull (again);
}

static void
the_lists_are_answered_once_for_a_tag (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(AltmRequest) request = altm_test_request ("GET", "/v1/reference", desk->device.token);
  g_autoptr(AltmReply) whole = altm_test_hq_answer (desk->hq, request, ALTM_TEST_NOW);
  g_autoptr(AltmReply) known = NULL;
  g_autoptr(AltmReply) other = NULL;
  g_autoptr(json_t) root = read_reply (whole);
  g_autoptr(AltmLists) lists = altm_lists_new (root, NULL);

  g_assert_cmpuint (whole->status, ==, 200);
  g_assert_cmpint (altm_lists_get_version (lists), ==, 2);
  request->if_none_match = g_strdup (whole->etag);
  known = altm_test_hq_answer (desk->hq, request, ALTM_TEST_NOW);
  g_assert_cmpuint (known->status, ==, 304);
  g_assert_cmpuint (g_bytes_get_size (known->body), ==, 0);
  g_assert_cmpstr (known->etag, ==, whole->etag);
  g_free (request->if_none_match);
  request->if_none_match = g_strdup ("\"other-1\"");
  other = altm_test_hq_answer (desk->hq, request, ALTM_TEST_NOW);
  g_assert_cmpuint (other->status, ==, 200);
}

static void
news_come_after_their_cursor (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) all = NULL;
  g_autoptr(json_t) none = NULL;
  g_autoptr(json_t) later = NULL;
  g_autofree char *query = NULL;

  add_news (desk->hq, "n-1", "message");
  altm_test_hq_sql (desk->hq, "INSERT INTO news (device, id, kind, body) VALUES (9, 'n-x', 'wipe', '{}')");
  all = ask_device (desk, "news", 200);
  altm_test_assert_json (json_object_get (all, "items"), "[{'id':'n-1','kind':'message'}]");
  query = g_strdup_printf ("news?after=%s", altm_json_get_string (all, "cursor"));
  none = ask_device (desk, query, 200);
  altm_test_assert_json (json_object_get (none, "items"), "[]");
  add_news (desk->hq, "n-2", "message");
  later = ask_device (desk, query, 200);
  altm_test_assert_json (json_object_get (later, "items"), "[{'id':'n-2','kind':'message'}]");
}

static void
a_cursor_of_another_epoch_begins_at_the_beginning (void)
{
  static const char *const cursors[] = { "8f14e45f-ceea-467f-a0e6-1d5b7a2c9e33:7", "7", "", ":", "x" };
  g_autoptr(Desk) desk = desk_new ();

  add_news (desk->hq, "n-1", "message");
  for (gsize i = 0; i < G_N_ELEMENTS (cursors); i++)
    {
      g_autofree char *query = g_strdup_printf ("news?after=%s", cursors[i]);
      g_autoptr(json_t) news = ask_device (desk, query, 200);

      g_assert_cmpuint (json_array_size (json_object_get (news, "items")), ==, 1);
    }
}

static void
many_news_come_in_turns (void)
{
  g_autoptr(Desk) desk = desk_new ();
  gsize turns[] = { 200, 50, 0 };
  g_autofree char *query = g_strdup ("news");

  for (int i = 0; i < 250; i++)
    {
      g_autofree char *id = g_strdup_printf ("n-%d", i);

      add_news (desk->hq, id, "message");
    }
  for (gsize i = 0; i < G_N_ELEMENTS (turns); i++)
    {
      g_autoptr(json_t) news = ask_device (desk, query, 200);

      g_assert_cmpuint (json_array_size (json_object_get (news, "items")), ==, turns[i]);
      g_free (query);
      query = g_strdup_printf ("news?after=%s", altm_json_get_string (news, "cursor"));
    }
}

static char *
states_of (Desk *desk)
{
  return altm_test_hq_text (desk->hq, "SELECT type || '.' || is_known || '.' || is_deleted || '.' || has_private"
                                      " FROM records ORDER BY line");
}

static void
what_is_not_understood_is_held (void)
{
  static const struct
  {
    const char *rest;
    const char *state;
  } cases[] = {
    { "'v':2,'type':'contact','data':{'channel':'hologram'}", "contact.0.0.0" },
    { "'type':'visit','data':{'anything':1}", "visit.0.0.0" },
    { "'lists':9,'type':'contact','data':{'channel':'hologram'}", "contact.0.0.0" },
    { "'lists':9," CONTACT, "contact.1.0.0" },
    { "'lists':1," CONTACT ",'weather':'fine'", "contact.1.0.0" },
    { "'type':'contact','place':'p-later','lists':9,'data':" ALTM_TEST_CONTACT, "contact.0.0.0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(Desk) desk = desk_new ();
      g_autofree char *line = make_line (1, ID_1, 1, cases[i].rest);
      g_autoptr(json_t) receipt = push (desk, line);
      g_autofree char *state = states_of (desk);

      g_test_message ("%s", cases[i].rest);
      assert_counts (receipt, 1, 0, 0);
      g_assert_cmpstr (state, ==, cases[i].state);
    }
}

static void
what_no_list_can_mend_is_rejected_even_so (void)
{
  static const struct
  {
    const char *rest;
    const char *type;
  } cases[] = {
    { "'lists':2,'type':'contact','data':{'channel':'hologram'}", "unknown-code" },
    { "'type':'contact','data':{'channel':'hologram'}", "unknown-code" },
    { "'lists':9,'type':'contact','data':{'channel':7}", "wrong-type" },
    { "'v':2,'type':7,'data':{}", "wrong-type" },
    { "'type':'shift','data':{'channel':'ecole'}", "missing-field" },
    { CONTACT ",'private':'in clear'", "wrong-type" },
    { "'type':'referral','data':{'structure_type':'ccas','status':'proposee','consent':false},'private':" SEALED,
      "no-consent" },
    { "'lists':9,'type':'referral','data':{'structure_type':'ccas','status':'proposee','consent':true,"
      "'public':'enfant','consent_of':'personne'},'private':" SEALED,
      "inconsistent" },
    { "'type':'referral','data':{'structure_type':'ccas','status':'proposee','consent':false,'consent_of':'parent'}",
      "inconsistent" },
    { "'type':'referral','data':{'structure_type':'ccas','status':'proposee','consent':true,'consent_of':'voisin'}",
      "unknown-code" },
    { "'lists':9,'type':'observation','data':{'kind':'veille','subject':'eclairage','what':'a@exemple.fr'}",
      "personal" },
  };
  g_autoptr(Desk) desk = desk_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = make_line (1, ID_1, 1, cases[i].rest);

      g_test_message ("%s", cases[i].rest);
      assert_rejected (desk, line, cases[i].type);
    }
}

static void
rebuild (Desk *desk)
{
  g_autoptr(GError) error = NULL;

  altm_hq_derive_all (desk->hq->store, &error);
  g_assert_no_error (error);
}

static void
bring_lists (Desk *desk)
{
  g_autoptr(json_t) root = json_deep_copy (altm_lists_get_root (altm_hq_store_get_lists (desk->hq->store, 0)));
  json_t *channels = json_object_get (json_object_get (root, "vocabulary"), "canal");
  g_autofree char *body = NULL, *quoted = NULL;

  json_object_set_new (root, "version", json_integer (9));
  json_array_append_new (channels, altm_test_json ("{'code':'hologram'}"));
  body = altm_json_write (root);
  quoted = sqlite3_mprintf ("INSERT INTO lists VALUES (9, %Q)", body);
  altm_test_hq_sql (desk->hq, quoted);
  sqlite3_free (g_steal_pointer (&quoted));
  altm_test_hq_close (desk->hq);
  altm_test_hq_open (desk->hq);
}

static void
rebuilding_understands_what_new_lists_explain (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *before = NULL, *after = NULL;

  push_line (desk, 1, ID_1, 1, "'lists':9,'type':'contact','data':{'channel':'hologram','register':'concertation',"
                               "'public':'autre','people':1}");
  push_line (desk, 2, ID_2, 1, "'lists':9,'type':'contact','data':{'channel':'teleporter'}");
  before = states_of (desk);
  g_assert_cmpstr (before, ==, "contact.0.0.0 contact.0.0.0");
  bring_lists (desk);
  rebuild (desk);
  after = states_of (desk);
  g_assert_cmpstr (after, ==, "contact.1.0.0 contact.0.0.0");
}

static json_t *
find_theme (Desk *desk, const char *code)
{
  json_t *themes = altm_lists_get_vocabulary (altm_hq_store_get_lists (desk->hq->store, 0), "theme");
  json_t *theme;
  gsize i;

  json_array_foreach (themes, i, theme)
    if (g_strcmp0 (altm_json_get_string (theme, "code"), code) == 0)
      return theme;
  return NULL;
}

/* What was brought last had other words: HQ changed one of them since, and retired a code. */
static void
a_newer_program_brings_its_lists_and_undoes_nothing_of_hqs (void)
{
  static const char request[] = "{\"do\":\"lists\",\"who\":\"Claire\",\"list\":\"theme\",\"base\":%d,\"rows\":["
                                "{\"code\":\"budget\",\"label_fr\":\"Argent\"},{\"code\":\"langue\",\"retired\":\"oui\"},"
                                "{\"code\":\"own\",\"label_fr\":\"\u00c0 nous\",\"label_en\":\"Ours\"}]}";
  g_autoptr(Desk) desk = desk_new ();
  int version = (int) altm_lists_get_version (altm_hq_store_get_lists (desk->hq->store, 0));
  g_autofree char *asked = g_strdup_printf (request, version), *answer = NULL, *english = NULL;
  g_autoptr(GError) error = NULL;

  english = g_strdup (altm_json_get_string (find_theme (desk, "budget"), "label_en"));
  answer = altm_hq_act (desk->hq->store, asked, ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
  altm_test_hq_sql (desk->hq, "UPDATE lists SET body = replace (body, 'Budget', 'Money') WHERE version > 1");
  altm_test_hq_sql (desk->hq, "UPDATE settings SET value = CASE name WHEN 'own_lists' THEN '0' ELSE replace (value, 'Budget', 'Money') END"
                              " WHERE name IN ('own_lists', 'brought_lists')");
  altm_test_hq_close (desk->hq);
  altm_test_hq_open (desk->hq);
  g_assert_cmpint (altm_lists_get_version (altm_hq_store_get_lists (desk->hq->store, 0)), ==, version + 2);
  g_assert_cmpstr (altm_json_get_string (find_theme (desk, "budget"), "label_fr"), ==, "Argent");
  g_assert_cmpstr (altm_json_get_string (find_theme (desk, "budget"), "label_en"), ==, english);
  g_assert_true (json_is_true (json_object_get (find_theme (desk, "langue"), "retired")));
  g_assert_nonnull (find_theme (desk, "own"));
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM log WHERE what = 'lists-brought'"), ==, 1);
}

/* More of them than are in memory at once. */
static void
every_version_of_the_lists_is_there_for_good (void)
{
  g_autoptr(Desk) desk = desk_new ();

  altm_test_hq_sql (desk->hq, "WITH RECURSIVE n (v) AS (SELECT 100 UNION ALL SELECT v + 1 FROM n WHERE v < 130)"
                              " INSERT INTO lists SELECT v, json_set (body, '$.version', v) FROM n,"
                              " (SELECT body FROM lists ORDER BY version LIMIT 1)");
  g_assert_null (altm_hq_store_get_lists (desk->hq->store, 130));
  g_assert_true (altm_hq_store_reload_lists (desk->hq->store, NULL));
  for (gint64 i = 0; i < 100; i++)
    {
      gint64 version = 100 + i * 7 % 31;

      g_assert_cmpint (altm_lists_get_version (altm_hq_store_get_lists (desk->hq->store, version)), ==, version);
      g_assert_cmpint (altm_lists_get_version (altm_hq_store_get_lists (desk->hq->store, 0)), ==, 130);
    }
  g_assert_null (altm_hq_store_get_lists (desk->hq->store, 99));
  g_assert_null (altm_hq_store_get_lists (desk->hq->store, 131));
}

/* An older program took a text that names somebody: its record goes on counting. */
static void
rebuilding_leaves_out_nothing_that_was_taken (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *after = NULL;
  g_autoptr(GError) error = NULL;

  push_line (desk, 1, ID_1, 1, "'type':'observation','data':{'kind':'veille','subject':'eclairage','what':'a at b.fr'}");
  altm_sql_run (altm_hq_store_get_sql (desk->hq->store), &error,
                "INSERT INTO journal (device, id, rev, received_at, skew, sha256, bytes)"
                " SELECT device, id, 2, received_at, skew, zeroblob (32), CAST (replace (replace (CAST (bytes AS TEXT),"
                "  '\"rev\":1', '\"rev\":2'), 'a at b', 'a@b') AS BLOB) FROM journal",
                "");
  g_assert_no_error (error);
  rebuild (desk);
  after = states_of (desk);
  g_assert_cmpstr (after, ==, "observation.1.0.0");
}

static char *
records_of (Desk *desk)
{
  return altm_test_hq_text (desk->hq, "SELECT line || type || time || is_deleted || is_known || has_private"
                                      " FROM records ORDER BY line");
}

static void
rebuilding_changes_nothing_that_is_right (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr(GError) error = NULL;

  push_line (desk, 1, ID_1, 2, CONTACT);
  push_line (desk, 2, ID_1, 1, CONTACT ",'private':" SEALED);
  push_line (desk, 3, ID_2, 1, CONTACT);
  push_line (desk, 4, ID_2, 2, "'type':'contact','deleted':true");
  push_line (desk, 5, ID_3, 1, "'type':'visit','data':{}");
  before = records_of (desk);
  rebuild (desk);
  after = records_of (desk);
  g_assert_cmpstr (before, ==, after);
  altm_hq_care_verify (desk->hq->store, &error);
  g_assert_no_error (error);
}

/* What a revision says of its private part: s sealed, n null, - nothing. */
static const char *
private_rest (char what)
{
  return what == 's' ? CONTACT ",'private':" SEALED : what == 'n' ? CONTACT ",'private':null" : CONTACT;
}

static void
push_revisions (Desk *desk, const char *revisions, const int *order)
{
  for (gsize i = 0; i < strlen (revisions); i++)
    push_line (desk, (gint64) i + 1, ID_1, order[i], private_rest (revisions[order[i] - 1]));
}

static void
the_private_part_is_the_highest_that_says_something (void)
{
  static const char *const revisions[] = { "s--", "-s-", "--s", "sn-", "s-n", "n-s", "ns-", "---", "n--", "sns", "nsn" };
  static const gboolean has[] = { TRUE, TRUE, TRUE, FALSE, FALSE, TRUE, TRUE, FALSE, FALSE, TRUE, FALSE };
  static const int orders[][3] = { { 1, 2, 3 }, { 1, 3, 2 }, { 2, 1, 3 }, { 2, 3, 1 }, { 3, 1, 2 }, { 3, 2, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (revisions) * G_N_ELEMENTS (orders); i++)
    {
      gsize which = i / G_N_ELEMENTS (orders);
      g_autoptr(Desk) desk = desk_new ();

      g_test_message ("%s in the order of %zu", revisions[which], i % G_N_ELEMENTS (orders));
      push_revisions (desk, revisions[which], orders[i % G_N_ELEMENTS (orders)]);
      g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT has_private FROM records"), ==, has[which]);
      g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT rev FROM records JOIN journal ON n = line"), ==, 3);
    }
}

/* Revision @refused can't be taken, for its people, yet what it says of its private part holds. */
static void
push_with_refused (Desk *desk, const char *revisions, int refused, const int *order)
{
  for (gsize i = 0; i < strlen (revisions); i++)
    {
      char what = revisions[order[i] - 1];
      g_autofree char *line = make_line ((gint64) i + 1, ID_1, order[i], private_rest (what));
      g_auto(GStrv) parts = g_strsplit (line, "\"people\":2", 2);
      g_autofree char *wrong = g_strjoinv ("\"people\":0", parts);
      g_autoptr(json_t) receipt = push (desk, order[i] == refused ? wrong : line);

      assert_counts (receipt, order[i] != refused, 0, order[i] == refused);
    }
}

static void
quarantined_revisions_count_for_the_private_part (void)
{
  static const struct
  {
    const char *revisions;
    int refused;
    gboolean has_private;
  } cases[] = {
    { "s--", 1, TRUE }, { "sn-", 2, FALSE }, { "-s-", 2, TRUE }, { "s--", 3, TRUE }, { "s-n", 3, TRUE }, { "--s", 3, FALSE },
  };
  static const int orders[][3] = { { 1, 2, 3 }, { 1, 3, 2 }, { 2, 1, 3 }, { 2, 3, 1 }, { 3, 1, 2 }, { 3, 2, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases) * G_N_ELEMENTS (orders); i++)
    {
      gsize which = i / G_N_ELEMENTS (orders);
      g_autoptr(Desk) desk = desk_new ();

      g_test_message ("%s, %d refused, in the order of %zu", cases[which].revisions, cases[which].refused,
                      i % G_N_ELEMENTS (orders));
      push_with_refused (desk, cases[which].revisions, cases[which].refused, orders[i % G_N_ELEMENTS (orders)]);
      g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT has_private FROM records"), ==, cases[which].has_private);
    }
}

static void
a_conflicting_revision_says_nothing_of_the_private_part (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *other = make_line (7, ID_1, 1, CONTACT ",'private':" SEALED);
  g_autoptr(json_t) receipt = NULL;

  push_line (desk, 1, ID_1, 1, CONTACT);
  receipt = push (desk, other);
  assert_problem (receipt, 0, 0, "conflict", "conflict");
  push_line (desk, 2, ID_1, 2, CONTACT);
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT has_private FROM records"), ==, 0);
}

static json_t *
count_figures (AltmTestHq *hq, int from, int to, gint64 now)
{
  const AltmFilter filter = { from, to };
  g_autoptr(GError) error = NULL;
  json_t *figures = altm_figures_count (hq->store, &filter, now, &error);

  g_assert_no_error (error);
  return figures;
}

static json_t *
count_all (AltmTestHq *hq)
{
  return count_figures (hq, ALTM_FILTER_FIRST, ALTM_FILTER_LAST, ALTM_TEST_NOW);
}

static void
an_empty_hq_counts_nothing (void)
{
  g_autoptr(AltmTestHq) hq = altm_test_hq_new ();
  g_autoptr(json_t) figures = count_all (hq);

  altm_test_assert_json (
    figures, "{'complete_to':null,'silent_devices':[],'interventions':0,'attempts':0,'people':0,'referrals':0,'flow':{},"
             "'by_process':{'telephone_habitants':0,'telephone_familles':0,'espace_public':0,'bureau_poste':0,'autre':0},"
             "'by_channel':{},'by_register':{},'by_theme':{},'by_result':{},'referrals_by_status':{},'observations':0}");
}

static void
push_contact (Desk *desk, gint64 seq, const char *data)
{
  g_autofree char *id = altm_uuid_new_v7 (ALTM_TEST_NOW);
  g_autofree char *rest = g_strdup_printf ("'type':'contact','data':{'register':'presence_active',%s}", data);
  g_autofree char *line = make_line (seq, id, 1, rest);
  g_autoptr(json_t) receipt = push (desk, line);

  assert_counts (receipt, 1, 0, 0);
}

static void
attempts_are_no_interventions (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) figures = NULL;

  push_contact (desk, 1, "'channel':'telephone','public':'habitant','people':0,'result':'injoignable','themes':['sante']");
  push_contact (desk, 2, "'channel':'telephone','public':'habitant','people':3,'result':'injoignable'");
  push_contact (desk, 3, "'channel':'telephone','public':'habitant','people':2,'result':'resolu','themes':['sante','budget']");
  push_contact (desk, 4, "'channel':'telephone','public':'habitant','people':4,'themes':['sante']");
  figures = count_all (desk->hq);
  g_assert_cmpint (altm_json_get_integer (figures, "interventions", -1), ==, 2);
  g_assert_cmpint (altm_json_get_integer (figures, "attempts", -1), ==, 2);
  g_assert_cmpint (altm_json_get_integer (figures, "people", -1), ==, 6);
  altm_test_assert_json (json_object_get (figures, "by_theme"), "{'sante':2,'budget':1}");
  altm_test_assert_json (json_object_get (figures, "by_result"), "{'resolu':1}");
  altm_test_assert_json (json_object_get (figures, "by_register"), "{'presence_active':2}");
}

static void
processes_are_the_newsletters (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) figures = NULL;

  push_contact (desk, 1, "'channel':'telephone','public':'habitant','people':1");
  push_contact (desk, 2, "'channel':'telephone','public':'commercant','people':1");
  push_contact (desk, 3, "'channel':'telephone','public':'enfant','people':1");
  push_contact (desk, 4, "'channel':'telephone','public':'parent_famille','people':1");
  push_contact (desk, 5, "'channel':'espace_public','public':'enfant','people':1");
  push_contact (desk, 6, "'channel':'bureau_poste','public':'client_poste','people':1");
  push_contact (desk, 7, "'channel':'ecole','public':'enfant','people':1");
  push_contact (desk, 8, "'channel':'domicile','public':'senior','people':1");
  figures = count_all (desk->hq);
  altm_test_assert_json (json_object_get (figures, "by_process"),
                         "{'telephone_habitants':2,'telephone_familles':2,'espace_public':1,'bureau_poste':1,'autre':2}");
  altm_test_assert_json (json_object_get (figures, "by_channel"),
                         "{'telephone':4,'espace_public':1,'bureau_poste':1,'ecole':1,'domicile':1}");
}

static void
flow_adds_up_but_for_its_maxima (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_auto(AltmHqEnrolment) other = altm_test_hq_enrol (desk->hq, "other");
  g_autofree char *theirs = make_line (1, ID_2, 1, "'type':'flow','data':{'office':'12945A','slot':'2026-11-24T17:00:00Z',"
                                                   "'counts':{'entres':5,'file_max':9,'attente_max_min':2}}");
  g_autoptr(json_t) receipt = NULL;
  g_autoptr(json_t) figures = NULL;

  push_line (desk, 1, ID_1, 1, "'type':'flow','data':{'office':'12945A','slot':'2026-11-24T17:00:00Z',"
                               "'counts':{'entres':7,'colis':1,'file_max':4,'attente_max_min':6}}");
  receipt = push_of (desk->hq, &other, BATCH_1, theirs, ALTM_TEST_NOW, 200);
  figures = count_all (desk->hq);
  altm_test_assert_json (json_object_get (figures, "flow"), "{'entres':12,'colis':1,'file_max':9,'attente_max_min':6}");
  g_assert_cmpint (altm_json_get_integer (figures, "people", -1), ==, 0);
  assert_counts (receipt, 1, 0, 0);
}

static void
a_revision_of_a_slot_replaces_its_totals (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) figures = NULL;

  push_line (desk, 2, ID_1, 2, "'type':'flow','data':{'office':'12945A','slot':'2026-11-24T17:00:00Z','counts':{'entres':8}}");
  push_line (desk, 1, ID_1, 1, "'type':'flow','data':{'office':'12945A','slot':'2026-11-24T17:00:00Z','counts':{'entres':7}}");
  figures = count_all (desk->hq);
  altm_test_assert_json (json_object_get (figures, "flow"), "{'entres':8}");
}

static void
corrected_counts_once_and_withdrawn_not_at_all (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) figures = NULL;
  g_autoptr(json_t) none = NULL;

  push_line (desk, 1, ID_1, 1, CONTACT);
  push_line (desk, 2, ID_1, 2, "'type':'contact','data':{'channel':'ecole','register':'concertation',"
                               "'public':'enfant','people':9}");
  figures = count_all (desk->hq);
  g_assert_cmpint (altm_json_get_integer (figures, "interventions", -1), ==, 1);
  g_assert_cmpint (altm_json_get_integer (figures, "people", -1), ==, 9);
  altm_test_assert_json (json_object_get (figures, "by_channel"), "{'ecole':1}");
  push_line (desk, 3, ID_1, 3, "'type':'contact','deleted':true");
  none = count_all (desk->hq);
  g_assert_cmpint (altm_json_get_integer (none, "interventions", -1), ==, 0);
}

static void
referrals_and_observations_are_counted (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) figures = NULL;

  push_line (desk, 1, ID_1, 1, "'type':'referral','data':{'structure_type':'ccas','status':'proposee','consent':false}");
  push_line (desk, 2, ID_2, 1, "'type':'referral','data':{'structure_type':'ccas','status':'close','consent':false}");
  push_line (desk, 3, ID_3, 1, "'type':'observation','data':{'kind':'veille','subject':'proprete'}");
  figures = count_all (desk->hq);
  g_assert_cmpint (altm_json_get_integer (figures, "referrals", -1), ==, 2);
  altm_test_assert_json (json_object_get (figures, "referrals_by_status"), "{'proposee':1,'close':1}");
  g_assert_cmpint (altm_json_get_integer (figures, "observations", -1), ==, 1);
  g_assert_cmpint (altm_json_get_integer (figures, "interventions", -1), ==, 0);
}

static void
what_is_not_understood_is_not_counted (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) figures = NULL;

  push_line (desk, 1, ID_1, 1, "'v':2," CONTACT);
  push_line (desk, 2, ID_2, 1, "'lists':9,'type':'contact','data':{'channel':'hologram','people':3}");
  figures = count_all (desk->hq);
  g_assert_cmpint (altm_json_get_integer (figures, "interventions", -1), ==, 0);
}

static void
a_period_has_its_first_day_and_not_its_last (void)
{
  g_autoptr(Desk) desk = desk_new ();
  int day = (int) (ALTM_TEST_NOW / DAY);
  const struct
  {
    int from;
    int to;
    gint64 interventions;
  } cases[] = {
    { day, day + 1, 1 },    { day - 5, day, 0 },   { day + 1, day + 5, 0 }, { day - 400, day, 0 },
    { day - 400, day + 1, 1 }, { day, day + 400, 1 }, { day + 1, day + 400, 0 }, { 0, ALTM_FILTER_LAST, 1 },
  };

  push_line (desk, 1, ID_1, 1, CONTACT);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(json_t) figures = count_figures (desk->hq, cases[i].from, cases[i].to, ALTM_TEST_NOW);

      g_assert_cmpint (altm_json_get_integer (figures, "interventions", -1), ==, cases[i].interventions);
    }
}

static void
a_skewed_clock_is_corrected_beyond_48_hours (void)
{
  static const struct
  {
    gint64 at;
    gint64 slot;
    gint64 skew;
    gint64 received;
    gint64 time;
  } cases[] = {
    { 100 * HOUR, 0, 0, 101 * HOUR, 100 * HOUR },
    { 100 * HOUR, 99 * HOUR, 0, 101 * HOUR, 99 * HOUR },
    { 100 * HOUR, 0, 48 * HOUR, 101 * HOUR, 100 * HOUR },
    { 100 * HOUR, 0, -48 * HOUR, 101 * HOUR, 100 * HOUR },
    { 200 * HOUR, 0, 49 * HOUR, 201 * HOUR, 151 * HOUR },
    { 100 * HOUR, 0, -49 * HOUR, 201 * HOUR, 149 * HOUR },
    { 200 * HOUR, 190 * HOUR, 100 * HOUR, 101 * HOUR, 90 * HOUR },
    { 149 * HOUR, 0, 0, 101 * HOUR, 149 * HOUR },
    { 150 * HOUR, 0, 0, 101 * HOUR, 101 * HOUR },
    { 1 * HOUR, 0, 0, 1000 * HOUR, 1 * HOUR },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (altm_hq_derive_correct (MAX (cases[i].at * (cases[i].slot == 0), cases[i].slot), cases[i].skew, cases[i].received), ==, cases[i].time);
}

static void
push_signed (Desk *desk, const char *lines, const char *pending, const char *oldest, const char *clock, gint64 now)
{
  g_autofree char *batch = altm_uuid_new_v4 ();
  g_autoptr(AltmRequest) request = make_push (&desk->device, batch, lines);
  g_autoptr(AltmReply) reply = NULL;

  request->pending = g_strdup (pending);
  request->oldest = g_strdup (oldest);
  request->clock = g_strdup (clock);
  reply = altm_test_hq_answer (desk->hq, request, now);
  g_assert_cmpuint (reply->status, ==, 200);
}

static void
a_tablet_of_another_year_is_counted_today (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *line = make_line (1, ID_1, 1, CONTACT);
  gint64 now = ALTM_TEST_NOW + 365 * DAY;
  g_autoptr(json_t) figures = NULL;

  push_signed (desk, line, "0", NULL, "2026-11-24T19:12:03+01:00", now);
  figures = count_figures (desk->hq, (int) (now / DAY), (int) (now / DAY) + 1, now);
  g_assert_cmpint (altm_json_get_integer (figures, "interventions", -1), ==, 1);
}

static void
figures_say_how_complete_they_are (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(json_t) sent = NULL;
  g_autoptr(json_t) waiting = NULL;
  g_autoptr(json_t) silent = NULL;

  push_signed (desk, "", "0", NULL, NULL, ALTM_TEST_NOW);
  sent = count_figures (desk->hq, 0, ALTM_FILTER_LAST, ALTM_TEST_NOW + HOUR);
  g_assert_cmpstr (altm_json_get_string (sent, "complete_to"), ==, "2026-11-24T18:12:03.123+01:00");
  altm_test_assert_json (json_object_get (sent, "silent_devices"), "[]");

  push_signed (desk, "", "3", "2026-11-24T10:00:00+01:00", NULL, ALTM_TEST_NOW);
  waiting = count_figures (desk->hq, 0, ALTM_FILTER_LAST, ALTM_TEST_NOW + HOUR);
  g_assert_cmpstr (altm_json_get_string (waiting, "complete_to"), ==, "2026-11-24T10:00:00.000+01:00");

  silent = count_figures (desk->hq, 0, ALTM_FILTER_LAST, ALTM_TEST_NOW + DAY + 1);
  g_assert_true (json_is_null (json_object_get (silent, "complete_to")));
  altm_test_assert_json (json_object_get (silent, "silent_devices"),
                         "[{'name':'tablet','last_seen':'2026-11-24T18:12:03.123+01:00',"
                         "'complete_to':'2026-11-24T10:00:00.000+01:00','pending':3,'expected':3}]");
}

static void
signs_that_are_none_change_nothing (void)
{
  static const char *const wrong[] = { "", "-3", "many", "99999999999999999999" };
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *kept = NULL;

  push_signed (desk, "", "3", "2026-11-24T10:00:00+01:00", "2026-11-24T18:12:03+01:00", ALTM_TEST_NOW);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    push_signed (desk, "", wrong[i], wrong[i], wrong[i], ALTM_TEST_NOW);
  push_signed (desk, "", NULL, NULL, NULL, ALTM_TEST_NOW);
  kept = altm_test_hq_text (desk->hq, "SELECT pending || '.' || oldest || '.' || skew FROM devices");
  g_assert_cmpstr (kept, ==, "3.1795510800000000.-123456");
}

static void
a_device_is_seen_at_every_call (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(AltmRequest) request = altm_test_request ("GET", "/v1/reference", desk->device.token);
  g_autoptr(AltmReply) reply = NULL;

  request->pending = g_strdup ("0");
  reply = altm_test_hq_answer (desk->hq, request, ALTM_TEST_NOW + 7);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT last_seen FROM devices"), ==, ALTM_TEST_NOW + 7);
}

static char *
export_all (AltmTestHq *hq)
{
  char *text = NULL;
  gsize length = 0;
  FILE *output = open_memstream (&text, &length);
  const AltmFilter all = { ALTM_FILTER_FIRST, ALTM_FILTER_LAST };
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmExport) export = altm_export_new ("ndjson", NULL, &all, NULL, &error);

  altm_export_write (export, hq->store, output, NULL, &error);
  fclose (output);
  g_assert_no_error (error);
  return text;
}

static void
an_export_is_each_records_present_state (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(json_t) first = NULL;
  g_autoptr(json_t) second = NULL;

  push_line (desk, 1, ID_1, 1, CONTACT ",'place':'QN06913M','private':" SEALED);
  push_line (desk, 2, ID_2, 1, CONTACT);
  push_line (desk, 3, ID_2, 2, "'type':'contact','deleted':true");
  text = export_all (desk->hq);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  first = altm_json_parse (lines[0], strlen (lines[0]), NULL);
  second = altm_json_parse (lines[1], strlen (lines[1]), NULL);
  g_assert_cmpstr (altm_json_get_string (first, "device_id"), ==, desk->device.device_id);
  json_object_del (first, "device_id");
  json_object_del (second, "device_id");
  altm_test_assert_json (first, "{'id':'" ID_1 "','rev':1,'type':'contact','at':'2026-11-24T18:12:03.123+01:00',"
                                "'received_at':'2026-11-24T17:12:03.123+00:00','place':'QN06913M','data':" ALTM_TEST_CONTACT
                                ",'has_private':true}");
  altm_test_assert_json (second, "{'id':'" ID_2 "','rev':2,'type':'contact','at':'2026-11-24T18:12:03.123+01:00',"
                                 "'received_at':'2026-11-24T17:12:03.123+00:00','has_private':false,'deleted':true}");
}

static void
verify_notices_what_was_changed (void)
{
  static const char *const harms[] = {
    "DROP TRIGGER journal_is_never_changed; UPDATE journal SET bytes = x'7b7d' WHERE n = 1",
    "UPDATE devices SET held = held + 1",
    "DELETE FROM records WHERE line = 1",
    "DROP TRIGGER journal_is_never_shortened; DELETE FROM journal WHERE n = 1",
    "INSERT INTO records VALUES (77, 'contact', 1, 0, 1, 0)",
    "DELETE FROM cells WHERE span = 0",
    "UPDATE cells SET counts = x'0101' WHERE span = 2",
    "UPDATE cells SET start = start + 7 WHERE span = 1",
    "INSERT INTO shifts VALUES (77, 'x', 1, NULL, 1, '', '', '')",
    "INSERT INTO referrals VALUES (77, 'x', 1, NULL, 'close', NULL, NULL, NULL, NULL, NULL, '', '', '')",
    "INSERT INTO peaks VALUES (1, 'file_max', 1, 1, '', '', 3)",
    "INSERT INTO shift_ends VALUES ('x', 1)",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (harms); i++)
    {
      g_autoptr(Desk) desk = desk_new ();
      g_autoptr(GError) error = NULL;

      push_line (desk, 1, ID_1, 1, CONTACT);
      push_line (desk, 2, ID_2, 1, CONTACT);
      g_assert_true (altm_hq_care_verify (desk->hq->store, NULL));
      altm_test_hq_sql (desk->hq, harms[i]);
      g_assert_false (altm_hq_care_verify (desk->hq->store, &error));
      g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED);
    }
}

static void
the_journal_is_append_only (void)
{
  g_autoptr(Desk) desk = desk_new ();
  sqlite3 *db = altm_sql_get_handle (altm_hq_store_get_sql (desk->hq->store));

  push_line (desk, 1, ID_1, 1, CONTACT);
  g_assert_cmpint (sqlite3_exec (db, "UPDATE journal SET rev = 2", NULL, NULL, NULL), !=, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "DELETE FROM journal", NULL, NULL, NULL), !=, SQLITE_OK);
  g_assert_cmpint (altm_test_hq_integer (desk->hq, "SELECT COUNT (*) FROM journal"), ==, 1);
}

static void
a_reader_counts_while_it_is_served (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) reader = altm_hq_store_open_to_read (desk->hq->path, &error);
  const AltmFilter all = { ALTM_FILTER_FIRST, ALTM_FILTER_LAST };
  g_autoptr(json_t) figures = NULL;

  g_assert_no_error (error);
  push_line (desk, 1, ID_1, 1, CONTACT);
  figures = altm_figures_count (reader, &all, ALTM_TEST_NOW, NULL);
  g_assert_cmpint (altm_json_get_integer (figures, "interventions", -1), ==, 1);
  g_assert_null (altm_hq_store_open (desk->hq->path, ALTM_TEST_NOW, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_IN_USE);
}

static void
a_reader_leaves_the_locks_of_the_receiver (void)
{
  g_autoptr(Desk) desk = desk_new ();

  push_line (desk, 1, ID_1, 1, CONTACT);
  altm_test_hq_sql (desk->hq, "PRAGMA wal_checkpoint (TRUNCATE)");
  g_assert_true (altm_test_is_locked (desk->hq->path, "hq.db"));
  altm_hq_store_close (altm_hq_store_open_to_read (desk->hq->path, NULL));
  g_assert_true (altm_test_is_locked (desk->hq->path, "hq.db"));
}

/* A service that goes on with what it can't trust is worse than none: what to do is said. */
static void
a_damaged_store_is_refused_as_it_is (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *path = g_build_filename (desk->hq->path, "hq.db", NULL);
  g_autoptr(GBytes) bytes = NULL, after = NULL;
  g_autofree char *copy = NULL;
  g_autoptr(GError) error = NULL;
  gsize size;

  push_line (desk, 1, ID_1, 1, CONTACT);
  g_clear_pointer (&desk->hq->store, altm_hq_store_close);
  bytes = altm_test_read_file (desk->hq->path, "hq.db");
  copy = g_memdup2 (g_bytes_get_data (bytes, &size), g_bytes_get_size (bytes));
  memset (copy + 2 * 8192, 0x5a, 8192);
  g_assert_true (g_file_set_contents (path, copy, (gssize) size, NULL));
  g_assert_null (altm_hq_store_open (desk->hq->path, ALTM_TEST_NOW, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "restore FILE"));
  after = altm_test_read_file (desk->hq->path, "hq.db");
  g_assert_cmpmem (copy, size, g_bytes_get_data (after, NULL), g_bytes_get_size (after));
}

static void
a_store_that_fails_says_so_and_keeps_nothing (void)
{
  g_autoptr(Desk) desk = desk_new ();
  g_autofree char *line = make_line (1, ID_1, 1, CONTACT);
  g_autofree char *before = altm_test_hq_dump (desk->hq);
  g_autofree char *after = NULL, *problem = NULL;
  g_autoptr(json_t) refused = NULL;

  altm_test_hq_sql (desk->hq, "CREATE TRIGGER no_records BEFORE INSERT ON records BEGIN SELECT RAISE (ABORT, 'full'); END");
  refused = push_of (desk->hq, &desk->device, BATCH_1, line, ALTM_TEST_NOW, 500);
  problem = altm_test_problem (refused);
  g_assert_cmpstr (problem, ==, "store-failed");
  after = altm_test_hq_dump (desk->hq);
  g_assert_cmpstr (before, ==, after);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/receiver/hello", hello_says_what_hq_is);
  g_test_add_func ("/receiver/durable", epoch_and_key_outlive_the_program);
  g_test_add_func ("/receiver/ca", the_ca_is_answered_where_there_is_one);
  g_test_add_func ("/receiver/enrol", a_code_enrols_a_device);
  g_test_add_func ("/receiver/enrol/again", the_same_code_again_gives_the_same_device_a_fresh_token);
  g_test_add_func ("/receiver/enrol/once", a_code_is_for_one_device_within_15_minutes);
  g_test_add_func ("/receiver/enrol/new-code", a_new_code_makes_a_new_device);
  g_test_add_func ("/receiver/enrol/wrong", wrong_enrolments_are_refused);
  g_test_add_func ("/receiver/enrol/codes", codes_are_plain_and_never_alike);
  g_test_add_func ("/receiver/enrol/revoked", a_revoked_device_does_not_come_back_by_its_code);
  g_test_add_func ("/receiver/ways", unknown_ways_are_told);
  g_test_add_func ("/receiver/token/first", who_asks_is_looked_at_first);
  g_test_add_func ("/receiver/token/needed", every_call_but_three_needs_a_token);
  g_test_add_func ("/receiver/body/wrong", wrong_bodies_store_nothing);
  g_test_add_func ("/receiver/body/bomb", a_bomb_is_too_large);
  g_test_add_func ("/receiver/body/gzip", gzip_and_plain_are_the_same_push);
  g_test_add_func ("/receiver/body/most", most_bytes_are_known_before_the_body);
  g_test_add_func ("/receiver/push", a_push_is_journalled_and_answered_with_a_receipt);
  g_test_add_func ("/receiver/push/newline", the_last_newline_may_be_missing);
  g_test_add_func ("/receiver/push/again", the_same_batch_again_is_answered_whole);
  g_test_add_func ("/receiver/push/batch-reused", a_batch_id_with_other_bytes_is_refused);
  g_test_add_func ("/receiver/push/30-days", batch_ids_are_kept_for_30_days);
  g_test_add_func ("/receiver/push/batch-id", a_batch_id_is_a_uuid);
  g_test_add_func ("/receiver/push/conflict", the_same_key_with_other_bytes_is_a_conflict);
  g_test_add_func ("/receiver/push/duplicate", the_same_line_from_another_device_is_a_duplicate);
  g_test_add_func ("/receiver/push/seq-reused", a_reused_seq_stores_nothing);
  g_test_add_func ("/receiver/push/free-seq", a_rejected_lines_seq_is_free);
  g_test_add_func ("/receiver/push/rejected", what_cannot_be_taken_is_rejected_and_kept);
  g_test_add_func ("/receiver/push/deep-and-long", deep_and_long_lines_are_rejected);
  g_test_add_func ("/receiver/push/many", too_many_lines_are_too_large);
  g_test_add_func ("/receiver/push/bad-line", one_bad_line_holds_no_other_back);
  g_test_add_func ("/receiver/push/quarantine", quarantine_keeps_identical_bytes_once_a_device);
  g_test_add_func ("/receiver/push/store-fails", a_store_that_fails_says_so_and_keeps_nothing);
  g_test_add_func ("/receiver/store/reader-locks", a_reader_leaves_the_locks_of_the_receiver);
  g_test_add_func ("/receiver/store/damaged", a_damaged_store_is_refused_as_it_is);
  g_test_add_func ("/receiver/digest", a_digest_is_over_the_notes_in_the_order_of_seq);
  g_test_add_func ("/receiver/digest/wrong", a_digest_needs_its_range);
  g_test_add_func ("/receiver/fork", a_fork_is_a_new_device_with_empty_notes);
  g_test_add_func ("/receiver/fork/again", the_same_fork_again_is_the_same_device);
  g_test_add_func ("/receiver/revoked", a_revoked_device_is_heard_but_not_taken);
  g_test_add_func ("/receiver/reference", the_lists_are_answered_once_for_a_tag);
  g_test_add_func ("/receiver/news", news_come_after_their_cursor);
  g_test_add_func ("/receiver/news/epoch", a_cursor_of_another_epoch_begins_at_the_beginning);
  g_test_add_func ("/receiver/news/many", many_news_come_in_turns);
  g_test_add_func ("/receiver/uninterpreted", what_is_not_understood_is_held);
  g_test_add_func ("/receiver/uninterpreted/not", what_no_list_can_mend_is_rejected_even_so);
  g_test_add_func ("/receiver/rebuild/lists", rebuilding_understands_what_new_lists_explain);
  g_test_add_func ("/receiver/rebuild/same", rebuilding_changes_nothing_that_is_right);
  g_test_add_func ("/receiver/rebuild/taken", rebuilding_leaves_out_nothing_that_was_taken);
  g_test_add_func ("/receiver/private", the_private_part_is_the_highest_that_says_something);
  g_test_add_func ("/receiver/private/quarantined", quarantined_revisions_count_for_the_private_part);
  g_test_add_func ("/receiver/private/conflict", a_conflicting_revision_says_nothing_of_the_private_part);
  g_test_add_func ("/receiver/figures/empty", an_empty_hq_counts_nothing);
  g_test_add_func ("/receiver/figures/attempts", attempts_are_no_interventions);
  g_test_add_func ("/receiver/figures/processes", processes_are_the_newsletters);
  g_test_add_func ("/receiver/figures/flow", flow_adds_up_but_for_its_maxima);
  g_test_add_func ("/receiver/figures/slot", a_revision_of_a_slot_replaces_its_totals);
  g_test_add_func ("/receiver/figures/corrected", corrected_counts_once_and_withdrawn_not_at_all);
  g_test_add_func ("/receiver/figures/referrals", referrals_and_observations_are_counted);
  g_test_add_func ("/receiver/figures/unknown", what_is_not_understood_is_not_counted);
  g_test_add_func ("/receiver/figures/period", a_period_has_its_first_day_and_not_its_last);
  g_test_add_func ("/receiver/figures/skew", a_skewed_clock_is_corrected_beyond_48_hours);
  g_test_add_func ("/receiver/figures/another-year", a_tablet_of_another_year_is_counted_today);
  g_test_add_func ("/receiver/figures/complete", figures_say_how_complete_they_are);
  g_test_add_func ("/receiver/signs/wrong", signs_that_are_none_change_nothing);
  g_test_add_func ("/receiver/signs/seen", a_device_is_seen_at_every_call);
  g_test_add_func ("/receiver/lists/brought", a_newer_program_brings_its_lists_and_undoes_nothing_of_hqs);
  g_test_add_func ("/receiver/lists/versions", every_version_of_the_lists_is_there_for_good);
  g_test_add_func ("/receiver/export", an_export_is_each_records_present_state);
  g_test_add_func ("/receiver/verify", verify_notices_what_was_changed);
  g_test_add_func ("/receiver/append-only", the_journal_is_append_only);
  g_test_add_func ("/receiver/reader", a_reader_counts_while_it_is_served);
  return g_test_run ();
}
