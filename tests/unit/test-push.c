/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "altm-gzip.h"
#include "altm-hq-care.h"
#include "altm-lock.h"
#include "altm-notes.h"
#include "altm-push.h"
#include "altm-test-hq.h"
#include "altm-wipe.h"

typedef struct _Road Road;

/* Answers in HQ's place; %NULL: HQ is asked. */
typedef AltmAnswer *(*Intercept) (Road *road, const AltmCall *call);

/* Changes HQ's answer on its way. */
typedef void (*Tamper) (Road *road, const AltmCall *call, AltmAnswer *answer);

/* The road between one tablet and HQ, in one process and without a socket. */
struct _Road
{
  AltmTestHq *hq;
  AltmTestStore *tablet;
  Intercept intercept;
  Tamper tamper;
  gconstpointer data; /* for @intercept or @tamper */
  GString *calls;     /* what was asked: the last part of each path */
  GString *pending;   /* what each batch said stays queued */
  GString *sent;      /* the first seq of each batch, and how many lines it had */
  double bytes_per_second; /* of the road; 0: no time passes */
  GArray *times;           /* how long each batch took on it */
  gboolean is_handed_over; /* by the next push */
  gboolean is_news_only;   /* each push */
  gint64 later;            /* than the tests' instant: microseconds */
  AltmPushResult result;
  gint64 retry_after;
};

static void
road_free (Road *self)
{
  altm_test_hq_free (self->hq);
  altm_test_store_free (self->tablet);
  g_string_free (self->calls, TRUE);
  g_string_free (self->pending, TRUE);
  g_string_free (self->sent, TRUE);
  g_array_unref (self->times);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Road, road_free)

static void
enrol (Road *self, AltmStore *store, const char *name)
{
  g_auto(AltmHqEnrolment) device = altm_test_hq_enrol (self->hq, name);
  g_autoptr(GError) error = NULL;

  const AltmSetting settings[] = { { "device_id", device.device_id },
                                   { "token", device.token },
                                   { "epoch", altm_hq_store_get_epoch (self->hq->store) },
                                   { "seal_key", altm_hq_store_get_seal_key (self->hq->store) } };

  altm_notes_restart (store, settings, G_N_ELEMENTS (settings), &error);
  g_assert_no_error (error);
}

static Road *
road_new (void)
{
  Road *self = g_new0 (Road, 1);

  self->hq = altm_test_hq_new ();
  self->tablet = altm_test_store_new ();
  self->calls = g_string_new (NULL);
  self->pending = g_string_new (NULL);
  self->sent = g_string_new (NULL);
  self->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  enrol (self, self->tablet->store, "tablet");
  return self;
}

static void
set_header (AltmRequest *request, const char *name, const char *value)
{
  struct
  {
    const char *name;
    char **place;
  } places[] = {
    { "If-None-Match", &request->if_none_match },
    { "Altm-Pending", &request->pending },
    { "Altm-Oldest", &request->oldest },
    { "Altm-Clock", &request->clock },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    if (strcmp (name, places[i].name) == 0)
      {
        g_assert_null (*places[i].place);
        *places[i].place = g_strdup (value);
        return;
      }
  g_assert_not_reached ();
}

static AltmRequest *
make_request (AltmStore *store, const AltmCall *call)
{
  g_autofree char *token = call->has_token ? altm_store_get_setting (store, "token") : NULL;
  AltmRequest *request = altm_test_request (call->method, call->path, token);

  for (guint i = 0; i < call->headers->len; i += 2)
    set_header (request, g_ptr_array_index (call->headers, i), g_ptr_array_index (call->headers, i + 1));
  request->content_type = g_strdup (call->content_type);
  request->content_encoding = call->is_gzip ? g_strdup ("gzip") : NULL;
  if (call->body != NULL)
    {
      g_bytes_unref (request->body);
      request->body = g_bytes_ref (call->body);
    }
  return request;
}

static AltmAnswer *
make_answer (guint status, const char *text)
{
  AltmAnswer *answer = g_new0 (AltmAnswer, 1);

  answer->status = status;
  answer->reason = status == 0 ? g_strdup ("connection lost") : NULL;
  answer->body = g_bytes_new (text, strlen (text));
  return answer;
}

static AltmAnswer *
ask_hq (Road *self, AltmStore *store, const AltmCall *call)
{
  g_autoptr(AltmRequest) request = make_request (store, call);
  g_autoptr(AltmReply) reply = altm_test_hq_answer (self->hq, request, ALTM_TEST_NOW + self->later);
  AltmAnswer *answer = make_answer (reply->status, "");

  if (strstr (call->path, "/batches/") != NULL)
    g_string_append_printf (self->pending, "%s ", request->pending);
  g_bytes_unref (answer->body);
  answer->body = g_bytes_ref (reply->body);
  answer->content_type = g_strdup (reply->content_type);
  answer->etag = g_strdup (reply->etag);
  answer->retry_after = reply->retry_after;
  return answer;
}

static gboolean
is_call (const AltmCall *call, const char *name)
{
  return strstr (call->path, name) != NULL;
}

/* A round trip of 800 ms, and what the bytes of the batch take. */
static void
note_batch (Road *self, const AltmCall *call, AltmAnswer *answer)
{
  g_autoptr(GBytes) body = altm_gzip_inflate (call->body, G_MAXINT32, NULL);
  gsize length;
  const char *bytes = g_bytes_get_data (body, &length);
  guint n = 0;

  for (gsize i = 0; i < length; i++)
    n += bytes[i] == '\n';
  g_string_append_printf (self->sent, "%" G_GINT64_FORMAT "+%u ",
                          g_ascii_strtoll (strstr (bytes, "\"seq\":") + strlen ("\"seq\":"), NULL, 10), n);
  if (self->bytes_per_second > 0)
    answer->elapsed = (gint64) (G_USEC_PER_SEC * (0.8 + (double) g_bytes_get_size (call->body) / self->bytes_per_second));
  g_array_append_val (self->times, answer->elapsed);
}

static AltmAnswer *
carry (Road *self, AltmStore *store, const AltmCall *call)
{
  static const char *const names[] = { "hello", "digest", "fork", "reference", "batches", "news", "release" };
  AltmAnswer *answer = self->intercept != NULL ? self->intercept (self, call) : NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (is_call (call, names[i]))
      g_string_append_printf (self->calls, "%s ", names[i]);
  if (answer == NULL)
    answer = ask_hq (self, store, call);
  if (is_call (call, "batches"))
    note_batch (self, call, answer);
  if (self->tamper != NULL)
    self->tamper (self, call, answer);
  return answer;
}

static void
push_store (Road *self, AltmStore *store, GError **error)
{
  g_autoptr(AltmPush) push = altm_push_new (store);
  gboolean goes_on = TRUE;

  if (self->is_handed_over)
    altm_push_hand_over (push);
  altm_push_set_news_only (push, self->is_news_only);

  g_string_truncate (self->calls, 0);
  g_string_truncate (self->pending, 0);
  g_string_truncate (self->sent, 0);
  g_array_set_size (self->times, 0);
  while (goes_on)
    {
      g_autoptr(AltmCall) call = altm_push_next (push, ALTM_TEST_NOW + self->later, error);
      g_autoptr(AltmAnswer) answer = call != NULL ? carry (self, store, call) : NULL;

      goes_on = answer != NULL && altm_push_take (push, answer, ALTM_TEST_NOW + self->later, error);
    }
  self->result = *altm_push_get_result (push);
  self->retry_after = altm_push_get_retry_after (push);
}

static void
assert_result (Road *self, gint64 sent, gint64 stored, gint64 duplicate, gint64 problems)
{
  g_assert_cmpint (self->result.sent, ==, sent);
  g_assert_cmpint (self->result.stored, ==, stored);
  g_assert_cmpint (self->result.duplicate, ==, duplicate);
  g_assert_cmpint (self->result.problems, ==, problems);
}

static void
push (Road *self)
{
  g_autoptr(GError) error = NULL;

  push_store (self, self->tablet->store, &error);
  g_assert_no_error (error);
}

static void
assert_push_fails (Road *self, AltmPushError code)
{
  g_autoptr(GError) error = NULL;

  push_store (self, self->tablet->store, &error);
  g_assert_error (error, ALTM_PUSH_ERROR, (int) code);
}

static void
assert_states (AltmStore *store, gint64 queued, gint64 acknowledged, gint64 quarantined)
{
  AltmOutboxSummary summary = altm_test_summary (store);

  g_assert_cmpint (summary.queued, ==, queued);
  g_assert_cmpint (summary.acknowledged, ==, acknowledged);
  g_assert_cmpint (summary.quarantined, ==, quarantined);
}

/* HQ's journal is, byte for byte, what the tablet queued. */
static void
assert_hq_has_all (Road *self, AltmStore *store)
{
  g_autofree char *all = altm_test_hq_text (self->hq, "SELECT CAST (bytes AS TEXT) FROM journal");
  gint64 last = altm_notes_last_seq (store);

  for (gint64 seq = 1; seq <= last; seq++)
    {
      g_autofree char *text = altm_test_line_text (store, seq);

      g_assert_nonnull (strstr (all, text));
    }
}

/* A field of an answer, and what is put in its place. */
typedef struct
{
  const char *field;
  const char *value;
} Change;

static void
set_hello (Road *road, const AltmCall *call, AltmAnswer *answer)
{
  const Change *change = road->data;
  g_autoptr(json_t) hello = is_call (call, "hello") ? altm_answer_read (answer) : NULL;
  char *text;

  if (hello == NULL)
    return;
  json_object_set_new (hello, change->field, altm_test_value (change->value));
  text = altm_json_write (hello);
  g_bytes_unref (answer->body);
  answer->body = g_bytes_new_take (text, strlen (text));
}

static void
everything_queued_is_sent (void)
{
  static const Change limits = { "limits", "{'lines':200}" };
  g_autoptr(Road) road = road_new ();
  AltmDigest digest;
  g_autofree char *signs = NULL;

  altm_test_add_contacts (road->tablet->store, 600);
  road->tamper = set_hello;
  road->data = &limits;
  push (road);
  assert_result (road, 600, 600, 0, 0);
  assert_states (road->tablet->store, 0, 600, 0);
  assert_hq_has_all (road, road->tablet->store);
  g_assert_cmpstr (road->calls->str, ==, "hello batches batches batches news ");
  g_assert_cmpstr (road->pending->str, ==, "400 200 0 ");
  g_assert_true (altm_notes_digest (road->tablet->store, 1, 600, ALTM_DIGEST_OF_NOTES, &digest, NULL));
  g_assert_cmpint (digest.count, ==, altm_test_hq_integer (road->hq, "SELECT held FROM devices"));
  signs = altm_test_hq_text (road->hq, "SELECT pending || ' ' || ifnull (oldest, 'none') || ' ' || skew FROM devices");
  g_assert_cmpstr (signs, ==, "0 none -456");
}

static void
nothing_queued_asks_for_news_alone (void)
{
  g_autoptr(Road) road = road_new ();

  push (road);
  assert_result (road, 0, 0, 0, 0);
  g_assert_cmpstr (road->calls->str, ==, "hello news ");
}

/* Nothing costly: neither the queue, nor a comparison that is due, nor newer lists. */
static void
a_push_for_news_alone_leaves_the_queue (void)
{
  static const Change lists = { "lists", "1000" };
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 3);
  altm_store_set_setting (road->tablet->store, "epoch", "another", NULL);
  road->tamper = set_hello;
  road->data = &lists;
  road->is_news_only = TRUE;
  push (road);
  g_assert_cmpstr (road->calls->str, ==, "hello news ");
  assert_states (road->tablet->store, 3, 0, 0);
  road->tamper = NULL;
  road->is_news_only = FALSE;
  push (road);
  assert_states (road->tablet->store, 0, 3, 0);
}

