/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-push.h"

#include <sodium.h>
#include <string.h>

#include "altm-comparison.h"
#include "altm-flow.h"
#include "altm-gzip.h"
#include "altm-lock.h"
#include "altm-news.h"
#include "altm-notes.h"
#include "altm-outbox.h"
#include "altm-receipt.h"
#include "altm-seal.h"
#include "altm-time.h"
#include "altm-uuid.h"
#include "altm-wipe.h"

#define PROTOCOL_VERSION 1
#define REVOKED "HQ no longer knows this tablet: ask HQ for a new code and enrol again"
#define HELD_BACK                                                                                                      \
  "a record is longer than HQ, or a proxy before it, takes; it is here alone, and nothing was emptied. "               \
  "HQ has to take it first"
#define TOO_LONG "too-long"
#define LINES_AT_ONCE 250 /* where HQ names no limit */
#define MOST_ROUNDS 4 /* how often one push begins anew, after a fork or under another epoch */
/* Receipts tell of a loss at HQ but where a copy of this tablet made up for it; a comparison always
 * does, and costs one call where both are alike. */
#define COMPARE_EVERY G_TIME_SPAN_DAY
#define SKEW_KEPT (10 * G_USEC_PER_SEC) /* a change of less than this is not worth a write */

G_DEFINE_QUARK (altm-push-error-quark, altm_push_error)

typedef enum
{
  STEP_HELLO,
  STEP_COMPARE,
  STEP_FORK,
  STEP_BATCH,
  STEP_REFERENCE,
  STEP_NEWS,
  STEP_LEAVE,
  STEP_RELEASE,
  STEP_DONE,
} Step;

struct _AltmPush
{
  AltmStore *store;
  Step step;
  guint rounds;
  char *device_id;
  char *epoch;
  char *instance; /* HQ's, of the hello before all that was compared and offered since; %NULL: it has none */
  gint64 hq_lists;
  gsize batch_bytes;
  gsize inflated_bytes;
  gsize most_lines;
  AltmPace pace;
  AltmComparison *comparison;
  GPtrArray *lines; /* of the batch in flight */
  GBytes *body;     /* its lines, each ended by a newline */
  GBytes *packed;   /* as it is sent */
  char *batch_id;
  char sha256[2 * crypto_hash_sha256_BYTES + 1];
  gint64 retry_after;
  AltmPushResult result;
  gboolean has_news;       /* they were asked for in this push */
  gboolean is_refused;     /* HQ lets it make no fork: it is revoked */
  gboolean is_compared;    /* in this push */
  gboolean is_handed_over; /* as its owner asks */
  gboolean is_news_only;   /* what is queued waits */
  gint64 started_at;       /* when it said hello first to this HQ; microseconds since 1970-01-01 UTC */
  gboolean is_offered;     /* what is in quarantine was sent once more, before the store is emptied */
  gboolean is_held_back;   /* something of it was too long again, and HQ holds it in no form */
};

typedef gboolean (*TakeAnswer) (AltmPush *self, const AltmAnswer *answer, gint64 now, GError **error);
typedef AltmCall *(*MakeCall) (AltmPush *self, gint64 now, GError **error);

/**
 * altm_push_new:
 *
 * Returns: (transfer full): a push of what is queued in @store
 */
AltmPush *
altm_push_new (AltmStore *store)
{
  AltmPush *self = g_new0 (AltmPush, 1);

  self->store = store;
  self->most_lines = G_MAXINT32;
  altm_pace_init (&self->pace);
  return self;
}

static void
drop_batch (AltmPush *self)
{
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->packed, g_bytes_unref);
}

void
altm_push_free (AltmPush *self)
{
  if (self == NULL)
    return;
  g_free (self->device_id);
  g_free (self->epoch);
  g_free (self->instance);
  g_clear_pointer (&self->comparison, altm_comparison_free);
  drop_batch (self);
  g_free (self->batch_id);
  g_free (self);
}

static gboolean
fail (GError **error, AltmPushError code, const char *why)
{
  g_set_error_literal (error, ALTM_PUSH_ERROR, code, why);
  return FALSE;
}

/* What a call was answered with; what is no JSON object is a captive portal's, say. */
static json_t *
read_answer (const AltmAnswer *answer, GError **error)
{
  json_t *root = altm_answer_read (answer);

  if (root == NULL)
    fail (error, ALTM_PUSH_ERROR_UNREACHABLE, "what answered is not HQ");
  return root;
}

