/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** ALTM_SCHEDULE_MOST_BACKOFF: the longest wait after failures, in seconds. */
#define ALTM_SCHEDULE_MOST_BACKOFF (15 * 60)

/** ALTM_SCHEDULE_NEAR_BACKOFF: the same where records wait, there is a network, and no HQ on it. */
#define ALTM_SCHEDULE_NEAR_BACKOFF (2 * 60)

/**
 * AltmSchedule: when to try HQ next. It has no clock and no dice: times are microseconds of a clock
 * that never jumps, and each chance is a number from 0 to 1, drawn evenly by the caller.
 * @due: when to begin the next push; 0 while one is made, and before the first
 * @began: when the last one began
 * @not_before: what HQ asked for; no sign of a network is a reason to come earlier
 * @failures: how many pushes failed one after the other, since the network last changed
 * @is_backing_off: whether the last one failed
 */
typedef struct
{
  gint64 due;
  gint64 began;
  gint64 not_before;
  guint failures;
  gboolean is_backing_off;
} AltmSchedule;

void altm_schedule_begin (AltmSchedule *self, gint64 now);
void altm_schedule_note_success (AltmSchedule *self, gint64 now);
void altm_schedule_note_failure (AltmSchedule *self, gint64 most_seconds, gint64 retry_after, double chance, gint64 now);
void altm_schedule_note_queued (AltmSchedule *self, gint64 now);
void altm_schedule_note_network (AltmSchedule *self, double chance, gint64 now);

G_END_DECLS
