/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"

G_BEGIN_DECLS

/**
 * AltmShift: a mediator's shift (vacation). Owns its texts.
 * @start: microseconds since 1970-01-01 UTC; @is_running: whether it has not ended
 * @partners: (nullable): a JSON array of mediators' codes
 * @contacts, @referrals, @counted: what was recorded in it so far (@counted: clients who came in)
 */
typedef struct
{
  char *id;
  char *channel;
  char *place;
  char *by;
  json_t *partners;
  gint64 start;
  gboolean is_running;
  gint64 contacts;
  gint64 referrals;
  gint64 counted;
} AltmShift;

void altm_shift_free (AltmShift *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmShift, altm_shift_free)

gboolean altm_shift_start (AltmStore *store, const char *channel, const char *place,
                           const char *by, json_t *partners, gint64 now, GError **error);
gboolean altm_shift_end (AltmStore *store, gint64 now, GError **error);
AltmShift *altm_shift_load_last (AltmStore *store);

G_END_DECLS
