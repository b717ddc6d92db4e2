/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-rollups.h"

#include <string.h>

#include "altm-facts.h"
#include "altm-hq-derive.h"
#include "altm-meetings.h"
#include "altm-time.h"

/* What the transaction of a line keeps, and a recount makes again. */
static const struct
{
  const char *name;
  const char *empty;
  const char *compare;
} tables[] = {
#define TABLE(name)                                                                                                    \
  {                                                                                                                    \
    name, "DELETE FROM " name,                                                                                         \
      "SELECT (SELECT COUNT (*) FROM (SELECT * FROM main." name " EXCEPT SELECT * FROM temp." name "))"                \
      " + (SELECT COUNT (*) FROM (SELECT * FROM temp." name " EXCEPT SELECT * FROM main." name "))"                    \
  }
  TABLE ("counted"), TABLE ("cells"), TABLE ("peaks"), TABLE ("shifts"), TABLE ("shift_ends"), TABLE ("referrals"), TABLE ("meetings"),
};

/* So many cells at most wait to be written: a rebuild goes over all that there is. */
#define MOST_CELLS 4096

struct _AltmRollups
{
  AltmHqStore *store;
  AltmSql *sql;
  GTimeZone *zone;
  GHashTable *counted; /* a set of What */
  GHashTable *cells;   /* a set of Cell: what each changes by */
};

/* A row of the table `counted`. */
typedef struct
{
  char *figure;
  char *code;
  guint n;
} What;

typedef struct
{
  AltmSpan span;
  int start;
  int hour;
  char *place;
  char *channel;
  char *team;
  AltmCounts *counts;
} Cell;

/* A record on its way into the cells: @sign is -1 where it goes. */
typedef struct
{
  AltmRollups *rollups;
  gint64 line;
  AltmFacts facts;
  Cell *cells[ALTM_N_SPANS];
  int sign;
  GError *error;
} Change;

static void
cell_free (gpointer data)
{
  Cell *self = data;

  g_free (self->place);
  g_free (self->channel);
  g_free (self->team);
  g_array_unref (self->counts);
  g_free (self);
}

static guint
cell_hash (gconstpointer data)
{
  const Cell *self = data;
  guint hash = (guint) self->start * 31 + (guint) self->hour * 3 + self->span;

  return ((hash * 33 + g_str_hash (self->place)) * 33 + g_str_hash (self->channel)) * 33 + g_str_hash (self->team);
}

static gboolean
cell_equal (gconstpointer one, gconstpointer other)
{
  const Cell *first = one, *second = other;

  return first->span == second->span && first->start == second->start && first->hour == second->hour &&
         strcmp (first->place, second->place) == 0 && strcmp (first->channel, second->channel) == 0 &&
         strcmp (first->team, second->team) == 0;
}

static void
what_free (gpointer data)
{
  What *self = data;

  g_free (self->figure);
  g_free (self->code);
  g_free (self);
}

static guint
what_hash (gconstpointer data)
{
  const What *self = data;

  return g_str_hash (self->figure) * 33 + g_str_hash (self->code);
}

static gboolean
what_equal (gconstpointer one, gconstpointer other)
{
  const What *first = one, *second = other;

  return strcmp (first->code, second->code) == 0 && strcmp (first->figure, second->figure) == 0;
}

static void
keep_what (AltmRollups *self, const char *figure, const char *code, guint n)
{
  What *what = g_new0 (What, 1);

  *what = (What) { g_strdup (figure), g_strdup (code), n };
  g_hash_table_add (self->counted, what);
}

