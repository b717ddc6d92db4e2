/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-draft.h"

G_BEGIN_DECLS

/**
 * AltmEntryList: records that are saved together or not at all, with the drafts that they were. It owns what it holds, so that
 * it can be handed to the store's thread.
 */
typedef struct _AltmEntryList AltmEntryList;

AltmEntryList *altm_entry_list_new (void);
void altm_entry_list_free (AltmEntryList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmEntryList, altm_entry_list_free)

void altm_entry_list_add (AltmEntryList *self, const AltmEntry *entry);
void altm_entry_list_add_draft (AltmEntryList *self, const char *form);
void altm_entry_list_change_draft (AltmEntryList *self, const char *form, const char *id, json_t *data,
                                   json_t *private);
gboolean altm_entry_list_save (AltmEntryList *self, AltmStore *store, gint64 now, GError **error);

G_END_DECLS
