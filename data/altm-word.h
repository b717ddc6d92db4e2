/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-outbox.h"

G_BEGIN_DECLS

/**
 * AltmWord: what HQ said last of a referral (PROTOCOL.md, news of kind referral).
 * @status: a code of the list orientation_statut
 * @time: when HQ set it, by HQ's clock, in microseconds since 1970-01-01 UTC
 */
typedef struct
{
  char *status;
  gint64 time;
} AltmWord;

GHashTable *altm_word_load_all (AltmStore *store, GError **error);
gboolean altm_word_is_last (const AltmWord *self, AltmState state, gint64 settled_at, gint64 skew);
gboolean altm_word_adopt (AltmStore *store, const AltmLine *line, AltmState state, json_t *data, GError **error);

G_END_DECLS
