/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-outbox.h"

G_BEGIN_DECLS

/** ALTM_DAILY_HOUR: from which hour of the day on, local time, something may be told. */
#define ALTM_DAILY_HOUR 8

/** ALTM_DAILY_LATE: how long something may wait to be sent before that is told, in microseconds. */
#define ALTM_DAILY_LATE (3 * G_TIME_SPAN_DAY)

gboolean altm_daily_is_to_tell (const char *told, guint number, gint64 now, GTimeZone *zone);
gint64 altm_daily_count_late (const AltmOutboxSummary *summary, gint64 now);

G_END_DECLS
