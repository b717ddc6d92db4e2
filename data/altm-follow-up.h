/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"

G_BEGIN_DECLS

/** ALTM_FOLLOW_UP_DAYS: an open referral without a date of its own is due so many days after it was made. */
#define ALTM_FOLLOW_UP_DAYS 14

/** ALTM_FOLLOW_UPS_READ: so many referrals are looked at, the latest ones; HQ counts under 2,000 a year of all tablets. */
#define ALTM_FOLLOW_UPS_READ 2000

/** AltmFollowUpKind: in the order in which they are shown. */
typedef enum
{
  ALTM_FOLLOW_UP_OVERDUE,
  ALTM_FOLLOW_UP_TODAY,
  ALTM_FOLLOW_UP_LATER,
  ALTM_FOLLOW_UP_CLOSED,
} AltmFollowUpKind;

/**
 * AltmFollowUp: a referral to be followed up, without anything that names the person. Times are microseconds
 * since 1970-01-01 UTC.
 * @time: when it was made
 * @structure: (nullable): id of a structure; else @structure_type
 * @status: its status now, a code of the list orientation_statut: what was received or set last
 * @hq_status: (nullable): what HQ said last
 * @hq_time: when HQ said it, by HQ's clock
 * @is_hq_newer: whether HQ's word is the last one
 * @due: the day on which it is due
 * @days: from today to that day; negative where it has passed
 */
typedef struct
{
  char *id;
  gint64 time;
  char *place;
  char *structure;
  char *structure_type;
  char *reference;
  char *status;
  char *hq_status;
  gint64 hq_time;
  gboolean is_hq_newer;
  GDate due;
  int days;
  AltmFollowUpKind kind;
} AltmFollowUp;

/**
 * AltmFollowUpChange: what a mediator changes; a field that is %NULL stays as it is.
 * @due: YYYY-MM-DD
 * @structure_type: a code of the list of that name; @structure, where it is one that is known: its id. Both take the place
 *   of the former ones.
 */
typedef struct
{
  const char *status;
  const char *due;
  const char *structure;
  const char *structure_type;
} AltmFollowUpChange;

void altm_follow_up_free (AltmFollowUp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmFollowUp, altm_follow_up_free)

gboolean altm_follow_up_is_due (const AltmFollowUp *self);
gboolean altm_follow_up_is_news (const AltmFollowUp *self, gint64 now);
gboolean altm_follow_up_is_closed (const char *status);
GPtrArray *altm_follow_up_list (AltmStore *store, gint64 now, GTimeZone *zone, GError **error);
gboolean altm_follow_up_change (AltmStore *store, const char *id, const AltmFollowUpChange *change, gint64 now,
                                GError **error);
char *altm_follow_up_format_day (gint64 now, int days, GTimeZone *zone);

G_END_DECLS
