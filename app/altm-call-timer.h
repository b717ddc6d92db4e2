/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_CALL_TIMER (altm_call_timer_get_type ())
G_DECLARE_FINAL_TYPE (AltmCallTimer, altm_call_timer, ALTM, CALL_TIMER, GtkWidget)

/**
 * AltmCallTimer: the button that begins a call, and how long that takes. Where nothing on the tablet makes calls, it
 * says so, and only the time begins.
 *
 * #AltmCallTimer::begun is emitted when the button was pressed, #AltmCallTimer::ticked when the time is another.
 */
void altm_call_timer_set_times (AltmCallTimer *self, gint64 started, gint64 stopped);
gint64 altm_call_timer_get_started (AltmCallTimer *self);
gint64 altm_call_timer_get_stopped (AltmCallTimer *self);
void altm_call_timer_stop (AltmCallTimer *self);
int altm_call_timer_count_minutes (AltmCallTimer *self);

void altm_call_timer_set_has_phone (AltmCallTimer *self, gboolean has_phone);
void altm_call_timer_dial (AltmCallTimer *self, const char *phone);

G_END_DECLS