/* From hello again: HQ's store was restored, or this tablet is another device now. */
static gboolean
begin_again (AltmPush *self, GError **error)
{
  if (++self->rounds > MOST_ROUNDS)
    return fail (error, ALTM_PUSH_ERROR_ANSWER, "HQ changes under this tablet's feet; it will try again later");
  g_clear_pointer (&self->comparison, altm_comparison_free);
  self->step = STEP_HELLO;
  return TRUE;
}

/* What HQ is told with each call: what stays queued after it, since when, and this clock. */
static void
add_signs (AltmPush *self, AltmCall *call, gint64 after_seq, gint64 n_leaving, gint64 now)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  AltmOutboxSummary summary = { 0 };
  gint64 oldest = altm_outbox_oldest_after (self->store, after_seq);
  gint64 pending;

  altm_outbox_summarise (self->store, &summary, NULL);
  pending = MAX (summary.queued - n_leaving, 0);
  altm_call_add_header (call, "Altm-Pending", g_strdup_printf ("%" G_GINT64_FORMAT, pending));
  if (oldest > 0)
    altm_call_add_header (call, "Altm-Oldest", altm_time_format (oldest, zone));
  altm_call_add_header (call, "Altm-Clock", altm_time_format (now, zone));
  call->has_token = TRUE;
}

static AltmCall *
call_hello (AltmPush *self, gint64 now, GError **error)
{
  if (self->started_at == 0)
    self->started_at = now;
  g_free (self->device_id);
  self->device_id = altm_store_get_setting (self->store, "device_id");
  if (self->device_id != NULL)
    return altm_call_new ("GET", g_strdup ("/v1/hello"));
  fail (error, ALTM_PUSH_ERROR_NOT_ENROLLED, "this tablet is not enrolled");
  return NULL;
}

/* Asked for with each push, and hardly ever new: what is there already costs no write. */
static gboolean
keep (AltmPush *self, const char *name, const char *value, GError **error)
{
  g_autofree char *kept = altm_store_get_setting (self->store, name);

  return g_strcmp0 (kept, value) == 0 || altm_store_set_setting (self->store, name, value, error);
}

/* How far this clock is ahead of HQ's, which said its time about halfway between call and answer. */
static gboolean
keep_skew (AltmPush *self, json_t *hello, gint64 halfway, GError **error)
{
  g_autofree char *kept = altm_store_get_setting (self->store, "skew");
  g_autofree char *text = NULL;
  gint64 time, skew;

  if (!altm_time_parse (altm_json_get_string (hello, "time"), &time))
    return TRUE;
  skew = halfway - time;
  if (kept != NULL && ABS (altm_store_get_skew (self->store) - skew) < SKEW_KEPT)
    return TRUE;
  text = g_strdup_printf ("%" G_GINT64_FORMAT, skew);
  return altm_store_set_setting (self->store, "skew", text, error);
}

static gboolean
keep_hello (AltmPush *self, json_t *hello, gint64 halfway, GError **error)
{
  const char *name = altm_json_get_string (hello, "name");
  const char *seal_key = altm_json_get_string (hello, "seal_key");

  return keep (self, "hq", name, error) && (!altm_seal_is_key (seal_key) || keep (self, "seal_key", seal_key, error)) &&
         keep_skew (self, hello, halfway, error);
}

static gsize
get_limit (json_t *limits, const char *name, gint64 otherwise, gint64 most)
{
  return (gsize) CLAMP (altm_json_get_integer (limits, name, otherwise), 1, most);
}

static gboolean
keep_compared (AltmPush *self, gint64 now, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, now);

  return altm_store_set_setting (self->store, "compared_at", text, error);
}

/* Its first push begins the day; a clock that was put back must not make it wait for longer. */
static gboolean
is_comparison_due (AltmPush *self, gint64 now, GError **error)
{
  g_autofree char *text = altm_store_get_setting (self->store, "compared_at");
  gint64 compared_at = text != NULL ? g_ascii_strtoll (text, NULL, 10) : now;

  if (text == NULL)
    keep_compared (self, now, error);
  return compared_at > now || now - compared_at >= COMPARE_EVERY;
}

/* HQ was started again: another file may lie in its store's place, under the same epoch. What was compared
 * before a tablet is emptied, or offered again, was so with the one before. */
