/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-outbox.h"

G_BEGIN_DECLS

/**
 * AltmLatest: a record as its latest revision on this tablet has it.
 * @line: that revision
 * @state, @reason, @detail: where it is, and why HQ refused it
 */
typedef struct
{
  AltmLine line;
  AltmState state;
  char *reason;
  char *detail;
} AltmLatest;

void altm_latest_free (AltmLatest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmLatest, altm_latest_free)

AltmLatest *altm_latest_load (AltmStore *store, const char *id, GError **error);
AltmLatest *altm_latest_load_before (AltmStore *store, const char *id, GError **error);
gboolean altm_latest_set_private (AltmStore *store, const char *id, json_t *private, const char *form, gint64 now,
                                  GError **error);

G_END_DECLS
