/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the benches share: the records they make, the floor they are held against, medians. */

#include <jansson.h>
#include <sqlite3.h>

#include "altm-line.h"

G_BEGIN_DECLS

/**
 * BenchShift: who records, where and when; a few records follow one another in it.
 * @at: the time of the record that was made last, microseconds since 1970-01-01 UTC
 */
typedef struct
{
  GRand *random;
  AltmLists *lists;
  gint64 at;
  char *shift;
  char by[16];
  const char *place;
  const char *channel;
  guint n_records;
} BenchShift;

void bench_fail (const char *what, const GError *error) G_GNUC_NORETURN;
double bench_now (void);
double bench_quantile (GArray *values, double share);
double bench_sum (GArray *values);
void bench_print (json_t *figures);

void bench_shift_begin (BenchShift *self, AltmLists *lists, guint32 seed, gint64 at);
void bench_shift_end (BenchShift *self);
json_t *bench_shift_contact (BenchShift *self);

sqlite3 *bench_floor_open (const char *directory, const char *name, const char *table);
sqlite3_stmt *bench_floor_prepare (sqlite3 *floor, const char *sql);
void bench_floor_step (sqlite3 *floor, sqlite3_stmt *statement);

G_END_DECLS
