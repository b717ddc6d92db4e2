/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-facts.h"
#include "altm-filter.h"
#include "altm-hq-store.h"

G_BEGIN_DECLS

/**
 * AltmExportRecord: a record's present state, as it is handed on.
 * @time: when the figures say that it was; @received_at: by HQ's clock; both in microseconds since 1970-01-01 UTC
 * @is_known: whether this program can read it
 * @status, @channel: (nullable): of a referral that counts, the status that HQ received or set last, and the channel of
 *   the contact that it came out of
 */
typedef struct
{
  const char *device_id;
  const char *device_name;
  AltmLine line;
  gint64 time;
  gint64 received_at;
  gboolean has_private;
  gboolean is_known;
  const char *status;
  const char *channel;
  AltmFacts facts;
} AltmExportRecord;

/**
 * AltmExportVisit:
 * @record: lives as long as the call
 * Returns: %TRUE to go on, or %FALSE with @error set
 */
typedef gboolean (*AltmExportVisit) (const AltmExportRecord *record, gpointer data, GError **error);

gboolean altm_export_visit (AltmHqStore *store, const AltmFilter *filter, const char *type, AltmExportVisit visit, gpointer data,
                            GCancellable *cancellable, GError **error);
json_t *altm_export_describe (const AltmExportRecord *record, GTimeZone *zone);

G_END_DECLS
