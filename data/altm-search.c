/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-search.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "altm-files.h"
#include "altm-search-words.h"
#include "altm-store-private.h"

/* As many lines a step: some milliseconds of the store's thread, between which it takes what is recorded. */
#define STEP 200

/* The index is made anew where more than so many of its lines are there no more, and more than are there. */
#define STALE 1000

/* Part of what the index was made with; another number makes it anew. */
#define FORMAT "1"

/* Words of search, without their accents. A day that is asked for so is looked up, and is in no index. */
static const struct
{
  const char *word;
  gsize shortest; /* how much of it says it */
  int days_ago;
} days[] = {
  { "aujourd'hui", 5, 0 }, { "today", 5, 0 },       { "hier", 4, 1 },
  { "yesterday", 6, 1 },   { "avant-hier", 8, 2 },
};

/* Lower case, no accents, plain apostrophes. */
static char *
fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *lower = g_utf8_casefold (valid, -1);
  g_autofree char *apart = g_utf8_normalize (lower, -1, G_NORMALIZE_ALL);
  GString *folded = g_string_new (NULL);

  for (const char *at = apart; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (!g_unichar_ismark (c))
        g_string_append_unichar (folded, c == 0x2019 ? '\'' : c);
    }
  return g_string_free (folded, FALSE);
}

static void
limit_to (AltmSearch *self, GDateTime *day)
{
  g_autoptr(GDateTime) next = g_date_time_add_days (day, 1);

  self->from = MAX (self->from, g_date_time_to_unix (day) * G_USEC_PER_SEC);
  self->to = MIN (self->to, g_date_time_to_unix (next) * G_USEC_PER_SEC);
}

static gboolean
take_near_day (AltmSearch *self, const char *word, gint64 now)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (now / G_USEC_PER_SEC);
  g_autoptr(GDateTime) today = g_date_time_to_local (utc);

  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    if (strlen (word) >= days[i].shortest && g_str_has_prefix (days[i].word, word))
      {
        g_autoptr(GDateTime) midnight =
          g_date_time_new_local (g_date_time_get_year (today), g_date_time_get_month (today),
                                 g_date_time_get_day_of_month (today), 0, 0, 0);
        g_autoptr(GDateTime) day = g_date_time_add_days (midnight, -days[i].days_ago);

        limit_to (self, day);
        return TRUE;
      }
  return FALSE;
}

/* "24/11/2026", "24/11/26", or as computers write it. A day and a month alone are of the last such day. */
static gboolean
take_date (AltmSearch *self, const char *word, gint64 now)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (now / G_USEC_PER_SEC);
  g_autoptr(GDateTime) day = NULL;
  int numbers[3] = { 0 }, spoken[3] = { 0 };

  if (sscanf (word, "%2d/%2d/%4d", &spoken[0], &spoken[1], &spoken[2]) >= 2)
    memcpy (numbers, spoken, sizeof spoken);
  else if (sscanf (word, "%4d-%2d-%2d", &numbers[2], &numbers[1], &numbers[0]) < 3)
    return FALSE;
  if (numbers[2] == 0)
    numbers[2] = g_date_time_get_year (utc);
  else if (numbers[2] < 100)
    numbers[2] += 2000;
  if (!g_date_valid_dmy ((GDateDay) numbers[0], numbers[1], (GDateYear) numbers[2]))
    return FALSE;
  day = g_date_time_new_local (numbers[2], numbers[1], numbers[0], 0, 0, 0);
  if (day == NULL)
    return FALSE;
  limit_to (self, day);
  return TRUE;
}

static gboolean
is_number (const char *token)
{
  return strspn (token, "0123456789") == strlen (token);
}

/* A number is whole, as "2" is not the beginning of 24; a word may be going on. */
static void
add_token (GString *match, const char *token)
{
  g_autofree char *number = is_number (token) ? g_strdup_printf ("%" G_GINT64_FORMAT, g_ascii_strtoll (token, NULL, 10)) : NULL;

  if (match->len > 0)
    g_string_append (match, " AND ");
  if (number != NULL)
    g_string_append_printf (match, "\"%s\"", number);
  else
    g_string_append_printf (match, "\"%s\"*", token);
}

static void
add_tokens (GString *match, const char *word)
{
  g_autoptr(GString) token = g_string_new (NULL);

  for (const char *at = word;; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_isalnum (c))
        g_string_append_unichar (token, c);
      else if (token->len > 0)
        {
          add_token (match, token->str);
          g_string_truncate (token, 0);
        }
      if (c == 0)
        return;
    }
}

/**
 * altm_search_new:
 * @text: as it is typed in: the beginnings of words, a day ("24/11/2026", "mardi 24 novembre", "hier"), in any order
 * @now: microseconds since 1970-01-01 UTC: says which day is today
 *
 * Returns: (transfer full) (nullable): what it asks for; %NULL where it says nothing
 */
