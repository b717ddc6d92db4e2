/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-api.h"
#include "altm-console-private.h"
#include "altm-hq-tokens.h"

G_BEGIN_DECLS

/** ALTM_API_PATH: what each call's address begins with. */
#define ALTM_API_PATH "/api/v1/"

/**
 * AltmApiCall: a call that is being answered.
 * @query: the names and values behind the question mark
 * @token: what it is asked with; of nobody where the call needs none
 */
typedef struct
{
  const AltmRequest *request;
  AltmHqStore *store;
  AltmSql *sql;
  GHashTable *query;
  AltmHqToken token;
  gint64 now;
} AltmApiCall;

/**
 * AltmApiPage: a page of lines, each JSON, and where the next one goes on.
 * @mark: what its cursors have before their number, so that none is taken for another call's
 * @after: the row that was looked at last before it
 * @limit: how many rows are looked at
 * @last: the row that was looked at last
 * @seen: how many were looked at
 */
typedef struct
{
  AltmApiCall *call;
  const char *mark;
  GString *lines;
  gint64 after;
  gint64 limit;
  gint64 last;
  gint64 seen;
} AltmApiPage;

AltmReply *altm_api_page_init (AltmApiPage *self, AltmApiCall *call, const char *mark);
void altm_api_page_clear (AltmApiPage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AltmApiPage, altm_api_page_clear)
void altm_api_page_look (AltmApiPage *self, gint64 row, json_t *told);
AltmReply *altm_api_page_reply (AltmApiPage *self, const char *path, const char *const *kept);

AltmReply *altm_api_get_document (AltmApiCall *call);
AltmReply *altm_api_get_erased (AltmApiCall *call);
AltmReply *altm_api_get_figures (AltmApiCall *call);
AltmReply *altm_api_get_lists (AltmApiCall *call);
AltmReply *altm_api_get_records (AltmApiCall *call);

G_END_DECLS
