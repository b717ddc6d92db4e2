/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-session.h"

G_BEGIN_DECLS

json_t *altm_campaign_find_running (AltmSession *session);
const char *altm_campaign_get_label (AltmSession *session, json_t *campaign);
const char *altm_campaign_get_say (AltmSession *session, json_t *campaign);

G_END_DECLS
