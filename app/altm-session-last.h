/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-latest.h"
#include "altm-session.h"

G_BEGIN_DECLS

void altm_session_load_last_async (AltmSession *self, const char *type, GAsyncReadyCallback callback, gpointer user_data);
AltmLatest *altm_session_load_last_finish (GAsyncResult *result);

G_END_DECLS
