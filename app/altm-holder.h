/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-session.h"

G_BEGIN_DECLS

const char *altm_holder_name (AltmSession *session, const char *holder);
const char *altm_holder_choose (AltmSession *session);
gboolean altm_holder_is_set (AltmSession *session, const char *holder);
gboolean altm_holder_is_known (AltmSession *session, const char *by);
char *altm_holder_describe_shift (AltmSession *session, const AltmShift *shift);

G_END_DECLS
