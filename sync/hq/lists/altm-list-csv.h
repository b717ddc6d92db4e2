/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-list-kind.h"

G_BEGIN_DECLS

json_t *altm_list_csv_read (const AltmListKind *kind, const char *bytes, gsize length);
char *altm_list_csv_write (const AltmListKind *kind, json_t *entries, gboolean is_french);

G_END_DECLS
