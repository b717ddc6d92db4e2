/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdio.h>

#include "altm-json.h"
#include "altm-sql.h"

G_BEGIN_DECLS

/** ALTM_HQ_ITSELF: who did what nobody asked for: this program, when it opens its store. */
#define ALTM_HQ_ITSELF "altm-field-hq"

/**
 * AltmHqEntry: an entry of the access log, which is append-only and kept for 12 months.
 * @at: microseconds since 1970-01-01 UTC
 * @who: the holder of a key, the user of the machine, the tablet, or %ALTM_HQ_ITSELF
 * @what: what was done or refused, a word such as `opened`
 * @subject: (nullable): to which record, tablet or key
 * @detail: (nullable): more of it; never what a person said
 * @why: (nullable): the reason that was given
 */
typedef struct
{
  gint64 at;
  const char *who;
  const char *what;
  const char *subject;
  const char *detail;
  const char *why;
} AltmHqEntry;

gboolean altm_hq_log_add (AltmSql *sql, const AltmHqEntry *entry, GError **error);
gboolean altm_hq_log_write (AltmSql *sql, gint64 from, gint64 to, FILE *output, GError **error);
json_t *altm_hq_log_read (AltmSql *sql, gint64 from, gint64 to, guint most, GError **error);
gboolean altm_hq_log_carry (AltmSql *from, AltmSql *to, GError **error);

G_END_DECLS
