/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-export-columns.h"

#include <string.h>

#include "altm-time.h"

#define BETWEEN " ; " /* what stands between several in one cell */

typedef void (*Fill) (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record,
                      AltmExportCell *cell);

static void
set_text (AltmExportCell *cell, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  g_string_assign (cell->text, text);
  cell->is_empty = FALSE;
}

static void
add_text (AltmExportCell *cell, const char *text)
{
  g_string_append (cell->text, cell->is_empty ? "" : BETWEEN);
  g_string_append (cell->text, text);
  cell->is_empty = FALSE;
}

static void
set_number (AltmExportCell *cell, gint64 number)
{
  cell->number = number;
  cell->is_empty = FALSE;
}

static void
set_moment (const AltmExportTable *table, AltmExportCell *cell, gint64 time)
{
  gint64 seconds = time / G_USEC_PER_SEC;
  int interval = g_time_zone_find_interval (table->paris, G_TIME_TYPE_UNIVERSAL, seconds);

  set_number (cell, seconds + g_time_zone_get_offset (table->paris, MAX (interval, 0)));
}

static void
set_answer (const AltmExportTable *table, AltmExportCell *cell, gboolean is_so)
{
  set_text (cell, altm_export_words_say (table->words, is_so ? "yes" : "no"));
}

/* What the newest lists have no more is called as the record's own called it. */
static json_t *
find_entry (const AltmExportTable *table, const AltmExportRecord *record, json_t *(*find) (AltmLists *lists, const char *id),
            const char *id)
{
  AltmLists *own = altm_hq_store_get_lists (table->store, record->line.lists);
  json_t *entry = find (table->lists, id);

  return entry != NULL || own == NULL ? entry : find (own, id);
}

static const char *
find_label (const AltmExportTable *table, const AltmExportRecord *record, const char *list, const char *code)
{
  AltmLists *own = altm_hq_store_get_lists (table->store, record->line.lists);
  AltmLists *lists = own != NULL && !altm_lists_has_code (table->lists, list, code) ? own : table->lists;

  return altm_lists_get_label (lists, list, code, altm_export_words_get_language (table->words));
}

static json_t *
get_value (const AltmExportColumn *column, const AltmExportRecord *record)
{
  return json_object_get (record->line.data, column->field->name);
}

static void
fill_text (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_text (cell, json_string_value (get_value (column, record)));
}

static void
fill_number (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  json_t *value = get_value (column, record);

  if (json_is_integer (value))
    set_number (cell, json_integer_value (value));
}

static void
fill_size (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  json_t *value = get_value (column, record);

  if (value != NULL)
    set_number (cell, (gint64) json_array_size (value));
}

static void
fill_count (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  json_t *count = json_object_get (get_value (column, record), column->code);

  if (json_is_integer (count))
    set_number (cell, json_integer_value (count));
}

static void
fill_answer (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  json_t *value = get_value (column, record);

  if (json_is_boolean (value))
    set_answer (table, cell, json_is_true (value));
}

static void
fill_time (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  gint64 time;

  if (altm_time_parse (json_string_value (get_value (column, record)), &time))
    set_moment (table, cell, time);
}

static void
fill_day (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  int day;

  if (altm_calendar_parse_day (json_string_value (get_value (column, record)), &day))
    set_number (cell, day);
}

static void
fill_label (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  const char *list = altm_record_type_find_list (column->field, record->line.data);
  const char *code = json_string_value (get_value (column, record));

  if (code != NULL)
    set_text (cell, list != NULL ? find_label (table, record, list, code)
                                 : altm_export_words_say_code (table->words, column->field->name, code));
}

static void
fill_labels (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  json_t *code;
  gsize i;

  json_array_foreach (get_value (column, record), i, code)
    if (json_is_string (code))
      add_text (cell, find_label (table, record, column->field->list, json_string_value (code)));
}

static void
fill_codes (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  json_t *code;
  gsize i;

  json_array_foreach (get_value (column, record), i, code)
    if (json_is_string (code))
      add_text (cell, json_string_value (code));
}

static void
fill_structure (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  const char *id = json_string_value (get_value (column, record));

  set_text (cell, altm_json_get_string (find_entry (table, record, altm_lists_find_structure, id), "name"));
}

static void
fill_office (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  const char *id = json_string_value (get_value (column, record));

  set_text (cell, altm_json_get_string (find_entry (table, record, altm_lists_find_place, id), "name"));
}

static void
fill_campaign (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  gboolean is_french = strcmp (altm_export_words_get_language (table->words), "fr") == 0;
  json_t *campaign = find_entry (table, record, altm_lists_find_campaign, json_string_value (get_value (column, record)));

  set_text (cell, altm_json_get_string (campaign, is_french ? "label_fr" : "label_en"));
}

