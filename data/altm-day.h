/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"

G_BEGIN_DECLS

/** AltmDay: what was recorded on a day, over all its shifts. */
typedef struct
{
  gint64 contacts;
  gint64 referrals;
  gint64 clients;
} AltmDay;

void altm_day_load (AltmStore *store, gint64 now, GTimeZone *zone, AltmDay *day);

G_END_DECLS
