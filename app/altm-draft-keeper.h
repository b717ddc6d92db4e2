/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-draft.h"
#include "altm-lock-keeper.h"
#include "altm-worker.h"

G_BEGIN_DECLS

/**
 * AltmDraftSource: what the form holds now.
 * @data: (out) (transfer full): what a draft may hold in clear
 * @private: (out) (transfer full) (nullable): an object of the private fields; %NULL where they are empty
 */
typedef void (*AltmDraftSource) (gpointer form, json_t **data, json_t **private);

#define ALTM_TYPE_DRAFT_KEEPER (altm_draft_keeper_get_type ())
G_DECLARE_FINAL_TYPE (AltmDraftKeeper, altm_draft_keeper, ALTM, DRAFT_KEEPER, GObject)

/**
 * AltmDraftKeeper: keeps a form on the disk as it is filled in. One job at a time, with what the form
 * holds when the job begins; a failure is not told, since the form is still on the screen. Of the main
 * thread.
 *
 * #AltmDraftKeeper::taken is emitted when the lock closed and the private fields are on the disk, sealed:
 * the form empties them. They are "kept" from then on: what the form holds in them does not count.
 * #AltmDraftKeeper::opened is emitted when they could be read again, with an object of them, %NULL where
 * there are none any more. #AltmDraftKeeper::unreadable when no key opens them.
 */
AltmDraftKeeper *altm_draft_keeper_new (AltmWorker *worker, AltmLockKeeper *lock, const char *form, const char *id);
const char *altm_draft_keeper_get_form (AltmDraftKeeper *self);
const char *altm_draft_keeper_get_id (AltmDraftKeeper *self);
void altm_draft_keeper_set_source (AltmDraftKeeper *self, AltmDraftSource source, gpointer form);
void altm_draft_keeper_save_now (AltmDraftKeeper *self);
void altm_draft_keeper_save_soon (AltmDraftKeeper *self);
gboolean altm_draft_keeper_has_failed (AltmDraftKeeper *self);
gboolean altm_draft_keeper_has_private (AltmDraftKeeper *self);
gboolean altm_draft_keeper_is_kept (AltmDraftKeeper *self);
void altm_draft_keeper_set_kept (AltmDraftKeeper *self);
void altm_draft_keeper_replace (AltmDraftKeeper *self);
void altm_draft_keeper_open (AltmDraftKeeper *self);
void altm_draft_keeper_pause (AltmDraftKeeper *self);
void altm_draft_keeper_resume (AltmDraftKeeper *self);
void altm_draft_keeper_discard (AltmDraftKeeper *self);
void altm_draft_keeper_close (AltmDraftKeeper *self);

G_END_DECLS
