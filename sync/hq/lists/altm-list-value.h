/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-list-kind.h"

G_BEGIN_DECLS

json_t *altm_list_value_read (const AltmListField *field, const char *text, AltmLists *lists, const char **problem);
char *altm_list_value_write (const AltmListField *field, json_t *value, const char *yes);
char *altm_list_value_fold (const char *text);

G_END_DECLS
