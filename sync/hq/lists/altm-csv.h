/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AltmCsvRow: a row of a file.
 * @line: the line of the file that it begins on, from 1 on
 * @cells: its cells, UTF-8, ended by %NULL
 */
typedef struct
{
  guint line;
  char **cells;
} AltmCsvRow;

/** ALTM_CSV_BYTES: the largest file that is read; in base64 it is 1 MiB. */
#define ALTM_CSV_BYTES (768 * 1024)

GPtrArray *altm_csv_read (const char *bytes, gsize length, const char **problem, guint *line);
void altm_csv_write_cell (GString *text, const char *cell, char separator);

G_END_DECLS
