/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-rights.h"

#include <string.h>

#include "altm-line.h"
#include "altm-time.h"
#include "altm-uuid.h"

/* More have the same reference only where somebody mistyped. */
#define MOST 20

typedef struct
{
  AltmSql *sql;
  GTimeZone *zone;
  GHashTable *seen;
  json_t *records;
} Search;

/* As it is read out or typed in: whatever the case, and the marks between. */
static char *
fold (const char *text)
{
  GString *folded = g_string_new (NULL);

  for (const char *at = text != NULL ? text : ""; *at != '\0'; at++)
    if (g_ascii_isalnum (*at))
      g_string_append_c (folded, g_ascii_toupper (*at));
  return g_string_free (folded, FALSE);
}

static gboolean
is_reference (const char *text, const char *folded)
{
  g_autofree char *own = fold (text);

  return strcmp (own, folded) == 0;
}

static void
set_moment (json_t *root, const char *name, gint64 time, GTimeZone *zone)
{
  g_autofree char *at = altm_time_format (time, zone);

  json_object_set_new (root, name, json_string (at));
}

/* A revision as HQ has it, but for what is sealed: that there is something is said. */
static json_t *
describe_revision (AltmRows *row, GTimeZone *zone)
{
  g_auto(AltmLine) line = { NULL };
  json_t *root;

  if (!altm_line_read (&line, sqlite3_column_blob (row, 0), (gsize) sqlite3_column_bytes (row, 0), NULL))
    return NULL;
  root = json_pack ("{s:I, s:s, s:s, s:s?, s:s?, s:O?, s:b, s:b, s:s?}", "rev", (json_int_t) line.rev, "type", line.type, "at",
                    line.at, "by", line.by, "place", line.place, "data", line.data, "deleted", line.is_deleted, "has_private",
                    line.private_text != NULL, "device", altm_rows_text (row, 2));
  set_moment (root, "received_at", sqlite3_column_int64 (row, 1), zone);
  return root;
}

static json_t *
describe_word (AltmRows *row, GTimeZone *zone)
{
  json_t *root = json_pack ("{s:s, s:s}", "status", altm_rows_text (row, 0), "who", altm_rows_text (row, 2));

  set_moment (root, "at", sqlite3_column_int64 (row, 1), zone);
  return root;
}

static json_t *
describe_erasure (AltmRows *row, GTimeZone *zone)
{
  json_t *root = json_pack ("{s:s, s:s, s:s?}", "scope", altm_rows_text (row, 0), "who", altm_rows_text (row, 2), "why",
                            altm_rows_text (row, 3));

  set_moment (root, "at", sqlite3_column_int64 (row, 1), zone);
  return root;
}

static json_t *
describe_refused (AltmRows *row, GTimeZone *zone)
{
  json_t *root = json_pack ("{s:s, s:s?}", "problem", altm_rows_text (row, 0), "device", altm_rows_text (row, 2));

  set_moment (root, "received_at", sqlite3_column_int64 (row, 1), zone);
  return root;
}

/* What is said of a record in each of these: its name, the rows and what each is described as. */
static const struct
{
  const char *name;
  const char *query;
  json_t *(*describe) (AltmRows *row, GTimeZone *zone);
} parts[] = {
  { "revisions", "SELECT bytes, received_at, name FROM journal LEFT JOIN devices ON devices.n = device WHERE id = ? ORDER BY rev",
    describe_revision },
  { "words", "SELECT status, at, who FROM referral_words WHERE referral = ? ORDER BY n", describe_word },
  { "refused", "SELECT problem, received_at, name FROM quarantine LEFT JOIN devices ON devices.n = device WHERE id = ? ORDER BY quarantine.n",
    describe_refused },
  { "erasures", "SELECT scope, at, who, why FROM erasures WHERE id = ? ORDER BY at", describe_erasure },
};

