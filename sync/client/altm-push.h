/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-call.h"
#include "altm-pace.h"
#include "altm-store.h"

G_BEGIN_DECLS

#define ALTM_PUSH_ERROR (altm_push_error_quark ())

/**
 * AltmPushError: why a push ended early. Whatever was not acknowledged stays queued.
 * @ALTM_PUSH_ERROR_NOT_ENROLLED: this tablet is not enrolled, or HQ no longer knows it (401, 403)
 * @ALTM_PUSH_ERROR_UNREACHABLE: no answer, or one that is not HQ's (a captive portal's, say)
 * @ALTM_PUSH_ERROR_BUSY: HQ asks to come again later; see altm_push_get_retry_after()
 * @ALTM_PUSH_ERROR_TOO_OLD: HQ no longer takes this version of the protocol
 * @ALTM_PUSH_ERROR_ANSWER: HQ's answer is not what the protocol says
 */
typedef enum
{
  ALTM_PUSH_ERROR_NOT_ENROLLED,
  ALTM_PUSH_ERROR_UNREACHABLE,
  ALTM_PUSH_ERROR_BUSY,
  ALTM_PUSH_ERROR_TOO_OLD,
  ALTM_PUSH_ERROR_ANSWER,
} AltmPushError;

/** AltmPushResult: how many lines were sent, and what HQ said of them. */
typedef struct
{
  gint64 sent;
  gint64 stored;
  gint64 duplicate;
  gint64 problems;
} AltmPushResult;

/**
 * AltmPush: one push from hello to the last receipt, as a core without clock or socket: it says
 * which call to make, and takes the answer. Used by the thread that owns the store.
 */
typedef struct _AltmPush AltmPush;

GQuark altm_push_error_quark (void);
AltmPush *altm_push_new (AltmStore *store);
void altm_push_free (AltmPush *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmPush, altm_push_free)
AltmCall *altm_push_next (AltmPush *self, gint64 now, GError **error);
gboolean altm_push_take (AltmPush *self, const AltmAnswer *answer, gint64 now, GError **error);
void altm_push_set_pace (AltmPush *self, const AltmPace *pace);
const AltmPace *altm_push_get_pace (AltmPush *self);
void altm_push_hand_over (AltmPush *self);
void altm_push_set_news_only (AltmPush *self, gboolean is_news_only);
const AltmPushResult *altm_push_get_result (AltmPush *self);
gint64 altm_push_get_retry_after (AltmPush *self);

G_END_DECLS
