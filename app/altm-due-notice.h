/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_DUE_NOTICE (altm_due_notice_get_type ())
G_DECLARE_FINAL_TYPE (AltmDueNotice, altm_due_notice, ALTM, DUE_NOTICE, GObject)

/**
 * AltmDueNotice: tells once a day how many referrals are due, as a notification: a number, and nobody's name.
 */
AltmDueNotice *altm_due_notice_new (GApplication *application, AltmSession *session);

G_END_DECLS