static void
a_tablet_that_is_not_enrolled_asks_nobody (void)
{
  g_autoptr(Road) road = road_new ();

  g_assert_true (altm_store_set_setting (road->tablet->store, "device_id", NULL, NULL));
  altm_test_add_contacts (road->tablet->store, 1);
  assert_push_fails (road, ALTM_PUSH_ERROR_NOT_ENROLLED);
  g_assert_cmpstr (road->calls->str, ==, "");
  assert_states (road->tablet->store, 1, 0, 0);
}

static void
lose_batch (Road *road, const AltmCall *call, AltmAnswer *answer)
{
  if (is_call (call, "batches"))
    answer->status = 0;
  if (is_call (call, "batches") && answer->reason == NULL)
    answer->reason = g_strdup ("connection lost");
}

static void
a_lost_reply_makes_duplicates_of_which_none_is_lost (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 5);
  road->tamper = lose_batch;
  assert_push_fails (road, ALTM_PUSH_ERROR_UNREACHABLE);
  assert_result (road, 0, 0, 0, 0);
  assert_states (road->tablet->store, 5, 0, 0);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 5);

  road->tamper = NULL;
  altm_test_add_contacts (road->tablet->store, 1);
  push (road);
  assert_result (road, 6, 1, 5, 0);
  assert_states (road->tablet->store, 0, 6, 0);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 6);
}

/* HQ has the second batch, and nobody hears of it. */
static void
lose_second_receipt (Road *road, const AltmCall *call, AltmAnswer *answer)
{
  static const Change limits = { "limits", "{'lines':10}" };

  road->data = &limits;
  set_hello (road, call, answer);
  if (is_call (call, "batches") && strcmp (road->sent->str, "1+10 11+10 ") == 0)
    answer->status = 0;
  if (answer->status == 0 && answer->reason == NULL)
    answer->reason = g_strdup ("connection lost");
}

/* The second batch is cut on its way, and HQ has none of it. */
static AltmAnswer *
lose_second_batch (Road *road, const AltmCall *call)
{
  if (!is_call (call, "batches") || strcmp (road->sent->str, "1+10 ") != 0)
    return NULL;
  return make_answer (0, "");
}

static void
after_a_cut_only_the_batch_in_flight_is_sent_again (void)
{
  static const Intercept cuts[] = { NULL, lose_second_batch };

  for (gsize i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      g_autoptr(Road) road = road_new ();

      altm_test_add_contacts (road->tablet->store, 30);
      road->tamper = lose_second_receipt;
      road->intercept = cuts[i];
      assert_push_fails (road, ALTM_PUSH_ERROR_UNREACHABLE);
      g_assert_cmpstr (road->sent->str, ==, "1+10 11+10 ");
      assert_result (road, 10, 10, 0, 0);
      assert_states (road->tablet->store, 20, 10, 0);
      road->tamper = NULL;
      road->intercept = NULL;
      push (road);
      g_assert_cmpstr (road->sent->str, ==, "11+20 ");
      assert_result (road, 20, i == 0 ? 10 : 20, i == 0 ? 10 : 0, 0);
      assert_hq_has_all (road, road->tablet->store);
      g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 30);
    }
}

static void
add_many_contacts (AltmStore *store, gsize n, json_t *private)
{
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  g_autofree AltmEntry *entries = g_new0 (AltmEntry, n);

  for (gsize i = 0; i < n; i++)
    entries[i] = (AltmEntry) { .type = "contact", .data = data, .private = private };
  g_assert_true (altm_outbox_add (store, entries, n, ALTM_TEST_NOW, NULL, NULL));
}

/* All but the last one, which holds what is left. */
static void
assert_batches_take_2_to_5_seconds (Road *road, guint first)
{
  g_assert_cmpuint (road->times->len, >, first + 1);
  for (guint i = first; i + 1 < road->times->len; i++)
    {
      g_assert_cmpint (g_array_index (road->times, gint64, i), >=, 2 * G_USEC_PER_SEC);
      g_assert_cmpint (g_array_index (road->times, gint64, i), <=, 5 * G_USEC_PER_SEC);
    }
}

static void
batches_are_as_large_as_the_road_is_wide (void)
{
  static const struct
  {
    double bytes_per_second;
    gsize n;
    guint first; /* batch of the right size */
  } cases[] = { { 5000, 1600, 1 }, { 2000, 1600, 2 }, { 10000, 3000, 2 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(Road) road = road_new ();

      add_many_contacts (road->tablet->store, cases[i].n, NULL);
      road->bytes_per_second = cases[i].bytes_per_second;
      push (road);
      g_test_message ("%g bytes/s: %s", cases[i].bytes_per_second, road->sent->str);
      assert_result (road, (gint64) cases[i].n, (gint64) cases[i].n, 0, 0);
      assert_batches_take_2_to_5_seconds (road, cases[i].first);
    }
}

static void
sealed_text_that_hardly_shrinks_makes_smaller_batches (void)
{
  g_autoptr(Road) road = road_new ();
  g_autoptr(json_t) private = altm_test_json ("{'note':'Wants to be called again on Thursday, after the school'}");

  add_many_contacts (road->tablet->store, 200, private);
  road->bytes_per_second = 5000;
  push (road);
  g_test_message ("%s", road->sent->str);
  assert_result (road, 200, 200, 0, 0);
  assert_batches_take_2_to_5_seconds (road, 0);
}

static void
what_one_push_learns_of_the_road_the_next_one_is_told (void)
{
  g_autoptr(Road) road = road_new ();
  g_autoptr(AltmPush) one = altm_push_new (road->tablet->store);
  g_autoptr(AltmPush) other = altm_push_new (road->tablet->store);
  AltmPace pace = *altm_push_get_pace (one);

  pace.bytes *= 3;
  altm_push_set_pace (other, &pace);
  g_assert_cmpuint (altm_push_get_pace (other)->bytes, ==, 3 * altm_push_get_pace (one)->bytes);
}

static void
hqs_limits_are_for_what_is_sent_and_for_what_it_holds (void)
{
  static const Change changes[] = { { "limits", "{'lines':2000,'batch_bytes':700,'inflated_bytes':10000000}" },
                                    { "limits", "{'lines':2000,'batch_bytes':1000000,'inflated_bytes':5000}" } };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr(Road) road = road_new ();

      add_many_contacts (road->tablet->store, 200, NULL);
      road->bytes_per_second = 1000;
      road->tamper = set_hello;
      road->data = &changes[i];
      push (road);
      g_test_message ("%s", road->sent->str);
      assert_result (road, 200, 200, 0, 0);
      for (guint n = 0; n < road->times->len; n++)
        g_assert_cmpint (g_array_index (road->times, gint64, n), <=, (gint64) (1.5 * G_USEC_PER_SEC));
      g_assert_cmpuint (road->times->len, >=, i == 0 ? 3 : 9);
    }
}

static AltmAnswer *
answer_hello_in_4_seconds (Road *road, const AltmCall *call)
{
  AltmAnswer *answer;

  if (!is_call (call, "hello"))
    return NULL;
  answer = ask_hq (road, road->tablet->store, call);
  answer->elapsed = 4 * G_USEC_PER_SEC;
  return answer;
}

static gint64
get_skew (Road *road)
{
  g_autofree char *skew = altm_store_get_setting (road->tablet->store, "skew");

  g_assert_nonnull (skew);
  return altm_store_get_skew (road->tablet->store);
}

/* The tablet's clock stands at 17:12:03.123456Z. */
static void
a_wrong_clock_is_noted_and_refuses_nothing (void)
{
  static const struct
  {
    Change hello;
    gint64 skew;
  } cases[] = {
    { { "time", "'2026-11-24T17:12:03.123456Z'" }, 0 },
    { { "time", "'2026-11-24T18:02:03.123456+01:00'" }, 10 * G_TIME_SPAN_MINUTE },
    { { "time", "'2026-11-24T17:32:03.123456Z'" }, -20 * G_TIME_SPAN_MINUTE },
    { { "time", "'2025-11-24T17:12:03.123456Z'" }, 365 * G_TIME_SPAN_DAY },
    { { "time", "'2036-01-01T00:00:00Z'" }, G_GINT64_CONSTANT (-287218076876544) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(Road) road = road_new ();

      altm_test_add_contacts (road->tablet->store, 1);
      road->tamper = set_hello;
      road->data = &cases[i].hello;
      push (road);
      assert_result (road, 1, 1, 0, 0);
      g_assert_cmpint (get_skew (road), ==, cases[i].skew);
      road->intercept = answer_hello_in_4_seconds;
      altm_test_sql (road->tablet->store, "DELETE FROM settings WHERE name = 'skew'");
      push (road);
      g_assert_cmpint (get_skew (road), ==, cases[i].skew - 2 * G_USEC_PER_SEC);
    }
}

static void
a_clock_that_drifts_by_seconds_is_not_written_down_each_time (void)
{
  static const Change drifted = { "time", "'2026-11-24T17:12:10Z'" };
  g_autoptr(Road) road = road_new ();

  g_assert_cmpint (altm_store_get_skew (road->tablet->store), ==, 0);
  push (road);
  g_assert_cmpint (get_skew (road), ==, 456); /* HQ says milliseconds */
  road->tamper = set_hello;
  road->data = &drifted;
  push (road);
  g_assert_cmpint (get_skew (road), ==, 456);
}

static void
an_hq_without_a_clock_leaves_the_skew_as_it_was (void)
{
  static const char *const times[] = { "null", "5", "'noon'", "'9999-99-99T00:00:00Z'" };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr(Road) road = road_new ();
      Change change = { "time", times[i] };

      g_assert_true (altm_store_set_setting (road->tablet->store, "skew", "77", NULL));
      altm_test_add_contacts (road->tablet->store, 1);
      road->tamper = set_hello;
      road->data = &change;
      push (road);
      assert_result (road, 1, 1, 0, 0);
      g_assert_cmpint (get_skew (road), ==, 77);
    }
}

