/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-list-plan.h"

#include <string.h>

#include "altm-list-value.h"

/* Entries that a list may have: more are no list that people keep. */
#define MOST_ENTRIES 10000

/* Who reads so many errors has to mend the file anyway. */
#define MOST_ERRORS 200

/* @after: the entries as they will be; @places: where in it each key stands; @touched: key -> where its row stood. */
typedef struct
{
  AltmLists *lists;
  const AltmListChange *change;
  const AltmListKind *kind;
  json_t *before;
  json_t *after;
  GHashTable *places;
  GHashTable *touched;
  json_t *plan;
} Planning;

/* One row: what was there before, and what will be. What is wrong with it stays in `after`, which then comes to nothing. */
typedef struct
{
  json_t *cells;
  json_t *line;
  const char *key;
  json_t *before;
  json_t *after;
  gboolean is_wrong;
} Row;

static const char *
get_key_name (const Planning *self)
{
  return self->kind->fields[0].name;
}

static void
add_to (Planning *self, const char *part, json_t *what)
{
  json_array_append_new (json_object_get (self->plan, part), what);
}

static void
add_error (Planning *self, Row *row, const char *field, const char *problem)
{
  row->is_wrong = TRUE;
  if (json_array_size (json_object_get (self->plan, "errors")) < MOST_ERRORS)
    add_to (self, "errors", json_pack ("{s:O?, s:s?, s:s?, s:s}", "line", row->line, "key", row->key, "field", field, "problem", problem));
}

static json_t *
name_entry (Planning *self, const Row *row)
{
  return json_pack ("{s:O?, s:s, s:O?}", "line", row->line, "key", row->key, "name",
                    json_object_get (row->after, self->kind->label));
}

/* A key that can be one; nothing else of a row is looked at without it. */
static gboolean
check_key (Planning *self, Row *row)
{
  const AltmListField *field = &self->kind->fields[0];
  const char *problem = NULL;

  if (row->key == NULL || *row->key == '\0')
    problem = "missing";
  else if (strlen (row->key) > field->most)
    problem = "too-long";
  else if (!g_regex_match_simple (self->kind->key, row->key, G_REGEX_DOLLAR_ENDONLY, 0))
    problem = "not-a-key";
  else if (field->list != NULL && !altm_lists_has_code (self->lists, field->list, row->key))
    problem = "unknown-code";
  else if (g_hash_table_contains (self->touched, row->key))
    problem = "twice";
  else if (self->change->is_new && row->before != NULL)
    problem = "exists";
  if (problem == NULL)
    return TRUE;
  add_error (self, row, field->name, problem);
  return FALSE;
}

static void
set_field (Planning *self, Row *row, const char *name, json_t *cell)
{
  const AltmListField *field = altm_list_kind_find_field (self->kind, name);
  const char *problem = NULL;
  g_autoptr(json_t) value = NULL;

  if (field == NULL || !(json_is_string (cell) || json_is_null (cell)))
    {
      add_error (self, row, name, field == NULL ? "no-such-field" : "not-a-text");
      json_object_set (row->after, name, cell);
      return;
    }
  if (field->kind == ALTM_LIST_FIELD_KEY)
    return;
  if (json_is_string (cell))
    value = altm_list_value_read (field, json_string_value (cell), self->lists, &problem);
  if (problem != NULL)
    {
      add_error (self, row, name, problem);
      json_object_set (row->after, name, cell);
    }
  else if (value != NULL)
    json_object_set (row->after, name, value);
  else
    json_object_del (row->after, name);
}

/* What a place's commune is called, and in which territory it lies, follows from its code where it is not said. */
static void
complete_place (Planning *self, Row *row)
{
  static const char *const follow[][2] = { { "commune", "name" }, { "territory", "territory" } };
  const char *insee = altm_json_get_string (row->after, "insee");
  gboolean is_moved = row->before != NULL && g_strcmp0 (insee, altm_json_get_string (row->before, "insee")) != 0;
  g_autofree char *id = g_strconcat ("insee:", insee != NULL ? altm_lists_fold_arrondissement (insee) : "", NULL);
  json_t *commune = altm_lists_find_place (self->lists, id);

  for (gsize i = 0; commune != NULL && i < G_N_ELEMENTS (follow); i++)
    if (json_object_get (row->after, follow[i][0]) == NULL || (is_moved && json_object_get (row->cells, follow[i][0]) == NULL))
      json_object_set (row->after, follow[i][0], json_object_get (commune, follow[i][1]));
}

