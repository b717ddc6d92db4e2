/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-journal.h"
#include "altm-session.h"

G_BEGIN_DECLS

char *altm_summary_title (AltmSession *session, AltmJournalEntry *entry);
char *altm_summary_details (AltmSession *session, AltmJournalEntry *entry, gint64 now);
char *altm_summary_record (AltmSession *session, const AltmLine *line);
AltmState altm_summary_shown_state (AltmState state, const char *reason);
const char *altm_summary_state_icon (AltmState state, gboolean is_deleted);
char *altm_summary_tell_state (AltmState state, const char *reason, gboolean is_deleted);
char *altm_summary_state (AltmJournalEntry *entry);

G_END_DECLS
