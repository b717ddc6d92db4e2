/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_CONTACT_FIELDS (altm_contact_fields_get_type ())
G_DECLARE_FINAL_TYPE (AltmContactFields, altm_contact_fields, ALTM, CONTACT_FIELDS, GtkWidget)

/**
 * AltmContactFields: what is entered of a contact but its private text: the fields that belong to its channel and its
 * register, and no others. What the form does not show stays as it was in what it was filled with.
 * #AltmContactFields::changed is emitted when a tap changes any of it.
 */
json_t *altm_contact_fields_new_data (AltmSession *session, const char *channel, const char *register_code);
void altm_contact_fields_fill (AltmContactFields *self, AltmSession *session, json_t *data);
json_t *altm_contact_fields_get_data (AltmContactFields *self);
const char *altm_contact_fields_get_public (AltmContactFields *self);
json_t *altm_contact_fields_get_themes (AltmContactFields *self);
void altm_contact_fields_choose_missing (AltmContactFields *self, const char *action, const char *result);

G_END_DECLS
