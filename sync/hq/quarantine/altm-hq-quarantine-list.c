/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-quarantine-list.h"

#include <string.h>

#include "altm-hq-quarantine.h"
#include "altm-privacy.h"
#include "altm-record-type.h"
#include "altm-time.h"

/* So many bytes are shown of what is no line. */
#define MOST_TEXT 600
#define PRIVATE "\"private\""

/* The mediator's team by the lists of now; "" where no mediator is named. */
static const char *
find_team (AltmHqStore *store, json_t *root)
{
  const char *by = altm_json_get_string (root, "by");
  json_t *mediator = by != NULL ? altm_lists_find_mediator (altm_hq_store_get_lists (store, 0), by) : NULL;
  const char *team = altm_json_get_string (mediator, "team");

  return team != NULL ? team : "";
}

static json_t *
read_root (GBytes *bytes)
{
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  return length <= ALTM_LINE_BYTES ? altm_json_parse (text, length, NULL) : NULL;
}

/* A text that a field may hold is shown to nobody here where one of them identifies a person: by the problem, which is the first
 * that was found, or by what it says. */
static json_t *
describe_field (const AltmField *field, const char *name, json_t *value, gboolean is_personal)
{
  gboolean is_hidden =
    json_is_string (value) && (field == NULL || field->kind == ALTM_FIELD_CLEAR_TEXT) &&
    (is_personal || altm_privacy_find (json_string_value (value), ALTM_PRIVACY_NOT_IN_CLEAR, NULL, NULL) != ALTM_PRIVACY_NONE);

  return json_pack ("{s:s, s:s?, s:b, s:O}", "name", name, "list", field != NULL ? field->list : NULL, "is_hidden", is_hidden,
                    "value", is_hidden ? json_null () : value);
}

/* Those that the type has in its order, then what else there is. */
static json_t *
describe_fields (const AltmRecordType *type, json_t *data, gboolean is_personal)
{
  json_t *fields = json_array (), *value;
  const char *name;

  for (const AltmField *field = type != NULL ? type->fields : NULL; field != NULL && field->name != NULL; field++)
    if ((value = json_object_get (data, field->name)) != NULL)
      json_array_append_new (fields, describe_field (field, field->name, value, is_personal));
  json_object_foreach (data, name, value)
    if (type == NULL || altm_record_type_find_field (type, name) == NULL)
      json_array_append_new (fields, describe_field (NULL, name, value, is_personal));
  return fields;
}

/* What is no JSON may hold a private part all the same: from there on nothing is shown. */
static char *
cut_text (GBytes *bytes)
{
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  const char *private = memmem (text, length, PRIVATE, strlen (PRIVATE));
  gsize most = MIN (length, MOST_TEXT);

  if (private != NULL)
    most = MIN (most, (gsize) (private - text));
  return g_utf8_make_valid (text, (gssize) most);
}

/**
 * altm_hq_quarantine_describe_line:
 * @is_personal: whether one of its texts identifies a person
 *
 * Returns: (transfer full): what a line says, never its private part: {"size", "type", "at", "rev", "place", "team",
 *   "is_deleted", "has_private", "fields": [{"name", "list", "is_hidden", "value"}]}; of what is no JSON {"size", "text"}, the beginning
 */
json_t *
altm_hq_quarantine_describe_line (AltmHqStore *store, GBytes *bytes, gboolean is_personal)
{
  g_autoptr(json_t) root = read_root (bytes);
  const char *type = altm_json_get_string (root, "type");
  json_t *private = json_object_get (root, "private");
  json_int_t size = (json_int_t) g_bytes_get_size (bytes);

  if (root == NULL)
    {
      g_autofree char *text = is_personal ? g_strdup ("") : cut_text (bytes);

      return json_pack ("{s:I, s:s}", "size", size, "text", text);
    }
  return json_pack ("{s:I, s:s?, s:s?, s:I, s:s?, s:s, s:b, s:b, s:o}", "size", size, "type", type, "at",
                    altm_json_get_string (root, "at"), "rev", (json_int_t) altm_json_get_integer (root, "rev", 0), "place",
                    altm_json_get_string (root, "place"), "team", find_team (store, root), "is_deleted",
                    json_is_true (json_object_get (root, "deleted")), "has_private", private != NULL && !json_is_null (private),
                    "fields", describe_fields (altm_record_type_find (type), json_object_get (root, "data"), is_personal));
}

/* The message of a refusal names the field first; nothing else of it is for the pages. */
static json_t *
find_field (const char *detail, const char *type_name)
{
  const AltmRecordType *type = altm_record_type_find (type_name);
  const char *colon = strchr (detail, ':');
  g_autofree char *name = colon != NULL ? g_strndup (detail, (gsize) (colon - detail)) : NULL;

  return name != NULL && type != NULL && altm_record_type_find_field (type, name) != NULL ? json_string (name) : json_null ();
}

