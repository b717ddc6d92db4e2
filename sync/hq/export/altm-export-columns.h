/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-export-record.h"
#include "altm-export-words.h"

G_BEGIN_DECLS

/** AltmExportKind: what stands in a column, wherever there is something. */
typedef enum
{
  ALTM_EXPORT_TEXT,
  ALTM_EXPORT_NUMBER,
  ALTM_EXPORT_DAY,
  ALTM_EXPORT_MOMENT,
} AltmExportKind;

/**
 * AltmExportCell:
 * @is_empty: whether there is nothing
 * @text: (owned): a text
 * @number: a number; a day, counted from 1970-01-01; or the seconds since then by the clocks of Europe/Paris
 */
typedef struct
{
  gboolean is_empty;
  GString *text;
  gint64 number;
} AltmExportCell;

typedef struct _AltmExportColumn AltmExportColumn;

/**
 * AltmExportTable: the columns of one record type, which its description and the lists give.
 * @lists: (owned): the newest when it was made
 * @columns: (element-type AltmExportColumn)
 */
typedef struct
{
  const AltmRecordType *type;
  AltmExportWords *words;
  AltmHqStore *store;
  AltmLists *lists;
  GTimeZone *paris;
  GPtrArray *columns;
} AltmExportTable;

/**
 * AltmExportColumn:
 * @name: what it is called; @definition: what stands in it
 * @fill: writes what a record has there into a cell, which is empty before
 * @field: (nullable): the field of `data` that it shows
 * @code: (nullable) (owned): the code of the field's list that it counts
 */
struct _AltmExportColumn
{
  AltmExportKind kind;
  char *name;
  char *definition;
  void (*fill) (const AltmExportTable *table, const AltmExportColumn *column, const AltmExportRecord *record, AltmExportCell *cell);
  const AltmField *field;
  char *code;
};

AltmExportTable *altm_export_table_new (const AltmRecordType *type, AltmHqStore *store, AltmExportWords *words);
void altm_export_table_free (AltmExportTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmExportTable, altm_export_table_free)
void altm_export_table_fill (const AltmExportTable *self, guint column, const AltmExportRecord *record, AltmExportCell *cell);

G_END_DECLS
