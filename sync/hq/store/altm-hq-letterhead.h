/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-json.h"
#include "altm-sql.h"

G_BEGIN_DECLS

#define ALTM_HQ_LETTERHEAD_ERROR (altm_hq_letterhead_error_quark ())

/**
 * AltmHqLetterheadError:
 * @ALTM_HQ_LETTERHEAD_ERROR_LINE: a line is too long, or no plain text
 */
typedef enum
{
  ALTM_HQ_LETTERHEAD_ERROR_LINE,
} AltmHqLetterheadError;

GQuark altm_hq_letterhead_error_quark (void);
json_t *altm_hq_letterhead_read (AltmSql *sql);
gboolean altm_hq_letterhead_set (AltmSql *sql, json_t *given, GError **error);

G_END_DECLS
