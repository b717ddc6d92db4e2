/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-store.h"

G_BEGIN_DECLS

/** ALTM_HQ_SCOPE_PRIVATE: the sealed part goes, the record still counts. */
#define ALTM_HQ_SCOPE_PRIVATE "private"

/** ALTM_HQ_SCOPE_RECORD: all goes but what names each line, and the record counts no more. */
#define ALTM_HQ_SCOPE_RECORD "record"

#define ALTM_HQ_ERASURES_ERROR (altm_hq_erasures_error_quark ())

/**
 * AltmHqErasuresError:
 * @ALTM_HQ_ERASURES_ERROR_UNKNOWN: HQ has no such record
 * @ALTM_HQ_ERASURES_ERROR_SCOPE: neither of the two
 * @ALTM_HQ_ERASURES_ERROR_KIND: a shift or a slot of client flow, which is about nobody
 */
typedef enum
{
  ALTM_HQ_ERASURES_ERROR_UNKNOWN,
  ALTM_HQ_ERASURES_ERROR_SCOPE,
  ALTM_HQ_ERASURES_ERROR_KIND,
} AltmHqErasuresError;

/**
 * AltmHqErasure: what is erased of some records.
 * @scope: one of the two
 * @at: microseconds since 1970-01-01 UTC
 * @who: a person, `purge`, or %ALTM_HQ_ITSELF where the list beside the store says it
 * @why: (nullable)
 */
typedef struct
{
  const char *scope;
  gint64 at;
  const char *who;
  const char *why;
} AltmHqErasure;

GQuark altm_hq_erasures_error_quark (void);
gboolean altm_hq_erasures_check (AltmSql *sql, const char *id, const char *scope, GError **error);
gboolean altm_hq_erasures_begin (AltmHqStore *store, GPtrArray *ids, const AltmHqErasure *erasure, GError **error);
gboolean altm_hq_erasures_erase (AltmHqStore *store, GPtrArray *ids, const AltmHqErasure *erasure, GError **error);
gboolean altm_hq_erasures_end (AltmHqStore *store, gboolean is_good, GError **error);
gboolean altm_hq_erasures_leave (AltmSql *sql, const char *id, const char *bytes, gsize length, GBytes **left, GError **error);
gboolean altm_hq_erasures_carry (AltmSql *from, AltmHqStore *to, GError **error);
gboolean altm_hq_erasures_replay (AltmHqStore *store, gint64 now, GError **error);

G_END_DECLS
