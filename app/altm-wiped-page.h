/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_WIPED_PAGE (altm_wiped_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmWipedPage, altm_wiped_page, ALTM, WIPED_PAGE, GtkWidget)

/**
 * AltmWipedPage: says that the tablet was emptied, and when.
 *
 * #AltmWipedPage::enrol is emitted when somebody wants to use it again.
 */
GtkWidget *altm_wiped_page_new (gint64 wiped);

G_END_DECLS
