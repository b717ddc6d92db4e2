/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_PAGE_HEADER (altm_page_header_get_type ())
G_DECLARE_FINAL_TYPE (AltmPageHeader, altm_page_header, ALTM, PAGE_HEADER, GtkWidget)

/**
 * AltmPageHeader: the way back, and what the page is. Its texts wrap rather than being cut, as
 * those of an #AdwWindowTitle would be with large text.
 */
void altm_page_header_set_titles (AltmPageHeader *self, const char *title, const char *subtitle);
void altm_page_header_name (AltmPageHeader *self, GtkWidget *page);
void altm_page_header_set_has_back (AltmPageHeader *self, gboolean has_back);

G_END_DECLS
