/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-quarantine-list.h"

#include <string.h>

#include "altm-hq-cause.h"
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

static json_t *
find_held (AltmHqStore *store, const char *id, gint64 rev)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(AltmRows) rows = altm_sql_query (sql, NULL, "SELECT bytes FROM journal WHERE id = ? AND rev = ?", "si", id, rev);
  g_autoptr(GBytes) bytes = altm_sql_step (sql, rows, NULL) ? altm_rows_bytes (rows, 0) : NULL;

  return bytes != NULL ? altm_hq_quarantine_describe_line (store, bytes, FALSE) : json_null ();
}

/* What hinders by the lists of now that it is taken, where that is something else than what it was refused for: they may have
 * the code since that it was refused for, and something else in it be wrong too. */
static json_t *
describe_hindrance (AltmHqStore *store, const AltmHqArrival *arrival, json_t *cause)
{
  g_autoptr(GError) refusal = NULL;
  g_autoptr(json_t) hindrance = NULL;

  if (!arrival->is_read || altm_line_check (&arrival->line, altm_hq_store_get_lists (store, 0), &refusal))
    return json_null ();
  hindrance = altm_hq_cause_describe (altm_record_error_name (refusal->code), refusal->message, arrival->line.type);
  return json_equal (hindrance, cause) ? json_null () : g_steal_pointer (&hindrance);
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
  json_t *cause = altm_hq_cause_describe (problem, altm_rows_text (row, 5), altm_json_get_string (line, "type"));
  g_auto(AltmHqArrival) arrival = { NULL };
  gboolean can_accept;

  altm_hq_arrival_read (&arrival, store, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  can_accept = !is_conflict && altm_hq_quarantine_can_accept (store, &arrival);
  return json_pack ("{s:I, s:o, s:s?, s:s, s:o, s:o, s:s, s:o, s:s?, s:s, s:b, s:b, s:o, s:o}", "n",
                    (json_int_t) sqlite3_column_int64 (row, 0), "received_at", describe_time (row, 1), "id", id, "problem",
                    problem, "cause", cause, "hindrance",
                    can_accept ? json_null () : describe_hindrance (store, &arrival, cause), "state", altm_rows_text (row, 7),
                    "settled_at", describe_time (row, 8), "settled_by", altm_rows_text (row, 9), "tablet",
                    altm_rows_text (row, 10), "can_accept", can_accept, "can_ask", id != NULL && sqlite3_column_int (row, 11),
                    "line", line, "held", is_conflict ? find_held (store, id, rev) : json_null ());
}

/**
 * altm_hq_quarantine_list_mediators:
 * @teams: (nullable): names of teams
 *
 * Returns: (transfer full) (nullable): the codes of the mediators who are of them by the lists of now, a JSON array for SQLite
 *   to look through; %NULL where @teams is
 */
char *
altm_hq_quarantine_list_mediators (AltmHqStore *store, GHashTable *teams)
{
  g_autoptr(json_t) codes = json_array ();
  json_t *mediator;
  gsize i;

  if (teams == NULL)
    return NULL;
  json_array_foreach (altm_lists_get_mediators (altm_hq_store_get_lists (store, 0)), i, mediator)
    {
      const char *team = altm_json_get_string (mediator, "team");

      if (team != NULL && g_hash_table_contains (teams, team))
        json_array_append (codes, json_object_get (mediator, "code"));
    }
  return altm_json_write (codes);
}

/* SQLite leaves out what is of nobody of the teams, so that no more is read here than is told; the program has the last word. */
static gboolean
is_of (AltmHqStore *store, GBytes *bytes, GHashTable *teams)
{
  g_autoptr(json_t) root = teams != NULL ? read_root (bytes) : NULL;

  return teams == NULL || (root != NULL && g_hash_table_contains (teams, find_team (store, root)));
}

static AltmRows *
query (AltmHqStore *store, const char *mediators, const char *state, GError **error)
{
  return altm_sql_query (
    altm_hq_store_get_sql (store), error,
    "SELECT quarantined.n, received_at, quarantined.id, rev, problem, detail, bytes, state, settled_at, settled_by, name,"
    " revoked_at IS NULL FROM quarantined JOIN devices ON devices.n = device"
    " WHERE CASE state WHEN 'waiting' THEN state WHEN 'asked' THEN state ELSE 'settled' END = ?1"
    " AND " ALTM_HQ_IS_BY ("bytes", "?2")
    " ORDER BY CASE ?1 WHEN 'settled' THEN -quarantined.n ELSE quarantined.n END",
    "ss", state, mediators);
}

/* The next that is of the teams, its bytes read. */
static gboolean
step (AltmHqStore *store, GHashTable *teams, AltmRows *rows, GError **error)
{
  while (altm_sql_step (altm_hq_store_get_sql (store), rows, error))
    {
      g_autoptr(GBytes) bytes = altm_rows_bytes (rows, 6);

      if (is_of (store, bytes, teams))
        return TRUE;
    }
  return FALSE;
}

/**
 * altm_hq_quarantine_list:
 * @teams: (nullable): names of teams of which alone one may see what waits; what names no mediator is then left out
 * @state: `waiting`, `asked` or `settled`
 * @most: how many at most
 *
 * Returns: (transfer full): an array of what could not be taken, those that wait longest first, of what is settled the
 *   last ones first: {"n", "received_at", "id", "problem", "cause", "hindrance", "state", "settled_at", "settled_by", "tablet",
 *   "can_accept", "can_ask", "line", "held"}; `cause`, and what else hinders that it is taken,
 *   are as altm_hq_cause_describe(); `line`, and for a conflict `held`, are as altm_hq_quarantine_describe_line(). %NULL with an
 *   %ALTM_STORE_ERROR
 */
json_t *
altm_hq_quarantine_list (AltmHqStore *store, GHashTable *teams, const char *state, guint most, GError **error)
{
  g_autofree char *mediators = altm_hq_quarantine_list_mediators (store, teams);
  g_autoptr(json_t) entries = json_array ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = query (store, mediators, state, &problem);

  while (json_array_size (entries) < most && step (store, teams, rows, &problem))
    json_array_append_new (entries, describe (store, rows));
  if (problem == NULL)
    return g_steal_pointer (&entries);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/**
 * altm_hq_quarantine_count_waiting:
 * @teams, @most: as for altm_hq_quarantine_list()
 * @number: (out): how many wait, @most at most
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_quarantine_count_waiting (AltmHqStore *store, GHashTable *teams, guint most, guint *number, GError **error)
{
  g_autofree char *mediators = altm_hq_quarantine_list_mediators (store, teams);
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = query (store, mediators, "waiting", &problem);

  *number = 0;
  while (*number < most && step (store, teams, rows, &problem))
    ++*number;
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
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
