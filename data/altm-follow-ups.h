/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-day.h"
#include "altm-follow-up.h"
#include "altm-worker.h"

G_BEGIN_DECLS

#define ALTM_TYPE_FOLLOW_UPS (altm_follow_ups_get_type ())
G_DECLARE_FINAL_TYPE (AltmFollowUps, altm_follow_ups, ALTM, FOLLOW_UPS, GObject)

/**
 * AltmFollowUps: the referrals to be followed up, and the day so far, as a reading thread found them last.
 *
 * #AltmFollowUps::changed is emitted after each reading.
 */
AltmFollowUps *altm_follow_ups_new (const char *directory);
void altm_follow_ups_refresh (AltmFollowUps *self, gint64 now);
GPtrArray *altm_follow_ups_get_list (AltmFollowUps *self);
const AltmFollowUp *altm_follow_ups_find (AltmFollowUps *self, const char *id);
guint altm_follow_ups_count_due (AltmFollowUps *self);
const AltmDay *altm_follow_ups_get_day (AltmFollowUps *self);
const char *altm_follow_ups_get_told (AltmFollowUps *self);

G_END_DECLS
