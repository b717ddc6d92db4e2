/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-receiver.h"
#include "altm-worker.h"

G_BEGIN_DECLS

/**
 * AltmApi: what other programs read, below /api/v1, with a token of their own (altm-hq-tokens.h); api/openapi.json says which
 * calls there are. It reads the store by a connection of its own, so that nobody at the console waits for a program.
 */
typedef struct _AltmApi AltmApi;

AltmApi *altm_api_new (const char *store, AltmWorker *receiver, GError **error);
void altm_api_free (AltmApi *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmApi, altm_api_free)

gboolean altm_api_has (const char *path);
AltmReply *altm_api_answer (AltmApi *self, const AltmRequest *request, gint64 now);

G_END_DECLS
