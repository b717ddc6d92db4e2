/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-sql.h"

G_BEGIN_DECLS

#define ALTM_HQ_TWINS_ERROR (altm_hq_twins_error_quark ())

/**
 * AltmHqTwinsError:
 * @ALTM_HQ_TWINS_ERROR_GONE: the two are no likely twins, no longer, or somebody decided about them meanwhile
 * @ALTM_HQ_TWINS_ERROR_UNTOLD: no tablet can be asked: that of the second is revoked
 */
typedef enum
{
  ALTM_HQ_TWINS_ERROR_GONE,
  ALTM_HQ_TWINS_ERROR_UNTOLD,
} AltmHqTwinsError;

/**
 * AltmHqTwins: two records that are likely one, about which somebody decides.
 * @one: the id of the one that came first
 * @other: the id of the second
 * @who: who decides
 * @now: microseconds since 1970-01-01 UTC
 */
typedef struct
{
  const char *one;
  const char *other;
  const char *who;
  gint64 now;
} AltmHqTwins;

GQuark altm_hq_twins_error_quark (void);
gint64 altm_hq_twins_find_device (AltmSql *sql, const char *id);
gboolean altm_hq_twins_settle (AltmSql *sql, const AltmHqTwins *twins, GError **error);
gboolean altm_hq_twins_ask (AltmSql *sql, const AltmHqTwins *twins, GError **error);

G_END_DECLS
