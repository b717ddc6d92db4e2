/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"

G_BEGIN_DECLS

/** ALTM_SEARCH_FILE: in a store's folder. Made from the store, never from anything private, and made anew where it is missing. */
#define ALTM_SEARCH_FILE "search.db"

/**
 * AltmSearch: what somebody looks for in the journal.
 * @match: (nullable): for FTS5; %NULL where a day is all that was asked for
 * @from, @to: microseconds since 1970-01-01 UTC; @to is not part of it
 */
typedef struct
{
  char *match;
  gint64 from;
  gint64 to;
} AltmSearch;

AltmSearch *altm_search_new (const char *text, gint64 now);
void altm_search_free (AltmSearch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmSearch, altm_search_free)

gboolean altm_search_step (AltmStore *store, gboolean *is_done, GError **error);
gboolean altm_search_drop (AltmStore *store, GError **error);
GArray *altm_search_find (AltmStore *store, const AltmSearch *search, GError **error);

G_END_DECLS
