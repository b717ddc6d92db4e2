/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-call-list.h"
#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_CALL_PAGE (altm_call_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmCallPage, altm_call_page, ALTM, CALL_PAGE, GtkWidget)

/**
 * AltmCallPage: one call: whom to call, how long it takes, what came of it. Three taps record it. From the first on it
 * is a draft.
 *
 * #AltmCallPage::done is emitted when it was saved or discarded, and the next one can begin.
 */
GtkWidget *altm_call_page_new (AltmSession *session, AltmCallList *list, const AltmDraft *draft);
gboolean altm_call_page_is_call (const AltmDraft *draft);
void altm_call_page_open_details (AltmCallPage *self);

G_END_DECLS