static gboolean
is_retired (json_t *entry)
{
  return json_is_true (json_object_get (entry, "retired"));
}

static void
check_entry (Planning *self, Row *row)
{
  const char *field = NULL, *problem = NULL;

  for (const AltmListField *each = self->kind->fields; each->name != NULL; each++)
    if (each->is_required && json_object_get (row->after, each->name) == NULL)
      add_error (self, row, each->name, "missing");
  if (!row->is_wrong && self->kind->check != NULL)
    problem = self->kind->check (self->lists, row->after, &field);
  if (problem != NULL)
    add_error (self, row, field, problem);
  if (is_retired (row->after) && altm_list_kind_relies_on (self->change->list, row->key))
    add_error (self, row, "retired", "relied-on");
}

static json_t *
list_changes (Planning *self, const Row *row)
{
  json_t *changes = json_array ();

  for (const AltmListField *field = self->kind->fields; field->name != NULL; field++)
    {
      json_t *old = json_object_get (row->before, field->name), *new = json_object_get (row->after, field->name);

      if (!json_equal (old, new) && (old != NULL || new != NULL))
        json_array_append_new (changes, json_pack ("{s:s, s:O?, s:O?}", "field", field->name, "old", old, "new", new));
    }
  return changes;
}

static const char *
find_part (const Row *row)
{
  if (row->before == NULL)
    return "added";
  if (is_retired (row->before) != is_retired (row->after))
    return is_retired (row->after) ? "retired" : "restored";
  return "changed";
}

static void
note_row (Planning *self, const Row *row)
{
  json_t *named;

  if (row->before != NULL && json_equal (row->before, row->after))
    {
      json_object_set_new (self->plan, "unchanged", json_integer (altm_json_get_integer (self->plan, "unchanged", 0) + 1));
      return;
    }
  named = name_entry (self, row);
  json_object_set_new (named, "fields", list_changes (self, row));
  add_to (self, find_part (row), named);
}

static void
put_row (Planning *self, const Row *row)
{
  gpointer place;

  if (g_hash_table_lookup_extended (self->places, row->key, NULL, &place))
    json_array_set (self->after, GPOINTER_TO_SIZE (place), row->after);
  else
    json_array_append (self->after, row->after);
  g_hash_table_insert (self->touched, (gpointer) row->key, row->line);
}

static void
take_row (Planning *self, Row *row)
{
  const char *name;
  json_t *cell;
  gpointer place;

  if (row->key != NULL && g_hash_table_lookup_extended (self->places, row->key, NULL, &place))
    row->before = json_array_get (self->before, GPOINTER_TO_SIZE (place));
  if (!check_key (self, row))
    return;
  row->after = row->before != NULL ? json_deep_copy (row->before) : json_pack ("{s:s}", get_key_name (self), row->key);
  json_object_foreach (row->cells, name, cell)
    set_field (self, row, name, cell);
  if (strcmp (self->kind->name, "places") == 0)
    complete_place (self, row);
  check_entry (self, row);
  note_row (self, row);
  put_row (self, row);
  json_decref (row->after);
}

static void
retire_others (Planning *self)
{
  json_t *entry;
  gsize i;

  if (altm_list_kind_find_field (self->kind, "retired") == NULL)
    return;
  json_array_foreach (self->before, i, entry)
    {
      Row row = { NULL, NULL, altm_json_get_string (entry, get_key_name (self)), entry, NULL };

      if (row.key == NULL || is_retired (entry) || g_hash_table_contains (self->touched, row.key))
        continue;
      row.after = json_deep_copy (entry);
      json_object_set_new (row.after, "retired", json_true ());
      check_entry (self, &row);
      note_row (self, &row);
      put_row (self, &row);
      json_decref (row.after);
    }
}

