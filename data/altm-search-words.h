/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-line.h"
#include "altm-lists.h"

G_BEGIN_DECLS

char *altm_search_words (const AltmLine *line, AltmLists *lists, GTimeZone *zone);

G_END_DECLS
