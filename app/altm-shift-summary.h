/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_SHIFT_SUMMARY (altm_shift_summary_get_type ())
G_DECLARE_FINAL_TYPE (AltmShiftSummary, altm_shift_summary, ALTM, SHIFT_SUMMARY, GtkWidget)

/**
 * AltmShiftSummary: the running shift so far, and its end.
 */
void altm_shift_summary_set_session (AltmShiftSummary *self, AltmSession *session);

G_END_DECLS
