/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-list-csv.h"

#include "altm-csv.h"
#include "altm-list-value.h"

typedef struct
{
  const AltmListKind *kind;
  json_t *read;
} Reading;

static void
complain (Reading *self, const char *part, guint line, const char *field, const char *problem)
{
  json_array_append_new (json_object_get (self->read, part), json_pack ("{s:o, s:n, s:s?, s:s}", "line", line > 0 ? json_integer (line) : json_null (),
                                                                        "key", "field", field, "problem", problem));
}

/* By the protocol's name or the French one, whatever the case and the accents. */
static const AltmListField *
find_column (const AltmListKind *kind, const char *title)
{
  g_autofree char *wanted = altm_list_value_fold (title);

  for (const AltmListField *field = kind->fields; field->name != NULL; field++)
    {
      g_autofree char *french = altm_list_value_fold (field->title);

      if (g_str_equal (wanted, field->name) || g_str_equal (wanted, french))
        return field;
    }
  return NULL;
}

/* What each column holds; %NULL for one that is left out. */
static GPtrArray *
read_header (Reading *self, const AltmCsvRow *header)
{
  GPtrArray *columns = g_ptr_array_new ();

  for (char **cell = header->cells; *cell != NULL; cell++)
    {
      const AltmListField *field = find_column (self->kind, *cell);

      if (field != NULL && g_ptr_array_find (columns, field, NULL))
        complain (self, "errors", header->line, *cell, "column-twice");
      else if (field == NULL && **cell != '\0')
        complain (self, "warnings", header->line, *cell, "column-unknown");
      g_ptr_array_add (columns, (gpointer) field);
    }
  if (!g_ptr_array_find (columns, &self->kind->fields[0], NULL))
    complain (self, "errors", header->line, self->kind->fields[0].name, "column-missing");
  return columns;
}

static void
read_row (Reading *self, const AltmCsvRow *row, GPtrArray *columns)
{
  json_t *cells = json_object ();
  guint i;

  for (i = 0; row->cells[i] != NULL && i < columns->len; i++)
    if (columns->pdata[i] != NULL)
      {
        const AltmListField *field = columns->pdata[i];
        g_autofree char *text = g_strstrip (g_strdup (row->cells[i]));

        json_object_set_new (cells, field->name, json_string (text));
      }
  for (; row->cells[i] != NULL; i++)
    if (row->cells[i][0] != '\0')
      {
        complain (self, "errors", row->line, NULL, "cell-beyond");
        break;
      }
  json_array_append_new (json_object_get (self->read, "rows"), cells);
  json_array_append_new (json_object_get (self->read, "lines"), json_integer (row->line));
}

/**
 * altm_list_csv_read:
 * @bytes: a file, as altm_csv_read() reads it; its columns are the list's fields
 *
 * Returns: (transfer full): {"rows", "lines"} as #AltmListChange has them, and what is wrong with the file itself: {"errors",
 *   "warnings"}, arrays of {"line", "key": null, "field", "problem"}; `field` is a column as the file calls it
 */
json_t *
altm_list_csv_read (const AltmListKind *kind, const char *bytes, gsize length)
{
  Reading self = { kind, json_pack ("{s:[], s:[], s:[], s:[]}", "rows", "lines", "errors", "warnings") };
  const char *problem;
  guint line;
  g_autoptr(GPtrArray) rows = altm_csv_read (bytes, length, &problem, &line);
  g_autoptr(GPtrArray) columns = NULL;

  if (rows == NULL)
    {
      complain (&self, "errors", line, NULL, problem);
      return self.read;
    }
  columns = read_header (&self, rows->pdata[0]);
  for (guint i = 1; i < rows->len; i++)
    read_row (&self, rows->pdata[i], columns);
  return self.read;
}

static void
write_row (GString *text, const AltmListKind *kind, json_t *entry, char separator, const char *yes)
{
  for (const AltmListField *field = kind->fields; field->name != NULL; field++)
    {
      g_autofree char *cell = altm_list_value_write (field, json_object_get (entry, field->name), yes);

      if (field != kind->fields)
        g_string_append_c (text, separator);
      altm_csv_write_cell (text, cell, separator);
    }
  g_string_append (text, "\r\n");
}

/**
 * altm_list_csv_write:
 * @entries: of a list
 * @is_french: whether it is for spreadsheets in French: semicolons, and French names of the columns; else commas and the
 *   protocol's names
 *
 * Returns: (transfer full): a file (RFC 4180, UTF-8 with its mark, by which spreadsheets know it), which altm_list_csv_read()
 *   reads as the same entries
 */
char *
altm_list_csv_write (const AltmListKind *kind, json_t *entries, gboolean is_french)
{
  char separator = is_french ? ';' : ',';
  GString *text = g_string_new ("\xEF\xBB\xBF");
  json_t *entry;
  gsize i;

  for (const AltmListField *field = kind->fields; field->name != NULL; field++)
    {
      if (field != kind->fields)
        g_string_append_c (text, separator);
      altm_csv_write_cell (text, is_french ? field->title : field->name, separator);
    }
  g_string_append (text, "\r\n");
  json_array_foreach (entries, i, entry)
    write_row (text, kind, entry, separator, is_french ? "oui" : "true");
  return g_string_free (text, FALSE);
}
