/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_POST_OFFICE_PAGE (altm_post_office_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmPostOfficePage, altm_post_office_page, ALTM, POST_OFFICE_PAGE, GtkWidget)

/**
 * AltmPostOfficePage: counts the clients of a post office. Each tap is one more, and shown once
 * it is on disk.
 */
GtkWidget *altm_post_office_page_new (AltmSession *session);

G_END_DECLS
