/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void altm_hq_owner_keep (const char *path);

G_END_DECLS
