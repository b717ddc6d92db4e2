/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_CONTACT_PAGE (altm_contact_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmContactPage, altm_contact_page, ALTM, CONTACT_PAGE, GtkWidget)

/**
 * AltmContactPage: the form of a contact. Everything but the register is preset or optional, so
 * that it can be saved as it opens. From the first tap on it is a draft.
 */
GtkWidget *altm_contact_page_new (AltmSession *session, const char *register_code);
GtkWidget *altm_contact_page_new_like (AltmSession *session, json_t *data);
GtkWidget *altm_contact_page_new_from (AltmSession *session, const AltmDraft *draft);
void altm_contact_page_open_details (AltmContactPage *self);

G_END_DECLS
