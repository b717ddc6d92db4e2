/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-calls.h"

G_BEGIN_DECLS

#define ALTM_TYPE_CALL_STRIP (altm_call_strip_get_type ())
G_DECLARE_FINAL_TYPE (AltmCallStrip, altm_call_strip, ALTM, CALL_STRIP, GtkWidget)

/**
 * AltmCallStrip: who is called, above whatever else is said of the call and however far that is scrolled.
 */
void altm_call_strip_show_call (AltmCallStrip *self, const AltmCallLine *call);

G_END_DECLS
