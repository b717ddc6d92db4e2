/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_PRIVACY_WARNING (altm_privacy_warning_get_type ())
G_DECLARE_FINAL_TYPE (AltmPrivacyWarning, altm_privacy_warning, ALTM, PRIVACY_WARNING, GtkWidget)

/**
 * AltmPrivacyWarning: says, as one types, what in a text would identify a person, and why it does
 * not belong there. It never keeps anybody from typing. Its property `text-kind` says of which text:
 * "note" (sealed), "referral" (sealed, with the person's agreement) or "clear" (not sealed).
 */
void altm_privacy_warning_watch (AltmPrivacyWarning *self, GtkEditable *entry);
void altm_privacy_warning_watch_view (AltmPrivacyWarning *self, GtkTextView *view);

G_END_DECLS
