/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-call-list.h"
#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_CALL_LIST_PAGE (altm_call_list_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmCallListPage, altm_call_list_page, ALTM, CALL_LIST_PAGE, GtkWidget)

/**
 * AltmCallListPage: those who are to be called: typed or pasted, one line each, taken off one by one, or all at once.
 */
GtkWidget *altm_call_list_page_new (AltmSession *session, AltmCallList *list);

G_END_DECLS