static void
take_instance (AltmPush *self, json_t *hello, gint64 now)
{
  const char *instance = altm_json_get_string (hello, "instance");

  if (self->instance != NULL && g_strcmp0 (instance, self->instance) != 0)
    {
      self->is_compared = FALSE;
      self->is_offered = FALSE;
      self->is_refused = FALSE;
      self->started_at = now + 1;
    }
  g_free (self->instance);
  self->instance = g_strdup (instance);
}

static gboolean
take_hello (AltmPush *self, const AltmAnswer *answer, gint64 now, GError **error)
{
  g_autoptr(json_t) hello = altm_answer_read (answer);
  json_t *protocol = json_object_get (hello, "protocol");
  json_t *limits = json_object_get (hello, "limits");
  g_autofree char *known = altm_store_get_setting (self->store, "epoch");

  g_free (self->epoch);
  self->epoch = g_strdup (altm_json_get_string (hello, "epoch"));
  if (self->epoch == NULL || protocol == NULL)
    return fail (error, ALTM_PUSH_ERROR_UNREACHABLE, "what answered is not HQ");
  if (altm_json_get_integer (protocol, "min", 1) > PROTOCOL_VERSION ||
      altm_json_get_integer (protocol, "max", 1) < PROTOCOL_VERSION)
    return fail (error, ALTM_PUSH_ERROR_TOO_OLD, "HQ no longer takes what this version sends");
  take_instance (self, hello, now);
  self->hq_lists = altm_json_get_integer (hello, "lists", 0);
  self->batch_bytes = get_limit (limits, "batch_bytes", 1 << 20, 1 << 24);
  self->inflated_bytes = get_limit (limits, "inflated_bytes", 1 << 20, 1 << 27);
  self->most_lines = MIN (self->most_lines, get_limit (limits, "lines", LINES_AT_ONCE, G_MAXINT32));
  self->step = g_strcmp0 (known, self->epoch) != 0 || is_comparison_due (self, now, NULL) ? STEP_COMPARE : STEP_BATCH;
  return keep_hello (self, hello, now - answer->elapsed / 2, error);
}

static AltmCall *
call_digest (AltmPush *self, gint64 now, GError **error)
{
  AltmCall *call;
  gint64 from, to;

  if (self->comparison == NULL)
    self->comparison = altm_comparison_new (self->store);
  if (!altm_comparison_next (self->comparison, &from, &to))
    g_assert_not_reached ();
  call = altm_call_new ("GET", g_strdup_printf ("/v1/devices/%s/digest?from=%" G_GINT64_FORMAT "&to=%" G_GINT64_FORMAT,
                                                self->device_id, from, to));
  add_signs (self, call, 0, 0, now);
  return call;
}

static gboolean
take_digest (AltmPush *self, const AltmAnswer *answer, gint64 now, GError **error)
{
  g_autoptr(json_t) digest = read_answer (answer, error);
  gboolean is_good = digest != NULL && altm_comparison_take (self->comparison, digest, error);
  gint64 from, to;

  if (is_good && altm_comparison_next (self->comparison, &from, &to))
    return TRUE;
  if (is_good)
    {
      self->step = altm_comparison_must_fork (self->comparison) ? STEP_FORK : STEP_BATCH;
      is_good = self->step == STEP_FORK || (altm_comparison_finish (self->comparison, error) && keep_compared (self, now, error));
      self->is_compared = TRUE;
      g_free (self->epoch);
      self->epoch = altm_store_get_setting (self->store, "epoch");
    }
  g_clear_pointer (&self->comparison, altm_comparison_free);
  return is_good;
}

/* An error counts as HQ's word only where it is one of the protocol's problems. */
static gboolean
take_failure (AltmPush *self, const AltmAnswer *answer, GError **error)
{
  g_autofree char *problem = altm_answer_get_problem (answer);
  g_autofree char *message = NULL;

  if (answer->status == 429 || answer->status == 503)
    {
      self->retry_after = answer->retry_after;
      return fail (error, ALTM_PUSH_ERROR_BUSY, "HQ is busy and asks to come again later");
    }
  if (answer->status == 0)
    return fail (error, ALTM_PUSH_ERROR_UNREACHABLE, answer->reason);
  if (problem == NULL || answer->status >= 500 || answer->status < 400)
    {
      message = g_strdup_printf ("what answered (%u) is not HQ, or HQ is not well", answer->status);
      return fail (error, ALTM_PUSH_ERROR_UNREACHABLE, message);
    }
  if (answer->status == 401 || answer->status == 403)
    return fail (error, ALTM_PUSH_ERROR_NOT_ENROLLED, REVOKED);
  message = g_strdup_printf ("HQ refused the call: %s", problem);
  return fail (error, ALTM_PUSH_ERROR_ANSWER, message);
}