static void
change_receipt (Road *road, const AltmCall *call, AltmAnswer *answer)
{
  const Change *change = road->data;
  g_autoptr(json_t) receipt = is_call (call, "batches") ? altm_answer_read (answer) : NULL;
  char *text;

  if (receipt == NULL)
    return;
  json_object_set_new (receipt, change->field, altm_test_value (change->value));
  text = altm_json_write (receipt);
  g_bytes_unref (answer->body);
  answer->body = g_bytes_new_take (text, strlen (text));
}

static void
a_foreign_receipt_leaves_all_queued (void)
{
  static const struct
  {
    Change change;
    AltmPushError error;
  } cases[] = {
    { { "batch", "'9d0c2b42-77d1-4b9e-8f6e-000000000001'" }, ALTM_PUSH_ERROR_ANSWER },
    { { "sha256", "'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'" }, ALTM_PUSH_ERROR_ANSWER },
    { { "epoch", "'8f14e45f-ceea-467f-a0e6-1d5b7a2c9e33'" }, ALTM_PUSH_ERROR_ANSWER },
    { { "stored", "2" }, ALTM_PUSH_ERROR_ANSWER },
    { { "duplicate", "1" }, ALTM_PUSH_ERROR_ANSWER },
    { { "problems", "[{'line':0,'type':'/problems/unknown-code'}]" }, ALTM_PUSH_ERROR_ANSWER },
    { { "stored", "-1" }, ALTM_PUSH_ERROR_UNREACHABLE },
    { { "held", "null" }, ALTM_PUSH_ERROR_UNREACHABLE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(Road) road = road_new ();

      g_test_message ("%s %s", cases[i].change.field, cases[i].change.value);
      altm_test_add_contacts (road->tablet->store, 3);
      road->tamper = change_receipt;
      road->data = &cases[i].change;
      assert_push_fails (road, cases[i].error);
      assert_states (road->tablet->store, 3, 0, 0);
      g_assert_cmpint (altm_notes_count (road->tablet->store), ==, 0);
      road->tamper = NULL;
      push (road);
      assert_result (road, 3, 0, 3, 0);
    }
}

static guint
count_lines (const AltmCall *call, const char **text)
{
  g_autoptr(GBytes) body = altm_gzip_inflate (call->body, G_MAXINT32, NULL);
  gsize length;
  const char *bytes = g_bytes_get_data (body, &length);
  guint n = 0;

  for (gsize i = 0; i < length; i++)
    n += bytes[i] == '\n';
  *text = memmem (bytes, length, "\"people\":400", 12) != NULL ? "marked" : "";
  return n;
}

/* A proxy that takes three lines at most, and never the one of 400 people. */
static AltmAnswer *
take_three_lines (Road *road, const AltmCall *call)
{
  const char *text;

  if (!is_call (call, "batches") || (count_lines (call, &text) <= 3 && *text == '\0'))
    return NULL;
  return make_answer (413, "{\"type\":\"/problems/too-large\",\"status\":413}");
}

static void
a_batch_too_large_is_halved (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 20);
  road->intercept = take_three_lines;
  push (road);
  assert_result (road, 20, 20, 0, 0);
  assert_states (road->tablet->store, 0, 20, 0);
}

static void
one_line_too_large_is_set_aside (void)
{
  g_autoptr(Road) road = road_new ();
  g_autofree char *reason = NULL;

  altm_test_add_contacts (road->tablet->store, 4);
  g_free (altm_test_add (road->tablet->store, "contact",
                         "{'channel':'ecole','register':'concertation','public':'enfant','people':400}"));
  altm_test_add_contacts (road->tablet->store, 4);
  road->intercept = take_three_lines;
  push (road);
  assert_result (road, 9, 8, 0, 1);
  assert_states (road->tablet->store, 0, 8, 1);
  reason = altm_test_sql_text (road->tablet->store, "SELECT reason FROM lines WHERE seq = 5 AND state = 2");
  g_assert_cmpstr (reason, ==, "too-long");
}

static void
hqs_limits_are_kept (void)
{
  static const struct
  {
    Change limits;
    const char *calls;
  } cases[] = {
    { { "limits", "{'lines':2,'batch_bytes':1000000}" }, "hello batches batches news " },
    { { "limits", "{'lines':10,'batch_bytes':1}" }, "hello batches batches batches news " },
    { { "limits", "{'inflated_bytes':1}" }, "hello batches batches batches news " },
    { { "limits", "{}" }, "hello batches news " },
    { { "limits", "{'lines':-5,'batch_bytes':-5}" }, "hello batches batches batches news " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(Road) road = road_new ();

      altm_test_add_contacts (road->tablet->store, 3);
      road->tamper = set_hello;
      road->data = &cases[i].limits;
      push (road);
      assert_result (road, 3, 3, 0, 0);
      g_assert_cmpstr (road->calls->str, ==, cases[i].calls);
    }
}

static void
an_hq_of_another_protocol_is_told (void)
{
  static const Change changes[] = { { "protocol", "{'min':1,'max':0}" }, { "protocol", "{'min':2,'max':3}" } };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr(Road) road = road_new ();

      altm_test_add_contacts (road->tablet->store, 2);
      road->tamper = set_hello;
      road->data = &changes[i];
      assert_push_fails (road, ALTM_PUSH_ERROR_TOO_OLD);
      assert_states (road->tablet->store, 2, 0, 0);
    }
}

static void
a_newer_hq_that_still_takes_this_one_is_fine (void)
{
  static const Change change = { "protocol", "{'min':1,'max':7}" };
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 2);
  road->tamper = set_hello;
  road->data = &change;
  push (road);
  assert_result (road, 2, 2, 0, 0);
}

/* What comes back in place of HQ's answer to one call. */
typedef struct
{
  const char *call;
  guint status;
  const char *body;
  AltmPushError error;
} Stranger;

#define HTML "<html><body>Sign in to the network</body></html>"
#define PROBLEM(name) "{\"type\":\"/problems/" name "\",\"title\":\"t\",\"status\":1}"

static AltmAnswer *
answer_as_stranger (Road *road, const AltmCall *call)
{
  const Stranger *stranger = road->data;
  AltmAnswer *answer;

  if (!is_call (call, stranger->call))
    return NULL;
  answer = make_answer (stranger->status, stranger->body);
  answer->retry_after = 7;
  return answer;
}

static void
strangers_are_told_from_hq (void)
{
  static const Stranger cases[] = {
    { "hello", 0, "", ALTM_PUSH_ERROR_UNREACHABLE },
    { "hello", 200, HTML, ALTM_PUSH_ERROR_UNREACHABLE },
    { "hello", 200, "{}", ALTM_PUSH_ERROR_UNREACHABLE },
    { "hello", 302, HTML, ALTM_PUSH_ERROR_UNREACHABLE },
    { "hello", 401, HTML, ALTM_PUSH_ERROR_UNREACHABLE },
    { "hello", 403, HTML, ALTM_PUSH_ERROR_UNREACHABLE },
    { "hello", 404, HTML, ALTM_PUSH_ERROR_UNREACHABLE },
    { "hello", 500, HTML, ALTM_PUSH_ERROR_UNREACHABLE },
    { "hello", 502, "", ALTM_PUSH_ERROR_UNREACHABLE },
    { "hello", 511, HTML, ALTM_PUSH_ERROR_UNREACHABLE },
    { "hello", 503, PROBLEM ("busy"), ALTM_PUSH_ERROR_BUSY },
    { "hello", 429, PROBLEM ("busy"), ALTM_PUSH_ERROR_BUSY },
    { "hello", 400, PROBLEM ("bad-request"), ALTM_PUSH_ERROR_ANSWER },
    { "batches", 200, HTML, ALTM_PUSH_ERROR_UNREACHABLE },
    { "batches", 200, "", ALTM_PUSH_ERROR_UNREACHABLE },
    { "batches", 201, "{}", ALTM_PUSH_ERROR_UNREACHABLE },
    { "batches", 301, HTML, ALTM_PUSH_ERROR_UNREACHABLE },
    { "batches", 307, PROBLEM ("busy"), ALTM_PUSH_ERROR_UNREACHABLE },
    { "batches", 401, HTML, ALTM_PUSH_ERROR_UNREACHABLE },
    { "batches", 401, PROBLEM ("unauthorized"), ALTM_PUSH_ERROR_NOT_ENROLLED },
    { "batches", 403, PROBLEM ("foreign-device"), ALTM_PUSH_ERROR_NOT_ENROLLED },
    { "batches", 409, PROBLEM ("batch-reused"), ALTM_PUSH_ERROR_ANSWER },
    { "batches", 415, PROBLEM ("unsupported-type"), ALTM_PUSH_ERROR_ANSWER },
    { "batches", 500, PROBLEM ("store-failed"), ALTM_PUSH_ERROR_UNREACHABLE },
    { "batches", 504, HTML, ALTM_PUSH_ERROR_UNREACHABLE },
    { "batches", 503, HTML, ALTM_PUSH_ERROR_BUSY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(Road) road = road_new ();

      g_test_message ("%s %u %s", cases[i].call, cases[i].status, cases[i].body);
      altm_test_add_contacts (road->tablet->store, 2);
      road->intercept = answer_as_stranger;
      road->data = &cases[i];
      assert_push_fails (road, cases[i].error);
      assert_states (road->tablet->store, 2, 0, 0);
      g_assert_cmpint (road->retry_after, ==, cases[i].error == ALTM_PUSH_ERROR_BUSY ? 7 : 0);
      g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 0);
    }
}

