/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdio.h>

#include "altm-filter.h"
#include "altm-hq-store.h"

G_BEGIN_DECLS

#define ALTM_EXPORT_ERROR (altm_export_error_quark ())

/**
 * AltmExportError:
 * @ALTM_EXPORT_ERROR_FORMAT: there is no such format
 * @ALTM_EXPORT_ERROR_TYPE: there is no such record type, or the format takes one type alone and none is named
 */
typedef enum
{
  ALTM_EXPORT_ERROR_FORMAT,
  ALTM_EXPORT_ERROR_TYPE,
} AltmExportError;

GQuark altm_export_error_quark (void);

/** AltmExport: records that are to be handed on: which, in which format and language. */
typedef struct _AltmExport AltmExport;

char *altm_export_write_choices (const char *const *choices);
AltmExport *altm_export_new (const char *format, const char *type, const AltmFilter *filter, const char *language, GError **error);
void altm_export_free (AltmExport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmExport, altm_export_free)

const char *altm_export_get_content_type (const AltmExport *self);
char *altm_export_name_file (const AltmExport *self);
char *altm_export_name_period (const AltmExport *self);
json_t *altm_export_describe_tables (AltmHqStore *store, const char *type, const char *language, GError **error);
gboolean altm_export_write (const AltmExport *self, AltmHqStore *store, FILE *output, GCancellable *cancellable, GError **error);

G_END_DECLS
