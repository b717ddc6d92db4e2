/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a lock costs whoever records: a contact with a note is saved on a tablet without a lock and on one
 * with it, locked. The two take turns, and change who goes first, so that a busy disk or processor slows both
 * down alike. And how long it takes to unlock. */

#include <glib/gstdio.h>
#include <sodium.h>
#include <stdlib.h>

#include "altm-lock.h"
#include "altm-outbox.h"
#include "bench.h"

#define HOLDER "m-17"
#define PIN "481516"
#define NOTE "Elle cherche un rendez-vous, je rappelle jeudi avec l'adresse de la maison France services."
#define UNLOCKS 5

typedef struct
{
  AltmStore *store;
  BenchShift shift;
  GArray *seconds;
} Tablet;

static void
begin (Tablet *self, const char *directory, const char *name, const char *seal_key)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr(GError) error = NULL;

  self->store = altm_store_open (path, &error);
  if (self->store == NULL || !altm_store_set_setting (self->store, "seal_key", seal_key, &error))
    bench_fail ("no store", error);
  bench_shift_begin (&self->shift, altm_store_get_lists (self->store), 1, g_get_real_time ());
  self->seconds = g_array_new (FALSE, FALSE, sizeof (double));
}

static void
end (Tablet *self)
{
  bench_shift_end (&self->shift);
  altm_store_close (self->store);
  g_array_unref (self->seconds);
}

static void
add (Tablet *self)
{
  g_autoptr(json_t) data = bench_shift_contact (&self->shift);
  g_autoptr(json_t) private = json_pack ("{s:s}", "note", NOTE);
  g_autoptr(GError) error = NULL;
  AltmEntry entry = { "contact", .by = self->shift.by, .shift = self->shift.shift, .place = self->shift.place, .data = data,
                      .private = private };
  double start = bench_now (), spent;

  if (!altm_outbox_add (self->store, &entry, 1, g_get_real_time (), NULL, &error))
    bench_fail ("a record was not saved", error);
  spent = bench_now () - start;
  g_array_append_val (self->seconds, spent);
}

static void
set_lock (Tablet *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmVault) vault = altm_vault_create (HOLDER, PIN, NULL, &error);

  if (vault == NULL || !altm_lock_set (self->store, NULL, vault, &error))
    bench_fail ("no lock", error);
}

static double
measure_unlock (Tablet *self)
{
  g_autoptr(GArray) seconds = g_array_new (FALSE, FALSE, sizeof (double));

  for (int i = 0; i < UNLOCKS; i++)
    {
      double start = bench_now (), spent;
      g_autoptr(GError) error = NULL;
      g_autoptr(AltmVault) vault = altm_lock_begin_try (self->store, HOLDER, g_get_real_time (), &error);
      g_autoptr(AltmSealPair) pair = vault != NULL ? altm_vault_open (vault, HOLDER, PIN, &error) : NULL;

      if (pair == NULL || !altm_lock_end_try (self->store, vault, TRUE, g_get_real_time (), &error))
        bench_fail ("not unlocked", error);
      spent = bench_now () - start;
      g_array_append_val (seconds, spent);
    }
  return bench_quantile (seconds, 0.5);
}

static void
measure (const char *directory, guint count)
{
  g_autoptr(AltmSealPair) hq = altm_seal_pair_new ();
  Tablet open = { NULL }, locked = { NULL };

  begin (&open, directory, "open", altm_seal_pair_get_key (hq));
  begin (&locked, directory, "locked", altm_seal_pair_get_key (hq));
  set_lock (&locked);
  for (guint i = 0; i < count; i++)
    {
      add (i % 2 == 0 ? &open : &locked);
      add (i % 2 == 0 ? &locked : &open);
    }
  bench_print (json_pack ("{s:s, s:I, s:f, s:f, s:f, s:f, s:f}", "bench", "lock", "records", (json_int_t) count, "ratio",
                          bench_quantile (locked.seconds, 0.5) / bench_quantile (open.seconds, 0.5), "open_us",
                          1e6 * bench_quantile (open.seconds, 0.5), "locked_us",
                          1e6 * bench_quantile (locked.seconds, 0.5), "ratio_sums",
                          bench_sum (locked.seconds) / bench_sum (open.seconds), "unlock_s", measure_unlock (&locked)));
  end (&open);
  end (&locked);
}

int
main (int argc, char **argv)
{
  if (argc != 3 || atoi (argv[2]) < 1)
    bench_fail ("bench-lock FOLDER COUNT: a new folder, and how many records", NULL);
  if (sodium_init () < 0 || g_mkdir (argv[1], 0700) != 0)
    bench_fail ("the folder can't be made anew", NULL);
  measure (argv[1], (guint) atoi (argv[2]));
  return 0;
}
