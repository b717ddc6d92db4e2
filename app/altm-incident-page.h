/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_INCIDENT_PAGE (altm_incident_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmIncidentPage, altm_incident_page, ALTM, INCIDENT_PAGE, GtkWidget)

/**
 * AltmIncidentPage: an observation: an incident, or something that is out of order (kind "veille"). From the first
 * tap on it is a draft.
 */
GtkWidget *altm_incident_page_new (AltmSession *session, const char *kind);
GtkWidget *altm_incident_page_new_from (AltmSession *session, const AltmDraft *draft);

G_END_DECLS
