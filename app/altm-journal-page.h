/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_JOURNAL_PAGE (altm_journal_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmJournalPage, altm_journal_page, ALTM, JOURNAL_PAGE, GtkWidget)

/**
 * AltmJournalPage: all records, latest first, each with its state.
 */
GtkWidget *altm_journal_page_new (AltmSession *session);
void altm_journal_page_search (AltmJournalPage *self);

G_END_DECLS