/* On a tablet's tiles two entries that are called alike can't be told apart. */
static void
check_labels (Planning *self, const char *label)
{
  g_autoptr(GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  json_t *entry;
  gsize i;

  json_array_foreach (self->after, i, entry)
    {
      const char *text = is_retired (entry) ? NULL : altm_json_get_string (entry, label);
      const char *key = altm_json_get_string (entry, get_key_name (self)), *other;
      Row row = { NULL, NULL, key, NULL, NULL };

      if (text == NULL || key == NULL)
        continue;
      other = g_hash_table_lookup (taken, text);
      g_hash_table_insert (taken, (gpointer) text, (gpointer) key);
      if (other == NULL || !(g_hash_table_contains (self->touched, key) || g_hash_table_contains (self->touched, other)))
        continue;
      row.key = g_hash_table_contains (self->touched, key) ? key : other;
      row.line = g_hash_table_lookup (self->touched, row.key);
      add_error (self, &row, label, "label-taken");
    }
}

static void
check_all (Planning *self)
{
  static const char *const labels[] = { "label_fr", "label_en", "short_fr", "short_en" };
  Row none = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    if (altm_lists_get_vocabulary (self->lists, self->change->list) != NULL)
      check_labels (self, labels[i]);
  if (json_array_size (self->after) > MOST_ENTRIES)
    add_error (self, &none, NULL, "too-many-entries");
}

static void
index_entries (Planning *self)
{
  json_t *entry;
  gsize i;

  json_array_foreach (self->before, i, entry)
    {
      const char *key = altm_json_get_string (entry, get_key_name (self));

      if (key != NULL)
        g_hash_table_insert (self->places, (gpointer) key, GSIZE_TO_POINTER (i));
    }
}

static void
take_rows (Planning *self)
{
  json_t *cells;
  gsize i;

  json_array_foreach (self->change->rows, i, cells)
    {
      Row row = { cells, json_array_get (self->change->lines, i), altm_json_get_string (cells, get_key_name (self)), NULL, NULL };

      take_row (self, &row);
    }
  if (self->change->is_whole)
    retire_others (self);
}

static json_t *
make_root (Planning *self)
{
  json_t *root = json_copy (altm_lists_get_root (self->lists));

  json_object_set_new (root, "version", json_integer (altm_lists_get_version (self->lists) + 1));
  altm_list_kind_set_entries (root, self->change->list, json_incref (self->after));
  return root;
}

/**
 * altm_list_plan_has:
 * @part: `added`, `changed`, `retired`, `restored` or `errors`
 *
 * Returns: whether there is anything of it
 */
gboolean
altm_list_plan_has (json_t *plan, const char *part)
{
  return json_array_size (json_object_get (plan, part)) > 0;
}

/**
 * altm_list_plan:
 * @lists: the newest; the list that is to be changed is one of them
 * @root: (out) (transfer full) (nullable) (optional): the lists as they would be, under the next version; %NULL where something
 *   is wrong
 *
 * What a change would do, without doing it: nothing else is looked at by who does it. Codes are never taken out of a list,
 * since records carry them for years: they are retired.
 *
 * Returns: (transfer full): {"added", "changed", "retired", "restored", "unchanged", "errors"}: all but `unchanged`, a number,
 *   are arrays of {"line", "key"}, with "name" and "fields" ({"field", "old", "new"}) of what is changed, and "field" and
 *   "problem" of what is wrong
 */
json_t *
altm_list_plan (AltmLists *lists, const AltmListChange *change, json_t **root)
{
  g_autoptr(GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GHashTable) touched = g_hash_table_new (g_str_hash, g_str_equal);
  json_t *before = altm_list_kind_get_entries (altm_lists_get_root (lists), change->list);
  g_autoptr(json_t) after = json_copy (before);
  Planning self = { lists, change, altm_list_kind_find (lists, change->list), before, after, places, touched, NULL };

  self.plan = json_pack ("{s:[], s:[], s:[], s:[], s:i, s:[]}", "added", "changed", "retired", "restored", "unchanged", 0, "errors");
  index_entries (&self);
  take_rows (&self);
  check_all (&self);
  if (root != NULL)
    *root = altm_list_plan_has (self.plan, "errors") ? NULL : make_root (&self);
  return self.plan;
}
