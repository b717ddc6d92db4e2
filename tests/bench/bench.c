/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "altm-uuid.h"

#define RECORDS_A_SHIFT 40

/* A code and how many times in 20 it is chosen among its neighbours. */
typedef struct
{
  const char *code;
  int weight;
} Choice;

static const Choice channels[] = { { "espace_public", 8 }, { "bureau_poste", 5 }, { "telephone", 4 },
                                   { "habitat", 2 },       { "ecole", 1 },        { NULL } };
static const Choice registers[] = { { "presence_active", 7 },        { "veille_sociale_technique", 2 },
                                    { "situations_conflictuelles", 3 }, { "mise_en_relation", 4 },
                                    { "lever_incomprehensions", 2 },  { "informer_sensibiliser", 2 },
                                    { NULL } };
static const Choice origins[] = { { "aller_vers", 11 }, { "demande_usager", 7 }, { "demande_partenaire", 2 }, { NULL } };
static const Choice publics[] = { { "habitant", 8 },      { "client_poste", 4 }, { "groupe_jeunes", 3 },
                                  { "parent_famille", 2 }, { "senior", 2 },       { "commercant", 1 },
                                  { NULL } };
static const Choice ages[] = { { "12_17", 4 }, { "18_24", 3 }, { "25_39", 4 }, { "40_59", 5 }, { "70_plus", 4 }, { NULL } };
static const Choice genders[] = { { "femme", 10 }, { "homme", 9 }, { "non_communique", 1 }, { NULL } };
static const Choice settings[] = { { "rue_place", 8 }, { "hall_parties_communes", 4 }, { "parc_square", 3 },
                                   { "bureau_poste", 4 }, { "abords_ecole", 1 },      { NULL } };
static const Choice themes[] = { { "acces_droits", 4 }, { "numerique", 4 },      { "logement", 3 },
                                 { "budget", 2 },       { "conflit_usage", 2 },  { "nuisances", 1 },
                                 { "isolement", 2 },    { "postal_bancaire", 2 }, { NULL } };
static const Choice actions[] = { { "ecoute", 6 },        { "information", 5 },     { "orientation", 3 },
                                  { "aide_demarche", 3 }, { "aide_numerique", 2 }, { "rappel_regle", 1 },
                                  { NULL } };
static const Choice results[] = { { "informe", 8 }, { "resolu", 4 },   { "apaise", 3 },
                                  { "oriente", 3 }, { "en_cours", 2 }, { NULL } };

/**
 * bench_fail:
 * @error: (nullable): why
 *
 * A bench that goes wrong has no figures: it says so and ends.
 */
void
bench_fail (const char *what, const GError *error)
{
  fprintf (stderr, "bench: %s%s%s\n", what, error != NULL ? ": " : "", error != NULL ? error->message : "");
  exit (1);
}

/**
 * bench_now:
 *
 * Returns: seconds on a clock that only goes forward
 */
double
bench_now (void)
{
  return (double) g_get_monotonic_time () / G_USEC_PER_SEC;
}

static int
compare_values (gconstpointer one, gconstpointer other)
{
  double difference = *(const double *) one - *(const double *) other;

  return difference < 0 ? -1 : difference > 0;
}

/**
 * bench_quantile:
 * @values: (element-type double): sorted by this
 * @share: 0.5 for the median
 *
 * Returns: the value below which @share of them lie
 */
double
bench_quantile (GArray *values, double share)
{
  if (values->len == 0)
    bench_fail ("nothing was measured", NULL);
  g_array_sort (values, compare_values);
  return g_array_index (values, double, (guint) (share * (values->len - 1) + 0.5));
}

/**
 * bench_sum:
 * @values: (element-type double): some
 *
 * Returns: their sum
 */
double
bench_sum (GArray *values)
{
  double sum = 0;

  for (guint i = 0; i < values->len; i++)
    sum += g_array_index (values, double, i);
  return sum;
}

/**
 * bench_print:
 * @figures: (transfer full): what was measured, for `run` to read
 */
void
bench_print (json_t *figures)
{
  g_autoptr(json_t) owned = figures;

  json_dumpf (owned, stdout, JSON_COMPACT | JSON_REAL_PRECISION (6));
  putchar ('\n');
  fflush (stdout);
}

static gboolean
is_chosen (BenchShift *self, int of_twenty)
{
  return g_rand_int_range (self->random, 0, 20) < of_twenty;
}

static const char *
choose (BenchShift *self, const Choice *choices)
{
  int sum = 0, at;

  for (const Choice *each = choices; each->code != NULL; each++)
    sum += each->weight;
  at = g_rand_int_range (self->random, 0, sum);
  while (at >= choices->weight)
    at -= (choices++)->weight;
  return choices->code;
}

static json_t *
choose_some (BenchShift *self, const Choice *choices, int most)
{
  int count = g_rand_int_range (self->random, 1, most + 1);
  json_t *codes = json_array ();

  for (int i = 0; i < count; i++)
    {
      const char *code = choose (self, choices);
      gboolean is_new = TRUE;
      gsize j;
      json_t *other;

      json_array_foreach (codes, j, other)
        is_new = is_new && strcmp (json_string_value (other), code) != 0;
      if (is_new)
        json_array_append_new (codes, json_string (code));
    }
  return codes;
}