/* Committed before it is asked with: the same pair again answers the same device. */
static AltmCall *
call_fork (AltmPush *self, gint64 now, GError **error)
{
  g_autofree char *id = altm_store_get_setting (self->store, "fork_id");
  AltmCall *call;

  if (id == NULL)
    {
      id = altm_uuid_new_v4 ();
      if (!altm_store_set_setting (self->store, "fork_id", id, error))
        return NULL;
    }
  call = altm_call_new ("PUT", g_strdup_printf ("/v1/devices/%s/fork", self->device_id));
  altm_call_set_json (call, json_pack ("{s:s}", "install_id", id));
  add_signs (self, call, 0, 0, now);
  return call;
}

static gboolean
is_leaving (AltmPush *self)
{
  return self->is_handed_over || altm_wipe_is_ordered (self->store);
}

/* HQ holds what this device does not know of, and lets it make no fork. Before it is emptied all that it
 * has is sent once more: HQ's answer to each line is better than a comparison. */
static gboolean
send_all_again (AltmPush *self, GError **error)
{
  if (!is_leaving (self))
    return fail (error, ALTM_PUSH_ERROR_NOT_ENROLLED, REVOKED);
  self->step = STEP_BATCH;
  return altm_notes_restart (self->store, NULL, 0, error);
}

/* HQ lets a revoked device make none. It may be wiped: the news tell. */
static gboolean
take_refused_fork (AltmPush *self, const AltmAnswer *answer, GError **error)
{
  g_autofree char *problem = altm_answer_get_problem (answer);

  if (problem == NULL)
    return take_failure (self, answer, error);
  self->is_refused = TRUE;
  self->step = STEP_NEWS;
  return !self->has_news || send_all_again (self, error);
}

static gboolean
take_fork (AltmPush *self, const AltmAnswer *answer, gint64 now, GError **error)
{
  g_autoptr(json_t) enrolment = answer->status == 201 ? read_answer (answer, error) : NULL;
  g_autofree char *id = altm_store_get_setting (self->store, "fork_id");
  const char *device_id = altm_json_get_string (enrolment, "device_id");
  const char *token = altm_json_get_string (enrolment, "token");
  const char *epoch = altm_json_get_string (enrolment, "epoch");
  const char *seal_key = altm_json_get_string (enrolment, "seal_key");

  if (answer->status == 403)
    return take_refused_fork (self, answer, error);
  if (enrolment == NULL)
    return FALSE;
  if (!altm_uuid_is_valid (device_id) || token == NULL || epoch == NULL || !altm_seal_is_key (seal_key))
    return fail (error, ALTM_PUSH_ERROR_ANSWER, "HQ's answer to a fork is not one");
  {
    const AltmSetting settings[] = { { "device_id", device_id }, { "token", token },    { "epoch", epoch },
                                     { "seal_key", seal_key },   { "install_id", id }, { "fork_id", NULL } };

    return altm_notes_restart (self->store, settings, G_N_ELEMENTS (settings), error) && begin_again (self, error);
  }
}

static AltmCall *
call_reference (AltmPush *self, gint64 now, GError **error)
{
  g_autofree char *tag = altm_store_get_setting (self->store, "lists_tag");
  AltmCall *call = altm_call_new ("GET", g_strdup ("/v1/reference"));

  if (tag != NULL)
    altm_call_add_header (call, "If-None-Match", g_steal_pointer (&tag));
  add_signs (self, call, 0, 0, now);
  return call;
}

/* Whoever is not on them any more is let in no longer before they are kept: after a crash they come again. */
static gboolean
keep_reference (AltmPush *self, json_t *root, GError **error)
{
  g_autoptr(AltmLists) lists = altm_lists_new (root, error);

  return lists != NULL && altm_lock_retire (self->store, lists, error) &&
         altm_store_set_lists (self->store, root, error);
}

/* Lists that are not right, or that a revoked tablet is not given, are no reason to keep records or news
 * back: the old ones stay. */