/* How each kind of field is shown: its words, or its value; then its code, where it has one. */
static const struct
{
  AltmExportKind kind;
  Fill fill;
  Fill fill_code;
} shown[ALTM_N_FIELD_KINDS] = {
  [ALTM_FIELD_CODE] = { ALTM_EXPORT_TEXT, fill_label, fill_text },
  [ALTM_FIELD_CODES] = { ALTM_EXPORT_TEXT, fill_labels, fill_codes },
  [ALTM_FIELD_COUNTS] = { ALTM_EXPORT_NUMBER, fill_count, NULL },
  [ALTM_FIELD_INTEGER] = { ALTM_EXPORT_NUMBER, fill_number, NULL },
  [ALTM_FIELD_TEXT] = { ALTM_EXPORT_TEXT, fill_label, fill_text },
  [ALTM_FIELD_CLEAR_TEXT] = { ALTM_EXPORT_TEXT, fill_text, NULL },
  [ALTM_FIELD_BOOLEAN] = { ALTM_EXPORT_TEXT, fill_answer, NULL },
  [ALTM_FIELD_TIME] = { ALTM_EXPORT_MOMENT, fill_time, NULL },
  [ALTM_FIELD_DATE] = { ALTM_EXPORT_DAY, fill_day, NULL },
  [ALTM_FIELD_SLOT] = { ALTM_EXPORT_MOMENT, fill_time, NULL },
  [ALTM_FIELD_RECORD] = { ALTM_EXPORT_TEXT, fill_text, NULL },
  [ALTM_FIELD_OFFICE] = { ALTM_EXPORT_TEXT, fill_office, fill_text },
  [ALTM_FIELD_STRUCTURE] = { ALTM_EXPORT_TEXT, fill_structure, fill_text },
  [ALTM_FIELD_CAMPAIGN] = { ALTM_EXPORT_TEXT, fill_campaign, fill_text },
  /* Codes of mediators: how many there were is enough. */
  [ALTM_FIELD_NAMES] = { ALTM_EXPORT_NUMBER, fill_size, NULL },
  [ALTM_FIELD_REFERENCE] = { ALTM_EXPORT_TEXT, fill_text, NULL },
};

static void
fill_moment (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_moment (table, cell, record->time);
}

static json_t *
get_place (const AltmExportTable *table, const AltmExportRecord *record)
{
  return find_entry (table, record, altm_lists_find_place, record->facts.place);
}

static void
fill_place (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_text (cell, altm_json_get_string (get_place (table, record), "name"));
}

static void
fill_place_code (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_text (cell, record->facts.place);
}

static void
fill_commune (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_text (cell, altm_json_get_string (get_place (table, record), "commune"));
}

static void
fill_neighbourhood (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record,
                    AltmExportCell *cell)
{
  json_t *place = get_place (table, record);
  gboolean is_one = g_strcmp0 (altm_json_get_string (place, "kind"), "qpv") == 0;

  set_text (cell, is_one ? record->facts.place : altm_json_get_string (place, "qpv"));
}

static void
fill_team (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_text (cell, record->facts.team);
}

static void
fill_status (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_text (cell, record->status != NULL ? find_label (table, record, "orientation_statut", record->status) : NULL);
}

static void
fill_status_code (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record,
                  AltmExportCell *cell)
{
  set_text (cell, record->status);
}

static void
fill_private (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_answer (table, cell, record->has_private);
}

static void
fill_deleted (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_answer (table, cell, record->line.is_deleted);
}

static void
fill_shift (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_text (cell, record->line.shift);
}

static void
fill_device (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_text (cell, record->device_name);
}

static void
fill_received (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_moment (table, cell, record->received_at);
}

static void
fill_revision (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_number (cell, record->line.rev);
}

static void
fill_id (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_text (cell, record->line.id);
}

static void
fill_at (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell)
{
  set_text (cell, record->line.at);
}

/* What each record has besides its fields: before them, and after. @type: of that type alone. */
typedef struct
{
  const char *key;
  AltmExportKind kind;
  Fill fill;
  const char *type;
} Common;

static const Common before[] = {
  { "moment", ALTM_EXPORT_MOMENT, fill_moment },
  { "place", ALTM_EXPORT_TEXT, fill_place },
  { "place_code", ALTM_EXPORT_TEXT, fill_place_code },
  { "commune", ALTM_EXPORT_TEXT, fill_commune },
  { "neighbourhood", ALTM_EXPORT_TEXT, fill_neighbourhood },
  { "team", ALTM_EXPORT_TEXT, fill_team },
  { "status_now", ALTM_EXPORT_TEXT, fill_status, "referral" },
  { "status_now_code", ALTM_EXPORT_TEXT, fill_status_code, "referral" },
  { NULL },
};

static const Common after[] = {
  { "private", ALTM_EXPORT_TEXT, fill_private },
  { "deleted", ALTM_EXPORT_TEXT, fill_deleted },
  { "shift", ALTM_EXPORT_TEXT, fill_shift },
  { "device", ALTM_EXPORT_TEXT, fill_device },
  { "received", ALTM_EXPORT_MOMENT, fill_received },
  { "revision", ALTM_EXPORT_NUMBER, fill_revision },
  { "id", ALTM_EXPORT_TEXT, fill_id },
  { "at", ALTM_EXPORT_TEXT, fill_at },
  { NULL },
};

