/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_REFERRAL_ROW (altm_referral_row_get_type ())
G_DECLARE_FINAL_TYPE (AltmReferralRow, altm_referral_row, ALTM, REFERRAL_ROW, AdwActionRow)

/**
 * AltmReferralRow: a contact's referral in the contact's form: made, changed and removed here, saved with the contact,
 * and until then a draft of its own whose person goes off the screen when the lock closes.
 *
 * #AltmReferralRow::referred is emitted when there is a new referral.
 */
void altm_referral_row_set_contact (AltmReferralRow *self, AltmSession *session, const char *contact);
void altm_referral_row_set_public (AltmReferralRow *self, const char *public);
void altm_referral_row_refer (AltmReferralRow *self, json_t *themes);
void altm_referral_row_resume (AltmReferralRow *self);
void altm_referral_row_open_details (AltmReferralRow *self);
AltmDraftKeeper *altm_referral_row_get_keeper (AltmReferralRow *self);
gboolean altm_referral_row_is_kept (AltmReferralRow *self);
void altm_referral_row_begin_save (AltmReferralRow *self, AltmEntryList *entries, json_t *origin);
void altm_referral_row_end_save (AltmReferralRow *self, gboolean is_saved);
void altm_referral_row_discard (AltmReferralRow *self);
void altm_referral_row_close (AltmReferralRow *self);

G_END_DECLS
