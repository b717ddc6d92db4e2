/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-pace.h"

/* 12 kB take 3.2 s over 2G (40 kbit/s, 800 ms there and back), and hold a day's records twice. */
#define FIRST_BYTES (12 * 1024)
/* Below this the round trip is all that counts, and smaller batches only make more of them. */
#define LEAST_BYTES (2 * 1024)
#define MOST_BYTES (16 * 1024 * 1024)
/* Records without private text, as gzip packs them; too much is corrected before it is sent. */
#define FIRST_PLAIN_PER_100 500

#define LEAST_TIME (2 * G_USEC_PER_SEC)
#define BEST_TIME (3 * G_USEC_PER_SEC)
#define MOST_TIME (5 * G_USEC_PER_SEC)

/**
 * altm_pace_init:
 *
 * Sets it to what suits a line of which nothing is known.
 */
void
altm_pace_init (AltmPace *self)
{
  self->bytes = FIRST_BYTES;
  self->plain_per_100 = FIRST_PLAIN_PER_100;
}

/**
 * altm_pace_get_plain:
 *
 * Returns: how many bytes of lines, before gzip, will come to about @bytes
 */
gsize
altm_pace_get_plain (const AltmPace *self)
{
  return self->bytes * self->plain_per_100 / 100;
}

/**
 * altm_pace_note_size:
 * @plain: bytes of a batch's lines
 * @sent: what gzip made of them
 */
void
altm_pace_note_size (AltmPace *self, gsize plain, gsize sent)
{
  self->plain_per_100 = CLAMP (plain * 100 / MAX (sent, 1), 50, 5000);
}

static gsize
fit (gsize sent, gint64 elapsed)
{
  return (gsize) ((double) sent * BEST_TIME / (double) MAX (elapsed, 1));
}

/**
 * altm_pace_note_receipt:
 * @sent: bytes of the batch that it is for
 * @elapsed: microseconds from the batch's beginning to its receipt
 *
 * A batch that was quick makes the next one as large as would have taken 3 seconds, and at most
 * twice as large as before: so the round trip of a small one says nothing. One that was slow makes
 * it smaller.
 */
void
altm_pace_note_receipt (AltmPace *self, gsize sent, gint64 elapsed)
{
  gsize fitting = fit (sent, elapsed);

  if (elapsed > MOST_TIME)
    self->bytes = CLAMP (fitting, LEAST_BYTES, self->bytes);
  else if (elapsed < LEAST_TIME)
    self->bytes = CLAMP (fitting, self->bytes, MIN (2 * self->bytes, MOST_BYTES));
}

/**
 * altm_pace_note_cut:
 * @sent: bytes of the batch that was cut
 * @elapsed: microseconds from its beginning to the cut
 *
 * The next batch is half as large at most, so that more of a line that keeps failing gets through.
 */
void
altm_pace_note_cut (AltmPace *self, gsize sent, gint64 elapsed)
{
  gsize most = MIN (self->bytes / 2, fit (sent, elapsed));

  self->bytes = MAX (most, LEAST_BYTES);
}
