/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-store.h"

G_BEGIN_DECLS

/**
 * ALTM_HQ_IS_BY: (SQL) whether the line in this column names one of the mediators of this JSON array
 * (altm_hq_quarantine_list_mediators()), in which everybody is where it is NULL. What is no JSON names nobody.
 */
#define ALTM_HQ_IS_BY(bytes, mediators)                                                                                       \
  "(" mediators " IS NULL OR CASE WHEN json_valid (CAST (" bytes " AS TEXT)) THEN"                                             \
  " json_extract (CAST (" bytes " AS TEXT), '$.by') IN (SELECT value FROM json_each (" mediators ")) END)"

json_t *altm_hq_quarantine_list (AltmHqStore *store, GHashTable *teams, const char *state, guint most, GError **error);
gboolean altm_hq_quarantine_count_waiting (AltmHqStore *store, GHashTable *teams, guint most, guint *number, GError **error);
char *altm_hq_quarantine_list_mediators (AltmHqStore *store, GHashTable *teams);
char *altm_hq_quarantine_find_team (AltmHqStore *store, gint64 n);
json_t *altm_hq_quarantine_describe_line (AltmHqStore *store, GBytes *bytes, gboolean is_personal);

G_END_DECLS
