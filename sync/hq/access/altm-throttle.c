/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-throttle.h"

/* After so many wrong passwords in a row a name has to wait, twice as long each time, up to the most. */
#define FREE_TRIES 5
#define FIRST_WAIT (30 * G_TIME_SPAN_SECOND)
#define MOST_WAIT (15 * G_TIME_SPAN_MINUTE)
#define MOST_DOUBLINGS 10

/* Whoever tries more names than these makes it forget, which costs each of them a whole Argon2id. */
#define MOST_NAMES 10000

struct _AltmThrottle
{
  GHashTable *tries; /* name -> Tries */
};

typedef struct
{
  guint count;
  gint64 last;
} Tries;

AltmThrottle *
altm_throttle_new (void)
{
  AltmThrottle *self = g_new0 (AltmThrottle, 1);

  self->tries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
altm_throttle_free (AltmThrottle *self)
{
  g_hash_table_unref (self->tries);
  g_free (self);
}

/**
 * altm_throttle_find_wait:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: how long this name has to wait until it is tried again, in microseconds
 */
gint64
altm_throttle_find_wait (AltmThrottle *self, const char *name, gint64 now)
{
  const Tries *tries = g_hash_table_lookup (self->tries, name);
  gint64 wait;

  if (tries == NULL || tries->count < FREE_TRIES)
    return 0;
  wait = FIRST_WAIT << MIN (tries->count - FREE_TRIES, MOST_DOUBLINGS);
  return MAX (tries->last + MIN (wait, MOST_WAIT) - now, 0);
}

/**
 * altm_throttle_note:
 * @now: when the password was wrong, microseconds since 1970-01-01 UTC
 */
void
altm_throttle_note (AltmThrottle *self, const char *name, gint64 now)
{
  Tries *tries = g_hash_table_lookup (self->tries, name);

  if (tries == NULL)
    {
      if (g_hash_table_size (self->tries) >= MOST_NAMES)
        g_hash_table_remove_all (self->tries);
      tries = g_new0 (Tries, 1);
      g_hash_table_insert (self->tries, g_strdup (name), tries);
    }
  tries->count++;
  tries->last = now;
}

/**
 * altm_throttle_forget:
 * @name: under which the password was right
 */
void
altm_throttle_forget (AltmThrottle *self, const char *name)
{
  g_hash_table_remove (self->tries, name);
}