static gboolean
take_reference (AltmPush *self, const AltmAnswer *answer, gint64 now, GError **error)
{
  g_autoptr(json_t) root = answer->status == 200 ? altm_answer_read (answer) : NULL;
  g_autoptr(GError) problem = NULL;

  self->step = STEP_NEWS;
  if (root == NULL)
    return TRUE;
  if (!keep_reference (self, root, &problem))
    {
      g_warning ("HQ's lists were not taken: %s", problem->message);
      return TRUE;
    }
  return altm_store_set_setting (self->store, "lists_tag", answer->etag, error);
}

static GBytes *
join_lines (GPtrArray *lines)
{
  g_autoptr(GByteArray) body = g_byte_array_new ();

  for (guint i = 0; i < lines->len; i++)
    {
      const AltmQueuedLine *line = g_ptr_array_index (lines, i);

      g_byte_array_append (body, g_bytes_get_data (line->bytes, NULL), (guint) g_bytes_get_size (line->bytes));
      g_byte_array_append (body, (const guint8 *) "\n", 1);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&body));
}

/* The first queued lines, as many as the pace and HQ's limits allow. What gzip makes of them is
 * known only afterwards: private text, sealed, hardly shrinks, and then there are fewer. */
static gboolean
make_batch (AltmPush *self, GError **error)
{
  gsize most_plain = MIN (altm_pace_get_plain (&self->pace), self->inflated_bytes);
  gsize most_packed = MIN (self->pace.bytes * 3 / 2, self->batch_bytes);
  gsize plain, packed;

  while (TRUE)
    {
      drop_batch (self);
      self->lines = altm_outbox_take (self->store, self->most_lines, most_plain, error);
      if (self->lines == NULL || self->lines->len == 0)
        return self->lines != NULL;
      self->body = join_lines (self->lines);
      self->packed = altm_gzip_deflate (self->body);
      plain = g_bytes_get_size (self->body);
      packed = g_bytes_get_size (self->packed);
      altm_pace_note_size (&self->pace, plain, packed);
      if (packed <= most_packed || self->lines->len == 1)
        return TRUE;
      most_plain = (gsize) (0.9 * (double) plain * (double) most_packed / (double) packed);
    }
}

static AltmCall *
call_batch (AltmPush *self, gint64 now, GError **error)
{
  const AltmQueuedLine *last = g_ptr_array_index (self->lines, self->lines->len - 1);
  guint8 sha256[crypto_hash_sha256_BYTES];
  AltmCall *call;

  crypto_hash_sha256 (sha256, g_bytes_get_data (self->body, NULL), g_bytes_get_size (self->body));
  sodium_bin2hex (self->sha256, sizeof self->sha256, sha256, sizeof sha256);
  g_free (self->batch_id);
  self->batch_id = altm_uuid_new_v4 ();
  call = altm_call_new ("PUT", g_strdup_printf ("/v1/devices/%s/batches/%s", self->device_id, self->batch_id));
  call->content_type = "application/x-ndjson";
  call->body = g_bytes_ref (self->packed);
  call->is_gzip = TRUE;
  add_signs (self, call, last->seq, self->lines->len, now);
  return call;
}

/* HQ holds less than it said, or more than this tablet has or ever gave out: something was restored,
 * or copied. */
static gboolean
is_astonishing (AltmPush *self, const AltmReceipt *receipt)
{
  gint64 noted = altm_notes_count (self->store);
  AltmOutboxSummary summary = { 0 };

  altm_outbox_summarise (self->store, &summary, NULL);
  return receipt->held < noted || receipt->held > noted + summary.queued + summary.quarantined ||
         receipt->high_seq > altm_notes_last_seq (self->store);
}

static gboolean
is_revoked (const AltmVerdict *verdicts, guint n_lines)
{
  for (guint i = 0; i < n_lines; i++)
    if (g_strcmp0 (verdicts[i].type, "revoked") == 0)
      return TRUE;
  return FALSE;
}

