/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-schedule.h"

#define NEWS_SECONDS (15 * 60)
#define SOON_SECONDS 2
#define FIRST_BACKOFF_SECONDS 5
#define DOUBLINGS 10 /* beyond the longest wait */

/* A network that comes up says so several times within a second or two, and its names and routes
 * are not all there with the first. The try is 1 to 3 seconds later, so that tablets that come out
 * of one hall do not ask as one, and one that flaps is asked on every 4 seconds at most. */
#define SETTLE_SECONDS 1
#define SPREAD_SECONDS 2
#define APART_SECONDS 4

/**
 * altm_schedule_begin:
 *
 * A push begins.
 */
void
altm_schedule_begin (AltmSchedule *self, gint64 now)
{
  self->due = 0;
  self->began = now;
  self->not_before = 0;
  self->is_backing_off = FALSE;
}

/**
 * altm_schedule_note_success:
 *
 * A push came to its end: the next one asks for news.
 */
void
altm_schedule_note_success (AltmSchedule *self, gint64 now)
{
  self->failures = 0;
  self->due = now + NEWS_SECONDS * G_USEC_PER_SEC;
}

/**
 * altm_schedule_note_failure:
 * @most_seconds: the longest wait there may be
 * @retry_after: seconds that HQ asked to wait, 0 where it did not
 *
 * A push failed. The wait has full jitter: it is drawn from 0 to a bound that doubles each time, so
 * that tablets that lost HQ together do not come back together. What HQ asks for is waited for, and
 * up to as long again.
 */
void
altm_schedule_note_failure (AltmSchedule *self, gint64 most_seconds, gint64 retry_after, double chance, gint64 now)
{
  gint64 asked = CLAMP (retry_after, 0, ALTM_SCHEDULE_MOST_BACKOFF);
  gint64 bound = MIN (most_seconds, (gint64) FIRST_BACKOFF_SECONDS << self->failures);
  double wait = (double) asked + chance * (double) MAX (bound, asked);

  self->is_backing_off = TRUE;
  self->failures = MIN (self->failures + 1, DOUBLINGS);
  self->not_before = now + asked * G_USEC_PER_SEC;
  self->due = now + (gint64) (MAX (wait, 1) * G_USEC_PER_SEC);
}

static void
hasten (AltmSchedule *self, gint64 time)
{
  self->due = self->due == 0 ? time : MIN (self->due, time);
}

/**
 * altm_schedule_note_queued:
 *
 * Something was queued: it is sent within seconds, but not while it waits after a failure.
 */
void
altm_schedule_note_queued (AltmSchedule *self, gint64 now)
{
  if (!self->is_backing_off)
    hasten (self, now + SOON_SECONDS * G_USEC_PER_SEC);
}

/**
 * altm_schedule_note_network:
 *
 * The system says that there is another network than before: HQ is asked within 4 seconds, unless
 * it asked to be left alone for longer, and what failed on the old one no longer counts.
 */
void
altm_schedule_note_network (AltmSchedule *self, double chance, gint64 now)
{
  gint64 settled = now + (gint64) ((SETTLE_SECONDS + chance * SPREAD_SECONDS) * G_USEC_PER_SEC);

  if (now < self->not_before)
    return;
  self->failures = 0;
  hasten (self, MAX (settled, self->began + APART_SECONDS * G_USEC_PER_SEC));
}
