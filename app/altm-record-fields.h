/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-line.h"
#include "altm-session.h"

G_BEGIN_DECLS

/** AltmFieldVisit: @label and @text are for people; of the time of the call. */
typedef void (*AltmFieldVisit) (const char *label, const char *text, gpointer data);

void altm_record_fields_visit (AltmSession *session, const AltmLine *line, AltmFieldVisit visit, gpointer data);
const char *altm_record_field_label (const char *name);

G_END_DECLS
