/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-outbox.h"
#include "altm-worker.h"

G_BEGIN_DECLS

#define ALTM_TYPE_JOURNAL_ENTRY (altm_journal_entry_get_type ())
G_DECLARE_FINAL_TYPE (AltmJournalEntry, altm_journal_entry, ALTM, JOURNAL_ENTRY, GObject)

/**
 * AltmJournalEntry: one record of the journal in its latest revision. It is there at once and
 * filled soon after, from a reading thread: "notify::is-loaded" tells when.
 */
gboolean altm_journal_entry_is_loaded (AltmJournalEntry *self);
const char *altm_journal_entry_get_id (AltmJournalEntry *self);
const char *altm_journal_entry_get_record_type (AltmJournalEntry *self);
gint64 altm_journal_entry_get_time (AltmJournalEntry *self);
const char *altm_journal_entry_get_place (AltmJournalEntry *self);
AltmState altm_journal_entry_get_state (AltmJournalEntry *self);
const char *altm_journal_entry_get_reason (AltmJournalEntry *self);
const char *altm_journal_entry_get_detail (AltmJournalEntry *self);
gboolean altm_journal_entry_is_deleted (AltmJournalEntry *self);
json_t *altm_journal_entry_get_data (AltmJournalEntry *self);

#define ALTM_TYPE_JOURNAL (altm_journal_get_type ())
G_DECLARE_FINAL_TYPE (AltmJournal, altm_journal, ALTM, JOURNAL, GObject)

/**
 * AltmJournal: a #GListModel of #AltmJournalEntry, latest first, of which only the pages near
 * the last ones asked for are in memory.
 *
 * #AltmJournal::failed is emitted with the #GError, an %ALTM_STORE_ERROR, where the store cannot be opened.
 * #AltmJournal::search-failed is emitted where the index is missing or damaged, which altm_search_step() mends.
 */
AltmJournal *altm_journal_new (const char *directory, gboolean only_quarantined);
void altm_journal_refresh (AltmJournal *self);
void altm_journal_search (AltmJournal *self, const char *text);

G_END_DECLS