static AltmExportColumn *
add_column (AltmExportTable *self, AltmExportKind kind, Fill fill, const AltmField *field)
{
  AltmExportColumn *column = g_new0 (AltmExportColumn, 1);

  column->kind = kind;
  column->fill = fill;
  column->field = field;
  g_ptr_array_add (self->columns, column);
  return column;
}

static void
add_common (AltmExportTable *self, const Common *common)
{
  for (; common->key != NULL; common++)
    if (common->type == NULL || strcmp (common->type, self->type->name) == 0)
      {
        AltmExportColumn *column = add_column (self, common->kind, common->fill, NULL);

        column->name = g_strdup (altm_export_words_name (self->words, self->type->name, common->key));
        column->definition = g_strdup (altm_export_words_define (self->words, self->type->name, common->key));
      }
}

/* Also what the lists once had and have no more: an older record may name it. However many versions there are, SQLite has one at
 * a time in memory, and the codes alone are kept. */
static GPtrArray *
find_codes (AltmExportTable *self, const char *list)
{
  AltmSql *sql = altm_hq_store_get_sql (self->store);
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, NULL,
                    "SELECT json_extract (entry.value, '$.code') AS code, MAX (version) AS newest"
                    " FROM lists, json_each (body, '$.vocabulary.' || ?) AS entry"
                    " WHERE code IS NOT NULL GROUP BY code ORDER BY newest DESC, entry.key",
                    "s", list);
  GPtrArray *codes = g_ptr_array_new_with_free_func (g_free);

  while (altm_sql_step (sql, rows, NULL))
    g_ptr_array_add (codes, g_strdup (altm_rows_text (rows, 0)));
  return codes;
}

static const char *
name_code (AltmExportTable *self, const AltmField *field, const char *code)
{
  return altm_lists_get_label (self->lists, field->list, code, altm_export_words_get_language (self->words));
}

static void
add_counts (AltmExportTable *self, const AltmField *field, const char *name, const char *definition)
{
  g_autoptr(GPtrArray) codes = find_codes (self, field->list);

  for (guint i = 0; i < codes->len; i++)
    {
      AltmExportColumn *column = add_column (self, shown[field->kind].kind, shown[field->kind].fill, field);

      column->code = g_strdup (codes->pdata[i]);
      column->name = g_strconcat (name, altm_export_words_say (self->words, "colon"), name_code (self, field, column->code), NULL);
      column->definition =
        g_strconcat (definition, " ", altm_export_words_say (self->words, "code-is"), column->code, ".", NULL);
    }
}

static void
add_field (AltmExportTable *self, const AltmField *field)
{
  const char *name = altm_export_words_name (self->words, self->type->name, field->name);
  const char *definition = altm_export_words_define (self->words, self->type->name, field->name);
  AltmExportColumn *column;

  if (field->kind == ALTM_FIELD_COUNTS)
    {
      add_counts (self, field, name, definition);
      return;
    }
  column = add_column (self, shown[field->kind].kind, shown[field->kind].fill, field);
  column->name = g_strdup (name);
  column->definition = g_strdup (definition);
  if (shown[field->kind].fill_code == NULL)
    return;
  column = add_column (self, ALTM_EXPORT_TEXT, shown[field->kind].fill_code, field);
  column->name = g_strconcat (name, altm_export_words_say (self->words, "code"), NULL);
  column->definition = g_strdup (altm_export_words_say (self->words, "code-definition"));
}

static void
column_free (gpointer data)
{
  AltmExportColumn *self = data;

  g_free (self->name);
  g_free (self->definition);
  g_free (self->code);
  g_free (self);
}

/**
 * altm_export_table_new:
 * @store, @words: outlive the table
 *
 * Returns: (transfer full): the columns of all that records of this type say, but for what is private and who recorded it
 */
AltmExportTable *
altm_export_table_new (const AltmRecordType *type, AltmHqStore *store, AltmExportWords *words)
{
  AltmExportTable *self = g_new0 (AltmExportTable, 1);

  self->type = type;
  self->words = words;
  self->store = store;
  self->lists = altm_lists_ref (altm_hq_store_get_lists (store, 0));
  self->paris = g_time_zone_new_identifier ("Europe/Paris");
  self->columns = g_ptr_array_new_with_free_func (column_free);
  add_common (self, before);
  for (const AltmField *field = type->fields; field->name != NULL; field++)
    add_field (self, field);
  add_common (self, after);
  return self;
}

void
altm_export_table_free (AltmExportTable *self)
{
  if (self == NULL)
    return;
  g_time_zone_unref (self->paris);
  g_ptr_array_unref (self->columns);
  altm_lists_unref (self->lists);
  g_free (self);
}

/**
 * altm_export_table_fill:
 * @cell: takes what the record has in that column, in place of what it had
 */
void
altm_export_table_fill (const AltmExportTable *self, guint column, const AltmExportRecord *record, AltmExportCell *cell)
{
  const AltmExportColumn *asked = self->columns->pdata[column];

  cell->is_empty = TRUE;
  g_string_truncate (cell->text, 0);
  asked->fill (self, asked, record, cell);
}
