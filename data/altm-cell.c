/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-cell.h"

#include <string.h>

#define FILE_HEADER 100
#define MOST_BYTES (4 << 20) /* more than any row has; a damaged length must not cost time */

/* The kinds of page that hold rows (SQLite, Database File Format, 1.6). */
enum
{
  INDEX_INTERIOR = 0x02,
  TABLE_INTERIOR = 0x05,
  INDEX_LEAF = 0x0a,
  TABLE_LEAF = 0x0d,
};

static guint32
read_number (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

static gboolean
read_varint (const guint8 **at, const guint8 *end, guint64 *number)
{
  *number = 0;
  for (int i = 0; i < 9 && *at < end; i++)
    {
      guint8 byte = *(*at)++;

      if (i == 8)
        {
          *number = *number << 8 | byte;
          return TRUE;
        }
      *number = *number << 7 | (byte & 0x7f);
      if (byte < 0x80)
        return TRUE;
    }
  return FALSE;
}

/* The body's bytes that a serial type stands for. */
static gsize
get_size (guint64 type)
{
  static const guint8 sizes[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0 };

  if (type >= 12)
    return type < 2 * (guint64) MOST_BYTES ? (gsize) (type - 12) / 2 : MOST_BYTES;
  return type < G_N_ELEMENTS (sizes) ? sizes[type] : MOST_BYTES;
}

static void
read_value (AltmValue *value, guint64 type, const guint8 *bytes, gsize size)
{
  *value = (AltmValue) { .bytes = (const char *) bytes, .size = size };
  if (type >= 12)
    value->kind = type % 2 == 0 ? ALTM_CELL_BLOB : ALTM_CELL_TEXT;
  else if (type == 7)
    value->kind = ALTM_CELL_REAL;
  else if (type != 0)
    {
      guint64 number = size > 0 && bytes[0] >= 0x80 ? G_MAXUINT64 : 0;

      for (gsize i = 0; i < size; i++)
        number = number << 8 | bytes[i];
      value->kind = ALTM_CELL_INTEGER;
      value->number = size > 0 ? (gint64) number : type == 9;
    }
}

/* A row is one only where its header and its values fill it to the last byte. */
static gboolean
read_row (AltmCell *cell, const guint8 *bytes, gsize size)
{
  const guint8 *at = bytes, *end = bytes + size, *body;
  guint64 header, type;

  cell->n_values = 0;
  if (!read_varint (&at, end, &header) || header > size)
    return FALSE;
  body = bytes + header;
  while (at < bytes + header)
    {
      if (cell->n_values == ALTM_CELL_COLUMNS || !read_varint (&at, bytes + header, &type) ||
          get_size (type) > (gsize) (end - body))
        return FALSE;
      read_value (&cell->values[cell->n_values++], type, body, get_size (type));
      body += get_size (type);
    }
  return body == end;
}

/* How much of a row lies in its own page; the rest is in overflow pages. */
static gsize
get_local_size (gsize page_size, gsize size, gboolean is_table)
{
  gsize most = is_table ? page_size - 35 : (page_size - 12) * 64 / 255 - 23;
  gsize least = (page_size - 12) * 32 / 255 - 23;
  gsize local = least + (size - least) % (page_size - 4);

  if (size <= most)
    return size;
  return local <= most ? local : least;
}

static gboolean
read_overflow (AltmPages *pages, int moment, guint32 next, GByteArray *row, gsize size)
{
  AltmPage page;

  while (row->len < size)
    {
      gsize wanted = MIN (size - row->len, altm_pages_get_size (pages) - 4);

      if (!altm_pages_find (pages, next, moment, &page) || page.size < 4 + wanted)
        return FALSE;
      g_byte_array_append (row, page.data + 4, (guint) wanted);
      next = read_number (page.data);
    }
  return TRUE;
}

static gboolean
read_cell (AltmPages *pages, const AltmPage *page, const guint8 *at, AltmCell *cell, GByteArray *row)
{
  const guint8 *end = page->data + page->size;
  guint64 size, rowid = 0;
  gsize local;

  if (!read_varint (&at, end, &size) || size > MOST_BYTES ||
      (cell->has_rowid && !read_varint (&at, end, &rowid)))
    return FALSE;
  cell->rowid = (gint64) rowid;
  local = get_local_size (altm_pages_get_size (pages), size, cell->has_rowid);
  if (local == size)
    return size <= (gsize) (end - at) && read_row (cell, at, size);
  if (local + 4 > (gsize) (end - at))
    return FALSE;
  g_byte_array_set_size (row, 0);
  g_byte_array_append (row, at, (guint) local);
  return read_overflow (pages, page->moment, read_number (at + local), row, size) &&
         read_row (cell, row->data, row->len);
}

/**
 * altm_cell_visit:
 * @page: a version of a page, which may be damaged or of no use here
 *
 * Shows the rows in a page, those that can be read whole. A page that does not say its kind any
 * more is read as a table's.
 */
void
altm_cell_visit (AltmPages *pages, const AltmPage *page, AltmCellVisit visit, gpointer data)
{
  gsize start = page->number == 1 ? FILE_HEADER : 0;
  const guint8 *header = page->data + start;
  g_autoptr(GByteArray) row = g_byte_array_new ();
  gboolean is_interior, is_index;
  gsize n_cells, pointers;

  if (page->size < start + 12 || header[0] == TABLE_INTERIOR)
    return;
  is_interior = header[0] == INDEX_INTERIOR;
  is_index = is_interior || header[0] == INDEX_LEAF;
  n_cells = (gsize) header[3] << 8 | header[4];
  pointers = start + (is_interior ? 12 : 8);
  for (gsize i = 0; i < n_cells && pointers + 2 * i + 2 <= page->size; i++)
    {
      const guint8 *pointer = page->data + pointers + 2 * i;
      gsize at = ((gsize) pointer[0] << 8 | pointer[1]) + (is_interior ? 4 : 0);
      AltmCell cell = { .has_rowid = !is_index, .is_current = page->is_current };

      if (at < page->size && read_cell (pages, page, page->data + at, &cell, row))
        visit (&cell, data);
    }
}
