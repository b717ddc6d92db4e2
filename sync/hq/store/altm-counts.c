/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-counts.h"

#define BITS 7
#define MORE 0x80
#define MOST_BITS 63

AltmCounts *
altm_counts_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (AltmCount));
}

static AltmCount *
bring (AltmCounts *self, guint what)
{
  const AltmCount none = { what, 0 };

  for (guint i = 0; i < self->len; i++)
    if (g_array_index (self, AltmCount, i).what == what)
      return &g_array_index (self, AltmCount, i);
  g_array_append_val (self, none);
  return &g_array_index (self, AltmCount, self->len - 1);
}

/**
 * altm_counts_add:
 * @count: how much more; less where it is negative
 */
void
altm_counts_add (AltmCounts *self, guint what, gint64 count)
{
  bring (self, what)->count += count;
}

static void
write_number (GByteArray *bytes, guint64 number)
{
  guint8 byte;

  do
    {
      byte = (guint8) (number & (MORE - 1));
      number >>= BITS;
      if (number > 0)
        byte |= MORE;
      g_byte_array_append (bytes, &byte, 1);
    }
  while (number > 0);
}

static int
compare (gconstpointer one, gconstpointer other)
{
  guint first = ((const AltmCount *) one)->what, second = ((const AltmCount *) other)->what;

  return first < second ? -1 : first > second;
}

/**
 * altm_counts_pack:
 *
 * Returns: (transfer full) (nullable): the counts above 0, by @what, as pairs of @what and @count, each in 7 bits a byte, the
 *   lowest first, with the high bit where another byte follows (LEB128), so that the same counts give the same bytes;
 *   %NULL where nothing is counted
 */
GBytes *
altm_counts_pack (AltmCounts *self)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  g_array_sort (self, compare);
  for (guint i = 0; i < self->len; i++)
    {
      const AltmCount *count = &g_array_index (self, AltmCount, i);

      if (count->count <= 0)
        continue;
      write_number (bytes, count->what);
      write_number (bytes, (guint64) count->count);
    }
  return bytes->len > 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}

static const guint8 *
read_number (const guint8 *at, const guint8 *end, guint64 *number)
{
  *number = 0;
  for (guint bits = 0; at != NULL && at < end && bits < MOST_BITS; bits += BITS, at++)
    {
      *number |= (guint64) (*at & (MORE - 1)) << bits;
      if ((*at & MORE) == 0)
        return at + 1;
    }
  return NULL;
}

/**
 * altm_counts_read:
 * @at: where a pair begins
 * @end: behind the last byte
 * @count: (out caller-allocates): the pair
 *
 * Returns: where the next pair begins, or %NULL where these bytes are none of altm_counts_pack()'s
 */
const guint8 *
altm_counts_read (const guint8 *at, const guint8 *end, AltmCount *count)
{
  guint64 what, number;

  at = read_number (read_number (at, end, &what), end, &number);
  count->what = (guint) what;
  count->count = (gint64) number;
  return at;
}

/**
 * altm_counts_unpack:
 * @bytes: (nullable): what altm_counts_pack() made, added to what is counted
 *
 * Returns: whether it did
 */
gboolean
altm_counts_unpack (AltmCounts *self, const guint8 *bytes, gsize length)
{
  const guint8 *at = bytes, *end = bytes != NULL ? bytes + length : NULL;
  AltmCount count;

  while (at != NULL && at < end)
    {
      at = altm_counts_read (at, end, &count);
      if (at != NULL)
        altm_counts_add (self, count.what, count.count);
    }
  return at == end;
}
