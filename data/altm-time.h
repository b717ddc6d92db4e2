/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** ALTM_SLOT: length of a slot of client flow, in microseconds. */
#define ALTM_SLOT (15 * G_TIME_SPAN_MINUTE)

gboolean altm_time_parse (const char *text, gint64 *time);
char *altm_time_format (gint64 time, GTimeZone *zone);
char *altm_time_format_slot (gint64 time);
gboolean altm_date_parse (const char *text, GTimeZone *zone, gint64 *time);

G_END_DECLS
