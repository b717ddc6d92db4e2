/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-export-format.h"

#include <csv.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* without it Excel takes UTF-8 for the machine's old code page */
#define SECONDS_OF_DAY (24 * 60 * 60)

typedef struct
{
  const AltmExportTable *table;
  FILE *output;
  char between;
  AltmExportCell cell;
} Csv;

/* What a spreadsheet would take for a formula is led by an apostrophe, which makes it text (OWASP, CSV injection). */
static gboolean
looks_like_formula (const char *text)
{
  return *text != '\0' && strchr ("=+-@\t\r\n", *text) != NULL;
}

/* As RFC 4180 quotes, where that is needed. */
static void
write_text (Csv *self, const char *text)
{
  g_autofree char *guarded = g_strconcat (looks_like_formula (text) ? "'" : "", text, NULL);
  const char specials[] = { self->between, '"', '\r', '\n', '\0' };

  if (strpbrk (guarded, specials) == NULL)
    fputs (guarded, self->output);
  else
    csv_fwrite (self->output, guarded, strlen (guarded));
}

static void
write_day (Csv *self, gint64 day)
{
  g_autofree char *text = altm_calendar_format_day ((int) day);

  fputs (text, self->output);
}

static void
write_moment (Csv *self, gint64 seconds)
{
  int second = (int) (seconds % SECONDS_OF_DAY);

  write_day (self, seconds / SECONDS_OF_DAY);
  fprintf (self->output, " %02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
}

static void
write_cell (Csv *self, AltmExportKind kind)
{
  switch (kind)
    {
    case ALTM_EXPORT_NUMBER:
      fprintf (self->output, "%" G_GINT64_FORMAT, self->cell.number);
      break;
    case ALTM_EXPORT_DAY:
      write_day (self, self->cell.number);
      break;
    case ALTM_EXPORT_MOMENT:
      write_moment (self, self->cell.number);
      break;
    case ALTM_EXPORT_TEXT:
    default:
      write_text (self, self->cell.text->str);
      break;
    }
}

static gboolean
end_row (Csv *self, GError **error)
{
  fputs ("\r\n", self->output);
  return !ferror (self->output) || altm_export_set_errno (error);
}

static gboolean
write_header (Csv *self, GError **error)
{
  GPtrArray *columns = self->table->columns;

  fputs (BYTE_ORDER_MARK, self->output);
  for (guint i = 0; i < columns->len; i++)
    {
      if (i > 0)
        fputc (self->between, self->output);
      write_text (self, ((AltmExportColumn *) columns->pdata[i])->name);
    }
  return end_row (self, error);
}

static void
csv_free (gpointer data)
{
  Csv *self = data;

  g_string_free (self->cell.text, TRUE);
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
  if (write_header (self, error))
    return self;
  csv_free (self);
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
        fputc (self->between, self->output);
      altm_export_table_fill (self->table, i, record, &self->cell);
      if (!self->cell.is_empty)
        write_cell (self, ((AltmExportColumn *) columns->pdata[i])->kind);
    }
  return end_row (self, error);
}

static gboolean
end (gpointer data, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

#define CSV_TYPE "text/csv; charset=utf-8; header=present"

const AltmExportFormat altm_export_csv = {
  .name = "csv",
  .content_type = CSV_TYPE,
  .ending = "csv",
  .needs_type = TRUE,
  .begin = begin,
  .add = add,
  .end = end,
  .free = csv_free,
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
  .free = csv_free,
};
