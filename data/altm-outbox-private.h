/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the other files of data/ see of the outbox; nobody else does. */

#include "altm-outbox.h"

G_BEGIN_DECLS

/* What somebody has to settle: what HQ could not take, and what it holds and wants corrected. */
#define ALTM_OUTBOX_TO_SETTLE "is_latest AND (state = 2 OR (state = 1 AND reason IS NOT NULL))"

gboolean altm_outbox_add_within (AltmStore *store, const AltmEntry *entries, gsize n_entries,
                                 gint64 now, char ***ids, GError **error);

G_END_DECLS
