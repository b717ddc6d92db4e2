/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-outbox.h"

G_BEGIN_DECLS

/**
 * AltmWithdrawal: a record that is withdrawn, with the referrals of a contact, and what it takes to undo that. Its private
 * text stays sealed in here. It may be handed from thread to thread, not used by two at once.
 */
typedef struct _AltmWithdrawal AltmWithdrawal;

AltmWithdrawal *altm_withdrawal_new (const char *id);
AltmWithdrawal *altm_withdrawal_ref (AltmWithdrawal *self);
void altm_withdrawal_unref (AltmWithdrawal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmWithdrawal, altm_withdrawal_unref)

AltmWithdrawal *altm_withdrawal_load (AltmStore *store, const char *id, GError **error);
gboolean altm_withdrawal_make (AltmWithdrawal *self, AltmStore *store, gint64 now, GError **error);
gboolean altm_withdrawal_undo (AltmWithdrawal *self, AltmStore *store, gint64 now, GError **error);
int altm_withdrawal_count_referrals (AltmStore *store, const char *id);

G_END_DECLS