AltmSearch *
altm_search_new (const char *text, gint64 now)
{
  g_autofree char *folded = fold (text);
  g_auto(GStrv) words = g_strsplit_set (folded, " \t\n,;.", -1);
  GString *match = g_string_new (NULL);
  g_autoptr(AltmSearch) self = g_new0 (AltmSearch, 1);

  self->to = G_MAXINT64;
  for (gsize i = 0; words[i] != NULL; i++)
    if (!take_near_day (self, words[i], now) && !take_date (self, words[i], now))
      add_tokens (match, words[i]);
  self->match = g_string_free (match, match->len == 0);
  return self->match != NULL || self->to != G_MAXINT64 ? g_steal_pointer (&self) : NULL;
}

/**
 * altm_search_free:
 * @self: (nullable): freed
 */
void
altm_search_free (AltmSearch *self)
{
  if (self == NULL)
    return;
  g_free (self->match);
  g_free (self);
}

static char *
name_file (AltmStore *store)
{
  return g_build_filename (altm_store_get_directory (store), ALTM_SEARCH_FILE, NULL);
}

/**
 * altm_search_drop:
 *
 * Removes the index, which costs no record. In the store's thread.
 *
 * Returns: %TRUE, or %FALSE with an error of the file system
 */
gboolean
altm_search_drop (AltmStore *store, GError **error)
{
  static const char *const endings[] = { "", "-wal", "-shm" };
  g_autofree char *path = name_file (store);

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *file = g_strconcat (path, endings[i], NULL);

      if (!altm_files_shred (file, error))
        return FALSE;
    }
  return TRUE;
}

/* Only what was indexed matters, and whether it is all: not when the power fails, as it is made anew. */
static AltmSql *
open_index (AltmStore *store, GError **error)
{
  g_autofree char *path = name_file (store);
  int file = g_open (path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  g_autoptr(AltmSql) index = NULL;

  if (file >= 0)
    close (file);
  index = altm_sql_open (path, ALTM_SQL_WRITE, error);
  if (index == NULL || !altm_sql_run (index, error, "PRAGMA synchronous = NORMAL", "") ||
      !altm_sql_run (index, error, "CREATE TABLE IF NOT EXISTS state (made_with TEXT NOT NULL, done INTEGER NOT NULL,"
                                   " lines INTEGER NOT NULL) STRICT", "") ||
      !altm_sql_run (index, error, "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, content = '',"
                                   " detail = none, columnsize = 0, tokenize = \"unicode61 remove_diacritics 2\")", ""))
    return NULL;
  return g_steal_pointer (&index);
}

/* Labels change with the lists, days with the zone. */
static char *
tell_made_with (AltmStore *store, GTimeZone *zone)
{
  return g_strdup_printf (FORMAT "/%" G_GINT64_FORMAT "/%s", altm_lists_get_version (altm_store_get_lists (store)),
                          g_time_zone_get_identifier (zone));
}

static gboolean
is_current (AltmSql *index, AltmStore *store, const char *made_with)
{
  gint64 indexed = altm_sql_get_integer (index, -1, "SELECT lines FROM state WHERE made_with = ?", "s", made_with);
  gint64 there;

  if (indexed < 0)
    return FALSE;
  if (indexed <= STALE)
    return TRUE;
  there = altm_sql_get_integer (altm_store_get_sql (store), 0, "SELECT COUNT (*) FROM lines", "");
  return indexed <= 2 * there + STALE;
}

static gboolean
begin_anew (AltmSql *index, const char *made_with, GError **error)
{
  return altm_sql_run (index, error, "INSERT INTO words (words) VALUES ('delete-all')", "") &&
         altm_sql_run (index, error, "DELETE FROM state", "") &&
         altm_sql_run (index, error, "INSERT INTO state VALUES (?, 0, 0)", "s", made_with);
}

static gboolean
index_line (AltmSql *index, AltmStore *store, AltmRows *row, GTimeZone *zone, GError **error)
{
  g_auto(AltmLine) line = { NULL };
  g_autofree char *words = NULL;

  /* One that cannot be read is in the journal still, and found by nothing. */
  if (!altm_line_read (&line, sqlite3_column_blob (row, 1), (gsize) sqlite3_column_bytes (row, 1), NULL))
    return TRUE;
  words = altm_search_words (&line, altm_store_get_lists (store), zone);
  return altm_sql_run (index, error, "INSERT INTO words (rowid, text) VALUES (?, ?)", "is", sqlite3_column_int64 (row, 0),
                       words);
}

/* Returns how many lines were taken, or -1. */
static int
index_lines (AltmSql *index, AltmStore *store, GTimeZone *zone, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  gint64 done = altm_sql_get_integer (index, 0, "SELECT done FROM state", "");
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem, "SELECT seq, bytes FROM lines WHERE seq > ? ORDER BY seq LIMIT ?", "ii", done, (gint64) STEP);
  int taken = 0;

  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    {
      done = sqlite3_column_int64 (rows, 0);
      taken += index_line (index, store, rows, zone, &problem);
    }
  if (problem == NULL)
    altm_sql_run (index, &problem, "UPDATE state SET done = ?, lines = lines + ?", "ii", done, (gint64) taken);
  if (problem == NULL)
    return taken;
  g_propagate_error (error, g_steal_pointer (&problem));
  return -1;
}

