/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-purge.h"

#include "altm-hq-erasures.h"
#include "altm-hq-log.h"
#include "altm-hq-retention.h"

/* Between two portions tablets are answered. */
#define PORTION 100

#define PRIVATE "private_erased"

/* Who it is where the store does so by itself. */
#define BY_ITSELF "purge"

/* What goes by its age alone; ?1 is now in seconds. Refused lines in which a person stands, or that nobody could read, go
 * with sealed parts, as do those of other refused lines; a log entry not before the log lets it (its trigger). */
static const struct
{
  const char *name;
  gboolean is_of_people; /* it waits for the tablets' clocks too (altm_hq_retention_find_now()) */
  const char *count;
  const char *purge;
} rests[] = {
#define REST(name, is_of_people, table, where, change)                                                                 \
  {                                                                                                                    \
    name, is_of_people, "SELECT COUNT (*) FROM " table " WHERE " where, change " WHERE " where                         \
  }
  REST ("refused_lines", TRUE, "quarantine",
        "received_at < 1000000 * unixepoch (?1, 'unixepoch', '-2 years') AND (id IS NULL OR problem = 'personal') AND length (bytes) > 0",
        "UPDATE quarantine SET bytes = X''"),
  REST ("log_entries", FALSE, "log",
        "at < 1000000 * MIN (unixepoch ('now', '-12 months'), unixepoch (?1, 'unixepoch', '-12 months'))", "DELETE FROM log"),
  REST ("sessions", FALSE, "sessions",
        "began_at < 1000000 * unixepoch (?1, 'unixepoch', '-12 hours') OR seen_at < 1000000 * unixepoch (?1, 'unixepoch', '-1 hour')",
        "DELETE FROM sessions"),
  REST ("batches", FALSE, "batches", "received_at < 1000000 * unixepoch (?1, 'unixepoch', '-30 days')", "DELETE FROM batches"),
  REST ("refused_private", TRUE, "quarantine",
        "received_at < 1000000 * unixepoch (?1, 'unixepoch', '-2 years') AND CASE WHEN json_valid (CAST (bytes AS TEXT))"
        " THEN json_extract (CAST (bytes AS TEXT), '$.private') IS NOT NULL END",
        "UPDATE quarantine SET bytes = CAST (json_remove (CAST (bytes AS TEXT), '$.private') AS BLOB)"),
};

/**
 * altm_hq_purge_count:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): what a purge would do, as altm_hq_purge_some() says what was done, or %NULL with an
 *   %ALTM_STORE_ERROR
 */
json_t *
altm_hq_purge_count (AltmSql *sql, gint64 now, GError **error)
{
  g_autoptr(GPtrArray) ids = altm_hq_retention_find (sql, now, G_MAXUINT, error);
  g_autoptr(json_t) report = ids != NULL ? json_pack ("{s:i}", PRIVATE, (int) ids->len) : NULL;

  for (gsize i = 0; report != NULL && i < G_N_ELEMENTS (rests); i++)
    json_object_set_new (report, rests[i].name, json_integer (altm_sql_get_integer (sql, 0, rests[i].count, "i", now / G_USEC_PER_SEC)));
  return report != NULL && altm_sql_check (sql, error) ? g_steal_pointer (&report) : NULL;
}

/* Noted where something went, or where a person asked; when it last ran is a setting. */
static gboolean
keep_report (AltmSql *sql, const char *who, json_t *report, gint64 now, GError **error)
{
  g_autofree char *text = altm_json_write (report);
  const AltmHqEntry entry = { now, who, "purged", NULL, text, NULL };
  gboolean is_noted = g_strcmp0 (who, BY_ITSELF) != 0;
  const char *name;
  json_t *number;

  json_object_foreach (report, name, number)
    is_noted = is_noted || (json_integer_value (number) > 0 && !g_str_equal (name, "sessions") && !g_str_equal (name, "batches"));
  return (!is_noted || altm_hq_log_add (sql, &entry, error)) &&
         altm_sql_run (sql, error, "INSERT OR REPLACE INTO settings VALUES ('purged', json_object ('at', ?, 'report', json (?)))",
                       "is", now, text);
}

static gboolean
purge_rests (AltmSql *sql, const char *who, json_t *report, gint64 due, gint64 now, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rests); i++)
    {
      if (!altm_sql_run (sql, error, rests[i].purge, "i", (rests[i].is_of_people ? due : now) / G_USEC_PER_SEC))
        return FALSE;
      json_object_set_new (report, rests[i].name, json_integer (sqlite3_changes (altm_sql_get_handle (sql))));
    }
  return keep_report (sql, who, report, now, error);
}

/**
 * altm_hq_purge_some:
 * @who: `purge` where the store does so by itself, and then by altm_hq_retention_find_now()
 * @so_far: (nullable): what this returned last, where there was more to do
 * @now: microseconds since 1970-01-01 UTC
 *
 * Lets go of what HQ may keep no longer, as much of it as tablets can wait for: sealed parts (altm_hq_retention_find()), refused
 * lines in which a person stands, entries of the access log after twelve months, sessions and batches that are over. The last time
 * the report is put into the access log.
 *
 * Returns: (transfer full): how much went so far: {"private_erased", "refused_lines", "log_entries", "sessions", "batches",
 *   "refused_private"}; {"more"} is true where it has to be called again; or %NULL with an %ALTM_STORE_ERROR
 */
json_t *
altm_hq_purge_some (AltmHqStore *store, const char *who, json_t *so_far, gint64 now, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  const AltmHqErasure erasure = { ALTM_HQ_SCOPE_PRIVATE, now, BY_ITSELF, "2 years after the last contact" };
  gint64 due = g_strcmp0 (who, BY_ITSELF) == 0 ? altm_hq_retention_find_now (sql, now) : now;
  g_autoptr(GPtrArray) ids = altm_hq_retention_find (sql, due, PORTION, error);
  g_autoptr(json_t) report = NULL;
  gboolean has_more;

  if (ids == NULL)
    return NULL;
  has_more = ids->len == PORTION;
  report = json_pack ("{s:I}", PRIVATE, (json_int_t) (altm_json_get_integer (so_far, PRIVATE, 0) + ids->len));
  if (!altm_hq_erasures_begin (store, ids, &erasure, error) ||
      !altm_hq_erasures_end (store,
                             altm_hq_erasures_erase (store, ids, &erasure, error) &&
                               (has_more || purge_rests (sql, who, report, due, now, error)),
                             error))
    return NULL;
  if (has_more)
    json_object_set_new (report, "more", json_true ());
  return g_steal_pointer (&report);
}
