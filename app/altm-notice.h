/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"

G_BEGIN_DECLS

char *altm_notice_of_recovery (const AltmRecovery *recovery);

G_END_DECLS
