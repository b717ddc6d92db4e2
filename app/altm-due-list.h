/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_DUE_LIST (altm_due_list_get_type ())
G_DECLARE_FINAL_TYPE (AltmDueList, altm_due_list, ALTM, DUE_LIST, GtkWidget)

/**
 * AltmDueList: the few referrals to follow up today, with what HQ has just reported, and the day so far; nothing where
 * there is nothing to say.
 */
void altm_due_list_set_session (AltmDueList *self, AltmSession *session);

G_END_DECLS
