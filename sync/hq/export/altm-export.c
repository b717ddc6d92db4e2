/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-export.h"

#include <errno.h>
#include <string.h>

#include "altm-export-format.h"

G_DEFINE_QUARK (altm-export-error-quark, altm_export_error)

struct _AltmExport
{
  const AltmExportFormat *format;
  const AltmRecordType *type; /* NULL: all */
  AltmFilter filter;          /* with sets and texts of its own */
  char *channel;
  char *language;
};

/* What an export in the making holds. */
typedef struct
{
  const AltmExport *export;
  gpointer writing;
} Making;

static const AltmExportFormat *
find_format (const char *name)
{
  static const AltmExportFormat *const formats[] = { &altm_export_ndjson, &altm_export_csv, &altm_export_csv_semicolon,
                                                     &altm_export_xlsx };

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_strcmp0 (formats[i]->name, name) == 0)
      return formats[i];
  return NULL;
}

static GHashTable *
ref_set (GHashTable *set)
{
  return set != NULL ? g_hash_table_ref (set) : NULL;
}

/**
 * altm_export_write_choices:
 * @choices: names and their values by turns, ended by %NULL in place of a name; a value may be %NULL
 *
 * Returns: (transfer full) (nullable): what was chosen, for the access log: `type=contact&from=2026-10-01`; %NULL where
 *   nothing was
 */
char *
altm_export_write_choices (const char *const *choices)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (; choices[0] != NULL; choices += 2)
    if (choices[1] != NULL)
      {
        g_string_append_printf (text, "%s%s=", text->len > 0 ? "&" : "", choices[0]);
        g_string_append_uri_escaped (text, choices[1], NULL, TRUE);
      }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

/**
 * altm_export_new:
 * @format: `ndjson`, `csv`, `csv-semicolon` or `xlsx`
 * @type: (nullable): a record type, %NULL for all
 * @filter: its sets are taken a reference of, and not to be changed any more
 * @language: (nullable): of what it says in words, "fr" or "en"; French where it is %NULL
 *
 * Returns: (transfer full): an export, or %NULL with an %ALTM_EXPORT_ERROR
 */
AltmExport *
altm_export_new (const char *format, const char *type, const AltmFilter *filter, const char *language, GError **error)
{
  const AltmExportFormat *found = find_format (format);
  const AltmRecordType *of = altm_record_type_find (type);
  AltmExport *self;

  if (found == NULL)
    {
      g_set_error_literal (error, ALTM_EXPORT_ERROR, ALTM_EXPORT_ERROR_FORMAT,
                           "the formats are ndjson, csv, csv-semicolon and xlsx");
      return NULL;
    }
  if (of == NULL && (type != NULL || found->needs_type))
    {
      g_set_error_literal (error, ALTM_EXPORT_ERROR, ALTM_EXPORT_ERROR_TYPE,
                           "a table is of one type: shift, contact, referral, flow or observation");
      return NULL;
    }
  self = g_new0 (AltmExport, 1);
  self->format = found;
  self->type = of;
  self->filter = *filter;
  self->filter.places = ref_set (filter->places);
  self->filter.teams = ref_set (filter->teams);
  self->filter.channel = self->channel = g_strdup (filter->channel);
  self->language = g_strdup (language != NULL ? language : "fr");
  return self;
}

void
altm_export_free (AltmExport *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->filter.places, g_hash_table_unref);
  g_clear_pointer (&self->filter.teams, g_hash_table_unref);
  g_free (self->channel);
  g_free (self->language);
  g_free (self);
}

/**
 * altm_export_get_content_type:
 *
 * Returns: (transfer none): the format's media type, as long as the program lives
 */
const char *
altm_export_get_content_type (const AltmExport *self)
{
  return self->format->content_type;
}

static char *
format_end (int day, int none)
{
  return day == none ? g_strdup ("") : altm_calendar_format_day (day);
}

/**
 * altm_export_name_period:
 *
 * Returns: (transfer full): a month as `2026-10`, other days as `2026-10-01_2026-10-15`, with nothing where there is no
 *   beginning or no end; the empty text for everything
 */
char *
altm_export_name_period (const AltmExport *self)
{
  g_autofree char *from = format_end (self->filter.from, ALTM_FILTER_FIRST);
  g_autofree char *to = format_end (self->filter.to - 1, ALTM_FILTER_LAST - 1);

  if (*from == '\0' && *to == '\0')
    return g_strdup ("");
  if (g_str_has_suffix (from, "-01") && altm_calendar_find_next (ALTM_SPAN_MONTH, self->filter.from) == self->filter.to)
    return g_strndup (from, strlen ("2026-10"));
  return g_strconcat (from, "_", to, NULL);
}