static gboolean
load_counted (AltmRollups *self, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (self->sql, &problem, "SELECT n, figure, code FROM counted", "");

  while (altm_sql_step (self->sql, rows, &problem))
    keep_what (self, altm_rows_text (rows, 1), altm_rows_text (rows, 2), (guint) sqlite3_column_int64 (rows, 0));
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_rollups_new:
 * @store: in whose transaction, which has begun, all is done
 *
 * Returns: (transfer full): nothing told yet, or %NULL with an %ALTM_STORE_ERROR
 */
AltmRollups *
altm_rollups_new (AltmHqStore *store, GError **error)
{
  g_autoptr(AltmRollups) self = g_new0 (AltmRollups, 1);

  self->store = store;
  self->sql = altm_hq_store_get_sql (store);
  self->zone = g_time_zone_new_identifier ("Europe/Paris");
  self->counted = g_hash_table_new_full (what_hash, what_equal, what_free, NULL);
  self->cells = g_hash_table_new_full (cell_hash, cell_equal, cell_free, NULL);
  return load_counted (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * altm_rollups_free:
 * @self: (nullable): what was not written is forgotten
 */
void
altm_rollups_free (AltmRollups *self)
{
  if (self == NULL)
    return;
  g_time_zone_unref (self->zone);
  g_hash_table_unref (self->counted);
  g_hash_table_unref (self->cells);
  g_free (self);
}

static guint
find_what (AltmRollups *self, const char *figure, const char *code, GError **error)
{
  const What wanted = { (char *) figure, (char *) code, 0 };
  const What *found = g_hash_table_lookup (self->counted, &wanted);
  guint n;

  if (found != NULL)
    return found->n;
  if (!altm_sql_run (self->sql, error, "INSERT INTO counted (figure, code) VALUES (?, ?)", "ss", figure, code))
    return 0;
  n = (guint) sqlite3_last_insert_rowid (altm_sql_get_handle (self->sql));
  keep_what (self, figure, code, n);
  return n;
}

static Cell *
bring_cell (GHashTable *cells, AltmSpan span, int start, int hour, const AltmFacts *facts)
{
  const Cell wanted = { span, start, hour, (char *) facts->place, (char *) facts->channel, (char *) facts->team, NULL };
  Cell *cell = g_hash_table_lookup (cells, &wanted);

  if (cell != NULL)
    return cell;
  cell = g_memdup2 (&wanted, sizeof wanted);
  cell->place = g_strdup (wanted.place);
  cell->channel = g_strdup (wanted.channel);
  cell->team = g_strdup (wanted.team);
  cell->counts = altm_counts_new ();
  g_hash_table_add (cells, cell);
  return cell;
}

/* By the week and by the month, flow is kept for each hour of the week. */
static int
find_hour (const AltmFacts *facts, AltmSpan span)
{
  if (facts->hour < 0 || span == ALTM_SPAN_DAY)
    return facts->hour;
  return facts->moment.weekday * 24 + facts->hour;
}

static Cell *
find_cell (GHashTable *cells, const AltmFacts *facts, AltmSpan span)
{
  return bring_cell (cells, span, altm_calendar_find_start (span, facts->moment.day), find_hour (facts, span), facts);
}

static void
change_peak (Change *self, const char *code, gint64 count)
{
  const AltmFacts *facts = &self->facts;

  if (self->sign > 0 && self->error == NULL)
    altm_sql_run (self->rollups->sql, &self->error, "INSERT INTO peaks VALUES (?, ?, ?, ?, ?, ?, ?)", "isiissi", self->line,
                  code, (gint64) facts->moment.day, (gint64) facts->hour, facts->place, facts->team, count);
}

static void
change_fact (const char *figure, const char *code, gint64 count, gboolean is_most, gpointer data)
{
  Change *self = data;
  guint what;

  if (is_most)
    {
      change_peak (self, code, count);
      return;
    }
  what = self->error == NULL && count > 0 ? find_what (self->rollups, figure, code, &self->error) : 0;
  for (int span = 0; what != 0 && span < ALTM_N_SPANS; span++)
    {
      if (self->cells[span] == NULL)
        self->cells[span] = find_cell (self->rollups->cells, &self->facts, (AltmSpan) span);
      altm_counts_add (self->cells[span]->counts, what, self->sign * count);
    }
}

static gint64
read_time (json_t *data, const char *field)
{
  gint64 time;

  return altm_time_parse (altm_json_get_string (data, field), &time) ? time : 0;
}

static gboolean
add_shift (Change *self, const AltmLine *line, gint64 time, GError **error)
{
  const AltmFacts *facts = &self->facts;
  gint64 ended = read_time (line->data, "ended");
  gint64 mediators = 1 + (gint64) json_array_size (json_object_get (line->data, "partners"));

  /* Both by the same clock, however wrong it is. */
  if (ended > 0)
    ended += time - line->time;
  return altm_sql_run (self->rollups->sql, error, "INSERT INTO shifts VALUES (?, ?, ?, NULLIF (?, 0), ?, ?, ?, ?)",
                       "isiiisss", self->line, line->id, time, ended, mediators, facts->place, facts->channel, facts->team);
}

/* The channel of the contact that a referral came out of, as it is now. */
static char *
find_channel (AltmSql *sql, const char *contact)
{
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, NULL, "SELECT bytes FROM journal JOIN records ON line = n WHERE id = ? AND is_known AND NOT is_deleted",
                    "s", contact);
  g_auto(AltmLine) line = { NULL };

  if (contact == NULL || !altm_sql_step (sql, rows, NULL) ||
      !altm_line_read (&line, sqlite3_column_blob (rows, 0), (gsize) sqlite3_column_bytes (rows, 0), NULL))
    return g_strdup ("");
  return g_strdup (altm_json_get_string (line.data, "channel"));
}

/* HQ's word counts where HQ had this revision when it was said. */
static char *
find_status (AltmSql *sql, const AltmLine *line)
{
  char *status = altm_sql_get_text (sql, "SELECT status FROM referral_words WHERE referral = ? AND rev >= ?"
                                         " ORDER BY n DESC LIMIT 1", "si", line->id, line->rev);

  return status != NULL ? status : g_strdup (altm_json_get_string (line->data, "status"));
}

static gboolean
add_referral (Change *self, const AltmLine *line, gint64 time, GError **error)
{
  AltmSql *sql = self->rollups->sql;
  const char *contact = altm_json_get_string (line->data, "contact");
  g_autofree char *channel = find_channel (sql, contact);
  g_autofree char *status = find_status (sql, line);

  return altm_sql_run (sql, error, "INSERT INTO referrals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "isissssssssss",
                       self->line, line->id, time, contact, status, altm_json_get_string (line->data, "due"),
                       altm_json_get_string (line->data, "theme"), altm_json_get_string (line->data, "structure"),
                       altm_json_get_string (line->data, "structure_type"), altm_json_get_string (line->data, "reference"),
                       self->facts.place, channel, self->facts.team);
}

/* Referrals that came out of this contact go by its channel, whichever came first. */
static gboolean
follow_contact (Change *self, const AltmLine *line, GError **error)
{
  return altm_sql_run (self->rollups->sql, error, "UPDATE referrals SET channel = ? WHERE contact = ?", "ss",
                       self->sign > 0 ? self->facts.channel : "", line->id);
}

static gboolean
change_contact (Change *self, const AltmLine *line, gint64 time, GError **error)
{
  return follow_contact (self, line, error) &&
         (self->sign > 0 ? altm_meetings_add : altm_meetings_remove) (self->rollups->sql, self->line, line, time, error);
}

static const struct
{
  const char *type;
  gboolean (*add) (Change *self, const AltmLine *line, gint64 time, GError **error);
} rows_of[] = {
  { "shift", add_shift },
  { "referral", add_referral },
  { "contact", change_contact },
};

static gboolean
change_rows (Change *self, const AltmLine *line, gint64 time, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows_of); i++)
    if (strcmp (rows_of[i].type, line->type) == 0 && (self->sign > 0 || rows_of[i].add == change_contact))
      return rows_of[i].add (self, line, time, error);
  return TRUE;
}

