/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-last-record.h"

#include "altm-store-private.h"

/**
 * altm_last_record_load:
 * @shift: id of a shift
 * @since: when it began, in microseconds since 1970-01-01 UTC
 * @type: (nullable): the only type to look for, %NULL for a contact or an observation, whichever came last
 *
 * Returns: (transfer full) (nullable): the last one that was recorded in it and not withdrawn; %NULL where there is none,
 *   or with an #AltmStoreError
 */
AltmLatest *
altm_last_record_load (AltmStore *store, const char *shift, gint64 since, const char *type, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autofree char *id = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, error,
                    "SELECT id FROM lines WHERE is_latest AND time >= ? AND type IN ('contact', 'observation')"
                    " AND type = COALESCE (?, type) AND NOT is_deleted"
                    " AND json_extract (CAST (bytes AS TEXT), '$.shift') = ? ORDER BY time DESC, seq DESC LIMIT 1",
                    "iss", since, type, shift);

  if (rows == NULL || !altm_sql_step (sql, rows, error))
    return NULL;
  id = g_strdup (altm_rows_text (rows, 0));
  g_clear_pointer (&rows, altm_rows_end);
  return altm_latest_load (store, id, error);
}
