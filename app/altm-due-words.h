/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-follow-up.h"
#include "altm-session.h"

G_BEGIN_DECLS

const char *altm_due_words_title (AltmSession *session, const AltmFollowUp *referral);
char *altm_due_words_details (AltmSession *session, const AltmFollowUp *referral);
char *altm_due_words_due (AltmSession *session, const AltmFollowUp *referral);
char *altm_due_words_hq (AltmSession *session, const AltmFollowUp *referral, gint64 now);
char *altm_due_words_day (const GDate *day);
const char *altm_due_words_icon (AltmFollowUpKind kind);
const char *altm_due_words_class (AltmFollowUpKind kind);

G_END_DECLS