static gboolean
take_receipt (AltmPush *self, const AltmAnswer *answer, gint64 now, GError **error)
{
  g_auto(AltmReceipt) receipt = { NULL };
  g_autofree AltmVerdict *verdicts = NULL;
  g_autoptr(GError) problem = NULL;

  if (!altm_receipt_read (&receipt, answer->body, NULL))
    return fail (error, ALTM_PUSH_ERROR_UNREACHABLE, "what answered is not HQ");
  if (!altm_receipt_check (&receipt, self->batch_id, self->epoch, self->sha256, self->lines->len, &problem))
    {
      if (g_error_matches (problem, ALTM_RECEIPT_ERROR, ALTM_RECEIPT_ERROR_EPOCH))
        return begin_again (self, error);
      return fail (error, ALTM_PUSH_ERROR_ANSWER, problem->message);
    }

  verdicts = altm_receipt_get_verdicts (&receipt, self->lines->len);
  if (!altm_outbox_settle (self->store, self->lines, verdicts, now, error))
    return FALSE;
  altm_pace_note_receipt (&self->pace, g_bytes_get_size (self->packed), answer->elapsed);
  self->result.sent += self->lines->len;
  self->result.stored += receipt.stored;
  self->result.duplicate += receipt.duplicate;
  self->result.problems += (gint64) json_array_size (receipt.problems);
  if (!self->is_refused && is_astonishing (self, &receipt))
    self->step = STEP_COMPARE;
  /* An order to wipe does not wait for a long queue. */
  if (!self->has_news && is_revoked (verdicts, self->lines->len))
    self->step = STEP_NEWS;
  return TRUE;
}

/* Halved until it fits; one line alone that HQ will not have is set aside, and shown. */
static gboolean
take_too_large (AltmPush *self, gint64 now, GError **error)
{
  const AltmVerdict verdict = { TOO_LONG, "HQ does not take this much at once" };

  if (self->lines->len > 1)
    {
      self->most_lines = self->lines->len / 2;
      return TRUE;
    }
  self->is_held_back = TRUE;
  self->result.sent++;
  self->result.problems++;
  return altm_outbox_settle (self->store, self->lines, &verdict, now, error);
}

static gboolean
take_batch (AltmPush *self, const AltmAnswer *answer, gint64 now, GError **error)
{
  g_autofree char *problem = NULL;

  if (answer->status == 200)
    return take_receipt (self, answer, now, error);
  if (answer->status == 413)
    return take_too_large (self, now, error);
  problem = altm_answer_get_problem (answer);
  if (g_strcmp0 (problem, "seq-reused") == 0)
    {
      self->step = STEP_FORK;
      return TRUE;
    }
  /* The next batch has another id. */
  return g_strcmp0 (problem, "batch-reused") == 0 ? begin_again (self, error) : take_failure (self, answer, error);
}

static AltmCall *
call_news (AltmPush *self, gint64 now, GError **error)
{
  g_autofree char *cursor = altm_store_get_setting (self->store, "news");
  g_autofree char *escaped = g_uri_escape_string (cursor != NULL ? cursor : "", NULL, FALSE);
  AltmCall *call = altm_call_new ("GET", g_strdup_printf ("/v1/devices/%s/news?after=%s", self->device_id, escaped));

  add_signs (self, call, 0, 0, now);
  return call;
}

static gboolean
take_news (AltmPush *self, const AltmAnswer *answer, gint64 now, GError **error)
{
  g_autoptr(json_t) news = read_answer (answer, error);
  const char *cursor = altm_json_get_string (news, "cursor");

  if (news == NULL)
    return FALSE;
  if (cursor == NULL)
    return fail (error, ALTM_PUSH_ERROR_ANSWER, "HQ's answer holds no news");
  if (!altm_news_take (self->store, json_object_get (news, "items"), cursor, now, error))
    return FALSE;
  self->has_news = TRUE;
  self->step = STEP_BATCH;
  return !self->is_refused || send_all_again (self, error);
}

/* A line that was answered 413 was set aside, and HQ never saw it, nor perhaps did anything but a proxy.
 * What HQ refused in an earlier push stood in its quarantine, which no comparison tells of: HQ's store may
 * have been put back since. */
static gboolean
offer_again (AltmPush *self, gint64 now, GError **error)
{
  self->is_offered = TRUE;
  self->is_held_back = FALSE;
  return altm_notes_offer_again (self->store, TOO_LONG, self->started_at, now, error);
}

/* Before a tablet is emptied HQ must hold what it gave a receipt for: its store may have been put back
 * since. Of a device that HQ lets make no fork no more can be asked. */