static void
set_code (BenchShift *self, json_t *data, const char *field, const Choice *choices, int of_twenty)
{
  if (is_chosen (self, of_twenty))
    json_object_set_new (data, field, json_string (choose (self, choices)));
}

static void
set_count (BenchShift *self, json_t *data, const char *field, const Choice *choices, int people, int of_twenty)
{
  if (is_chosen (self, of_twenty))
    json_object_set_new (data, field, json_pack ("{s:i}", choose (self, choices), people));
}

static void
change_shift (BenchShift *self)
{
  json_t *places = altm_lists_get_places (self->lists);
  gsize n = (gsize) g_rand_int_range (self->random, 0, (gint32) json_array_size (places));
  const char *kind = altm_json_get_string (json_array_get (places, n), "kind");

  g_free (self->shift);
  self->shift = altm_uuid_new_v7 (self->at);
  g_snprintf (self->by, sizeof self->by, "m-%d", g_rand_int_range (self->random, 1, 35));
  self->place = altm_json_get_string (json_array_get (places, n), "id");
  self->channel = g_strcmp0 (kind, "post_office") == 0 ? "bureau_poste" : choose (self, channels);
}

/**
 * bench_shift_begin:
 * @lists: whose places are used; must outlive @self
 * @seed: the same gives the same records, but for their ids
 * @at: when the first record is made, microseconds since 1970-01-01 UTC
 */
void
bench_shift_begin (BenchShift *self, AltmLists *lists, guint32 seed, gint64 at)
{
  *self = (BenchShift) { .random = g_rand_new_with_seed (seed), .lists = lists, .at = at };
  change_shift (self);
}

void
bench_shift_end (BenchShift *self)
{
  g_rand_free (self->random);
  g_free (self->shift);
}

/**
 * bench_shift_contact:
 *
 * Goes on to the next record of the shift, a minute or more later.
 *
 * Returns: (transfer full): the data of a contact, as varied as mediators make them: most with the
 *   few taps that are asked for, some with all that can be said
 */
json_t *
bench_shift_contact (BenchShift *self)
{
  json_t *data = json_object ();
  gboolean is_attempt;
  int people;

  self->at += (60 + g_rand_int_range (self->random, 0, 600)) * G_USEC_PER_SEC + g_rand_int_range (self->random, 0, 1000000);
  if (++self->n_records % RECORDS_A_SHIFT == 0)
    change_shift (self);
  is_attempt = strcmp (self->channel, "telephone") == 0 && is_chosen (self, 6);
  people = is_attempt ? 0 : is_chosen (self, 12) ? 1 : g_rand_int_range (self->random, 2, 9);

  json_object_set_new (data, "channel", json_string (self->channel));
  json_object_set_new (data, "register", json_string (choose (self, registers)));
  set_code (self, data, "origin", origins, 12);
  json_object_set_new (data, "public", json_string (choose (self, publics)));
  json_object_set_new (data, "people", json_integer (people));
  if (is_attempt)
    {
      json_object_set_new (data, "result", json_string ("injoignable"));
      return data;
    }
  set_count (self, data, "ages", ages, people, 6);
  set_count (self, data, "genders", genders, people, 6);
  set_code (self, data, "setting", settings, 8);
  if (is_chosen (self, 16))
    json_object_set_new (data, "themes", choose_some (self, themes, 3));
  if (is_chosen (self, 16))
    json_object_set_new (data, "actions", choose_some (self, actions, 3));
  set_code (self, data, "result", results, 15);
  if (is_chosen (self, 5))
    json_object_set_new (data, "minutes", json_integer (5 * g_rand_int_range (self->random, 1, 13)));
  return data;
}

static void
fail_floor (sqlite3 *floor)
{
  bench_fail (sqlite3_errmsg (floor), NULL);
}

/**
 * bench_floor_open:
 * @table: the SQL that makes its table
 *
 * Returns: a plain SQLite file in @directory that keeps what is committed as the stores do, with a
 *   write-ahead log and `synchronous=FULL`
 */
sqlite3 *
bench_floor_open (const char *directory, const char *name, const char *table)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  sqlite3 *floor = NULL;

  if (sqlite3_open_v2 (path, &floor, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
      sqlite3_exec (floor, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", NULL, NULL, NULL) != SQLITE_OK ||
      sqlite3_exec (floor, table, NULL, NULL, NULL) != SQLITE_OK)
    fail_floor (floor);
  return floor;
}

sqlite3_stmt *
bench_floor_prepare (sqlite3 *floor, const char *sql)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v3 (floor, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
    fail_floor (floor);
  return statement;
}

/**
 * bench_floor_step:
 *
 * Runs a statement that gives no row, and makes it ready for the next time.
 */
void
bench_floor_step (sqlite3 *floor, sqlite3_stmt *statement)
{
  if (sqlite3_step (statement) != SQLITE_DONE)
    fail_floor (floor);
  sqlite3_reset (statement);
}
