/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-list-kind.h"

G_BEGIN_DECLS

/**
 * AltmListChange: what is to become of one list.
 * @list: its name
 * @base: the version that it was made from
 * @rows: an array of objects of field to text, as altm_list_value_read() reads them; what a row does not name stays as it is
 * @lines: (nullable): where each row stood, an array of numbers
 * @is_whole: whether entries that no row names are retired
 * @is_new: whether each row has to be a new entry
 */
typedef struct
{
  const char *list;
  gint64 base;
  json_t *rows;
  json_t *lines;
  gboolean is_whole;
  gboolean is_new;
} AltmListChange;

json_t *altm_list_plan (AltmLists *lists, const AltmListChange *change, json_t **root);
gboolean altm_list_plan_has (json_t *plan, const char *part);

G_END_DECLS