static gboolean
prepare_to_leave (AltmPush *self, gint64 now, GError **error)
{
  if (!is_leaving (self))
    self->step = STEP_DONE;
  else if (!(self->is_offered || offer_again (self, now, error)) || !altm_flow_queue (self->store, TRUE, now, error))
    return FALSE;
  else if (altm_outbox_oldest_after (self->store, 0) != 0)
    self->step = STEP_BATCH;
  else if (self->is_held_back)
    return fail (error, ALTM_PUSH_ERROR_ANSWER, HELD_BACK);
  else
    self->step = self->is_compared || self->is_refused ? STEP_RELEASE : STEP_COMPARE;
  return TRUE;
}

static AltmCall *
call_release (AltmPush *self, gint64 now, GError **error)
{
  AltmCall *call = altm_call_new ("PUT", g_strdup_printf ("/v1/devices/%s/release", self->device_id));

  altm_call_set_json (call, json_pack ("{s:s, s:s, s:s*}", "why", altm_wipe_is_ordered (self->store) ? "wiped" : "handed-over",
                                       "epoch", self->epoch, "instance", self->instance));
  add_signs (self, call, 0, 0, now);
  return call;
}

/* HQ's store is another than the one that was compared: that is done once more. */
static gboolean
take_refused_release (AltmPush *self, const AltmAnswer *answer, GError **error)
{
  g_autofree char *problem = altm_answer_get_problem (answer);

  return g_strcmp0 (problem, "restored") == 0 ? begin_again (self, error) : take_failure (self, answer, error);
}