/**
 * altm_export_name_file:
 *
 * Returns: (transfer full): what a file of it is called, in ASCII: `altm-interventions-2026-10.csv`
 */
char *
altm_export_name_file (const AltmExport *self)
{
  g_autoptr(AltmExportWords) words = altm_export_words_new (self->language, NULL);
  const char *type = self->type != NULL ? self->type->name : "all";
  g_autofree char *period = altm_export_name_period (self);

  return g_strdup_printf ("altm-%s%s%s.%s", words != NULL ? altm_export_words_say_code (words, "file", type) : type,
                          *period != '\0' ? "-" : "", period, self->format->ending);
}

/**
 * altm_export_set_errno:
 *
 * Returns: %FALSE, with a %G_FILE_ERROR for what went wrong last
 */
gboolean
altm_export_set_errno (GError **error)
{
  int number = errno;

  g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (number), g_strerror (number));
  return FALSE;
}

/* What this program cannot read is in no table: no figure counts it either. As a line it goes on to whoever can. */
static gboolean
add_record (const AltmExportRecord *record, gpointer data, GError **error)
{
  const Making *making = data;
  const AltmExportFormat *format = making->export->format;

  if (format != &altm_export_ndjson && !record->is_known)
    return TRUE;
  return format->add (making->writing, record, error);
}

static GPtrArray *
make_tables (const AltmRecordType *type, AltmHqStore *store, AltmExportWords *words)
{
  GPtrArray *tables = g_ptr_array_new_with_free_func ((GDestroyNotify) altm_export_table_free);
  gsize n_types;
  const AltmRecordType *types = altm_record_types (&n_types);

  for (gsize i = 0; i < n_types; i++)
    if (type == NULL || type == &types[i])
      g_ptr_array_add (tables, altm_export_table_new (&types[i], store, words));
  return tables;
}

static json_t *
describe_columns (const AltmExportTable *table)
{
  json_t *columns = json_array ();

  for (guint i = 0; i < table->columns->len; i++)
    {
      const AltmExportColumn *column = table->columns->pdata[i];

      json_array_append_new (columns, json_pack ("{s:s, s:s}", "name", column->name, "definition", column->definition));
    }
  return columns;
}

/**
 * altm_export_describe_tables:
 * @type: (nullable): a record type, %NULL for all
 * @language: (nullable): as altm_export_new()
 *
 * Returns: (transfer full): an array of {"type", "columns": [{"name", "definition"}]}, or %NULL with an %ALTM_JSON_ERROR
 */
json_t *
altm_export_describe_tables (AltmHqStore *store, const char *type, const char *language, GError **error)
{
  g_autoptr(AltmExportWords) words = altm_export_words_new (language != NULL ? language : "fr", error);
  g_autoptr(GPtrArray) tables = words != NULL ? make_tables (altm_record_type_find (type), store, words) : NULL;
  json_t *described = words != NULL ? json_array () : NULL;

  for (guint i = 0; tables != NULL && i < tables->len; i++)
    {
      const AltmExportTable *table = tables->pdata[i];

      json_array_append_new (described, json_pack ("{s:s, s:o}", "type", table->type->name, "columns", describe_columns (table)));
    }
  return described;
}

static char *
write_scope (const AltmExport *self, AltmExportWords *words)
{
  g_autofree char *period = altm_export_name_period (self);
  gboolean is_narrow = self->filter.places != NULL || self->filter.teams != NULL || self->filter.channel != NULL;

  return g_strconcat (*period != '\0' ? period : altm_export_words_say (words, "all-days"),
                      is_narrow ? altm_export_words_say (words, "narrow") : "", NULL);
}

/**
 * altm_export_write:
 * @store: open to read
 * @cancellable: (nullable): asked before each record
 *
 * Writes it, however much it is, with one record of it in memory.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR, %ALTM_JSON_ERROR, %G_FILE_ERROR or %G_IO_ERROR_CANCELLED
 */
gboolean
altm_export_write (const AltmExport *self, AltmHqStore *store, FILE *output, GCancellable *cancellable, GError **error)
{
  g_autoptr(AltmExportWords) words = altm_export_words_new (self->language, error);
  g_autoptr(GPtrArray) tables = words != NULL ? make_tables (self->type, store, words) : NULL;
  g_autofree char *scope = words != NULL ? write_scope (self, words) : NULL;
  const AltmExportSheets sheets = { words, tables, scope, output };
  Making making = { self, words != NULL ? self->format->begin (&sheets, error) : NULL };
  gboolean is_written;

  if (making.writing == NULL)
    return FALSE;
  is_written = altm_export_visit (store, &self->filter, self->type != NULL ? self->type->name : NULL, add_record, &making,
                                  cancellable, error) &&
               self->format->end (making.writing, cancellable, error);
  self->format->free (making.writing);
  return is_written;
}
