/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "altm-json.h"

G_BEGIN_DECLS

/**
 * AltmCall: a request to HQ.
 * @path: its path and query, beginning with /v1
 * @body: (nullable): already gzip where @is_gzip
 * @headers: names and values in turn, %NULL at the end
 * @trusts_any: the certificate is not checked; only for what is checked by its hash
 */
typedef struct
{
  const char *method;
  char *path;
  const char *content_type;
  GBytes *body;
  gboolean is_gzip;
  GPtrArray *headers;
  gboolean has_token;
  gboolean trusts_any;
} AltmCall;

/**
 * AltmAnswer: what came back.
 * @status: HTTP's status, 0 where no answer came: @reason then says why
 * @is_untrusted: there was none because the certificate is not one to trust
 * @retry_after: seconds HQ asks to wait, 0 for none
 * @elapsed: microseconds from the beginning of the call to its answer, or to the lack of one
 */
typedef struct
{
  guint status;
  char *reason;
  gboolean is_untrusted;
  char *content_type;
  char *etag;
  gint64 retry_after;
  gint64 elapsed;
  GBytes *body;
} AltmAnswer;

AltmCall *altm_call_new (const char *method, char *path);
void altm_call_add_header (AltmCall *self, const char *name, char *value);
void altm_call_set_json (AltmCall *self, json_t *body);
void altm_call_free (AltmCall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmCall, altm_call_free)
void altm_answer_free (AltmAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmAnswer, altm_answer_free)
json_t *altm_answer_read (const AltmAnswer *self);
char *altm_answer_get_problem (const AltmAnswer *self);

G_END_DECLS