static json_t *
find_held (AltmHqStore *store, const char *id, gint64 rev)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(AltmRows) rows = altm_sql_query (sql, NULL, "SELECT bytes FROM journal WHERE id = ? AND rev = ?", "si", id, rev);
  g_autoptr(GBytes) bytes = altm_sql_step (sql, rows, NULL) ? altm_rows_bytes (rows, 0) : NULL;

  return bytes != NULL ? altm_hq_quarantine_describe_line (store, bytes, FALSE) : json_null ();
}

static gboolean
can_accept (AltmHqStore *store, GBytes *bytes, const char *problem)
{
  g_auto(AltmHqArrival) arrival = { NULL };

  altm_hq_arrival_read (&arrival, store, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return strcmp (problem, "conflict") != 0 && altm_hq_quarantine_can_accept (store, &arrival);
}

static json_t *
describe_time (AltmRows *row, int column)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *text = NULL;

  if (sqlite3_column_type (row, column) == SQLITE_NULL)
    return json_null ();
  text = altm_time_format (sqlite3_column_int64 (row, column), utc);
  return json_string (text);
}

/* @row: as altm_hq_quarantine_list() asks */
static json_t *
describe (AltmHqStore *store, AltmRows *row)
{
  const char *problem = altm_rows_text (row, 4), *id = altm_rows_text (row, 2);
  gint64 rev = sqlite3_column_int64 (row, 3);
  gboolean is_conflict = strcmp (problem, "conflict") == 0;
  g_autoptr(GBytes) bytes = altm_rows_bytes (row, 6);
  json_t *line = altm_hq_quarantine_describe_line (store, bytes, strcmp (problem, "personal") == 0);

  return json_pack ("{s:I, s:o, s:s?, s:s, s:o, s:s, s:o, s:s?, s:s, s:b, s:b, s:o, s:o}", "n",
                    (json_int_t) sqlite3_column_int64 (row, 0), "received_at", describe_time (row, 1), "id", id, "problem",
                    problem, "field", find_field (altm_rows_text (row, 5), altm_json_get_string (line, "type")), "state",
                    altm_rows_text (row, 7), "settled_at", describe_time (row, 8), "settled_by", altm_rows_text (row, 9),
                    "tablet", altm_rows_text (row, 10), "can_accept", can_accept (store, bytes, problem), "can_ask",
                    id != NULL && sqlite3_column_int (row, 11), "line", line, "held",
                    is_conflict ? find_held (store, id, rev) : json_null ());
}

static gboolean
is_of (json_t *entry, GHashTable *teams)
{
  const char *team = altm_json_get_string (json_object_get (entry, "line"), "team");

  return teams == NULL || (team != NULL && g_hash_table_contains (teams, team));
}

/**
 * altm_hq_quarantine_list:
 * @teams: (nullable): names of teams of which alone one may see what waits; what names no mediator is then left out
 * @state: `waiting`, `asked` or `settled`
 * @most: how many at most
 *
 * Returns: (transfer full): an array of what could not be taken, those that wait longest first, of what is settled the
 *   last ones first: {"n", "received_at", "id", "problem", "field", "state", "settled_at", "settled_by", "tablet",
 *   "can_accept", "can_ask", "line", "held"}; `line`, and for a conflict `held`, are as altm_hq_quarantine_describe_line(). %NULL with an
 *   %ALTM_STORE_ERROR
 */
json_t *
altm_hq_quarantine_list (AltmHqStore *store, GHashTable *teams, const char *state, guint most, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(json_t) entries = json_array ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem,
    "SELECT quarantined.n, received_at, quarantined.id, rev, problem, detail, bytes, state, settled_at, settled_by, name,"
    " revoked_at IS NULL FROM quarantined JOIN devices ON devices.n = device"
    " WHERE CASE state WHEN 'waiting' THEN state WHEN 'asked' THEN state ELSE 'settled' END = ?1"
    " ORDER BY CASE ?1 WHEN 'settled' THEN -quarantined.n ELSE quarantined.n END",
    "s", state);

  while (json_array_size (entries) < most && altm_sql_step (sql, rows, &problem))
    {
      g_autoptr(json_t) entry = describe (store, rows);

      if (is_of (entry, teams))
        json_array_append (entries, entry);
    }
  if (problem == NULL)
    return g_steal_pointer (&entries);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/**
 * altm_hq_quarantine_find_team:
 * @n: a line in quarantine
 *
 * Returns: (transfer full) (nullable): the team that it is of, "" where it names no mediator of the lists; %NULL where there
 *   is no such line
 */
char *
altm_hq_quarantine_find_team (AltmHqStore *store, gint64 n)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(AltmRows) rows = altm_sql_query (sql, NULL, "SELECT bytes FROM quarantine WHERE n = ?", "i", n);
  g_autoptr(GBytes) bytes = altm_sql_step (sql, rows, NULL) ? altm_rows_bytes (rows, 0) : NULL;
  g_autoptr(json_t) root = bytes != NULL ? read_root (bytes) : NULL;

  return bytes != NULL ? g_strdup (find_team (store, root)) : NULL;
}
