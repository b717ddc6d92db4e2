/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A store of so many records: what a step of its index takes of the store's thread, and what a search takes, against a plain
 * table of the same lines that is looked through with LIKE, and the bare count of the same words in the index. */

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "altm-search.h"
#include "altm-store.h"
#include "bench.h"

#define TURNS 15

static const char *const texts[] = { "v", "nuisances", "nuisances apai", "lundi", "lyon mediation", "xyz" };

static double
index_all (AltmStore *store, GArray *steps)
{
  gboolean is_done = FALSE;
  double start = bench_now ();

  while (!is_done)
    {
      g_autoptr(GError) error = NULL;
      double begin = bench_now (), spent;

      if (!altm_search_step (store, &is_done, &error))
        bench_fail ("a step of the index failed", error);
      spent = bench_now () - begin;
      g_array_append_val (steps, spent);
    }
  return bench_now () - start;
}

static double
measure_text (AltmStore *reader, const char *text, guint *found)
{
  g_autoptr(GArray) seconds = g_array_new (FALSE, FALSE, sizeof (double));

  for (int i = 0; i < TURNS; i++)
    {
      g_autoptr(GError) error = NULL;
      double begin = bench_now (), spent;
      g_autoptr(AltmSearch) search = altm_search_new (text, g_get_real_time ());
      g_autoptr(GArray) seqs = altm_search_find (reader, search, &error);

      if (seqs == NULL)
        bench_fail ("nothing was looked for", error);
      spent = bench_now () - begin;
      *found = seqs->len;
      g_array_append_val (seconds, spent);
    }
  return bench_quantile (seconds, 0.5);
}

/* What SQLite does without an index of words. */
static double
measure_floor (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "field.db", NULL);
  g_autoptr(GArray) seconds = g_array_new (FALSE, FALSE, sizeof (double));
  sqlite3 *floor = NULL;
  sqlite3_stmt *statement = NULL;

  if (sqlite3_open_v2 (path, &floor, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
      sqlite3_prepare_v2 (floor, "SELECT COUNT (*) FROM lines WHERE is_latest AND CAST (bytes AS TEXT) LIKE '%voisinage%'", -1,
                          &statement, NULL) != SQLITE_OK)
    bench_fail (sqlite3_errmsg (floor), NULL);
  for (int i = 0; i < TURNS; i++)
    {
      double begin = bench_now (), spent;

      while (sqlite3_step (statement) == SQLITE_ROW)
        continue;
      sqlite3_reset (statement);
      spent = bench_now () - begin;
      g_array_append_val (seconds, spent);
    }
  sqlite3_finalize (statement);
  sqlite3_close (floor);
  return bench_quantile (seconds, 0.5);
}

static json_t *
measure_texts (const char *directory, double *slowest)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmStore) reader = altm_store_open_to_read (directory, &error);
  json_t *told = json_array ();

  if (reader == NULL)
    bench_fail ("the store can't be read", error);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      guint found = 0;
      double seconds = measure_text (reader, texts[i], &found);

      *slowest = MAX (*slowest, seconds);
      json_array_append_new (told, json_pack ("{s:s, s:f, s:i}", "text", texts[i], "ms", 1e3 * seconds, "found", (int) found));
    }
  return told;
}

int
main (int argc, char **argv)
{
  g_autoptr(GArray) steps = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr(GError) error = NULL;
  AltmStore *store;
  double total, slowest = 0, floor;
  json_t *told;

  if (argc != 2 || sodium_init () < 0)
    bench_fail ("bench-search FOLDER: a store that fill-store made", NULL);
  store = altm_store_open (argv[1], &error);
  if (store == NULL)
    bench_fail ("the store can't be opened", error);
  total = index_all (store, steps);
  altm_store_close (store);
  told = measure_texts (argv[1], &slowest);
  floor = measure_floor (argv[1]);
  bench_print (json_pack ("{s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:o}", "bench", "search", "index_s", total, "step_ms",
                          1e3 * bench_quantile (steps, 0.5), "step_p90_ms", 1e3 * bench_quantile (steps, 0.9), "slowest_ms",
                          1e3 * slowest, "floor_ms", 1e3 * floor, "ratio", slowest / floor, "texts", told));
  return 0;
}
