/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-session.h"
#include "altm-withdrawal.h"

G_BEGIN_DECLS

void altm_session_withdraw_async (AltmSession *self, const char *id, GAsyncReadyCallback callback, gpointer user_data);
AltmWithdrawal *altm_session_withdraw_finish (AltmSession *self, GAsyncResult *result, GError **error);
void altm_session_restore_async (AltmSession *self, AltmWithdrawal *withdrawal, GAsyncReadyCallback callback,
                                 gpointer user_data);
void altm_session_restore_withdrawn_async (AltmSession *self, const char *id, GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean altm_session_restore_finish (AltmSession *self, GAsyncResult *result, GError **error);

G_END_DECLS
