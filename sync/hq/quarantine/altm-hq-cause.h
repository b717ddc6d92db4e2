/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-record-type.h"

G_BEGIN_DECLS

json_t *altm_hq_cause_describe (const char *problem, const char *detail, const char *type_name);

G_END_DECLS
