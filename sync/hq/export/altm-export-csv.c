/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-export-format.h"

#include "altm-csv.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* without it Excel takes UTF-8 for the machine's old code page */
#define SECONDS_OF_DAY (24 * 60 * 60)
#define CSV_TYPE "text/csv; charset=utf-8; header=present"

/* A table of one type, row by row. */
typedef struct
{
  const AltmExportTable *table;
  FILE *output;
  char between;
  AltmExportCell cell;
  GString *row;
} Csv;

static void
append_day (GString *row, gint64 day)
{
  g_autofree char *text = altm_calendar_format_day ((int) day);

  g_string_append (row, text);
}

static void
append_moment (GString *row, gint64 seconds)
{
  int second = (int) (seconds % SECONDS_OF_DAY);

  append_day (row, seconds / SECONDS_OF_DAY);
  g_string_append_printf (row, " %02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
}

static void
append_cell (Csv *self, AltmExportKind kind)
{
  switch (kind)
    {
    case ALTM_EXPORT_NUMBER:
      g_string_append_printf (self->row, "%" G_GINT64_FORMAT, self->cell.number);
      break;
    case ALTM_EXPORT_DAY:
      append_day (self->row, self->cell.number);
      break;
    case ALTM_EXPORT_MOMENT:
      append_moment (self->row, self->cell.number);
      break;
    case ALTM_EXPORT_TEXT:
    default:
      altm_csv_write_cell (self->row, self->cell.text->str, self->between);
      break;
    }
}

static gboolean
write_row (Csv *self, GError **error)
{
  g_string_append (self->row, "\r\n");
  if (fwrite (self->row->str, 1, self->row->len, self->output) != self->row->len)
    return altm_export_set_errno (error);
  g_string_truncate (self->row, 0);
  return TRUE;
}

static gboolean
write_header (Csv *self, GError **error)
{
  GPtrArray *columns = self->table->columns;

  g_string_append (self->row, BYTE_ORDER_MARK);
  for (guint i = 0; i < columns->len; i++)
    {
      if (i > 0)
        g_string_append_c (self->row, self->between);
      altm_csv_write_cell (self->row, ((AltmExportColumn *) columns->pdata[i])->name, self->between);
    }
  return write_row (self, error);
}

static void
table_free (gpointer data)
{
  Csv *self = data;

  g_string_free (self->cell.text, TRUE);
  g_string_free (self->row, TRUE);
  g_free (self);
}

static gpointer
begin_with (const AltmExportSheets *sheets, char between, GError **error)
{
  Csv *self = g_new0 (Csv, 1);

  self->table = sheets->tables->pdata[0];
  self->output = sheets->output;
  self->between = between;
  self->cell.text = g_string_new (NULL);
  self->row = g_string_new (NULL);
  if (write_header (self, error))
    return self;
  table_free (self);
  return NULL;
}

static gpointer
begin (const AltmExportSheets *sheets, GError **error)
{
  return begin_with (sheets, ',', error);
}

static gpointer
begin_with_semicolon (const AltmExportSheets *sheets, GError **error)
{
  return begin_with (sheets, ';', error);
}

static gboolean
add (gpointer data, const AltmExportRecord *record, GError **error)
{
  Csv *self = data;
  GPtrArray *columns = self->table->columns;

  for (guint i = 0; i < columns->len; i++)
    {
      if (i > 0)
        g_string_append_c (self->row, self->between);
      altm_export_table_fill (self->table, i, record, &self->cell);
      if (!self->cell.is_empty)
        append_cell (self, ((AltmExportColumn *) columns->pdata[i])->kind);
    }
  return write_row (self, error);
}

static gboolean
end (gpointer data, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

const AltmExportFormat altm_export_csv = {
  .name = "csv",
  .content_type = CSV_TYPE,
  .ending = "csv",
  .needs_type = TRUE,
  .begin = begin,
  .add = add,
  .end = end,
  .free = table_free,
};

/* What Excel opens by itself where the comma stands in numbers, as in France. */
const AltmExportFormat altm_export_csv_semicolon = {
  .name = "csv-semicolon",
  .content_type = CSV_TYPE,
  .ending = "csv",
  .needs_type = TRUE,
  .begin = begin_with_semicolon,
  .add = add,
  .end = end,
  .free = table_free,
};
