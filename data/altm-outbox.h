/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdio.h>

#include "altm-line.h"
#include "altm-store.h"

G_BEGIN_DECLS

/**
 * AltmState: of a line in the outbox.
 * @ALTM_STATE_QUEUED: waits for HQ's receipt
 * @ALTM_STATE_ACKNOWLEDGED: HQ holds it
 * @ALTM_STATE_QUARANTINED: HQ could not take it; kept, with HQ's reason
 */
typedef enum
{
  ALTM_STATE_QUEUED,
  ALTM_STATE_ACKNOWLEDGED,
  ALTM_STATE_QUARANTINED,
} AltmState;

/**
 * AltmEntry: a record as the app or `altm-fieldctl add` hands it in. Nothing is owned by it.
 * @type: name of a record type
 * @id: (nullable): the record to correct or withdraw; %NULL for a new one
 * @rev: the revision to write, 0 for the next one
 * @is_deleted: withdraws the record
 * @at: (nullable): RFC 3339; %NULL: a correction keeps the record's, a new one takes @now
 * @by: (nullable): who recorded it, a mediator's code
 * @shift: (nullable): id of the shift
 * @place: (nullable): id of a place; a correction without one keeps the record's
 * @data: (nullable): its fields
 * @private: (nullable): an object of private fields, JSON null to remove them; %NULL: unchanged
 */
typedef struct
{
  const char *type;
  const char *id;
  gint64 rev;
  gboolean is_deleted;
  const char *at;
  const char *by;
  const char *shift;
  const char *place;
  json_t *data;
  json_t *private;
} AltmEntry;

/**
 * AltmOutboxSummary: what Envoi shows. Times are microseconds since 1970-01-01 UTC, 0 for never.
 * @waiting: how many records the queued lines are of: each counts once, however often it was corrected since
 * @to_settle: how many HQ could not take, or wants corrected, which were neither corrected nor withdrawn since
 * @oldest: when the oldest queued line was queued
 * @last_receipt: when HQ's last receipt came; @last_count: how many records it acknowledged
 */
typedef struct
{
  gint64 queued;
  gint64 waiting;
  gint64 acknowledged;
  gint64 quarantined;
  gint64 to_settle;
  gint64 oldest;
  gint64 last_receipt;
  gint64 last_count;
  gint64 high_seq;
} AltmOutboxSummary;

/** AltmQueuedLine: a frozen line. @bytes and the rest belong to it. */
typedef struct
{
  gint64 seq;
  char *id;
  gint64 rev;
  GBytes *bytes;
} AltmQueuedLine;

/** AltmVerdict: HQ's word on one line; @type and @detail are %NULL where it took the line. */
typedef struct
{
  const char *type;
  const char *detail;
} AltmVerdict;

void altm_queued_line_free (AltmQueuedLine *self);

gboolean altm_outbox_add (AltmStore *store, const AltmEntry *entries, gsize n_entries, gint64 now,
                          char ***ids, GError **error);
GPtrArray *altm_outbox_take (AltmStore *store, gsize most_lines, gsize most_bytes, GError **error);
gint64 altm_outbox_oldest_after (AltmStore *store, gint64 seq);
gboolean altm_outbox_settle (AltmStore *store, GPtrArray *lines, const AltmVerdict *verdicts,
                             gint64 now, GError **error);
gboolean altm_outbox_print (AltmStore *store, FILE *output, GError **error);
gboolean altm_outbox_verify (AltmStore *store, GError **error);
gboolean altm_outbox_summarise (AltmStore *store, AltmOutboxSummary *summary, GError **error);

G_END_DECLS
