/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"

G_BEGIN_DECLS

json_t *altm_last_contact_load (AltmStore *store, const char *shift, gint64 since, GError **error);

G_END_DECLS
