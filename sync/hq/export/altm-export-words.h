/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-record-type.h"

G_BEGIN_DECLS

/** AltmExportWords: what an export says in one language: what its sheets and columns are called and what they mean. */
typedef struct _AltmExportWords AltmExportWords;

AltmExportWords *altm_export_words_new (const char *language, GError **error);
void altm_export_words_free (AltmExportWords *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmExportWords, altm_export_words_free)

const char *altm_export_words_get_language (AltmExportWords *self);
const char *altm_export_words_say (AltmExportWords *self, const char *key);
const char *altm_export_words_say_code (AltmExportWords *self, const char *what, const char *code);
const char *altm_export_words_name (AltmExportWords *self, const char *type, const char *field);
const char *altm_export_words_define (AltmExportWords *self, const char *type, const char *field);
json_t *altm_export_words_get_figures (AltmExportWords *self);

G_END_DECLS
