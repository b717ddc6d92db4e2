/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-figures.h"

#include <string.h>

#include "altm-line.h"
#include "altm-time.h"

#define SILENT_AFTER G_TIME_SPAN_DAY

/* The figures of a period as they are being counted; each json_t is an object of code to number. */
typedef struct
{
  gint64 interventions;
  gint64 attempts;
  gint64 people;
  gint64 referrals;
  gint64 observations;
  json_t *flow;
  json_t *by_process;
  json_t *by_channel;
  json_t *by_register;
  json_t *by_theme;
  json_t *by_result;
  json_t *referrals_by_status;
} Figures;

typedef void (*CountRecord) (Figures *figures, json_t *data);

static void
add_count (json_t *counts, const char *code, gint64 number)
{
  if (code != NULL)
    json_object_set_new (counts, code, json_integer (altm_json_get_integer (counts, code, 0) + number));
}

static gboolean
is_one_of (const char *code, const char *const *codes)
{
  return code != NULL && g_strv_contains (codes, code);
}

/* The newsletter's four processes; what is none of them is "autre". */
static const char *
process_of (json_t *data)
{
  static const char *const families[] = { "enfant", "parent_famille", NULL };
  static const char *const own[] = { "espace_public", "bureau_poste", NULL };
  const char *channel = altm_json_get_string (data, "channel");

  if (g_strcmp0 (channel, "telephone") == 0)
    return is_one_of (altm_json_get_string (data, "public"), families) ? "telephone_familles" : "telephone_habitants";
  return is_one_of (channel, own) ? channel : "autre";
}

static void
count_contact (Figures *figures, json_t *data)
{
  gsize i;
  json_t *theme;

  if (g_strcmp0 (altm_json_get_string (data, "result"), "injoignable") == 0)
    {
      figures->attempts++;
      return;
    }
  figures->interventions++;
  figures->people += altm_json_get_integer (data, "people", 0);
  add_count (figures->by_process, process_of (data), 1);
  add_count (figures->by_channel, altm_json_get_string (data, "channel"), 1);
  add_count (figures->by_register, altm_json_get_string (data, "register"), 1);
  add_count (figures->by_result, altm_json_get_string (data, "result"), 1);
  json_array_foreach (json_object_get (data, "themes"), i, theme)
    add_count (figures->by_theme, json_string_value (theme), 1);
}

static void
count_referral (Figures *figures, json_t *data)
{
  figures->referrals++;
  add_count (figures->referrals_by_status, altm_json_get_string (data, "status"), 1);
}

/* Tablets of one office add up, but for what is a maximum. */
static void
count_flow (Figures *figures, json_t *data)
{
  static const char *const maxima[] = { "file_max", "attente_max_min", NULL };
  const char *code;
  json_t *count;

  json_object_foreach (json_object_get (data, "counts"), code, count)
    {
      gint64 number = json_integer_value (count);

      if (is_one_of (code, maxima))
        number = MAX (number - altm_json_get_integer (figures->flow, code, 0), 0);
      add_count (figures->flow, code, number);
    }
}

static void
count_observation (Figures *figures, json_t *data)
{
  figures->observations++;
}

static const struct
{
  const char *type;
  CountRecord count;
} counters[] = {
  { "contact", count_contact },
  { "referral", count_referral },
  { "flow", count_flow },
  { "observation", count_observation },
};

static void
count_line (Figures *figures, const char *type, const char *bytes, gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (counters); i++)
    if (strcmp (counters[i].type, type) == 0)
      {
        g_auto(AltmLine) line = { NULL };

        if (altm_line_read (&line, bytes, length, NULL))
          counters[i].count (figures, line.data);
      }
}

static gboolean
count_all (AltmSql *sql, Figures *figures, gint64 from, gint64 to, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT type, bytes FROM records JOIN journal ON journal.n = records.line"
                    " WHERE is_known AND NOT is_deleted AND time >= ? AND time < ?",
                    "ii", from, to);

  while (altm_sql_step (sql, rows, &problem))
    count_line (figures, altm_rows_text (rows, 0), sqlite3_column_blob (rows, 1), (gsize) sqlite3_column_bytes (rows, 1));
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static json_t *
write_time (gint64 time)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  g_autofree char *text = time > 0 ? altm_time_format (time, paris) : NULL;

  return text != NULL ? json_string (text) : json_null ();
}

