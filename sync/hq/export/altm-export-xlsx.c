/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-export-format.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define SECONDS_OF_DAY (24 * 60 * 60)
#define FIRST_SERIAL 25569 /* 1970-01-01, as a spreadsheet counts days */
#define COPY_BYTES (64 * 1024)
#define DEFINITION_WIDTH 100

/* A sheet of a table, the last one where they are several. */
typedef struct
{
  const AltmExportTable *table;
  lxw_worksheet *sheet;
  lxw_row_t row;
  guint number;
} Sheet;

/* The workbook is put together in a file that has no name any more, @fd, and goes out when it is whole. Rows wait in files
 * of the library's own (constant_memory). */
typedef struct
{
  AltmExportWords *words;
  const char *scope;
  FILE *output;
  int fd;
  lxw_workbook *book;
  lxw_format *header;
  lxw_format *formats[ALTM_EXPORT_MOMENT + 1];
  lxw_format *wrapped;
  GPtrArray *sheets;
  AltmExportCell cell;
} Xlsx;

static const double widths[] = {
  [ALTM_EXPORT_TEXT] = 24,
  [ALTM_EXPORT_NUMBER] = 12,
  [ALTM_EXPORT_DAY] = 12,
  [ALTM_EXPORT_MOMENT] = 18,
};

static gboolean
fail (GError **error, lxw_error number)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "the workbook could not be made: %s", lxw_strerror (number));
  return FALSE;
}

static gboolean
open_file (Xlsx *self, GError **error)
{
  g_autofree char *path = NULL;

  self->fd = g_file_open_tmp ("altm-export-XXXXXX", &path, error);
  if (self->fd < 0)
    return FALSE;
  g_unlink (path);
  return TRUE;
}

static void
open_book (Xlsx *self)
{
  lxw_workbook_options options = { .constant_memory = LXW_TRUE };
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", self->fd);

  self->book = workbook_new_opt (path, &options);
  self->header = workbook_add_format (self->book);
  format_set_bold (self->header);
  format_set_text_wrap (self->header);
  format_set_align (self->header, LXW_ALIGN_VERTICAL_TOP);
  format_set_bottom (self->header, LXW_BORDER_THIN);
  self->wrapped = workbook_add_format (self->book);
  format_set_text_wrap (self->wrapped);
  format_set_align (self->wrapped, LXW_ALIGN_VERTICAL_TOP);
  self->formats[ALTM_EXPORT_DAY] = workbook_add_format (self->book);
  format_set_num_format (self->formats[ALTM_EXPORT_DAY], altm_export_words_say (self->words, "day-format"));
  self->formats[ALTM_EXPORT_MOMENT] = workbook_add_format (self->book);
  format_set_num_format (self->formats[ALTM_EXPORT_MOMENT], altm_export_words_say (self->words, "moment-format"));
}

static lxw_worksheet *
add_worksheet (Xlsx *self, const char *name, GError **error)
{
  lxw_worksheet *sheet = workbook_add_worksheet (self->book, name);

  if (sheet == NULL)
    fail (error, LXW_ERROR_CREATING_TMPFILE);
  else
    worksheet_freeze_panes (sheet, 1, 0);
  return sheet;
}

static gboolean
begin_sheet (Xlsx *self, Sheet *sheet, GError **error)
{
  GPtrArray *columns = sheet->table->columns;
  const char *title = altm_export_words_say_code (self->words, "sheet", sheet->table->type->name);
  g_autofree char *name = sheet->number == 0 ? g_strdup (title) : g_strdup_printf ("%s %u", title, sheet->number + 1);

  sheet->number++;
  sheet->row = 1;
  sheet->sheet = add_worksheet (self, name, error);
  for (guint i = 0; sheet->sheet != NULL && i < columns->len; i++)
    {
      const AltmExportColumn *column = columns->pdata[i];

      worksheet_set_column (sheet->sheet, (lxw_col_t) i, (lxw_col_t) i, widths[column->kind], NULL);
      worksheet_write_string (sheet->sheet, 0, (lxw_col_t) i, column->name, self->header);
    }
  return sheet->sheet != NULL;
}

static void
end_sheet (Sheet *sheet)
{
  worksheet_autofilter (sheet->sheet, 0, 0, MAX (sheet->row, 2) - 1, (lxw_col_t) (sheet->table->columns->len - 1));
}

static gboolean
begin_sheets (Xlsx *self, GPtrArray *tables, GError **error)
{
  for (guint i = 0; i < tables->len; i++)
    {
      Sheet *sheet = g_new0 (Sheet, 1);

      sheet->table = tables->pdata[i];
      g_ptr_array_add (self->sheets, sheet);
      if (!begin_sheet (self, sheet, error))
        return FALSE;
    }
  return TRUE;
}

/* A workbook that is given up is closed too, which is the one way to free it. */
static void
xlsx_free (gpointer data)
{
  Xlsx *self = data;

  if (self->book != NULL)
    workbook_close (self->book);
  if (self->fd >= 0)
    close (self->fd);
  g_ptr_array_unref (self->sheets);
  g_string_free (self->cell.text, TRUE);
  g_free (self);
}

static gpointer
begin (const AltmExportSheets *sheets, GError **error)
{
  Xlsx *self = g_new0 (Xlsx, 1);

  self->words = sheets->words;
  self->scope = sheets->scope;
  self->output = sheets->output;
  self->sheets = g_ptr_array_new_with_free_func (g_free);
  self->cell.text = g_string_new (NULL);
  if (open_file (self, error))
    {
      open_book (self);
      if (begin_sheets (self, sheets->tables, error))
        return self;
    }
  xlsx_free (self);
  return NULL;
}

