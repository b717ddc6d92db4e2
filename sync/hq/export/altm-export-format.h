/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdio.h>

#include "altm-export-columns.h"

G_BEGIN_DECLS

/**
 * AltmExportSheets: the tables of an export, one for each of its record types.
 * @tables: (element-type AltmExportTable)
 * @scope: what the export is of, in words
 */
typedef struct
{
  AltmExportWords *words;
  GPtrArray *tables;
  const char *scope;
  FILE *output;
} AltmExportSheets;

/**
 * AltmExportFormat: a way of writing records. Errors are %G_FILE_ERROR, of the file or of what is written on the way.
 * @name: what it is asked for by
 * @ending: of a file's name
 * @needs_type: whether it takes one record type alone
 * @begin: (transfer full): what the others are given
 * @end: writes what is left; @cancellable may be %NULL
 */
typedef struct
{
  const char *name;
  const char *content_type;
  const char *ending;
  gboolean needs_type;
  gpointer (*begin) (const AltmExportSheets *sheets, GError **error);
  gboolean (*add) (gpointer self, const AltmExportRecord *record, GError **error);
  gboolean (*end) (gpointer self, GCancellable *cancellable, GError **error);
  void (*free) (gpointer self);
} AltmExportFormat;

extern const AltmExportFormat altm_export_ndjson;
extern const AltmExportFormat altm_export_csv;
extern const AltmExportFormat altm_export_csv_semicolon;
extern const AltmExportFormat altm_export_xlsx;

gboolean altm_export_set_errno (GError **error);

G_END_DECLS
