/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-journal.h"
#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_JOURNAL_ROW (altm_journal_row_get_type ())
G_DECLARE_FINAL_TYPE (AltmJournalRow, altm_journal_row, ALTM, JOURNAL_ROW, GtkWidget)

/**
 * AltmJournalRow: one record, and where it is, by a sign and a word.
 */
GtkWidget *altm_journal_row_new (AltmSession *session);
void altm_journal_row_set_entry (AltmJournalRow *self, AltmJournalEntry *entry, AltmJournalEntry *above);

G_END_DECLS
