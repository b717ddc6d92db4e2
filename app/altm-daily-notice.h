/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "altm-session.h"

G_BEGIN_DECLS

/**
 * AltmDailyNoticeKind: what is told once a day.
 * @ALTM_DAILY_NOTICE_DUE: how many referrals are due
 * @ALTM_DAILY_NOTICE_LATE: how many records wait to be sent, the oldest for three days or more
 */
typedef enum
{
  ALTM_DAILY_NOTICE_DUE,
  ALTM_DAILY_NOTICE_LATE,
} AltmDailyNoticeKind;

#define ALTM_TYPE_DAILY_NOTICE (altm_daily_notice_get_type ())
G_DECLARE_FINAL_TYPE (AltmDailyNotice, altm_daily_notice, ALTM, DAILY_NOTICE, GObject)

/**
 * AltmDailyNotice: tells something once a day, as a notification: a number, and nobody's name.
 */
AltmDailyNotice *altm_daily_notice_new (GApplication *application, AltmSession *session, AltmDailyNoticeKind kind);

G_END_DECLS
