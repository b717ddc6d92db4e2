/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-devices.h"

G_BEGIN_DECLS

json_t *altm_hq_notes_digest (AltmHqStore *store, const AltmHqDevice *device, gint64 from, gint64 to, GError **error);
json_t *altm_hq_notes_news (AltmHqStore *store, const AltmHqDevice *device, const char *after, GError **error);

G_END_DECLS