/* The comparison and the fork, which other tests bring about, and the news. */
static void
strangers_are_told_from_hq_at_every_step (void)
{
  static const char *const bodies[] = { HTML, "" };
  static const char *const calls[] = { "digest", "news" };

  for (gsize i = 0; i < G_N_ELEMENTS (bodies) * G_N_ELEMENTS (calls); i++)
    {
      g_autoptr(Road) road = road_new ();
      Stranger stranger = { calls[i % 2], 200, bodies[i / 2], ALTM_PUSH_ERROR_UNREACHABLE };
      g_autofree char *epoch = NULL, *cursor = NULL;

      g_assert_true (altm_store_set_setting (road->tablet->store, "epoch", "another", NULL));
      road->intercept = answer_as_stranger;
      road->data = &stranger;
      assert_push_fails (road, ALTM_PUSH_ERROR_UNREACHABLE);
      epoch = altm_store_get_setting (road->tablet->store, "epoch");
      g_assert_cmpint (g_strcmp0 (epoch, "another") == 0, ==, i % 2 == 0);
      cursor = altm_store_get_setting (road->tablet->store, "news");
      g_assert_null (cursor);
    }
}

static void
an_unknown_token_deletes_nothing_and_a_new_code_sends_all_again (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 3);
  push (road);
  altm_test_add_contacts (road->tablet->store, 2);
  g_assert_true (altm_store_set_setting (road->tablet->store, "token", "nobodys", NULL));
  assert_push_fails (road, ALTM_PUSH_ERROR_NOT_ENROLLED);
  assert_states (road->tablet->store, 2, 3, 0);
  enrol (road, road->tablet->store, "tablet again");
  push (road);
  assert_result (road, 5, 2, 3, 0);
  assert_states (road->tablet->store, 0, 5, 0);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 5);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT held FROM devices WHERE n = 2"), ==, 5);
}

/* The line is changed behind the tablet's back, so that HQ refuses what the tablet took. */
static void
spoil (AltmStore *store, gint64 seq)
{
  g_autofree char *sql =
    g_strdup_printf ("UPDATE lines SET bytes = CAST (replace (CAST (bytes AS TEXT), '\"people\":2', '\"people\":900')"
                     " AS BLOB), sha256 = NULL WHERE seq = %" G_GINT64_FORMAT, seq);

  altm_test_sql (store, sql);
}

static void
what_hq_refuses_is_set_aside_with_its_reason (void)
{
  g_autoptr(Road) road = road_new ();
  g_autofree char *reason = NULL;

  altm_test_add_contacts (road->tablet->store, 3);
  spoil (road->tablet->store, 2);
  push (road);
  assert_result (road, 3, 2, 0, 1);
  assert_states (road->tablet->store, 0, 2, 1);
  reason = altm_test_sql_text (road->tablet->store, "SELECT reason || '|' || detail FROM lines WHERE seq = 2");
  g_assert_cmpstr (reason, ==, "out-of-range|people: not from 0 to 500");
}

static void
news_that_hq_took_it_after_all_acknowledge_it (void)
{
  g_autoptr(Road) road = road_new ();
  g_autofree char *id = NULL, *sql = NULL, *noted = NULL, *hash = NULL, *text = NULL;

  altm_test_add_contacts (road->tablet->store, 2);
  spoil (road->tablet->store, 2);
  push (road);
  assert_states (road->tablet->store, 0, 1, 1);
  id = altm_test_sql_text (road->tablet->store, "SELECT id FROM lines WHERE seq = 2");
  sql = g_strdup_printf ("INSERT INTO news (device, id, kind, body) VALUES (1, 'n-1', 'accepted',"
                         " '{\"id\":\"n-1\",\"kind\":\"accepted\",\"record\":\"%s\",\"rev\":1}'),"
                         " (1, 'n-2', 'accepted', '{\"id\":\"n-2\",\"kind\":\"accepted\",\"record\":\"none\",\"rev\":1}')",
                         id);
  altm_test_hq_sql (road->hq, sql);
  push (road);
  assert_states (road->tablet->store, 0, 2, 0);
  noted = altm_test_sql_text (road->tablet->store, "SELECT lower (hex (sha256)) FROM notes WHERE seq = 2 AND rev = 1");
  text = altm_test_line_text (road->tablet->store, 2);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_assert_cmpstr (noted, ==, hash);
  g_assert_cmpint (altm_test_sql_integer (road->tablet->store, "SELECT COUNT (*) FROM lines WHERE reason IS NOT NULL"),
                   ==, 0);
}

static void
a_correction_that_hq_asks_for_stays_until_it_is_made (void)
{
  g_autoptr(Road) road = road_new ();
  g_autofree char *id = NULL, *sql = NULL, *reason = NULL;
  AltmOutboxSummary summary;
  AltmEntry entry = { .type = "contact" };

  altm_test_add_contacts (road->tablet->store, 2);
  push (road);
  id = altm_test_sql_text (road->tablet->store, "SELECT id FROM lines WHERE seq = 2");
  sql = g_strdup_printf ("INSERT INTO news (device, id, kind, body) VALUES (1, 'n-1', 'correction',"
                         " '{\"id\":\"n-1\",\"kind\":\"correction\",\"record\":\"%s\",\"reason\":\"twin\"}')",
                         id);
  altm_test_hq_sql (road->hq, sql);
  push (road);
  assert_states (road->tablet->store, 0, 2, 0);
  reason = altm_test_sql_text (road->tablet->store, "SELECT reason FROM lines WHERE seq = 2");
  g_assert_cmpstr (reason, ==, "twin");
  g_assert_true (altm_outbox_summarise (road->tablet->store, &summary, NULL));
  g_assert_cmpint (summary.to_settle, ==, 1);

  entry.id = id;
  entry.is_deleted = TRUE;
  g_assert_true (altm_outbox_add (road->tablet->store, &entry, 1, ALTM_TEST_NOW, NULL, NULL));
  g_assert_true (altm_outbox_summarise (road->tablet->store, &summary, NULL));
  g_assert_cmpint (summary.to_settle, ==, 0);
}

static void
news_are_kept_once_and_the_cursor_moves (void)
{
  g_autoptr(Road) road = road_new ();
  g_autofree char *cursor = NULL, *body = NULL;

  altm_test_hq_sql (road->hq, "INSERT INTO news (device, id, kind, body) VALUES"
                              " (1, 'n-1', 'message', '{\"id\":\"n-1\",\"kind\":\"message\",\"text\":\"Bonjour\"}'),"
                              " (1, 'n-0', 'later', '{\"id\":7}')");
  push (road);
  cursor = altm_store_get_setting (road->tablet->store, "news");
  g_assert_true (g_str_has_suffix (cursor, ":2"));
  g_assert_true (altm_store_set_setting (road->tablet->store, "news", NULL, NULL));
  push (road);
  g_assert_cmpint (altm_test_sql_integer (road->tablet->store, "SELECT COUNT (*) FROM news"), ==, 1);
  body = altm_test_sql_text (road->tablet->store, "SELECT body FROM news");
  g_assert_cmpstr (body, ==, "{\"id\":\"n-1\",\"kind\":\"message\",\"text\":\"Bonjour\"}");
}

static void
a_revoked_tablet_keeps_what_hq_does_not_take (void)
{
  g_autoptr(Road) road = road_new ();
  g_autofree char *reason = NULL;

  altm_test_add_contacts (road->tablet->store, 1);
  push (road);
  altm_test_hq_sql (road->hq, "UPDATE devices SET revoked_at = 1");
  altm_test_add_contacts (road->tablet->store, 1);
  push (road);
  assert_states (road->tablet->store, 0, 1, 1);
  reason = altm_test_sql_text (road->tablet->store, "SELECT reason FROM lines WHERE seq = 2");
  g_assert_cmpstr (reason, ==, "revoked");
}

static void
private_text_is_for_hq_alone (void)
{
  g_autoptr(Road) road = road_new ();
  g_autoptr(json_t) data = altm_test_json ("{'structure_type':'ccas','status':'proposee','consent':true}");
  g_autoptr(json_t) private = altm_test_json ("{'name':'PlantedSecretName'}");
  AltmEntry entry = { .type = "referral", .data = data, .private = private };
  g_autofree char *path = g_strconcat (road->hq->path, ".key", NULL);
  g_autoptr(AltmSealPair) pair = altm_seal_pair_load (path, NULL);
  g_autofree char *sealed = NULL;
  g_autoptr(json_t) opened = NULL;

  g_assert_true (altm_outbox_add (road->tablet->store, &entry, 1, ALTM_TEST_NOW, NULL, NULL));
  push (road);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT has_private FROM records"), ==, 1);
  g_assert_false (altm_test_holds (road->hq->path, "PlantedSecretName"));
  sealed = altm_test_hq_text (road->hq, "SELECT CAST (bytes AS TEXT) ->> 'private' FROM journal");
  opened = altm_seal_pair_open (pair, sealed, NULL);
  altm_test_assert_json (json_object_get (opened, "private"), "{'name':'PlantedSecretName'}");
}

static void
copy_hq (Road *road, const char *name)
{
  g_autofree char *from = g_build_filename (road->hq->path, "hq.db", NULL);
  g_autofree char *to = g_build_filename (road->hq->folder, name, NULL);

  altm_test_hq_close (road->hq);
  altm_test_copy_file (from, to);
  altm_test_hq_open (road->hq);
}

static void
restore_hq (Road *road, const char *name)
{
  g_autofree char *file = g_build_filename (road->hq->folder, name, NULL);
  g_autofree char *epoch = g_strdup (altm_hq_store_get_epoch (road->hq->store));
  g_autofree char *aside = NULL;
  g_autoptr(GError) error = NULL;

  altm_test_hq_close (road->hq);
  altm_hq_care_restore (road->hq->path, file, ALTM_TEST_NOW + road->later, &aside, &error);
  g_assert_no_error (error);
  altm_test_hq_open (road->hq);
  g_assert_cmpstr (altm_hq_store_get_epoch (road->hq->store), !=, epoch);
}

