/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-session.h"

G_BEGIN_DECLS

void altm_session_load_last_contact_async (AltmSession *self, GAsyncReadyCallback callback, gpointer user_data);
json_t *altm_session_load_last_contact_finish (GAsyncResult *result);

G_END_DECLS
