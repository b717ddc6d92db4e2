/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_ENROLMENT_PAGE (altm_enrolment_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmEnrolmentPage, altm_enrolment_page, ALTM, ENROLMENT_PAGE, GtkWidget)

/**
 * AltmEnrolmentPage: makes this tablet one of HQ's, by a link or by an address and a code.
 */
GtkWidget *altm_enrolment_page_new (AltmSession *session, gboolean has_back);
void altm_enrolment_page_set_link (AltmEnrolmentPage *self, const char *link);

G_END_DECLS
