/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-store.h"

G_BEGIN_DECLS

gboolean altm_hq_care_verify (AltmHqStore *store, GError **error);
gboolean altm_hq_care_restore (const char *directory, const char *file, gint64 now, char **aside, GError **error);

G_END_DECLS
