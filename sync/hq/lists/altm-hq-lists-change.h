/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-store.h"
#include "altm-list-plan.h"

G_BEGIN_DECLS

#define ALTM_HQ_LISTS_ERROR (altm_hq_lists_error_quark ())

/**
 * AltmHqListsError:
 * @ALTM_HQ_LISTS_ERROR_LIST: there is no such list
 * @ALTM_HQ_LISTS_ERROR_STALE: somebody else made a newer version since
 * @ALTM_HQ_LISTS_ERROR_ENTRIES: something is wrong with what the list is to hold; altm_list_plan() says what
 */
typedef enum
{
  ALTM_HQ_LISTS_ERROR_LIST,
  ALTM_HQ_LISTS_ERROR_STALE,
  ALTM_HQ_LISTS_ERROR_ENTRIES,
} AltmHqListsError;

GQuark altm_hq_lists_error_quark (void);
gboolean altm_hq_lists_read (json_t *form, AltmListChange *change);
json_t *altm_hq_lists_plan (AltmHqStore *store, const AltmListChange *change, json_t **root, GError **error);
char *altm_hq_lists_change (AltmHqStore *store, const AltmListChange *change, const char *who, gint64 now, GError **error);
json_t *altm_hq_lists_tell_changes (AltmSql *sql, const char *list, guint most, GError **error);

G_END_DECLS
