/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-csv.h"

#include <csv.h>
#include <string.h>

#define MOST_ROWS 10000
#define MOST_CELLS 100
#define BLOCK_BYTES (64 * 1024)

/* What spreadsheets take a cell for that begins so is a formula; see OWASP, "CSV Injection". */
#define FORMULA "=+-@\t\r'"

typedef struct
{
  struct csv_parser parser;
  GPtrArray *rows;
  GPtrArray *cells;
  guint line;
  guint first;
  const char *problem;
} Reading;

static void
free_row (gpointer data)
{
  AltmCsvRow *row = data;

  g_strfreev (row->cells);
  g_free (row);
}

/* By the mark at the file's beginning; a file without one that is no UTF-8 comes from an old spreadsheet, in Windows-1252. */
static char *
decode (const char *bytes, gsize length, const char **problem)
{
  static const struct
  {
    const char *mark;
    gsize length;
    const char *charset;
  } marks[] = { { "\xEF\xBB\xBF", 3, "UTF-8" }, { "\xFF\xFE", 2, "UTF-16LE" }, { "\xFE\xFF", 2, "UTF-16BE" } };
  const char *charset = g_utf8_validate_len (bytes, length, NULL) ? "UTF-8" : "WINDOWS-1252";
  gsize skipped = 0, written = 0;
  char *text;

  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (length >= marks[i].length && memcmp (bytes, marks[i].mark, marks[i].length) == 0)
      {
        charset = marks[i].charset;
        skipped = marks[i].length;
      }
  text = g_convert (bytes + skipped, (gssize) (length - skipped), "UTF-8", charset, NULL, &written, NULL);
  if (text == NULL)
    *problem = "csv-encoding";
  else if (memchr (text, '\0', written) != NULL)
    *problem = "csv-nul";
  return text;
}

/* The one of them that stands in the first line with anything in it most often, outside quotes. */
static char
find_separator (const char *text)
{
  static const char separators[] = { ';', ',', '\t' };
  guint counts[G_N_ELEMENTS (separators)] = { 0 };
  gboolean is_quoted = FALSE;
  gsize best = 0;

  for (const char *at = text + strspn (text, "\r\n"); *at != '\0' && (is_quoted || (*at != '\n' && *at != '\r')); at++)
    for (gsize i = 0; i < G_N_ELEMENTS (separators); i++)
      {
        if (i == 0 && *at == '"')
          is_quoted = !is_quoted;
        if (*at == separators[i] && !is_quoted)
          counts[i]++;
      }
  for (gsize i = 1; i < G_N_ELEMENTS (separators); i++)
    if (counts[i] > counts[best])
      best = i;
  return separators[best];
}

static gboolean
is_guarded (const char *cell)
{
  return cell[0] == '\'' && cell[1] != '\0' && strchr (FORMULA, cell[1]) != NULL;
}

static void
take_cell (void *data, size_t length, void *user_data)
{
  Reading *self = user_data;
  g_autofree char *cell = g_strndup (data, length);

  if (self->cells->len == MOST_CELLS)
    self->problem = "csv-columns";
  else
    g_ptr_array_add (self->cells, g_strdup (is_guarded (cell) ? cell + 1 : cell));
}

static gboolean
is_blank (GPtrArray *cells)
{
  for (guint i = 0; i < cells->len; i++)
    if (*(const char *) cells->pdata[i] != '\0')
      return FALSE;
  return TRUE;
}

static void
take_row (int end, void *user_data)
{
  Reading *self = user_data;
  AltmCsvRow *row;

  if (is_blank (self->cells))
    {
      g_ptr_array_set_size (self->cells, 0);
      return;
    }
  if (self->rows->len > MOST_ROWS)
    {
      self->problem = "csv-rows";
      return;
    }
  row = g_new0 (AltmCsvRow, 1);
  row->line = self->first;
  g_ptr_array_add (self->cells, NULL);
  row->cells = (char **) g_ptr_array_free (self->cells, FALSE);
  self->cells = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->rows, row);
}

/* Line by line, so that each row knows where it stood: between rows the parser's state is 0. */
static void
read_lines (Reading *self, const char *text)
{
  const char *end;

  for (const char *at = text; *at != '\0' && self->problem == NULL; at = end)
    {
      const char *stop = strchr (at, '\n');
      gsize length;

      end = stop != NULL ? stop + 1 : at + strlen (at);
      length = (gsize) (end - at);
      self->line++;
      if (self->parser.pstate == 0)
        self->first = self->line;
      if (csv_parse (&self->parser, at, length, take_cell, take_row, self) != length && self->problem == NULL)
        self->problem = "csv-quote";
    }
  if (self->problem == NULL && csv_fini (&self->parser, take_cell, take_row, self) != 0)
    {
      self->problem = "csv-unclosed";
      self->line = self->first;
    }
}

static void
read_text (Reading *self, const char *text)
{
  csv_init (&self->parser, CSV_STRICT | CSV_STRICT_FINI);
  csv_set_delim (&self->parser, (unsigned char) find_separator (text));
  csv_set_blk_size (&self->parser, BLOCK_BYTES);
  self->cells = g_ptr_array_new_with_free_func (g_free);
  read_lines (self, text);
  csv_free (&self->parser);
  g_ptr_array_unref (self->cells);
}

/**
 * altm_csv_read:
 * @bytes: a file (RFC 4180), as spreadsheets write it: parted by commas, semicolons or tabs; UTF-8, UTF-16 with its mark, or
 *   Windows-1252
 * @length: up to %ALTM_CSV_BYTES
 * @problem: (out): why it can't be read: `csv-size`, `csv-encoding`, `csv-nul`, `csv-quote` (a quote where none may stand),
 *   `csv-unclosed` (one that never ends), `csv-rows` (more than 10,000), `csv-columns` (more than 100), `csv-empty`
 * @line: (out): where, from 1 on; 0 where it is none
 *
 * Rows without anything in them are left out. An apostrophe before what altm_csv_write_cell() guards is taken off.
 *
 * Returns: (transfer full) (nullable) (element-type AltmCsvRow): its rows, the first with the names of the columns; %NULL
 *   where it can't be read
 */
GPtrArray *
altm_csv_read (const char *bytes, gsize length, const char **problem, guint *line)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  g_autofree char *text = NULL;
  Reading self = { .rows = rows };

  if (length > ALTM_CSV_BYTES)
    self.problem = "csv-size";
  else
    text = decode (bytes, length, &self.problem);
  if (self.problem == NULL)
    read_text (&self, text);
  *line = self.line;
  if (self.problem == NULL && rows->len == 0)
    self.problem = "csv-empty";
  *problem = self.problem;
  return self.problem == NULL ? g_steal_pointer (&rows) : NULL;
}

/**
 * altm_csv_write_cell:
 * @text: what it is added to
 * @cell: UTF-8
 * @separator: what stands between cells
 *
 * Writes one cell (RFC 4180). What a spreadsheet would take for a formula has an apostrophe before it, which altm_csv_read()
 * takes off.
 */
void
altm_csv_write_cell (GString *text, const char *cell, char separator)
{
  g_autofree char *guarded = g_strconcat (*cell != '\0' && strchr (FORMULA, *cell) != NULL ? "'" : "", cell, NULL);
  const char special[] = { separator, '"', '\n', '\r', ' ', '\0' };

  if (strpbrk (guarded, special) == NULL)
    {
      g_string_append (text, guarded);
      return;
    }
  g_string_append_c (text, '"');
  for (const char *at = guarded; *at != '\0'; at++)
    {
      if (*at == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *at);
    }
  g_string_append_c (text, '"');
}
