/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the journal and its entries share; nobody else sees it. */

#include <string.h>

#include "altm-journal.h"

G_BEGIN_DECLS

/* A row as it is read: its lines are made into trees only where it is shown. @line and @before are empty until
 * then; @before is what a record was that was withdrawn. */
typedef struct
{
  GBytes *bytes;
  GBytes *before_bytes;
  AltmLine line;
  AltmLine before;
  AltmState state;
  char *reason;
  char *detail;
} AltmJournalRow;

void altm_journal_row_clear (AltmJournalRow *self);
AltmJournalEntry *altm_journal_entry_new (void);
void altm_journal_entry_fill (AltmJournalEntry *self, AltmJournalRow *row);

G_END_DECLS
