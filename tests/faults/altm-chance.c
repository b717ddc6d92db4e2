/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-chance.h"

#include <sodium.h>

struct _AltmChance
{
  GRand *rand;
};

/* libsodium asks for bytes without saying for whom. */
static AltmChance *given_to_sodium;

void
altm_chance_fill (AltmChance *self, void *bytes, gsize length)
{
  guint8 *each = bytes;

  for (gsize i = 0; i < length; i++)
    each[i] = (guint8) g_rand_int (self->rand);
}

static const char *
name_source (void)
{
  return "altm-chance";
}

static void
fill_for_sodium (void *const bytes, const size_t length)
{
  altm_chance_fill (given_to_sodium, bytes, length);
}

static uint32_t
draw_for_sodium (void)
{
  return g_rand_int (given_to_sodium->rand);
}

/**
 * altm_chance_new:
 *
 * Makes the one chance of this process, and has libsodium draw from it: before sodium_init().
 *
 * Returns: (transfer full): the chance
 */
AltmChance *
altm_chance_new (void)
{
  static randombytes_implementation source = { .implementation_name = name_source,
                                               .random = draw_for_sodium,
                                               .buf = fill_for_sodium };
  AltmChance *self = g_new0 (AltmChance, 1);

  self->rand = g_rand_new_with_seed (0);
  g_assert (given_to_sodium == NULL);
  given_to_sodium = self;
  g_assert (randombytes_set_implementation (&source) == 0 && sodium_init () >= 0);
  return self;
}

void
altm_chance_free (AltmChance *self)
{
  g_rand_free (self->rand);
  g_free (self);
}

void
altm_chance_seed (AltmChance *self, guint32 seed)
{
  g_rand_set_seed (self->rand, seed);
}

/**
 * altm_chance_below:
 *
 * Returns: 0 to @limit - 1
 */
guint
altm_chance_below (AltmChance *self, guint limit)
{
  return (guint) g_rand_int_range (self->rand, 0, (gint32) limit);
}

/**
 * altm_chance_in:
 *
 * Returns: %TRUE one time in @n
 */
gboolean
altm_chance_in (AltmChance *self, guint n)
{
  return altm_chance_below (self, n) == 0;
}
