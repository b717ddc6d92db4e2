/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-filter.h"

#include <string.h>

/**
 * altm_filter_takes:
 *
 * Returns: whether what is of this place, channel and team counts, whenever it was
 */
gboolean
altm_filter_takes (const AltmFilter *self, const char *place, const char *channel, const char *team)
{
  return (self->channel == NULL || strcmp (self->channel, channel) == 0) &&
         (self->teams == NULL || g_hash_table_contains (self->teams, team)) &&
         (self->places == NULL || g_hash_table_contains (self->places, place));
}