static gboolean
change (AltmRollups *self, gint64 n, const AltmLine *line, gint64 time, int sign, GError **error)
{
  Change change = { self, n, .sign = sign };

  altm_facts_read (line, time, self->zone, line->lists > 0 ? altm_hq_store_get_lists (self->store, line->lists) : NULL, &change.facts);
  altm_facts_visit (line, change_fact, &change);
  if (change.error != NULL)
    {
      g_propagate_error (error, change.error);
      return FALSE;
    }
  return change_rows (&change, line, time, error) &&
         (g_hash_table_size (self->cells) < MOST_CELLS || altm_rollups_write (self, error));
}

/**
 * altm_rollups_add:
 * @n: the record's line in the journal
 * @line: a record's present state, which is not withdrawn and can be read
 * @time: when the figures say that it was, microseconds since 1970-01-01 UTC
 *
 * Counts a record.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_rollups_add (AltmRollups *self, gint64 n, const AltmLine *line, gint64 time, GError **error)
{
  return change (self, n, line, time, 1, error);
}

/**
 * altm_rollups_remove:
 * @n: as altm_rollups_add() was told
 *
 * Counts a record no more.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_rollups_remove (AltmRollups *self, gint64 n, const AltmLine *line, gint64 time, GError **error)
{
  return altm_sql_run (self->sql, error, "DELETE FROM peaks WHERE line = ?", "i", n) &&
         altm_sql_run (self->sql, error, "DELETE FROM shifts WHERE line = ?", "i", n) &&
         altm_sql_run (self->sql, error, "DELETE FROM referrals WHERE line = ?", "i", n) &&
         change (self, n, line, time, -1, error);
}

/**
 * altm_rollups_see:
 * @line: any line that came, withdrawn or not
 *
 * Notes when the shift that the line names was still going on.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_rollups_see (AltmRollups *self, const AltmLine *line, gint64 time, GError **error)
{
  return line->shift == NULL ||
         altm_sql_run (self->sql, error,
                       "INSERT INTO shift_ends VALUES (?, ?) ON CONFLICT (shift) DO UPDATE SET last = excluded.last"
                       " WHERE last < excluded.last",
                       "si", line->shift, time);
}

static gboolean
load_cell (AltmSql *sql, const Cell *cell, AltmCounts *counts, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT counts FROM cells WHERE span = ? AND start = ? AND hour = ? AND place = ? AND channel = ? AND team = ?",
                    "iiisss", (gint64) cell->span, (gint64) cell->start, (gint64) cell->hour, cell->place, cell->channel,
                    cell->team);

  if (altm_sql_step (sql, rows, &problem))
    altm_counts_unpack (counts, sqlite3_column_blob (rows, 0), (gsize) sqlite3_column_bytes (rows, 0));
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
write_cell (AltmSql *sql, const Cell *cell, GError **error)
{
  g_autoptr(GArray) counts = altm_counts_new ();
  g_autoptr(GBytes) packed = NULL;

  if (!load_cell (sql, cell, counts, error))
    return FALSE;
  for (guint i = 0; i < cell->counts->len; i++)
    {
      const AltmCount *count = &g_array_index (cell->counts, AltmCount, i);

      altm_counts_add (counts, count->what, count->count);
    }
  packed = altm_counts_pack (counts);
  if (packed == NULL)
    return altm_sql_run (sql, error,
                         "DELETE FROM cells WHERE span = ? AND start = ? AND hour = ? AND place = ? AND channel = ? AND team = ?",
                         "iiisss", (gint64) cell->span, (gint64) cell->start, (gint64) cell->hour, cell->place,
                         cell->channel, cell->team);
  return altm_sql_run (sql, error, "INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?, ?, ?, ?)", "iiisssb",
                       (gint64) cell->span, (gint64) cell->start, (gint64) cell->hour, cell->place, cell->channel,
                       cell->team, packed);
}

/**
 * altm_rollups_write:
 *
 * Writes what was told.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR: the transaction then has to be undone
 */
