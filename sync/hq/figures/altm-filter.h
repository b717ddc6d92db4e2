/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AltmFilter: of which records figures are counted.
 * @from: the first day, counted from 1970-01-01 in Europe/Paris
 * @to: the first day that counts no more
 * @places: (nullable): a set of ids of places, %NULL for any
 * @channel: (nullable): a code of `canal`, %NULL for any
 * @teams: (nullable): a set of names of teams, %NULL for any
 */
typedef struct
{
  int from;
  int to;
  GHashTable *places;
  const char *channel;
  GHashTable *teams;
} AltmFilter;

/** ALTM_FILTER_FIRST, ALTM_FILTER_LAST: days before and after all that is counted. */
#define ALTM_FILTER_FIRST (-700000)
#define ALTM_FILTER_LAST 2900000

gboolean altm_filter_takes (const AltmFilter *self, const char *place, const char *channel, const char *team);

G_END_DECLS
