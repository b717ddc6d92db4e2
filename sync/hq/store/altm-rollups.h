/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-calendar.h"
#include "altm-counts.h"
#include "altm-hq-store.h"
#include "altm-line.h"

G_BEGIN_DECLS

/**
 * AltmRollups: what the figures are counted from, kept beside the records: cells by day, week and month, and a row for
 * each shift, referral and peak. It lives as long as one transaction; what it was told is written by
 * altm_rollups_write(), which has to come before the transaction ends.
 */
typedef struct _AltmRollups AltmRollups;

/**
 * AltmRollup: a row of the table `cells`; @start and @hour are as there, @counts is altm_counts_pack()ed.
 */
typedef struct
{
  int start;
  int hour;
  const char *place;
  const char *channel;
  const char *team;
  const guint8 *counts;
  gsize length;
} AltmRollup;

typedef gboolean (*AltmRollupVisit) (const AltmRollup *rollup, gpointer data);

AltmRollups *altm_rollups_new (AltmHqStore *store, GError **error);
void altm_rollups_free (AltmRollups *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmRollups, altm_rollups_free)

gboolean altm_rollups_add (AltmRollups *self, gint64 n, const AltmLine *line, gint64 time, GError **error);
gboolean altm_rollups_remove (AltmRollups *self, gint64 n, const AltmLine *line, gint64 time, GError **error);
gboolean altm_rollups_see (AltmRollups *self, const AltmLine *line, gint64 time, GError **error);
gboolean altm_rollups_recount (AltmRollups *self, GError **error);
gboolean altm_rollups_write (AltmRollups *self, GError **error);

gboolean altm_rollups_visit (AltmSql *sql, AltmSpan span, int from, int to, AltmRollupVisit visit, gpointer data,
                             GError **error);
gboolean altm_rollups_verify (AltmHqStore *store, GError **error);

G_END_DECLS