/* What was recorded while it asked is sent first, and it is asked once more. */
static gboolean
take_release (AltmPush *self, const AltmAnswer *answer, gint64 now, GError **error)
{
  g_autoptr(json_t) released = answer->status == 200 ? read_answer (answer, error) : NULL;
  g_autoptr(GError) problem = NULL;

  if (answer->status == 409)
    return take_refused_release (self, answer, error);
  if (released == NULL)
    return FALSE;
  if (g_strcmp0 (altm_json_get_string (released, "device_id"), self->device_id) != 0)
    return fail (error, ALTM_PUSH_ERROR_UNREACHABLE, "what answered is not HQ");
  self->step = STEP_DONE;
  if (altm_wipe_empty (self->store, now, &problem))
    return TRUE;
  if (g_error_matches (problem, ALTM_WIPE_ERROR, ALTM_WIPE_ERROR_QUEUED))
    return begin_again (self, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* A step's call, and what to do with its answer; @statuses: those that @take takes, 0 at the end. */
static const struct
{
  MakeCall make;
  TakeAnswer take;
  guint statuses[5];
} steps[] = {
  [STEP_HELLO] = { call_hello, take_hello, { 200 } },
  [STEP_COMPARE] = { call_digest, take_digest, { 200 } },
  [STEP_FORK] = { call_fork, take_fork, { 201, 403 } },
  [STEP_BATCH] = { call_batch, take_batch, { 200, 409, 413 } },
  [STEP_REFERENCE] = { call_reference, take_reference, { 200, 304, 403, 404 } },
  [STEP_NEWS] = { call_news, take_news, { 200 } },
  [STEP_RELEASE] = { call_release, take_release, { 200, 409 } },
};

/* Steps that cost little are made all the same. An order to wipe is carried out, and what waits is sent first. */
static gboolean
waits (AltmPush *self)
{
  gboolean is_costly = self->step == STEP_COMPARE || self->step == STEP_BATCH || self->step == STEP_REFERENCE;

  return is_costly && self->is_news_only && !is_leaving (self);
}

/* Steps that have nothing to do. */
static gboolean
pass_over (AltmPush *self, gint64 now, GError **error)
{
  if (waits (self))
    self->step = STEP_NEWS;
  if (self->step == STEP_BATCH && !make_batch (self, error))
    return FALSE;
  if (self->step == STEP_BATCH && self->lines->len == 0)
    self->step = STEP_REFERENCE;
  if (self->step == STEP_REFERENCE &&
      (self->has_news || self->hq_lists == altm_lists_get_version (altm_store_get_lists (self->store))))
    self->step = STEP_NEWS;
  if (self->step == STEP_NEWS && self->has_news)
    self->step = STEP_LEAVE;
  if (self->step == STEP_LEAVE && !prepare_to_leave (self, now, error))
    return FALSE;
  if (self->step == STEP_BATCH && self->lines->len == 0 && !make_batch (self, error))
    return FALSE;
  if (self->step != STEP_BATCH || self->lines->len > 0)
    return TRUE;
  g_set_error_literal (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED,
                       "a record that waits cannot be read; nothing was removed: start the program again, and it mends the store");
  return FALSE;
}

/**
 * altm_push_next:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full) (nullable): the next call to make; %NULL without an error when the push
 *   is done, with %ALTM_PUSH_ERROR_NOT_ENROLLED or an %ALTM_STORE_ERROR where it can't go on
 */
AltmCall *
altm_push_next (AltmPush *self, gint64 now, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmCall) call = NULL;

  if (!pass_over (self, now, error))
    return NULL;
  call = self->step != STEP_DONE ? steps[self->step].make (self, now, &problem) : NULL;
  /* A call that was made from what could not be read is not one to make. */
  if (problem == NULL && altm_store_check (self->store, &problem))
    return g_steal_pointer (&call);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static gboolean
is_taken (Step step, guint status)
{
  for (gsize i = 0; i < G_N_ELEMENTS (steps[step].statuses); i++)
    if (status != 0 && steps[step].statuses[i] == status)
      return TRUE;
  return FALSE;
}

/* Enrolled anew while it waited: an answer to the device that it was settles nothing any more. */
static gboolean
is_another_device (AltmPush *self)
{
  g_autofree char *device_id = altm_store_get_setting (self->store, "device_id");

  return g_strcmp0 (device_id, self->device_id) != 0;
}

static gboolean
take_answer (AltmPush *self, const AltmAnswer *answer, gint64 now, GError **error)
{
  if (is_another_device (self))
    return begin_again (self, error);
  if (self->step == STEP_BATCH && answer->status == 0)
    altm_pace_note_cut (&self->pace, g_bytes_get_size (self->packed), answer->elapsed);
  if (!is_taken (self->step, answer->status))
    return take_failure (self, answer, error);
  return steps[self->step].take (self, answer, now, error);
}

/**
 * altm_push_take:
 * @answer: to the call that altm_push_next() gave
 * @now: microseconds since 1970-01-01 UTC
 *
 * Takes an answer: only HQ's receipt for the batch in flight settles its lines.
 *
 * Returns: %TRUE where the push goes on with altm_push_next(); %FALSE with an %ALTM_PUSH_ERROR or
 *   %ALTM_STORE_ERROR where it ends
 */
gboolean
altm_push_take (AltmPush *self, const AltmAnswer *answer, gint64 now, GError **error)
{
  return take_answer (self, answer, now, error) && altm_store_check (self->store, error);
}

/**
 * altm_push_set_pace:
 * @pace: what an earlier push learnt of the line; a push that is told nothing begins with a batch
 *   that suits a slow one
 */
void
altm_push_set_pace (AltmPush *self, const AltmPace *pace)
{
  self->pace = *pace;
}

/**
 * altm_push_get_pace:
 *
 * Returns: (transfer none): what it has learnt of the line
 */
const AltmPace *
altm_push_get_pace (AltmPush *self)
{
  return &self->pace;
}

/**
 * altm_push_hand_over:
 *
 * The tablet goes to another team: once everything has HQ's answer, this push releases the device and
 * empties the store, as it does where HQ ordered a wipe. It ends early, and the store stays as it is,
 * where anything stands in the way.
 */
void
altm_push_hand_over (AltmPush *self)
{
  self->is_handed_over = TRUE;
}

/**
 * altm_push_set_news_only:
 *
 * Says whether what is queued waits, as it does on a network that counts what goes over it; it can be said anew before each
 * altm_push_next(). HQ is greeted and its news are asked for: a tablet that is wiped must hear of it, and then
 * sends all that it has.
 */
void
altm_push_set_news_only (AltmPush *self, gboolean is_news_only)
{
  self->is_news_only = is_news_only;
}

/**
 * altm_push_get_result:
 *
 * Returns: (transfer none): what was sent so far, and what HQ said of it
 */
const AltmPushResult *
altm_push_get_result (AltmPush *self)
{
  return &self->result;
}

/**
 * altm_push_get_retry_after:
 *
 * Returns: the seconds that HQ asked to wait with %ALTM_PUSH_ERROR_BUSY, 0 where it did not say
 */
gint64
altm_push_get_retry_after (AltmPush *self)
{
  return self->retry_after;
}
