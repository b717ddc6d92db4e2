/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-calls.h"
#include "altm-draft-keeper.h"
#include "altm-entry-list.h"

G_BEGIN_DECLS

#define ALTM_TYPE_CALL_LIST (altm_call_list_get_type ())
G_DECLARE_FINAL_TYPE (AltmCallList, altm_call_list, ALTM, CALL_LIST, GObject)

/**
 * AltmCallList: a shift's list of those who are to be called, as the pages see it. It is kept as a draft is: sealed
 * at once where a lock is set, wiped from memory when that closes, read back when it opens. Where none is set, it
 * is in memory alone. Of the main thread.
 *
 * #AltmCallList::changed is emitted when there is something else to show. #AltmCallList::lost is emitted when what
 * was sealed can't be read any more: the list is empty then.
 */
AltmCallList *altm_call_list_new (AltmWorker *worker, AltmLockKeeper *lock, const char *shift);
void altm_call_list_resume (AltmCallList *self, const AltmDraft *draft);
void altm_call_list_close (AltmCallList *self);
void altm_call_list_look (AltmCallList *self);

const char *altm_call_list_get_shift (AltmCallList *self);
gboolean altm_call_list_is_sealed (AltmCallList *self);
guint altm_call_list_get_n (AltmCallList *self);
const AltmCallLine *altm_call_list_get (AltmCallList *self, guint place);
const char *altm_call_list_get_typed (AltmCallList *self);
void altm_call_list_set_typed (AltmCallList *self, const char *text);
guint altm_call_list_add_typed (AltmCallList *self);
void altm_call_list_remove (AltmCallList *self, guint place);

const char *altm_call_list_get_public (AltmCallList *self);
void altm_call_list_set_public (AltmCallList *self, const char *public);
guint altm_call_list_get_n_called (AltmCallList *self);

void altm_call_list_begin_step (AltmCallList *self, gboolean is_again, AltmEntryList *entries);
void altm_call_list_end_step (AltmCallList *self, gboolean is_saved);

G_END_DECLS
