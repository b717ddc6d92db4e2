/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-follow-up.h"
#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_DUE_ROW (altm_due_row_get_type ())
G_DECLARE_FINAL_TYPE (AltmDueRow, altm_due_row, ALTM, DUE_ROW, GtkListBoxRow)

/**
 * AltmDueRow: a referral to be followed up: to whom, its code, the place, when, and what HQ said; pressed, its page
 * opens. Nothing in it names the person.
 */
GtkWidget *altm_due_row_new (AltmSession *session, const AltmFollowUp *referral, gint64 now);
void altm_due_row_open (GtkListBoxRow *row, AltmSession *session);

G_END_DECLS
