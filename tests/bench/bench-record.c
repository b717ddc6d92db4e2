/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What it costs to save a record, checked, serialised, queued and on the disk, against what the
 * disk and SQLite cost by themselves: an INSERT and COMMIT of the same bytes. The three take turns,
 * so that a busy disk slows all of them down alike. */

#include <glib/gstdio.h>
#include <sodium.h>
#include <stdlib.h>

#include "altm-outbox.h"
#include "bench.h"

/* A floor's file and the statements of one transaction in it. */
typedef struct
{
  sqlite3 *file;
  sqlite3_stmt *begin;
  sqlite3_stmt *insert;
  sqlite3_stmt *commit;
  GArray *seconds;
} Floor;

static void
open_floor (Floor *self, const char *directory, const char *name, const char *table, const char *insert)
{
  self->file = bench_floor_open (directory, name, table);
  self->begin = bench_floor_prepare (self->file, "BEGIN IMMEDIATE");
  self->insert = bench_floor_prepare (self->file, insert);
  self->commit = bench_floor_prepare (self->file, "COMMIT");
  self->seconds = g_array_new (FALSE, FALSE, sizeof (double));
}

static void
close_floor (Floor *self)
{
  sqlite3_finalize (self->begin);
  sqlite3_finalize (self->insert);
  sqlite3_finalize (self->commit);
  sqlite3_close (self->file);
  g_array_unref (self->seconds);
}

static void
add_to_floor (Floor *self, const char *id, const void *bytes, int length)
{
  double start = bench_now (), seconds;

  bench_floor_step (self->file, self->begin);
  sqlite3_bind_blob (self->insert, 1, bytes, length, SQLITE_STATIC);
  if (sqlite3_bind_parameter_count (self->insert) > 1)
    sqlite3_bind_text (self->insert, 2, id, -1, SQLITE_STATIC);
  bench_floor_step (self->file, self->insert);
  bench_floor_step (self->file, self->commit);
  seconds = bench_now () - start;
  g_array_append_val (self->seconds, seconds);
}

static char *
add_to_store (AltmStore *store, BenchShift *shift, GArray *seconds)
{
  g_autoptr(json_t) data = bench_shift_contact (shift);
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) ids = NULL;
  /* As the app does it: without a time of its own, a record is of now. */
  AltmEntry entry = { "contact", .by = shift->by, .shift = shift->shift, .place = shift->place, .data = data };
  double start = bench_now (), spent;

  if (!altm_outbox_add (store, &entry, 1, g_get_real_time (), &ids, &error))
    bench_fail ("a record was not saved", error);
  spent = bench_now () - start;
  g_array_append_val (seconds, spent);
  return g_strdup (ids[0]);
}

static json_t *
report (const char *name, GArray *seconds)
{
  return json_pack ("{s:s, s:f, s:f, s:f}", "name", name, "median_us", 1e6 * bench_quantile (seconds, 0.5), "p90_us",
                    1e6 * bench_quantile (seconds, 0.9), "mean_us", 1e6 * bench_sum (seconds) / seconds->len);
}

static void
measure (const char *directory, guint count)
{
  g_autofree char *path = g_build_filename (directory, "store", NULL);
  g_autofree char *file = g_build_filename (path, "field.db", NULL);
  g_autoptr(GArray) seconds = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmStore) store = altm_store_open (path, &error);
  BenchShift shift;
  Floor bare, keyed;
  sqlite3 *reader = NULL;
  sqlite3_stmt *line;
  gint64 bytes = 0;

  if (store == NULL)
    bench_fail ("no store", error);
  bench_shift_begin (&shift, altm_store_get_lists (store), 1, g_get_real_time ());
  open_floor (&bare, directory, "bare.db", "CREATE TABLE lines (n INTEGER PRIMARY KEY, bytes BLOB) STRICT",
              "INSERT INTO lines (bytes) VALUES (?)");
  open_floor (&keyed, directory, "keyed.db",
              "CREATE TABLE lines (n INTEGER PRIMARY KEY, id TEXT, rev INTEGER, bytes BLOB, UNIQUE (id, rev)) STRICT",
              "INSERT INTO lines (bytes, id, rev) VALUES (?, ?, 1)");
  if (sqlite3_open_v2 (file, &reader, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
    bench_fail (sqlite3_errmsg (reader), NULL);
  line = bench_floor_prepare (reader, "SELECT bytes FROM lines ORDER BY seq DESC LIMIT 1");

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *id = add_to_store (store, &shift, seconds);

      if (sqlite3_step (line) != SQLITE_ROW)
        bench_fail (sqlite3_errmsg (reader), NULL);
      bytes += sqlite3_column_bytes (line, 0);
      add_to_floor (&bare, id, sqlite3_column_blob (line, 0), sqlite3_column_bytes (line, 0));
      add_to_floor (&keyed, id, sqlite3_column_blob (line, 0), sqlite3_column_bytes (line, 0));
      sqlite3_reset (line);
    }

  bench_print (json_pack ("{s:s, s:I, s:f, s:f, s:f, s:[o, o, o]}", "bench", "record", "records", (json_int_t) count,
                          "line_bytes", (double) bytes / count, "ratio",
                          bench_quantile (seconds, 0.5) / bench_quantile (bare.seconds, 0.5), "ratio_keyed",
                          bench_quantile (seconds, 0.5) / bench_quantile (keyed.seconds, 0.5), "times",
                          report ("store", seconds), report ("bare", bare.seconds), report ("keyed", keyed.seconds)));
  sqlite3_finalize (line);
  sqlite3_close (reader);
  close_floor (&bare);
  close_floor (&keyed);
  bench_shift_end (&shift);
}

int
main (int argc, char **argv)
{
  if (argc != 3 || atoi (argv[2]) < 1)
    bench_fail ("bench-record FOLDER COUNT: a new folder, and how many records", NULL);
  if (sodium_init () < 0 || g_mkdir (argv[1], 0700) != 0)
    bench_fail ("the folder can't be made anew", NULL);
  measure (argv[1], (guint) atoi (argv[2]));
  return 0;
}