/* A tablet that was heard in the last day vouches for what it recorded before its oldest waiting
 * line; one that was not is named, and vouches for nothing. */
static gboolean
count_devices (AltmSql *sql, gint64 now, json_t *root, GError **error)
{
  json_t *silent = json_array ();
  gint64 complete_to = 0;
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem, "SELECT name, last_seen, pending, oldest, enrolled_at FROM devices WHERE revoked_at IS NULL", "");

  while (altm_sql_step (sql, rows, &problem))
    {
      gint64 seen = sqlite3_column_int64 (rows, 1);
      gint64 oldest = sqlite3_column_int64 (rows, 3);
      gint64 complete = sqlite3_column_int64 (rows, 2) > 0 && oldest > 0 ? MIN (oldest, seen) : seen;

      if (MAX (seen, sqlite3_column_int64 (rows, 4)) < now - SILENT_AFTER)
        json_array_append_new (silent, json_pack ("{s:s, s:o, s:I}", "name", altm_rows_text (rows, 0), "last_seen",
                                                  write_time (seen), "pending", (json_int_t) sqlite3_column_int64 (rows, 2)));
      else if (seen > 0)
        complete_to = complete_to == 0 ? complete : MIN (complete_to, complete);
    }
  json_object_set_new (root, "complete_to", write_time (complete_to));
  json_object_set_new (root, "silent_devices", silent);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static void
write_figures (json_t *root, const Figures *figures)
{
  json_object_set_new (root, "interventions", json_integer (figures->interventions));
  json_object_set_new (root, "attempts", json_integer (figures->attempts));
  json_object_set_new (root, "people", json_integer (figures->people));
  json_object_set_new (root, "referrals", json_integer (figures->referrals));
  json_object_set_new (root, "flow", figures->flow);
  json_object_set_new (root, "by_process", figures->by_process);
  json_object_set_new (root, "by_channel", figures->by_channel);
  json_object_set_new (root, "by_register", figures->by_register);
  json_object_set_new (root, "by_theme", figures->by_theme);
  json_object_set_new (root, "by_result", figures->by_result);
  json_object_set_new (root, "referrals_by_status", figures->referrals_by_status);
  json_object_set_new (root, "observations", json_integer (figures->observations));
}

/**
 * altm_figures_count:
 * @from: the first instant that counts, microseconds since 1970-01-01 UTC
 * @to: the first that counts no more
 * @now: microseconds since 1970-01-01 UTC
 *
 * Counts by the rules of the trade: an intervention is a contact that reached someone; one whose
 * result is `injoignable` is an attempt; people are those of interventions; flow adds up but for
 * its maxima. Interventions, attempts, people and flow are separate figures.
 *
 * Returns: (transfer full): "complete_to", "silent_devices" and the figures, or %NULL with an
 *   %ALTM_STORE_ERROR
 */
json_t *
altm_figures_count (AltmHqStore *store, gint64 from, gint64 to, gint64 now, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(json_t) root = json_object ();
  Figures figures = { 0 };

  figures.flow = json_object ();
  figures.by_process = json_pack ("{s:i, s:i, s:i, s:i, s:i}", "telephone_habitants", 0, "telephone_familles", 0,
                                  "espace_public", 0, "bureau_poste", 0, "autre", 0);
  figures.by_channel = json_object ();
  figures.by_register = json_object ();
  figures.by_theme = json_object ();
  figures.by_result = json_object ();
  figures.referrals_by_status = json_object ();
  if (count_devices (sql, now, root, error) && count_all (sql, &figures, from, to, error))
    {
      write_figures (root, &figures);
      return g_steal_pointer (&root);
    }
  write_figures (root, &figures); /* owns them, and frees them with itself */
  return NULL;
}