static gboolean
is_behind (AltmSql *index, AltmStore *store, const char *made_with)
{
  gint64 done = altm_sql_get_integer (index, 0, "SELECT done FROM state", "");

  return !is_current (index, store, made_with) ||
         altm_sql_get_integer (altm_store_get_sql (store), 0, "SELECT 1 FROM lines WHERE seq > ? LIMIT 1", "i", done) != 0;
}

static int
run_step (AltmStore *store, GError **error)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *made_with = tell_made_with (store, zone);
  g_autoptr(AltmSql) index = open_index (store, error);
  int taken;

  if (index == NULL)
    return -1;
  if (!is_behind (index, store, made_with))
    return 0;
  if (!altm_sql_begin (index, error))
    return -1;
  taken = is_current (index, store, made_with) || begin_anew (index, made_with, error)
            ? index_lines (index, store, zone, error)
            : -1;
  return altm_sql_end (index, taken >= 0, error) ? taken : -1;
}

static gboolean
is_leaving (AltmStore *store)
{
  g_autofree char *wiping = altm_store_get_setting (store, "wiping");
  g_autofree char *wiped = altm_store_get_setting (store, "wiped");

  return wiping != NULL || wiped != NULL;
}

/**
 * altm_search_step:
 * @is_done: (out): whether the index has all that the store has; else another step is to follow
 *
 * Brings the index a step further, in the store's thread, some milliseconds long. One that is missing, damaged, of other
 * lists or of another zone is made anew; of a tablet that is being wiped none is made.
 *
 * Returns: %TRUE, or %FALSE with an #AltmStoreError: the index was dropped, and nothing else was touched
 */
gboolean
altm_search_step (AltmStore *store, gboolean *is_done, GError **error)
{
  int taken;

  *is_done = TRUE;
  if (is_leaving (store))
    return TRUE;
  taken = run_step (store, error);
  *is_done = taken >= 0 && taken < STEP;
  if (taken < 0)
    altm_search_drop (store, NULL);
  return taken >= 0;
}

static gboolean
attach (AltmStore *store, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autofree char *path = name_file (store);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error_literal (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING, "there is no index");
      return FALSE;
    }
  return altm_sql_run (sql, error, "ATTACH DATABASE ? AS search", "s", path);
}

static GArray *
read_seqs (AltmSql *sql, AltmRows *rows, GError **problem)
{
  GArray *seqs = g_array_new (FALSE, FALSE, sizeof (gint64));

  while (*problem == NULL && altm_sql_step (sql, rows, problem))
    {
      gint64 seq = sqlite3_column_int64 (rows, 0);

      g_array_append_val (seqs, seq);
    }
  return seqs;
}

static GArray *
find_words (AltmSql *sql, const AltmSearch *search, GError **problem)
{
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, problem,
    "SELECT l.seq FROM search.words AS w JOIN lines AS l ON l.seq = w.rowid"
    " WHERE w.words MATCH ? AND l.is_latest AND l.time >= ? AND l.time < ? ORDER BY l.time DESC, l.seq DESC",
    "sii", search->match, search->from, search->to);

  return read_seqs (sql, rows, problem);
}

static GArray *
find_days (AltmSql *sql, const AltmSearch *search, GError **problem)
{
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, problem, "SELECT seq FROM lines WHERE is_latest AND time >= ? AND time < ? ORDER BY time DESC, seq DESC",
                    "ii", search->from, search->to);

  return read_seqs (sql, rows, problem);
}

/**
 * altm_search_find:
 * @store: a reading one will do
 *
 * Returns: (transfer full) (element-type gint64): the seqs of the latest revisions that are asked for, latest first, as far
 *   as the index has come; %NULL with an #AltmStoreError where there is no index, or a damaged one, which
 *   altm_search_drop() and altm_search_step() make anew
 */
GArray *
altm_search_find (AltmStore *store, const AltmSearch *search, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(GError) problem = NULL;
  g_autoptr(GArray) seqs = NULL;

  if (search->match == NULL)
    seqs = find_days (sql, search, &problem);
  else if (attach (store, &problem))
    {
      seqs = find_words (sql, search, &problem);
      altm_sql_run (sql, NULL, "DETACH DATABASE search", "");
    }
  if (problem == NULL)
    return g_steal_pointer (&seqs);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