static void
assert_epoch_is_hqs (Road *road)
{
  g_autofree char *epoch = altm_store_get_setting (road->tablet->store, "epoch");

  g_assert_cmpstr (epoch, ==, altm_hq_store_get_epoch (road->hq->store));
}

static void
a_restored_hq_becomes_whole_by_itself (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 6);
  push (road);
  copy_hq (road, "old.db");
  altm_test_add_contacts (road->tablet->store, 4);
  push (road);
  assert_result (road, 4, 4, 0, 0);
  restore_hq (road, "old.db");
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 6);

  push (road);
  assert_result (road, 4, 4, 0, 0);
  assert_states (road->tablet->store, 0, 10, 0);
  assert_hq_has_all (road, road->tablet->store);
  assert_epoch_is_hqs (road);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 10);
  push (road);
  assert_result (road, 0, 0, 0, 0);
  g_assert_cmpstr (road->calls->str, ==, "hello news ");
}

static void
an_hq_restored_whole_is_compared_once (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 6);
  push (road);
  copy_hq (road, "same.db");
  restore_hq (road, "same.db");
  altm_test_add_contacts (road->tablet->store, 1);
  push (road);
  assert_result (road, 1, 1, 0, 0);
  g_assert_cmpstr (road->calls->str, ==, "hello digest batches reference news ");
  assert_epoch_is_hqs (road);
}

/* What was lost while the counts stayed as they are is told by no receipt. */
static void
a_tablet_compares_once_a_day_whatever_the_receipts_say (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 4);
  push (road);
  altm_test_hq_sql (road->hq, "DELETE FROM notes WHERE seq = 2");
  altm_test_add_contacts (road->tablet->store, 1);
  push (road);
  g_assert_cmpstr (road->calls->str, ==, "hello batches news ");
  road->later = G_TIME_SPAN_DAY - 1;
  push (road);
  g_assert_cmpstr (road->calls->str, ==, "hello news ");
  road->later = G_TIME_SPAN_DAY;
  push (road);
  assert_result (road, 1, 0, 1, 0);
  assert_states (road->tablet->store, 0, 5, 0);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM notes"), ==, 5);
  push (road);
  g_assert_cmpstr (road->calls->str, ==, "hello news ");
}

static void
a_clock_that_was_put_back_does_not_put_the_comparison_off (void)
{
  g_autoptr(Road) road = road_new ();

  push (road);
  road->later = -400 * G_TIME_SPAN_DAY;
  push (road);
  g_assert_cmpstr (road->calls->str, ==, "hello digest news ");
  push (road);
  g_assert_cmpstr (road->calls->str, ==, "hello news ");
}

/* A line may name a version of the lists that was made after the backup, or after an earlier restore
 * of the same one. */
static void
no_number_of_the_lists_is_given_out_twice (void)
{
  g_autoptr(Road) road = road_new ();
  gint64 first, second;

  copy_hq (road, "same.db");
  restore_hq (road, "same.db");
  first = altm_lists_get_version (altm_hq_store_get_lists (road->hq->store, 0));
  g_assert_cmpint (first, ==, ALTM_TEST_NOW / G_USEC_PER_SEC);
  road->later = 1;
  restore_hq (road, "same.db");
  second = altm_lists_get_version (altm_hq_store_get_lists (road->hq->store, 0));
  g_assert_cmpint (second, ==, first + 1);
}

static void
a_newer_program_brings_its_lists_after_a_restore (void)
{
  g_autoptr(Road) road = road_new ();
  gint64 before;

  copy_hq (road, "same.db");
  restore_hq (road, "same.db");
  before = altm_lists_get_version (altm_hq_store_get_lists (road->hq->store, 0));
  altm_test_hq_close (road->hq);
  altm_test_hq_open (road->hq);
  g_assert_cmpint (altm_lists_get_version (altm_hq_store_get_lists (road->hq->store, 0)), ==, before);

  altm_test_hq_sql (road->hq, "UPDATE settings SET value = '0' WHERE name = 'own_lists'");
  altm_test_hq_close (road->hq);
  altm_test_hq_open (road->hq);
  g_assert_cmpint (altm_lists_get_version (altm_hq_store_get_lists (road->hq->store, 0)), ==, before + 1);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM lists"), ==, 3);
}

static void
exactly_what_hq_lacks_is_sent_again (void)
{
  static const struct
  {
    const char *seqs;
    gint64 n;
  } cases[] = { { "1", 1 }, { "50", 1 }, { "3, 7, 8, 31", 4 }, { "24, 25, 26, 27", 4 }, { "1, 50", 2 }, { "0", 0 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(Road) road = road_new ();
      g_autofree char *sql = g_strdup_printf (
        "DELETE FROM notes WHERE seq IN (%s); UPDATE settings SET value = '8f14e45f-ceea-467f-a0e6-1d5b7a2c9e33'"
        " WHERE name = 'epoch'; UPDATE devices SET held = (SELECT COUNT (*) FROM notes),"
        " high_seq = (SELECT MAX (seq) FROM notes)", cases[i].seqs);

      altm_test_add_contacts (road->tablet->store, 50);
      push (road);
      altm_test_hq_sql (road->hq, sql);
      altm_test_hq_close (road->hq);
      altm_test_hq_open (road->hq);
      push (road);
      g_test_message ("%s: %s", cases[i].seqs, road->calls->str);
      assert_result (road, cases[i].n, 0, cases[i].n, 0);
      assert_states (road->tablet->store, 0, 50, 0);
      assert_epoch_is_hqs (road);
      g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT held FROM devices"), ==, 50);
    }
}

static void
an_hq_that_holds_less_is_noticed_without_a_new_epoch (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 5);
  push (road);
  altm_test_hq_sql (road->hq, "DELETE FROM notes WHERE seq IN (2, 3);"
                              "UPDATE devices SET held = 3, high_seq = 5");
  altm_test_add_contacts (road->tablet->store, 1);
  push (road);
  assert_result (road, 3, 1, 2, 0);
  g_assert_nonnull (strstr (road->calls->str, "digest"));
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT held FROM devices"), ==, 6);
}

static void
what_is_gone_on_both_sides_is_shown_as_lost (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 2);
  push (road);
  copy_hq (road, "old.db");
  altm_test_add_contacts (road->tablet->store, 3);
  push (road);
  restore_hq (road, "old.db");
  altm_test_sql (road->tablet->store, "DELETE FROM lines WHERE seq IN (1, 4)");
  push (road);
  assert_result (road, 2, 2, 0, 0);
  g_assert_cmpint (altm_notes_count_lost (road->tablet->store), ==, 1);
  g_assert_cmpint (altm_notes_count (road->tablet->store), ==, 4);
  push (road);
  assert_result (road, 0, 0, 0, 0);
}

static void
a_queued_line_that_hq_holds_counts_as_equal (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 3);
  road->tamper = lose_batch;
  assert_push_fails (road, ALTM_PUSH_ERROR_UNREACHABLE);
  road->tamper = NULL;
  copy_hq (road, "same.db");
  restore_hq (road, "same.db");
  push (road);
  assert_result (road, 3, 0, 3, 0);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM devices"), ==, 1);
}

static void
what_was_refused_is_offered_once_more_under_a_new_epoch (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 2);
  spoil (road->tablet->store, 1);
  push (road);
  assert_result (road, 2, 1, 0, 1);
  copy_hq (road, "same.db");
  restore_hq (road, "same.db");
  push (road);
  assert_result (road, 1, 0, 0, 1);
  assert_states (road->tablet->store, 0, 1, 1);
  push (road);
  assert_result (road, 0, 0, 0, 0);
}

static void
lose_digest (Road *road, const AltmCall *call, AltmAnswer *answer)
{
  if (is_call (call, "digest"))
    answer->status = 502;
}

static void
a_comparison_that_is_cut_short_is_made_again (void)
{
  g_autoptr(Road) road = road_new ();
  g_autofree char *epoch = altm_store_get_setting (road->tablet->store, "epoch");
  g_autofree char *kept = NULL;

  altm_test_add_contacts (road->tablet->store, 4);
  push (road);
  copy_hq (road, "same.db");
  restore_hq (road, "same.db");
  road->tamper = lose_digest;
  assert_push_fails (road, ALTM_PUSH_ERROR_UNREACHABLE);
  kept = altm_store_get_setting (road->tablet->store, "epoch");
  g_assert_cmpstr (kept, ==, epoch);
  road->tamper = NULL;
  push (road);
  assert_epoch_is_hqs (road);
}

/* A second tablet with a copy of the first one's store, both open. */
static AltmTestStore *
copy_tablet (Road *road)
{
  AltmTestStore *copy = altm_test_store_new ();
  g_autofree char *from = g_build_filename (road->tablet->path, "field.db", NULL);
  g_autofree char *to = g_build_filename (copy->path, "field.db", NULL);

  altm_test_store_close (copy);
  altm_test_store_close (road->tablet);
  altm_test_copy_file (from, to);
  altm_test_store_open (copy);
  altm_test_store_open (road->tablet);
  return copy;
}

static void
push_copy (Road *road, AltmTestStore *copy)
{
  g_autoptr(GError) error = NULL;

  push_store (road, copy->store, &error);
  g_assert_no_error (error);
}

static void
assert_another_device (Road *road, AltmTestStore *copy)
{
  g_autofree char *one = altm_store_get_setting (road->tablet->store, "device_id");
  g_autofree char *other = altm_store_get_setting (copy->store, "device_id");
  g_autofree char *fork_id = altm_store_get_setting (copy->store, "fork_id");

  g_assert_cmpstr (one, !=, other);
  g_assert_null (fork_id);
}

static void
the_second_of_two_copies_forks (void)
{
  g_autoptr(Road) road = road_new ();
  g_autoptr(AltmTestStore) copy = NULL;

  altm_test_add_contacts (road->tablet->store, 3);
  push (road);
  copy = copy_tablet (road);
  altm_test_add_contacts (road->tablet->store, 2);
  altm_test_add_contacts (copy->store, 2);
  push (road);
  assert_result (road, 2, 2, 0, 0);
  push_copy (road, copy);
  assert_result (road, 5, 2, 3, 0);
  assert_another_device (road, copy);
  assert_states (copy->store, 0, 5, 0);
  assert_hq_has_all (road, road->tablet->store);
  assert_hq_has_all (road, copy->store);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 7);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM records"), ==, 7);
  altm_test_add_contacts (road->tablet->store, 1);
  push (road);
  assert_result (road, 1, 1, 0, 0);
}

