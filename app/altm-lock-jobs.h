/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-copies.h"
#include "altm-latest.h"
#include "altm-session.h"

G_BEGIN_DECLS

/**
 * AltmReading: a record as its page shows it.
 * @before: (nullable): what it was, where it was withdrawn
 * @private: (nullable): its private fields, where the keys were given and open them
 * @n_referrals: of a contact
 */
typedef struct
{
  AltmLatest *latest;
  AltmLatest *before;
  AltmCopyState copy;
  json_t *private;
  int n_referrals;
} AltmReading;

void altm_reading_free (AltmReading *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmReading, altm_reading_free)

void altm_unlock_async (AltmSession *session, const char *holder, char *secret, GAsyncReadyCallback callback,
                        gpointer user_data);
void altm_set_secret_async (AltmSession *session, const char *holder, char *secret, GAsyncReadyCallback callback,
                            gpointer user_data);
void altm_remove_secret_async (AltmSession *session, const char *holder, GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean altm_lock_job_finish (GAsyncResult *result, GError **error);

void altm_read_async (AltmSession *session, const char *id, AltmOpenedPair *pair, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data);
AltmReading *altm_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
