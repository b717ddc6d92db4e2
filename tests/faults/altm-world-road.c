/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-world.h"

static const char *
name_step (const AltmCall *call)
{
  static const struct
  {
    const char *in_path;
    const char *name;
  } steps[] = {
    { "/hello", "hello" }, { "/digest", "digest" },   { "/fork", "fork" }, { "/reference", "reference" },
    { "/news", "news" },   { "/batches/", "batch" }, { "/release", "release" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    if (strstr (call->path, steps[i].in_path) != NULL)
      return steps[i].name;
  g_assert_not_reached ();
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
      *places[i].place = g_strdup (value);
}

static AltmRequest *
make_request (AltmTablet *tablet, const AltmCall *call)
{
  AltmRequest *request = g_new0 (AltmRequest, 1);
  g_auto(GStrv) parts = g_strsplit (call->path, "?", 2);
  g_autofree char *token = NULL;

  altm_torn_disk_suspend (tablet->disk);
  token = call->has_token ? altm_store_get_setting (tablet->store, "token") : NULL;
  altm_torn_disk_resume (tablet->disk);
  request->method = g_strdup (call->method);
  request->path = g_strdup (parts[0]);
  request->query = g_strdup (parts[1]);
  request->authorization = token != NULL ? g_strconcat ("Bearer ", token, NULL) : NULL;
  request->content_type = g_strdup (call->content_type);
  request->content_encoding = call->is_gzip ? g_strdup ("gzip") : NULL;
  request->body = call->body != NULL ? g_bytes_ref (call->body) : g_bytes_new (NULL, 0);
  for (guint i = 0; i + 1 < call->headers->len; i += 2)
    set_header (request, g_ptr_array_index (call->headers, i), g_ptr_array_index (call->headers, i + 1));
  return request;
}

/** altm_road_send: a call leaves a tablet, which waits for its answer. */
void
altm_road_send (AltmTablet *tablet, const AltmCall *call)
{
  AltmMessage *message = g_new0 (AltmMessage, 1);

  message->exchange = ++tablet->world->exchanges;
  message->tablet = tablet;
  message->step = name_step (call);
  message->request = make_request (tablet, call);
  tablet->exchange = message->exchange;
  tablet->step = message->step;
  g_ptr_array_add (tablet->world->road, message);
}

/**
 * altm_road_new_answer:
 * @text: (nullable): the body
 *
 * Returns: (transfer full): an answer; with status 0 none came
 */
AltmAnswer *
altm_road_new_answer (guint status, const char *text)
{
  AltmAnswer *answer = g_new0 (AltmAnswer, 1);

  answer->status = status;
  answer->reason = status == 0 ? g_strdup ("connection lost") : NULL;
  answer->body = g_bytes_new (text, text != NULL ? strlen (text) : 0);
  return answer;
}

/**
 * altm_road_pass_request:
 * @again: whether it stays on the road too, and arrives once more
 *
 * HQ gets a request; its answer is on the road.
 */
void
altm_road_pass_request (AltmWorld *self, guint index, gboolean again)
{
  AltmMessage *message = g_ptr_array_index (self->road, index);
  AltmMessage *answer = g_new0 (AltmMessage, 1);

  *answer = (AltmMessage) { message->exchange, message->tablet, NULL, altm_hq_answer (self, message), message->step };
  if (again)
    altm_world_count (self, "replay", message->step);
  else
    g_ptr_array_remove_index (self->road, index);
  g_ptr_array_add (self->road, answer);
}

/** altm_road_pass_answer: a tablet gets an answer, which counts where it still waits for it. */
void
altm_road_pass_answer (AltmWorld *self, guint index)
{
  AltmMessage *message = g_ptr_array_steal_index (self->road, index);
  AltmTablet *tablet = message->tablet;

  if (tablet->store != NULL && tablet->exchange == message->exchange)
    altm_tablet_take_answer (tablet, message->answer);
  altm_answer_free (message->answer);
  g_free (message);
}

static void
set_body (AltmAnswer *answer, char *text, gsize length)
{
  g_bytes_unref (answer->body);
  answer->body = g_bytes_new_take (text, length);
}

static void
become_portal (AltmWorld *self, AltmMessage *message)
{
  const char page[] = "<html><body>Accept the terms</body></html>";

  message->answer->status = altm_chance_in (self->chance, 2) ? 200 : 302;
  set_body (message->answer, g_strdup (page), strlen (page));
}

static void
become_garbage (AltmWorld *self, AltmMessage *message)
{
  gsize length = 1 + altm_chance_below (self->chance, 200);
  char *text = g_malloc (length);

  altm_chance_fill (self->chance, text, length);
  set_body (message->answer, text, length);
}

static void
become_half (AltmWorld *self, AltmMessage *message)
{
  gsize length;
  const char *text = g_bytes_get_data (message->answer->body, &length);
  gsize kept = length > 0 ? altm_chance_below (self->chance, (guint) length) : 0;

  set_body (message->answer, g_memdup2 (text, kept), kept);
}

/* An earlier receipt of HQ's, to someone else or to an earlier batch. */
static void
become_foreign (AltmWorld *self, AltmMessage *message)
{
  if (self->receipts->len == 0)
    return;
  message->answer->status = 200;
  g_bytes_unref (message->answer->body);
  message->answer->body = g_bytes_ref (g_ptr_array_index (self->receipts, altm_chance_below (self->chance, self->receipts->len)));
}

/* A receipt with one thing in it that is not so. */
static void
become_untrue (AltmWorld *self, AltmMessage *message)
{
  static const char *const names[] = { "batch", "epoch", "sha256", "stored", "duplicate", "held", "high_seq", "count", "problems" };
  gsize length;
  const char *text = g_bytes_get_data (message->answer->body, &length);
  g_autoptr(json_t) root = length > 0 ? altm_json_parse (text, length, NULL) : NULL;
  gboolean has_problems = json_array_size (json_object_get (root, "problems")) > 0;
  const char *name = has_problems ? "problems" : names[altm_chance_below (self->chance, G_N_ELEMENTS (names))];
  json_t *value = json_object_get (root, name);
  char *changed;

  if (json_is_integer (value))
    json_integer_set (value, json_integer_value (value) + (altm_chance_in (self->chance, 2) ? 1 : -1));
  else if (json_is_array (value))
    json_array_clear (value);
  else if (json_is_string (value))
    json_object_set_new (root, name, json_string ("0192f0c1-7b6a-4c3e-9d2f-3b1f6c0a9e11"));
  else
    return;
  changed = altm_json_write (root);
  set_body (message->answer, changed, strlen (changed));
}

static void
become_status (AltmWorld *self, AltmMessage *message)
{
  static const guint statuses[] = { 401, 403, 404, 408, 413, 429, 500, 502, 503, 504 };

  message->answer->status = statuses[altm_chance_below (self->chance, G_N_ELEMENTS (statuses))];
  set_body (message->answer, g_strdup ("error"), strlen ("error"));
}

/**
 * altm_road_swallow:
 *
 * Something between a tablet and HQ keeps a request for itself, and answers it with what HQ once
 * answered another.
 */
void
altm_road_swallow (AltmWorld *self, AltmMessage *message)
{
  altm_world_count (self, "request swallowed, foreign receipt", message->step);
  altm_world_say (self, "tablet %u's %s is swallowed", message->tablet->n, message->step);
  g_clear_pointer (&message->request, altm_request_free);
  message->answer = altm_road_new_answer (404, "not found");
  become_foreign (self, message);
}

/** altm_road_mangle: something between HQ and the tablet answers in HQ's place. */
void
altm_road_mangle (AltmWorld *self, AltmMessage *message)
{
  static const struct
  {
    const char *name;
    void (*change) (AltmWorld *self, AltmMessage *message);
  } ways[] = {
    { "captive portal", become_portal }, { "garbage", become_garbage },        { "half an answer", become_half },
    { "foreign receipt", become_foreign }, { "untrue answer", become_untrue }, { "a proxy's error", become_status },
  };
  guint way = altm_chance_below (self->chance, G_N_ELEMENTS (ways));

  altm_world_count (self, ways[way].name, message->step);
  altm_world_say (self, "%s to tablet %u's %s", ways[way].name, message->tablet->n, message->step);
  ways[way].change (self, message);
}