static void
a_copy_forks_at_a_comparison_too (void)
{
  g_autoptr(Road) road = road_new ();
  g_autoptr(AltmTestStore) copy = NULL;

  altm_test_add_contacts (road->tablet->store, 3);
  push (road);
  copy = copy_tablet (road);
  altm_test_add_contacts (road->tablet->store, 2);
  push (road);
  copy_hq (road, "same.db");
  restore_hq (road, "same.db");
  push_copy (road, copy);
  assert_result (road, 3, 0, 3, 0);
  assert_another_device (road, copy);
  g_assert_cmpstr (road->calls->str, ==, "hello digest fork hello batches reference news ");
}

static void
other_bytes_under_a_seq_make_a_fork_at_a_comparison (void)
{
  g_autoptr(Road) road = road_new ();
  g_autoptr(AltmTestStore) copy = NULL;

  altm_test_add_contacts (road->tablet->store, 3);
  push (road);
  copy = copy_tablet (road);
  altm_test_add_contacts (road->tablet->store, 2);
  altm_test_add_contacts (copy->store, 2);
  push (road);
  copy_hq (road, "same.db");
  restore_hq (road, "same.db");
  push_copy (road, copy);
  assert_result (road, 5, 2, 3, 0);
  assert_another_device (road, copy);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 7);
}

static void
lose_fork (Road *road, const AltmCall *call, AltmAnswer *answer)
{
  if (is_call (call, "fork"))
    answer->status = 504;
}

static void
a_lost_fork_is_not_forked_twice (void)
{
  g_autoptr(Road) road = road_new ();
  g_autoptr(AltmTestStore) copy = NULL;
  g_autoptr(GError) error = NULL;

  altm_test_add_contacts (road->tablet->store, 1);
  copy = copy_tablet (road);
  altm_test_sql (copy->store, "DELETE FROM lines");
  altm_test_store_close (copy);
  altm_test_store_open (copy);
  altm_test_add_contacts (copy->store, 1);
  push (road);
  road->tamper = lose_fork;
  push_store (road, copy->store, &error);
  g_assert_error (error, ALTM_PUSH_ERROR, ALTM_PUSH_ERROR_UNREACHABLE);
  assert_states (copy->store, 1, 0, 0);
  road->tamper = NULL;
  push_copy (road, copy);
  assert_another_device (road, copy);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM devices"), ==, 2);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 2);
}

static void
a_stranger_in_place_of_a_fork_changes_nothing (void)
{
  static const Stranger stranger = { "fork", 201, HTML, ALTM_PUSH_ERROR_UNREACHABLE };
  g_autoptr(Road) road = road_new ();
  g_autoptr(AltmTestStore) copy = NULL;
  g_autoptr(GError) error = NULL;

  altm_test_add_contacts (road->tablet->store, 1);
  push (road);
  copy = copy_tablet (road);
  altm_test_add_contacts (road->tablet->store, 1);
  altm_test_add_contacts (copy->store, 1);
  push (road);
  road->intercept = answer_as_stranger;
  road->data = &stranger;
  push_store (road, copy->store, &error);
  g_assert_error (error, ALTM_PUSH_ERROR, ALTM_PUSH_ERROR_UNREACHABLE);
  assert_states (copy->store, 1, 1, 0);
}

static void
bring_part (Road *road, const char *part, const char *change)
{
  g_autoptr(json_t) root = json_deep_copy (altm_lists_get_root (altm_hq_store_get_lists (road->hq->store, 0)));
  g_autofree char *body = NULL;
  char *sql;

  json_object_set_new (root, "version", json_integer (9));
  json_object_set_new (root, part, altm_test_value (change));
  body = altm_json_write (root);
  sql = sqlite3_mprintf ("INSERT INTO lists VALUES (9, %Q)", body);
  altm_test_hq_sql (road->hq, sql);
  sqlite3_free (sql);
  altm_test_hq_close (road->hq);
  altm_test_hq_open (road->hq);
}

static void
bring_lists (Road *road, const char *change)
{
  bring_part (road, "campaigns", change);
}

static void
newer_lists_are_taken_with_their_tag (void)
{
  g_autoptr(Road) road = road_new ();
  g_autofree char *tag = NULL;

  bring_lists (road, "[{'code':'canicule'}]");
  push (road);
  g_assert_cmpstr (road->calls->str, ==, "hello reference news ");
  g_assert_cmpint (altm_lists_get_version (altm_store_get_lists (road->tablet->store)), ==, 9);
  g_assert_nonnull (altm_lists_find_campaign (altm_store_get_lists (road->tablet->store), "canicule"));
  tag = altm_store_get_setting (road->tablet->store, "lists_tag");
  g_assert_true (g_str_has_suffix (tag, "-9\""));
  push (road);
  g_assert_cmpstr (road->calls->str, ==, "hello news ");
}

static void
break_lists (Road *road, const AltmCall *call, AltmAnswer *answer)
{
  if (!is_call (call, "reference"))
    return;
  g_bytes_unref (answer->body);
  answer->body = g_bytes_new_static ("{\"version\":9}", 13);
}

static void
records_go_before_lists (void)
{
  g_autoptr(Road) road = road_new ();

  bring_lists (road, "[]");
  altm_test_add_contacts (road->tablet->store, 2);
  push (road);
  g_assert_cmpstr (road->calls->str, ==, "hello batches reference news ");
}

static void
lists_that_are_none_hold_no_record_back (void)
{
  g_autoptr(Road) road = road_new ();

  bring_lists (road, "[]");
  altm_test_add_contacts (road->tablet->store, 2);
  road->tamper = break_lists;
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "HQ's lists were not taken*");
  push (road);
  g_test_assert_expected_messages ();
  assert_result (road, 2, 2, 0, 0);
  g_assert_cmpint (altm_lists_get_version (altm_store_get_lists (road->tablet->store)), ==, 2);
}

static void
hello_brings_hqs_name_and_key (void)
{
  static const Change change = { "seal_key", "'no key'" };
  g_autoptr(Road) road = road_new ();
  g_autofree char *name = NULL, *key = NULL;

  g_assert_true (altm_store_set_setting (road->tablet->store, "seal_key", "old", NULL));
  push (road);
  road->tamper = set_hello;
  road->data = &change;
  push (road);
  name = altm_store_get_setting (road->tablet->store, "hq");
  key = altm_store_get_setting (road->tablet->store, "seal_key");
  g_assert_cmpstr (name, ==, "HQ");
  g_assert_cmpstr (key, ==, altm_hq_store_get_seal_key (road->hq->store));
}

static void
a_corrected_and_a_withdrawn_record_are_so_at_hq (void)
{
  g_autoptr(Road) road = road_new ();
  g_autofree char *one = altm_test_add (road->tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autofree char *other = altm_test_add (road->tablet->store, "contact", ALTM_TEST_CONTACT);
  g_autoptr(json_t) data = altm_test_json ("{'channel':'ecole','register':'concertation','public':'enfant','people':9}");
  AltmEntry entries[] = { { .type = "contact", .id = one, .data = data },
                          { .type = "contact", .id = other, .is_deleted = TRUE } };
  g_autofree char *state = NULL;

  push (road);
  g_assert_true (altm_outbox_add (road->tablet->store, entries, 2, ALTM_TEST_NOW, NULL, NULL));
  push (road);
  assert_result (road, 2, 2, 0, 0);
  state = altm_test_hq_text (road->hq, "SELECT rev || '.' || is_deleted FROM records JOIN journal ON n = line"
                                       " ORDER BY is_deleted");
  g_assert_cmpstr (state, ==, "2.0 2.1");
}

static void
enrol_meanwhile (Road *road, const AltmCall *call, AltmAnswer *answer)
{
  if (!is_call (call, "batches"))
    return;
  road->tamper = NULL;
  enrol (road, road->tablet->store, "another");
}

static void
a_receipt_to_the_device_that_it_was_settles_nothing (void)
{
  g_autoptr(Road) road = road_new ();
  AltmOutboxSummary summary;

  g_free (altm_test_add (road->tablet->store, "contact", ALTM_TEST_CONTACT));
  g_free (altm_test_add (road->tablet->store, "contact", ALTM_TEST_CONTACT));
  road->tamper = enrol_meanwhile;
  push (road);
  assert_result (road, 2, 0, 2, 0);
  g_assert_true (altm_outbox_summarise (road->tablet->store, &summary, NULL));
  g_assert_cmpint (summary.acknowledged, ==, 2);
}

/* What HQ's `wipe` says to the tablet of this road. */
static void
order_wipe (Road *road)
{
  altm_test_hq_sql (road->hq, "UPDATE devices SET revoked_at = 1");
  altm_test_hq_sql (road->hq, "INSERT INTO news (device, id, kind, body) VALUES (1, 'w-1', 'wipe',"
                              " '{\"id\":\"w-1\",\"kind\":\"wipe\",\"at\":\"2026-11-24T17:00:00Z\"}')");
}

static void
set_lock (Road *road)
{
  g_autoptr(AltmSealPair) pair = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmVault) vault = altm_vault_create ("m-17", "ne pas deviner", &pair, &error);

  g_assert_no_error (error);
  altm_lock_set (road->tablet->store, NULL, vault, &error);
  g_assert_no_error (error);
}

static gboolean
is_locked (Road *road)
{
  g_auto(AltmLockState) state = { 0 };
  g_autoptr(GError) error = NULL;

  altm_lock_load_state (road->tablet->store, ALTM_TEST_NOW, &state, &error);
  g_assert_no_error (error);
  return state.is_set;
}

static void
assert_empty (Road *road, gboolean is_wiped)
{
  g_autofree char *device = altm_store_get_setting (road->tablet->store, "device_id");
  g_autofree char *token = altm_store_get_setting (road->tablet->store, "token");
  g_autofree char *wiped = altm_store_get_setting (road->tablet->store, "wiped");

  g_assert_null (device);
  g_assert_null (token);
  g_assert_cmpint (wiped != NULL, ==, is_wiped);
  g_assert_cmpint (altm_test_sql_integer (road->tablet->store, "SELECT COUNT (*) FROM lines"), ==, 0);
  assert_states (road->tablet->store, 0, 0, 0);
}

