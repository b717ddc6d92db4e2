/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdio.h>

#include "altm-json.h"

G_BEGIN_DECLS

gboolean altm_hq_lines_write (json_t *value, FILE *output, GError **error);
gboolean altm_hq_lines_write_all (json_t *values, FILE *output, GError **error);

G_END_DECLS
