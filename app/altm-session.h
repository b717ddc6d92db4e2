/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-draft-keeper.h"
#include "altm-entry-list.h"
#include "altm-follow-ups.h"
#include "altm-lock-keeper.h"
#include "altm-lock.h"
#include "altm-sender.h"
#include "altm-shift.h"
#include "altm-worker.h"

G_BEGIN_DECLS

/** ALTM_SESSION_TABLET: who holds the keys of a tablet whose mediators have no codes. */
#define ALTM_SESSION_TABLET ALTM_LOCK_TABLET

#define ALTM_TYPE_SESSION (altm_session_get_type ())
G_DECLARE_FINAL_TYPE (AltmSession, altm_session, ALTM, SESSION, GObject)

/**
 * AltmSession: the tablet's store as the pages see it: the last shift, what waits, the lists,
 * and the ways to record. All of it is of the main thread; the store itself is only touched by
 * the worker that owns it.
 *
 * #AltmSession::changed is emitted when the shift, what waits, the lists or the sender changed.
 */
AltmSession *altm_session_new (const char *directory);
AltmSession *altm_session_new_training (AltmSession *real);
void altm_session_open_async (AltmSession *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean altm_session_open_finish (AltmSession *self, GAsyncResult *result, GError **error);

const char *altm_session_get_directory (AltmSession *self);
gboolean altm_session_is_open (AltmSession *self);
gboolean altm_session_is_training (AltmSession *self);
gboolean altm_session_is_enrolled (AltmSession *self);
gboolean altm_session_has_records (AltmSession *self);
gboolean altm_session_is_on_shift (AltmSession *self);
AltmWorker *altm_session_get_worker (AltmSession *self);
AltmSender *altm_session_get_sender (AltmSession *self);
AltmLockKeeper *altm_session_get_keeper (AltmSession *self);
const AltmLockState *altm_session_get_lock (AltmSession *self);
const char *altm_session_get_holder (AltmSession *self);
const char *altm_session_get_hq (AltmSession *self);
const char *altm_session_get_device_id (AltmSession *self);
gint64 altm_session_get_wiped (AltmSession *self);
AltmLists *altm_session_get_lists (AltmSession *self);
const AltmShift *altm_session_get_shift (AltmSession *self);
const AltmOutboxSummary *altm_session_get_summary (AltmSession *self);
const char *altm_session_get_late_told (AltmSession *self);
gint64 altm_session_get_skew (AltmSession *self);
const AltmRecovery *altm_session_get_recovery (AltmSession *self);
void altm_session_forget_recovery (AltmSession *self);
gboolean altm_session_is_short (AltmSession *self);
const char *altm_session_get_language (AltmSession *self);
AltmLists *altm_session_get_lists_with (AltmSession *self, const char *list);
const char *altm_session_get_label (AltmSession *self, const char *list, const char *code);
const char *altm_session_get_place_name (AltmSession *self, const char *place);

AltmFollowUps *altm_session_get_follow_ups (AltmSession *self);

void altm_session_refresh (AltmSession *self);
json_t *altm_session_new_origin (AltmSession *self);
json_t *altm_session_take_origin (AltmSession *self, const AltmDraft *draft);
void altm_session_add (AltmSession *self, AltmEntryList *entries, const char *type, const char *id,
                       json_t *origin, json_t *data, json_t *private);
void altm_session_correct (AltmSession *self, AltmEntryList *entries, const char *type, const char *id,
                           json_t *data, json_t *private);
void altm_session_save_async (AltmSession *self, AltmEntryList *entries,
                              GAsyncReadyCallback callback, gpointer user_data);
char *altm_session_name_form (const char *kind, const char *record);
AltmDraftKeeper *altm_session_open_form (AltmSession *self, const char *kind, const char *record,
                                         const char *id);
void altm_session_close_form (AltmSession *self, AltmDraftKeeper *keeper);
const AltmDraft *altm_session_get_draft (AltmSession *self);
const AltmDraft *altm_session_find_draft (AltmSession *self, const char *kind, const char *record);
void altm_session_discard_draft (AltmSession *self, const char *record);
void altm_session_discard_private (AltmSession *self, const char *record);
void altm_session_set_private_async (AltmSession *self, const char *id, json_t *private,
                                     GAsyncReadyCallback callback, gpointer user_data);
void altm_session_start_shift_async (AltmSession *self, const char *channel, const char *place,
                                     const char *by, json_t *partners,
                                     GAsyncReadyCallback callback, gpointer user_data);
void altm_session_end_shift_async (AltmSession *self, GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean altm_session_finish (AltmSession *self, GAsyncResult *result, GError **error);

/** AltmSessionJob: changes something, in the store's thread; %FALSE with an error set where nothing was saved. */
typedef gboolean (*AltmSessionJob) (AltmStore *store, gpointer data, GError **error);

void altm_session_run_async (AltmSession *self, AltmSessionJob job, gpointer data, GDestroyNotify free_data,
                             GAsyncReadyCallback callback, gpointer user_data);

void altm_session_count_async (AltmSession *self, const char *code, int step, gint64 time,
                               GAsyncReadyCallback callback, gpointer user_data);
void altm_session_raise_async (AltmSession *self, const char *code, int value,
                               GAsyncReadyCallback callback, gpointer user_data);
void altm_session_load_counts_async (AltmSession *self, GAsyncReadyCallback callback,
                                     gpointer user_data);
json_t *altm_session_counts_finish (AltmSession *self, GAsyncResult *result, GError **error);

G_END_DECLS