static void
assert_released (Road *road, const char *why)
{
  g_autofree char *said = altm_test_hq_text (road->hq, "SELECT released_why FROM devices WHERE n = 1");

  g_assert_cmpstr (said, ==, why);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT revoked_at IS NOT NULL FROM devices WHERE n = 1"), ==, 1);
}

/* A batch takes one line, and the keys are there no more when the second is made. */
static AltmAnswer *
look_for_keys (Road *road, const AltmCall *call)
{
  if (is_call (call, "batches"))
    g_assert_cmpint (is_locked (road), ==, strstr (road->calls->str, "news") == NULL);
  return NULL;
}

static void
a_wiped_tablet_loses_its_keys_first_and_its_queue_last (void)
{
  g_autoptr(Road) road = road_new ();

  set_lock (road);
  altm_test_add_contacts (road->tablet->store, 1);
  push (road);
  altm_test_add_contacts (road->tablet->store, 600);
  order_wipe (road);
  road->intercept = look_for_keys;
  push (road);
  g_assert_true (g_str_has_prefix (road->calls->str, "hello batches news batches "));
  g_assert_true (g_str_has_suffix (road->calls->str, "batches digest release "));
  assert_result (road, 600, 0, 0, 600);
  assert_empty (road, TRUE);
  assert_released (road, "wiped");
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM quarantine"), ==, 600);
}

static AltmAnswer *
cut_release (Road *road, const AltmCall *call)
{
  return is_call (call, "release") ? make_answer (0, "") : NULL;
}

static void
a_wipe_that_is_cut_short_goes_on_with_the_next_push (void)
{
  g_autoptr(Road) road = road_new ();

  set_lock (road);
  altm_test_add_contacts (road->tablet->store, 2);
  order_wipe (road);
  road->intercept = cut_release;
  assert_push_fails (road, ALTM_PUSH_ERROR_UNREACHABLE);
  g_assert_false (is_locked (road));
  assert_states (road->tablet->store, 0, 0, 2);
  road->intercept = NULL;
  push (road);
  assert_empty (road, TRUE);
}

static void
a_stranger_in_place_of_a_release_empties_nothing (void)
{
  static const Stranger strangers[] = {
    { "release", 200, HTML, ALTM_PUSH_ERROR_UNREACHABLE },
    { "release", 200, "{}", ALTM_PUSH_ERROR_UNREACHABLE },
    { "release", 204, "", ALTM_PUSH_ERROR_UNREACHABLE },
    { "release", 200, "{\"device_id\":\"0192f0c1-7b6a-4c3e-9d2f-3b1f6c0a9e11\"}", ALTM_PUSH_ERROR_UNREACHABLE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      g_autoptr(Road) road = road_new ();
      g_autoptr(GError) error = NULL;

      altm_test_add_contacts (road->tablet->store, 2);
      order_wipe (road);
      road->intercept = answer_as_stranger;
      road->data = &strangers[i];
      push_store (road, road->tablet->store, &error);
      g_assert_error (error, ALTM_PUSH_ERROR, (int) strangers[i].error);
      g_assert_cmpint (altm_test_sql_integer (road->tablet->store, "SELECT COUNT (*) FROM lines"), ==, 2);
    }
}

/* HQ's store was put back by hand: what it gave a receipt for is sent again before the tablet lets go. */
static void
what_hq_lost_is_sent_again_before_a_tablet_is_emptied (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 3);
  push (road);
  altm_test_hq_sql (road->hq, "DELETE FROM notes WHERE seq = 2");
  altm_test_hq_sql (road->hq, "UPDATE devices SET held = held - 1");
  order_wipe (road);
  push (road);
  g_assert_true (g_str_has_prefix (road->calls->str, "hello news digest "));
  g_assert_true (g_str_has_suffix (road->calls->str, "digest batches release "));
  assert_result (road, 1, 0, 1, 0);
  assert_empty (road, TRUE);
}

/* It hears of it on a metered network too, and then sends what it has, whatever that costs. */
static void
a_wipe_is_heard_by_a_push_for_news_alone (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 3);
  order_wipe (road);
  road->is_news_only = TRUE;
  push (road);
  assert_released (road, "wiped");
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM quarantine"), ==, 3);
}

/* HQ has newer lists: they are not for it, and its order to wipe comes after them. */
static void
a_tablet_that_is_given_no_lists_hears_of_its_wipe (void)
{
  g_autoptr(Road) road = road_new ();

  bring_lists (road, "[{'code':'canicule'}]");
  order_wipe (road);
  push (road);
  g_assert_true (g_str_has_prefix (road->calls->str, "hello reference news "));
  assert_empty (road, TRUE);
}

/* What HQ refused stood in its quarantine, and no comparison tells that it is gone from there. */
static void
what_was_refused_earlier_is_offered_again_before_a_tablet_is_emptied (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 3);
  altm_test_hq_sql (road->hq, "UPDATE devices SET revoked_at = 1");
  push (road);
  assert_result (road, 3, 0, 0, 3);
  altm_test_hq_sql (road->hq, "DELETE FROM quarantine");
  altm_test_add_contacts (road->tablet->store, 1);
  order_wipe (road);
  road->later = G_TIME_SPAN_HOUR;
  push (road);
  assert_result (road, 4, 0, 0, 4);
  assert_empty (road, TRUE);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM quarantine"), ==, 4);
}

/* A copy of it went on: HQ holds what it does not know of, and a revoked device cannot fork. */
static void
a_wiped_tablet_that_may_not_fork_sends_everything_again (void)
{
  g_autoptr(Road) road = road_new ();
  g_autoptr(AltmTestStore) copy = NULL;

  altm_test_add_contacts (road->tablet->store, 3);
  push (road);
  copy = copy_tablet (road);
  altm_test_add_contacts (copy->store, 2);
  push_copy (road, copy);
  altm_test_hq_sql (road->hq, "DELETE FROM notes WHERE seq = 2");
  order_wipe (road);
  altm_test_add_contacts (road->tablet->store, 1);
  push (road);
  g_assert_nonnull (strstr (road->calls->str, "fork "));
  assert_empty (road, TRUE);
  assert_released (road, "wiped");
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM quarantine"), ==, 1);
}

static void
hand_over (Road *road, GError **error)
{
  road->is_handed_over = TRUE;
  push_store (road, road->tablet->store, error);
  road->is_handed_over = FALSE;
}

static void
a_tablet_that_is_handed_over_is_empty_and_hqs_no_more (void)
{
  g_autoptr(Road) road = road_new ();
  g_autoptr(GError) error = NULL;

  set_lock (road);
  altm_test_add_contacts (road->tablet->store, 3);
  hand_over (road, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (road->calls->str, ==, "hello batches news digest release ");
  assert_result (road, 3, 3, 0, 0);
  assert_empty (road, FALSE);
  g_assert_false (is_locked (road));
  assert_released (road, "handed-over");
  enrol (road, road->tablet->store, "tablet");
  altm_test_add_contacts (road->tablet->store, 1);
  push (road);
  assert_result (road, 1, 1, 0, 0);
}

static AltmAnswer *
answer_nothing (Road *road, const AltmCall *call)
{
  return is_call (call, road->data) ? make_answer (0, "") : NULL;
}

static void
a_handover_without_hq_leaves_everything_as_it_was (void)
{
  static const char *const calls[] = { "hello", "batches", "news", "digest", "release" };

  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr(Road) road = road_new ();
      g_autoptr(GError) error = NULL;

      set_lock (road);
      altm_test_add_contacts (road->tablet->store, 3);
      road->intercept = answer_nothing;
      road->data = calls[i];
      hand_over (road, &error);
      g_assert_error (error, ALTM_PUSH_ERROR, ALTM_PUSH_ERROR_UNREACHABLE);
      g_assert_true (is_locked (road));
      g_assert_cmpint (altm_test_sql_integer (road->tablet->store, "SELECT COUNT (*) FROM lines"), ==, 3);
      road->intercept = NULL;
      push (road);
      g_assert_cmpint (altm_test_sql_integer (road->tablet->store, "SELECT COUNT (*) FROM lines"), ==, 3);
    }
}

/* Recorded while HQ was asked to let go. */
static AltmAnswer *
record_meanwhile (Road *road, const AltmCall *call)
{
  if (is_call (call, "release") && road->pending->len == 0)
    altm_test_add_contacts (road->tablet->store, 1);
  return NULL;
}

static void
what_is_recorded_meanwhile_is_sent_before_a_tablet_is_emptied (void)
{
  g_autoptr(Road) road = road_new ();
  g_autoptr(GError) error = NULL;

  road->intercept = record_meanwhile;
  hand_over (road, &error);
  g_assert_no_error (error);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM quarantine"), ==, 1);
  assert_empty (road, FALSE);
}

/* A backup of before the last push takes the place of HQ's store, which was compared already. */
static AltmAnswer *
restore_before_release (Road *road, const AltmCall *call)
{
  if (is_call (call, "release") && strstr (road->calls->str, "release") == NULL)
    restore_hq (road, "first");
  return NULL;
}

static void
an_hq_restored_between_the_comparison_and_the_release_gets_all_again (void)
{
  g_autoptr(Road) road = road_new ();
  g_autoptr(GError) error = NULL;

  altm_test_add_contacts (road->tablet->store, 2);
  push (road);
  copy_hq (road, "first");
  altm_test_add_contacts (road->tablet->store, 3);
  push (road);
  road->intercept = restore_before_release;
  hand_over (road, &error);
  g_assert_no_error (error);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 5);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM quarantine"), ==, 0);
  assert_released (road, "handed-over");
  assert_empty (road, FALSE);
}

/* What a system administrator does who copies an older file back: the epoch stays as it was. */
static AltmAnswer *
put_file_before_release (Road *road, const AltmCall *call)
{
  g_autofree char *from = g_build_filename (road->hq->folder, "first", NULL);
  g_autofree char *to = g_build_filename (road->hq->path, "hq.db", NULL);

  if (!is_call (call, "release") || strstr (road->calls->str, "release") != NULL)
    return NULL;
  altm_test_hq_close (road->hq);
  altm_test_copy_file (from, to);
  altm_test_hq_open (road->hq);
  return NULL;
}

static void
an_hq_put_back_before_the_release_gets_all_again (void)
{
  g_autoptr(Road) road = road_new ();
  g_autoptr(GError) error = NULL;

  altm_test_add_contacts (road->tablet->store, 2);
  push (road);
  copy_hq (road, "first");
  altm_test_add_contacts (road->tablet->store, 3);
  road->intercept = put_file_before_release;
  hand_over (road, &error);
  g_assert_no_error (error);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 5);
  assert_released (road, "handed-over");
  assert_empty (road, FALSE);
}

