/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A tablet's store after more than a year: enrolled, with a shift that is going on, and so many
 * contacts, of which HQ has acknowledged all but the latest. */

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "altm-outbox.h"
#include "altm-seal.h"
#include "altm-shift.h"
#include "altm-time.h"
#include "altm-uuid.h"
#include "bench.h"

#define AT_ONCE 1000
#define STILL_QUEUED 100
#define SECONDS_APART 360 /* two records of bench_shift_contact(), on the average */

/* Nobody listens at port 9 of loopback: the app finds HQ not reached, as it would on the road. */
static void
enrol (AltmStore *store, const char *directory)
{
  g_autofree char *path = g_strconcat (directory, ".hq-key", NULL);
  g_autofree char *device_id = altm_uuid_new_v4 ();
  g_autofree char *epoch = altm_uuid_new_v4 ();
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmSealPair) seal = altm_seal_pair_load (path, &error);

  if (seal == NULL || !altm_store_set_setting (store, "device_id", device_id, &error) ||
      !altm_store_set_setting (store, "token", "bench", &error) ||
      !altm_store_set_setting (store, "url", "http://127.0.0.1:9", &error) ||
      !altm_store_set_setting (store, "epoch", epoch, &error) ||
      !altm_store_set_setting (store, "hq", "Bench", &error) ||
      !altm_store_set_setting (store, "seal_key", altm_seal_pair_get_key (seal), &error))
    bench_fail ("the store was not enrolled", error);
}

/* A contact of its own time; the entry's texts last as long as @texts. */
static AltmEntry
make_entry (BenchShift *shift, GTimeZone *zone, GPtrArray *texts, GPtrArray *datas)
{
  json_t *data = bench_shift_contact (shift);
  char *at = altm_time_format (MIN (shift->at, g_get_real_time ()), zone);
  char *by = g_strdup (shift->by), *id = g_strdup (shift->shift);

  g_ptr_array_add (datas, data);
  g_ptr_array_add (texts, at);
  g_ptr_array_add (texts, by);
  g_ptr_array_add (texts, id);
  return (AltmEntry) { "contact", .at = at, .by = by, .shift = id, .place = shift->place, .data = data };
}

static void
add_some (AltmStore *store, BenchShift *shift, gsize count)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) datas = g_ptr_array_new_with_free_func ((GDestroyNotify) json_decref);
  g_autofree AltmEntry *entries = g_new0 (AltmEntry, count);
  g_autoptr(GError) error = NULL;

  for (gsize i = 0; i < count; i++)
    entries[i] = make_entry (shift, zone, texts, datas);
  if (!altm_outbox_add (store, entries, count, g_get_real_time (), NULL, &error))
    bench_fail ("records were not saved", error);
}

static void
acknowledge (AltmStore *store, gsize count)
{
  g_autofree AltmVerdict *verdicts = g_new0 (AltmVerdict, AT_ONCE);
  g_autoptr(GError) error = NULL;

  while (count > 0)
    {
      g_autoptr(GPtrArray) lines = altm_outbox_take (store, MIN (count, AT_ONCE), G_MAXSIZE, &error);

      if (lines == NULL || lines->len == 0 ||
          !altm_outbox_settle (store, lines, verdicts, g_get_real_time (), &error))
        bench_fail ("records were not acknowledged", error);
      count -= lines->len;
    }
}

static void
fill (const char *directory, gsize count)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmStore) store = altm_store_open (directory, &error);
  gint64 now = g_get_real_time ();
  BenchShift shift;

  if (store == NULL)
    bench_fail ("no store", error);
  enrol (store, directory);
  bench_shift_begin (&shift, altm_store_get_lists (store), 4, now - (gint64) count * SECONDS_APART * G_USEC_PER_SEC);
  for (gsize done = 0; done < count; done += MIN (count - done, AT_ONCE))
    add_some (store, &shift, MIN (count - done, AT_ONCE));
  acknowledge (store, count - MIN (count, STILL_QUEUED));
  if (!altm_shift_start (store, "espace_public", "QN06913M", "m-17", NULL, now, &error))
    bench_fail ("no shift began", error);
  bench_shift_end (&shift);
}

int
main (int argc, char **argv)
{
  if (argc != 3 || atoi (argv[2]) < 1 || sodium_init () < 0)
    bench_fail ("fill-store FOLDER COUNT: the store to make, and with how many records", NULL);
  fill (argv[1], (gsize) atoi (argv[2]));
  return 0;
}
