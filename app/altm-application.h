/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define ALTM_TYPE_APPLICATION (altm_application_get_type ())
G_DECLARE_FINAL_TYPE (AltmApplication, altm_application, ALTM, APPLICATION, AdwApplication)

/**
 * AltmApplication: owns the session, and stays while something is queued, window or not. Action "app.restart":
 * starts the program anew; enabled while another language is set than the one that it runs in.
 */
AltmApplication *altm_application_new (void);
char *altm_application_get_restart (AltmApplication *self);

G_END_DECLS
