/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define ALTM_TYPE_DISPLAY_GROUP (altm_display_group_get_type ())
G_DECLARE_FINAL_TYPE (AltmDisplayGroup, altm_display_group, ALTM, DISPLAY_GROUP, AdwPreferencesGroup)

/**
 * AltmDisplayGroup: the size of the text, which changes at once, and the language, which changes with the next start;
 * a button makes that now. Not to be seen where the app has no settings.
 */

G_END_DECLS
