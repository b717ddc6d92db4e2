/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-outbox.h"

G_BEGIN_DECLS

/**
 * AltmLatest: a record as its latest revision on this tablet has it.
 * @line: that revision
 * @state, @reason, @detail: where it is, and why HQ refused it
 * @private_rev: the revision whose private text is the record's, 0 where it has none (any more)
 */
typedef struct
{
  AltmLine line;
  AltmState state;
  char *reason;
  char *detail;
  gint64 private_rev;
} AltmLatest;

void altm_latest_free (AltmLatest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmLatest, altm_latest_free)

AltmLatest *altm_latest_load (AltmStore *store, const char *id, GError **error);
gboolean altm_latest_set_private (AltmStore *store, const char *id, json_t *private, gint64 now, GError **error);

G_END_DECLS