/* Nothing counts what HQ set aside: only that it was started again tells that it may be gone. */
static void
an_hq_put_back_before_the_release_gets_again_what_it_set_aside (void)
{
  g_autoptr(Road) road = road_new ();

  altm_test_add_contacts (road->tablet->store, 2);
  push (road);
  order_wipe (road);
  copy_hq (road, "first");
  altm_test_add_contacts (road->tablet->store, 3);
  road->intercept = put_file_before_release;
  push (road);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 2);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM quarantine"), ==, 3);
  assert_released (road, "wiped");
  assert_empty (road, TRUE);
}

/* What a proxy alone refused is at HQ in no form. */
static void
what_hq_never_saw_keeps_a_tablet_from_being_emptied (void)
{
  static const Stranger proxy = { "batches", 413, HTML, 0 };
  g_autoptr(Road) road = road_new ();
  g_autoptr(GError) error = NULL, refused = NULL;

  altm_test_add_contacts (road->tablet->store, 3);
  road->intercept = answer_as_stranger;
  road->data = &proxy;
  push (road);
  assert_states (road->tablet->store, 0, 0, 3);
  hand_over (road, &refused);
  g_assert_error (refused, ALTM_PUSH_ERROR, ALTM_PUSH_ERROR_ANSWER);
  g_assert_null (strstr (road->calls->str, "release"));
  assert_states (road->tablet->store, 0, 0, 3);
  road->intercept = NULL;
  hand_over (road, &error);
  g_assert_no_error (error);
  g_assert_cmpint (altm_test_hq_integer (road->hq, "SELECT COUNT (*) FROM journal"), ==, 3);
  assert_empty (road, FALSE);
}

static void
a_pin_that_is_reset_costs_no_record (void)
{
  g_autoptr(Road) road = road_new ();

  set_lock (road);
  altm_test_add_contacts (road->tablet->store, 2);
  altm_test_hq_sql (road->hq, "INSERT INTO news (device, id, kind, body) VALUES (1, 'p-1', 'pin-reset',"
                              " '{\"id\":\"p-1\",\"kind\":\"pin-reset\",\"at\":\"2026-11-24T17:00:00Z\"}')");
  push (road);
  g_assert_false (is_locked (road));
  assert_states (road->tablet->store, 0, 2, 0);
  set_lock (road);
  push (road);
  g_assert_true (is_locked (road));
}

static void
a_mediator_whom_hq_retires_is_let_in_no_longer (void)
{
  g_autoptr(Road) road = road_new ();

  set_lock (road);
  bring_part (road, "mediators", "[{'code':'m-17','name':'A'},{'code':'m-18','name':'B'}]");
  push (road);
  g_assert_true (is_locked (road));
  altm_test_hq_sql (road->hq, "INSERT INTO lists SELECT 10, json_set (body, '$.version', 10, '$.mediators[0].retired',"
                              " json ('true')) FROM lists WHERE version = 9");
  altm_test_hq_close (road->hq);
  altm_test_hq_open (road->hq);
  push (road);
  g_assert_false (is_locked (road));
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/push/news-only", a_push_for_news_alone_leaves_the_queue);
  g_test_add_func ("/push/mediators", a_mediator_whom_hq_retires_is_let_in_no_longer);
  g_test_add_func ("/push/whole", everything_queued_is_sent);
  g_test_add_func ("/push/nothing", nothing_queued_asks_for_news_alone);
  g_test_add_func ("/push/not-enrolled", a_tablet_that_is_not_enrolled_asks_nobody);
  g_test_add_func ("/push/lost-reply", a_lost_reply_makes_duplicates_of_which_none_is_lost);
  g_test_add_func ("/push/enrolled-meanwhile", a_receipt_to_the_device_that_it_was_settles_nothing);
  g_test_add_func ("/push/foreign-receipt", a_foreign_receipt_leaves_all_queued);
  g_test_add_func ("/push/too-large", a_batch_too_large_is_halved);
  g_test_add_func ("/push/too-large/one", one_line_too_large_is_set_aside);
  g_test_add_func ("/push/cut", after_a_cut_only_the_batch_in_flight_is_sent_again);
  g_test_add_func ("/push/pace", batches_are_as_large_as_the_road_is_wide);
  g_test_add_func ("/push/pace/sealed", sealed_text_that_hardly_shrinks_makes_smaller_batches);
  g_test_add_func ("/push/pace/next", what_one_push_learns_of_the_road_the_next_one_is_told);
  g_test_add_func ("/push/skew", a_wrong_clock_is_noted_and_refuses_nothing);
  g_test_add_func ("/push/skew/drift", a_clock_that_drifts_by_seconds_is_not_written_down_each_time);
  g_test_add_func ("/push/skew/none", an_hq_without_a_clock_leaves_the_skew_as_it_was);
  g_test_add_func ("/push/limits", hqs_limits_are_kept);
  g_test_add_func ("/push/limits/both", hqs_limits_are_for_what_is_sent_and_for_what_it_holds);
  g_test_add_func ("/push/too-old", an_hq_of_another_protocol_is_told);
  g_test_add_func ("/push/newer-hq", a_newer_hq_that_still_takes_this_one_is_fine);
  g_test_add_func ("/push/strangers", strangers_are_told_from_hq);
  g_test_add_func ("/push/strangers/steps", strangers_are_told_from_hq_at_every_step);
  g_test_add_func ("/push/unknown-token", an_unknown_token_deletes_nothing_and_a_new_code_sends_all_again);
  g_test_add_func ("/push/refused", what_hq_refuses_is_set_aside_with_its_reason);
  g_test_add_func ("/push/revoked", a_revoked_tablet_keeps_what_hq_does_not_take);
  g_test_add_func ("/push/corrected", a_corrected_and_a_withdrawn_record_are_so_at_hq);
  g_test_add_func ("/push/private", private_text_is_for_hq_alone);
  g_test_add_func ("/push/news/accepted", news_that_hq_took_it_after_all_acknowledge_it);
  g_test_add_func ("/push/news/correction", a_correction_that_hq_asks_for_stays_until_it_is_made);
  g_test_add_func ("/push/news/once", news_are_kept_once_and_the_cursor_moves);
  g_test_add_func ("/push/restored", a_restored_hq_becomes_whole_by_itself);
  g_test_add_func ("/push/restored/whole", an_hq_restored_whole_is_compared_once);
  g_test_add_func ("/push/compared/daily", a_tablet_compares_once_a_day_whatever_the_receipts_say);
  g_test_add_func ("/push/compared/clock", a_clock_that_was_put_back_does_not_put_the_comparison_off);
  g_test_add_func ("/push/restored/lists", no_number_of_the_lists_is_given_out_twice);
  g_test_add_func ("/push/restored/newer", a_newer_program_brings_its_lists_after_a_restore);
  g_test_add_func ("/push/restored/exactly", exactly_what_hq_lacks_is_sent_again);
  g_test_add_func ("/push/restored/same-epoch", an_hq_that_holds_less_is_noticed_without_a_new_epoch);
  g_test_add_func ("/push/restored/lost", what_is_gone_on_both_sides_is_shown_as_lost);
  g_test_add_func ("/push/restored/queued", a_queued_line_that_hq_holds_counts_as_equal);
  g_test_add_func ("/push/restored/refused", what_was_refused_is_offered_once_more_under_a_new_epoch);
  g_test_add_func ("/push/restored/cut-short", a_comparison_that_is_cut_short_is_made_again);
  g_test_add_func ("/push/wipe", a_wiped_tablet_loses_its_keys_first_and_its_queue_last);
  g_test_add_func ("/push/wipe/news-only", a_wipe_is_heard_by_a_push_for_news_alone);
  g_test_add_func ("/push/wipe/cut-short", a_wipe_that_is_cut_short_goes_on_with_the_next_push);
  g_test_add_func ("/push/wipe/stranger", a_stranger_in_place_of_a_release_empties_nothing);
  g_test_add_func ("/push/wipe/lost", what_hq_lost_is_sent_again_before_a_tablet_is_emptied);
  g_test_add_func ("/push/wipe/lists", a_tablet_that_is_given_no_lists_hears_of_its_wipe);
  g_test_add_func ("/push/wipe/refused", what_was_refused_earlier_is_offered_again_before_a_tablet_is_emptied);
  g_test_add_func ("/push/wipe/fork", a_wiped_tablet_that_may_not_fork_sends_everything_again);
  g_test_add_func ("/push/handover", a_tablet_that_is_handed_over_is_empty_and_hqs_no_more);
  g_test_add_func ("/push/handover/offline", a_handover_without_hq_leaves_everything_as_it_was);
  g_test_add_func ("/push/handover/meanwhile", what_is_recorded_meanwhile_is_sent_before_a_tablet_is_emptied);
  g_test_add_func ("/push/handover/restored", an_hq_restored_between_the_comparison_and_the_release_gets_all_again);
  g_test_add_func ("/push/handover/put-back", an_hq_put_back_before_the_release_gets_all_again);
  g_test_add_func ("/push/wipe/put-back", an_hq_put_back_before_the_release_gets_again_what_it_set_aside);
  g_test_add_func ("/push/handover/too-large", what_hq_never_saw_keeps_a_tablet_from_being_emptied);
  g_test_add_func ("/push/pin-reset", a_pin_that_is_reset_costs_no_record);
  g_test_add_func ("/push/copies", the_second_of_two_copies_forks);
  g_test_add_func ("/push/copies/comparison", a_copy_forks_at_a_comparison_too);
  g_test_add_func ("/push/copies/other-bytes", other_bytes_under_a_seq_make_a_fork_at_a_comparison);
  g_test_add_func ("/push/copies/lost-fork", a_lost_fork_is_not_forked_twice);
  g_test_add_func ("/push/copies/stranger", a_stranger_in_place_of_a_fork_changes_nothing);
  g_test_add_func ("/push/lists", newer_lists_are_taken_with_their_tag);
  g_test_add_func ("/push/lists/last", records_go_before_lists);
  g_test_add_func ("/push/lists/wrong", lists_that_are_none_hold_no_record_back);
  g_test_add_func ("/push/hello", hello_brings_hqs_name_and_key);
  return g_test_run ();
}
