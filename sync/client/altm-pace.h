/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AltmPace: how much to send at once, so that a batch takes 2 to 5 seconds: long enough for the
 * round trip not to count, short enough for a cut to cost little. It has no clock; it is told how
 * long each batch took.
 * @bytes: that the next batch may have, as they are sent
 * @plain_per_100: how many bytes of lines came to 100 bytes sent, in the last batch
 */
typedef struct
{
  gsize bytes;
  gsize plain_per_100;
} AltmPace;

void altm_pace_init (AltmPace *self);
gsize altm_pace_get_plain (const AltmPace *self);
void altm_pace_note_size (AltmPace *self, gsize plain, gsize sent);
void altm_pace_note_receipt (AltmPace *self, gsize sent, gint64 elapsed);
void altm_pace_note_cut (AltmPace *self, gsize sent, gint64 elapsed);

G_END_DECLS
