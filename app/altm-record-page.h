/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-journal.h"
#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_RECORD_PAGE (altm_record_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmRecordPage, altm_record_page, ALTM, RECORD_PAGE, GtkWidget)

/**
 * AltmRecordPage: what was recorded, where it is, and its private text: whether there is any,
 * shown on request once unlocked, replaced or removed at any time.
 */
GtkWidget *altm_record_page_new (AltmSession *session, AltmJournalEntry *entry);

G_END_DECLS
