/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-lists.h"
#include "altm-sql.h"

G_BEGIN_DECLS

/**
 * AltmHqVersions: the versions of the lists in HQ's store, all of which are kept for good, since lines name the one that
 * they were made under. The newest is in memory, and the few others that were asked for last.
 */
typedef struct _AltmHqVersions AltmHqVersions;

AltmHqVersions *altm_hq_versions_new (AltmSql *sql);
void altm_hq_versions_free (AltmHqVersions *self);
gboolean altm_hq_versions_load (AltmHqVersions *self, GError **error);
gboolean altm_hq_versions_add (AltmHqVersions *self, json_t *root, GError **error);
gboolean altm_hq_versions_bring (AltmHqVersions *self, gint64 now, GError **error);
AltmLists *altm_hq_versions_get (AltmHqVersions *self, gint64 version);

G_END_DECLS
