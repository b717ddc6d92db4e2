/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-json.h"

G_BEGIN_DECLS

/**
 * AltmLists: one version of the lists (vocabulary, places, structures, needs, mediators,
 * campaigns), never changed once made, so that any thread may read it. All that it returns
 * belongs to it and lives as long as it does. Entries are JSON objects of the shapes of the
 * protocol's `GET /v1/reference`, plus `short_fr` and `short_en` where a label is long.
 */
typedef struct _AltmLists AltmLists;

AltmLists *altm_lists_new_built_in (GError **error);
AltmLists *altm_lists_new (json_t *root, GError **error);
AltmLists *altm_lists_ref (AltmLists *self);
void altm_lists_unref (AltmLists *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmLists, altm_lists_unref)

json_t *altm_lists_get_root (AltmLists *self);
gint64 altm_lists_get_version (AltmLists *self);

json_t *altm_lists_get_vocabulary (AltmLists *self, const char *list);
gboolean altm_lists_has_code (AltmLists *self, const char *list, const char *code);
const char *altm_lists_get_label (AltmLists *self, const char *list, const char *code,
                                  const char *language);
const char *altm_lists_get_short_label (AltmLists *self, const char *list, const char *code,
                                        const char *language);

json_t *altm_lists_get_places (AltmLists *self);
json_t *altm_lists_find_place (AltmLists *self, const char *id);
const char *altm_lists_fold_arrondissement (const char *insee);
json_t *altm_lists_find_structure (AltmLists *self, const char *id);
json_t *altm_lists_find_campaign (AltmLists *self, const char *code);
json_t *altm_lists_find_running_campaign (AltmLists *self, const char *day);
json_t *altm_lists_get_mediators (AltmLists *self);
gboolean altm_lists_has_mediators (AltmLists *self);
json_t *altm_lists_find_mediator (AltmLists *self, const char *code);
json_t *altm_lists_list_teams (AltmLists *self);
json_t *altm_lists_get_needs (AltmLists *self, const char *theme);
GPtrArray *altm_lists_search_places (AltmLists *self, const char *kind, const char *text);
GPtrArray *altm_lists_search_structures (AltmLists *self, json_t *types, const char *place,
                                         const char *text);
gboolean altm_lists_is_to_check (json_t *structure);

G_END_DECLS