gboolean
altm_rollups_write (AltmRollups *self, GError **error)
{
  GHashTableIter iter;
  gpointer cell;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    if (!write_cell (self->sql, cell, error))
      return FALSE;
  g_hash_table_remove_all (self->cells);
  return TRUE;
}

/**
 * altm_rollups_visit:
 * @from: a first day of a span, counted from 1970-01-01
 * @to: a day that counts no more
 *
 * Calls @visit with each cell of the spans that begin in the period, in their order, until it returns %FALSE.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_rollups_visit (AltmSql *sql, AltmSpan span, int from, int to, AltmRollupVisit visit, gpointer data, GError **error)
{
  g_autoptr(GError) problem = NULL;
  gboolean goes_on = from < to;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT start, hour, place, channel, team, counts FROM cells WHERE span = ? AND start >= ? AND start < ?"
                    " ORDER BY span, start, hour, place, channel, team",
                    "iii", (gint64) span, (gint64) from, (gint64) to);

  while (goes_on && altm_sql_step (sql, rows, &problem))
    {
      const AltmRollup rollup = { sqlite3_column_int (rows, 0), sqlite3_column_int (rows, 1), altm_rows_text (rows, 2),
                                  altm_rows_text (rows, 3), altm_rows_text (rows, 4), sqlite3_column_blob (rows, 5),
                                  (gsize) sqlite3_column_bytes (rows, 5) };

      goes_on = visit (&rollup, data);
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

typedef gboolean (*Take) (AltmRollups *self, AltmRows *row, const AltmLine *line, GError **error);

/* Gives each line of a query whose first two columns are n and bytes. */
static gboolean
take_lines (AltmRollups *self, AltmRows *rows, Take take, GError **error)
{
  g_autoptr(GError) problem = NULL;

  while (problem == NULL && altm_sql_step (self->sql, rows, &problem))
    {
      g_auto(AltmLine) line = { NULL };

      if (altm_line_read (&line, sqlite3_column_blob (rows, 1), (gsize) sqlite3_column_bytes (rows, 1), NULL))
        take (self, rows, &line, &problem);
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
count_row (AltmRollups *self, AltmRows *row, const AltmLine *line, GError **error)
{
  return altm_rollups_add (self, sqlite3_column_int64 (row, 0), line, sqlite3_column_int64 (row, 2), error);
}

static gboolean
see_row (AltmRollups *self, AltmRows *row, const AltmLine *line, GError **error)
{
  gint64 time = altm_hq_derive_time (line, sqlite3_column_int64 (row, 2), sqlite3_column_int64 (row, 3));

  return altm_rollups_see (self, line, time, error);
}

static gboolean
count_all (AltmRollups *self, GError **error)
{
  g_autoptr(AltmRows) rows =
    altm_sql_query (self->sql, error,
                    "SELECT n, bytes, time FROM records JOIN journal ON n = line WHERE is_known AND NOT is_deleted ORDER BY time",
                    "");

  return rows != NULL && take_lines (self, rows, count_row, error) && altm_rollups_write (self, error);
}

static gboolean
see_all (AltmRollups *self, GError **error)
{
  g_autoptr(AltmRows) rows = altm_sql_query (self->sql, error, "SELECT n, bytes, skew, received_at FROM journal ORDER BY n", "");

  return rows != NULL && take_lines (self, rows, see_row, error);
}

/**
 * altm_rollups_recount:
 *
 * Forgets all that was counted, and counts the records as they are.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR: the transaction then has to be undone
 */
gboolean
altm_rollups_recount (AltmRollups *self, GError **error)
{
  g_hash_table_remove_all (self->cells);
  for (gsize i = 1; i < G_N_ELEMENTS (tables); i++)
    if (!altm_sql_run (self->sql, error, tables[i].empty, ""))
      return FALSE;
  return count_all (self, error) && see_all (self, error);
}

static gboolean
execute (AltmSql *sql, const char *statement, GError **error)
{
  if (sqlite3_exec (altm_sql_get_handle (sql), statement, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED, "the figures could not be counted again: %s",
               sqlite3_errmsg (altm_sql_get_handle (sql)));
  return FALSE;
}

/* Tables of the same names that stand before the store's own: what a recount writes goes there. */
static gboolean
shadow_tables (AltmSql *sql, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *schema =
        altm_sql_get_text (sql, "SELECT 'CREATE TEMP' || substr (sql, length ('CREATE') + 1) FROM main.sqlite_schema"
                                " WHERE type = 'table' AND name = ?", "s", tables[i].name);

      if (schema == NULL || !execute (sql, schema, error))
        return altm_sql_check (sql, error) && FALSE;
    }
  return execute (sql, "INSERT INTO temp.counted SELECT * FROM main.counted", error);
}

static gboolean
compare_tables (AltmSql *sql, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    if (altm_sql_get_integer (sql, -1, tables[i].compare, "") != 0)
      {
        g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED,
                     "%s: the figures are not those of the records; `rebuild` counts them again", tables[i].name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
recount_beside (AltmHqStore *store, AltmSql *sql, GError **error)
{
  g_autoptr(AltmRollups) self = shadow_tables (sql, error) ? altm_rollups_new (store, error) : NULL;

  return self != NULL && altm_rollups_recount (self, error) && compare_tables (sql, error);
}

/**
 * altm_rollups_verify:
 * @store: not in a transaction; it may be one that only reads
 *
 * Counts all anew, beside what is kept, and compares, as the store is at this moment.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_DAMAGED where they differ, or another %ALTM_STORE_ERROR
 */
gboolean
altm_rollups_verify (AltmHqStore *store, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  gboolean is_right = execute (sql, "BEGIN", error) && recount_beside (store, sql, error);

  /* The tables that were made go with it. */
  return execute (sql, "ROLLBACK", is_right ? error : NULL) && is_right;
}
