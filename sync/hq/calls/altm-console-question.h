/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-console-private.h"
#include "altm-filter.h"

G_BEGIN_DECLS

/** AltmConsoleQuestion: which records a call asks for: a filter, and what it owns. */
typedef struct
{
  AltmFilter filter;
  GHashTable *places;
  GHashTable *teams;
} AltmConsoleQuestion;

gboolean altm_question_read (AltmConsoleQuestion *self, AltmHqStore *store, GHashTable *query, json_t *teams);
const char *altm_question_get_value (GHashTable *query, const char *name);
gboolean altm_console_question_read (AltmConsoleQuestion *self, const AltmConsoleCall *call);
void altm_console_question_clear (AltmConsoleQuestion *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AltmConsoleQuestion, altm_console_question_clear)
const char *altm_console_get_value (const AltmConsoleCall *call, const char *name);

G_END_DECLS
