/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "altm-journal.h"
#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_PROBLEM_ROW (altm_problem_row_get_type ())
G_DECLARE_FINAL_TYPE (AltmProblemRow, altm_problem_row, ALTM, PROBLEM_ROW, GtkListBoxRow)

/**
 * AltmProblemRow: a record that HQ refused: why, which one, and what to do.
 */
GtkWidget *altm_problem_row_new (AltmSession *session, AltmJournalEntry *entry);

AltmJournalEntry *altm_problem_row_get_entry (AltmProblemRow *self);

G_END_DECLS