static gboolean
describe_part (Search *self, json_t *record, gsize part, const char *id, GError **error)
{
  g_autoptr(GError) problem = NULL;
  json_t *all = json_array ();
  g_autoptr(AltmRows) rows = altm_sql_query (self->sql, &problem, parts[part].query, "s", id);

  json_object_set_new (record, parts[part].name, all);
  while (problem == NULL && altm_sql_step (self->sql, rows, &problem))
    {
      json_t *one = parts[part].describe (rows, self->zone);

      if (one != NULL)
        json_array_append_new (all, one);
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static const char *
find_contact (json_t *record)
{
  json_t *revision;
  const char *contact = NULL;
  gsize i;

  json_array_foreach (json_object_get (record, "revisions"), i, revision)
    {
      const char *named = altm_json_get_string (json_object_get (revision, "data"), "contact");

      contact = named != NULL ? named : contact;
    }
  return contact;
}

/* The record, and the contact that it came out of. What nobody has ever heard of is left out. */
static gboolean
add_record (Search *self, const char *id, GError **error)
{
  gint64 has_private = altm_sql_get_integer (self->sql, 0, "SELECT has_private FROM records JOIN journal ON n = line WHERE id = ?", "s", id);
  g_autofree char *type = altm_sql_get_text (self->sql, "SELECT type FROM records JOIN journal ON n = line WHERE id = ?", "s", id);
  g_autoptr(json_t) record = json_pack ("{s:s, s:s?, s:b}", "id", id, "type", type, "has_private", has_private != 0);
  const char *contact;

  if (!g_hash_table_add (self->seen, g_strdup (id)) || json_array_size (self->records) >= MOST)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (!describe_part (self, record, i, id, error))
      return FALSE;
  if (json_array_size (json_object_get (record, "revisions")) + json_array_size (json_object_get (record, "refused")) +
        json_array_size (json_object_get (record, "erasures")) > 0)
    json_array_append (self->records, record);
  contact = find_contact (record);
  return contact == NULL || add_record (self, contact, error);
}

static gboolean
add_rows (Search *self, AltmRows *rows, const char *folded, GHashTable *teams, GError **error)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) problem = NULL;

  while (altm_sql_step (self->sql, rows, &problem))
    if (is_reference (altm_rows_text (rows, 1), folded) &&
        (teams == NULL || g_hash_table_contains (teams, altm_rows_text (rows, 2))))
      g_ptr_array_add (ids, g_strdup (altm_rows_text (rows, 0)));
  altm_rows_end (rows);
  for (guint i = 0; problem == NULL && i < ids->len; i++)
    add_record (self, ids->pdata[i], &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* Also those that were withdrawn, and what was refused, of which nobody knows whose they are: for who may see all. */
static gboolean
add_references (Search *self, const char *folded, GHashTable *teams, GError **error)
{
  AltmRows *rows = altm_sql_query (self->sql, error, "SELECT id, reference, team FROM referrals WHERE reference IS NOT NULL", "");

  if (rows == NULL || !add_rows (self, rows, folded, teams, error))
    return FALSE;
  if (teams != NULL)
    return TRUE;
  rows = altm_sql_query (self->sql, error,
                         "SELECT line.id, json_extract (CAST (line.bytes AS TEXT), '$.data.reference') FROM records"
                         " JOIN journal ON journal.n = records.line JOIN journal AS line ON line.id = journal.id"
                         " WHERE records.type = 'referral' AND is_deleted",
                         "");
  if (rows == NULL || !add_rows (self, rows, folded, NULL, error))
    return FALSE;
  rows = altm_sql_query (self->sql, error,
                         "SELECT id, json_extract (CAST (bytes AS TEXT), '$.data.reference') FROM quarantine"
                         " WHERE id IS NOT NULL AND length (bytes) > 0",
                         "");
  return rows != NULL && add_rows (self, rows, folded, NULL, error);
}

static gboolean
may_see (AltmSql *sql, const char *id, GHashTable *teams)
{
  g_autofree char *team = altm_sql_get_text (sql, "SELECT team FROM referrals WHERE id = ?", "s", id);

  return teams == NULL || (team != NULL && g_hash_table_contains (teams, team));
}

/**
 * altm_hq_rights_find:
 * @wanted: the reference that a person was given, or the id of a record
 * @teams: (nullable): a manager's, whose referrals alone are found; %NULL for all
 *
 * Looks for all that HQ has of it: the referral, the contact that it came out of, each with its revisions, what HQ said, what
 * was refused and what was erased.
 *
 * Returns: (transfer full): an array of records, or %NULL with an %ALTM_STORE_ERROR
 */
json_t *
altm_hq_rights_find (AltmSql *sql, const char *wanted, GHashTable *teams, GError **error)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(json_t) records = json_array ();
  g_autofree char *folded = fold (wanted), *id = g_ascii_strdown (wanted, -1);
  Search self = { sql, utc, seen, records };
  gboolean is_found = *folded == '\0' || (altm_uuid_is_v7 (id) ? !may_see (sql, id, teams) || add_record (&self, id, error)
                                                               : add_references (&self, folded, teams, error));

  return is_found && altm_sql_check (sql, error) ? g_steal_pointer (&records) : NULL;
}
