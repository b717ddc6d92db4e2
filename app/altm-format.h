/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *altm_format_time (gint64 time);
char *altm_format_day (gint64 time);
gboolean altm_format_is_same_day (gint64 time, gint64 other);
char *altm_format_near_day (gint64 time, gint64 now);
char *altm_format_moment (gint64 time, gint64 now);
char *altm_format_slot (gint64 time);
char *altm_format_join (const char *const *parts);
char *altm_format_attempts (int attempts);

G_END_DECLS