static lxw_error
write_cell (Xlsx *self, Sheet *sheet, lxw_col_t column, AltmExportKind kind)
{
  double number = (double) self->cell.number;

  if (kind == ALTM_EXPORT_TEXT)
    return worksheet_write_string (sheet->sheet, sheet->row, column, self->cell.text->str, NULL);
  if (kind == ALTM_EXPORT_MOMENT)
    number = number / SECONDS_OF_DAY + FIRST_SERIAL;
  if (kind == ALTM_EXPORT_DAY)
    number += FIRST_SERIAL;
  return worksheet_write_number (sheet->sheet, sheet->row, column, number, self->formats[kind]);
}

static Sheet *
find_sheet (Xlsx *self, const char *type)
{
  for (guint i = 0; i < self->sheets->len; i++)
    if (strcmp (((Sheet *) self->sheets->pdata[i])->table->type->name, type) == 0)
      return self->sheets->pdata[i];
  return NULL;
}

/* A sheet that is full goes on in another. */
static gboolean
make_room (Xlsx *self, Sheet *sheet, GError **error)
{
  if (sheet->row < LXW_ROW_MAX)
    return TRUE;
  end_sheet (sheet);
  return begin_sheet (self, sheet, error);
}

static gboolean
add (gpointer data, const AltmExportRecord *record, GError **error)
{
  Xlsx *self = data;
  Sheet *sheet = find_sheet (self, record->line.type);
  GPtrArray *columns = sheet->table->columns;

  if (!make_room (self, sheet, error))
    return FALSE;
  for (guint i = 0; i < columns->len; i++)
    {
      lxw_error number = LXW_NO_ERROR;

      altm_export_table_fill (sheet->table, i, record, &self->cell);
      if (!self->cell.is_empty)
        number = write_cell (self, sheet, (lxw_col_t) i, ((AltmExportColumn *) columns->pdata[i])->kind);
      if (number != LXW_NO_ERROR)
        return fail (error, number);
    }
  sheet->row++;
  return TRUE;
}

static void
define (Xlsx *self, lxw_worksheet *sheet, lxw_row_t *row, const char *first, const char *second, const char *third, lxw_format *format)
{
  worksheet_write_string (sheet, *row, 0, first, format);
  worksheet_write_string (sheet, *row, 1, second, format);
  worksheet_write_string (sheet, *row, 2, third, format);
  (*row)++;
}

static void
define_columns (Xlsx *self, lxw_worksheet *sheet, lxw_row_t *row)
{
  for (guint i = 0; i < self->sheets->len; i++)
    {
      const AltmExportTable *table = ((Sheet *) self->sheets->pdata[i])->table;

      for (guint j = 0; j < table->columns->len; j++)
        {
          const AltmExportColumn *column = table->columns->pdata[j];

          define (self, sheet, row, altm_export_words_say_code (self->words, "sheet", table->type->name), column->name,
                  column->definition, self->wrapped);
        }
    }
}

static gboolean
write_definitions (Xlsx *self, GError **error)
{
  lxw_worksheet *sheet = add_worksheet (self, altm_export_words_say (self->words, "definitions"), error);
  lxw_row_t row = 0;
  json_t *figure;
  gsize i;

  if (sheet == NULL)
    return FALSE;
  worksheet_set_column (sheet, 0, 0, 2 * widths[ALTM_EXPORT_MOMENT], NULL);
  worksheet_set_column (sheet, 1, 1, 2 * widths[ALTM_EXPORT_MOMENT], NULL);
  worksheet_set_column (sheet, 2, 2, DEFINITION_WIDTH, NULL);
  define (self, sheet, &row, altm_export_words_say (self->words, "sheet"), altm_export_words_say (self->words, "column"),
          altm_export_words_say (self->words, "meaning"), self->header);
  define (self, sheet, &row, altm_export_words_say (self->words, "this-file"), self->scope,
          altm_export_words_say (self->words, "inside"), self->wrapped);
  json_array_foreach (altm_export_words_get_figures (self->words), i, figure)
    define (self, sheet, &row, altm_export_words_say (self->words, "figure"), json_string_value (json_array_get (figure, 0)),
            json_string_value (json_array_get (figure, 1)), self->wrapped);
  define_columns (self, sheet, &row);
  return TRUE;
}

static gboolean
close_book (Xlsx *self, GError **error)
{
  lxw_error number = workbook_close (g_steal_pointer (&self->book));

  return number == LXW_NO_ERROR || fail (error, number);
}

static gboolean
copy_out (Xlsx *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *bytes = g_malloc (COPY_BYTES);
  gssize size = lseek (self->fd, 0, SEEK_SET) == 0 ? 1 : -1;

  while (size > 0 && !g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      size = read (self->fd, bytes, COPY_BYTES);
      if (size == 0)
        return TRUE;
      if (size > 0 && fwrite (bytes, 1, (gsize) size, self->output) != (gsize) size)
        size = -1;
    }
  return size < 0 ? altm_export_set_errno (error) : FALSE;
}

static gboolean
end (gpointer data, GCancellable *cancellable, GError **error)
{
  Xlsx *self = data;

  for (guint i = 0; i < self->sheets->len; i++)
    end_sheet (self->sheets->pdata[i]);
  return write_definitions (self, error) && close_book (self, error) && copy_out (self, cancellable, error);
}

const AltmExportFormat altm_export_xlsx = {
  .name = "xlsx",
  .content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  .ending = "xlsx",
  .begin = begin,
  .add = add,
  .end = end,
  .free = xlsx_free,
};
