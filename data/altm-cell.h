/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-pages.h"

G_BEGIN_DECLS

/** ALTM_CELL_COLUMNS: more than any table of a store has. */
#define ALTM_CELL_COLUMNS 24

/** AltmCellKind: how SQLite keeps a value. */
typedef enum
{
  ALTM_CELL_NULL,
  ALTM_CELL_INTEGER,
  ALTM_CELL_REAL,
  ALTM_CELL_TEXT,
  ALTM_CELL_BLOB,
} AltmCellKind;

/** AltmValue: @number is an integer's; @bytes, @size a text's or a blob's, without a NUL. */
typedef struct
{
  AltmCellKind kind;
  gint64 number;
  const char *bytes;
  gsize size;
} AltmValue;

/**
 * AltmCell: a row as it lies in a page: of a table with rowids, else of an index or of a table
 * without rowids. It belongs to whoever shows it.
 * @is_current: as of its page
 */
typedef struct
{
  gboolean has_rowid;
  gint64 rowid;
  guint n_values;
  AltmValue values[ALTM_CELL_COLUMNS];
  gboolean is_current;
} AltmCell;

typedef void (*AltmCellVisit) (const AltmCell *cell, gpointer data);

void altm_cell_visit (AltmPages *pages, const AltmPage *page, AltmCellVisit visit, gpointer data);

G_END_DECLS
