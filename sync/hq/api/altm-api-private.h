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

AltmReply *altm_api_get_document (AltmApiCall *call);
AltmReply *altm_api_get_figures (AltmApiCall *call);
AltmReply *altm_api_get_lists (AltmApiCall *call);
AltmReply *altm_api_get_records (AltmApiCall *call);

G_END_DECLS
