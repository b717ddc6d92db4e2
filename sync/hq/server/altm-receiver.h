/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-ingest.h"
#include "altm-stream.h"

G_BEGIN_DECLS

/**
 * AltmRequest: one HTTP request as the receiver needs it. Absent headers are %NULL. @body is what
 * came, %NULL where it was more than is taken (it was then discarded).
 */
typedef struct
{
  char *method;
  char *path;
  char *query;
  char *authorization;
  char *content_type;
  char *content_encoding;
  char *if_none_match;
  char *pending;
  char *oldest;
  char *clock;
  char *cookie;
  char *csrf;
  char *fetch_site;
  char *accept_encoding;
  GBytes *body;
} AltmRequest;

/**
 * AltmReply: what to answer. The texts that are %NULL are headers that are not sent. Its body is @body, or @stream where
 * that is there.
 */
typedef struct
{
  guint status;
  const char *content_type;
  const char *content_encoding;
  const char *cache_control;
  const char *policy; /* Content-Security-Policy, of what a browser shows */
  const char *location;
  const char *authenticate;
  char *set_cookie;
  char *etag;
  char *disposition;
  char *link;
  char *cursor;
  const char *allow;
  guint retry_after;
  GBytes *body;
  AltmStream *stream;
} AltmReply;

/** AltmReceiver: what HQ answers with: its store, its name and its private CA. */
typedef struct
{
  AltmHqStore *store;
  const char *name;
  const char *ca;
} AltmReceiver;

void altm_request_free (AltmRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmRequest, altm_request_free)
void altm_reply_free (AltmReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmReply, altm_reply_free)

AltmReply *altm_reply_new (guint status, const char *content_type, char *text);
AltmReply *altm_reply_new_stream (const char *content_type, AltmStreamWrite write, gpointer data, GDestroyNotify free_data);
AltmReply *altm_reply_new_json (guint status, json_t *root);
AltmReply *altm_reply_new_problem (AltmProblem problem, const char *detail);
AltmReply *altm_reply_new_error (const GError *error);
gboolean altm_request_has_tag (const AltmRequest *self, const char *etag);
AltmReply *altm_receiver_answer (AltmReceiver *self, const AltmRequest *request, gint64 now);
gsize altm_receiver_most_bytes (const char *method, const char *path);

G_END_DECLS
