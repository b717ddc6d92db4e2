/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"

G_BEGIN_DECLS

/**
 * AltmComparison: of what HQ holds with what this tablet has noted, by digests of ranges of seqs
 * that are halved where they differ (PROTOCOL, When HQ lost something).
 */
typedef struct _AltmComparison AltmComparison;

AltmComparison *altm_comparison_new (AltmStore *store);
void altm_comparison_free (AltmComparison *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmComparison, altm_comparison_free)
gboolean altm_comparison_next (AltmComparison *self, gint64 *from, gint64 *to);
gboolean altm_comparison_take (AltmComparison *self, json_t *digest, GError **error);
gboolean altm_comparison_must_fork (AltmComparison *self);
gboolean altm_comparison_finish (AltmComparison *self, GError **error);

G_END_DECLS
