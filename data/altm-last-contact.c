/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-last-contact.h"

#include "altm-line.h"
#include "altm-store-private.h"

static json_t *
take_data (AltmRows *rows, GError **error)
{
  g_autoptr(GBytes) bytes = altm_rows_bytes (rows, 0);
  g_auto(AltmLine) line = { 0 };
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  return altm_line_read (&line, text, size, error) ? json_deep_copy (line.data) : NULL;
}

/**
 * altm_last_contact_load:
 * @shift: id of a shift
 * @since: when it began, in microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full) (nullable): the fields of the last contact that was recorded in it and not withdrawn, none of
 *   them private; %NULL where there is none, or with an #AltmStoreError
 */
json_t *
altm_last_contact_load (AltmStore *store, const char *shift, gint64 since, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, error,
                    "SELECT bytes FROM lines WHERE is_latest AND time >= ? AND type = 'contact' AND NOT is_deleted"
                    " AND json_extract (CAST (bytes AS TEXT), '$.shift') = ? ORDER BY time DESC, seq DESC LIMIT 1",
                    "is", since, shift);

  if (rows == NULL || !altm_sql_step (sql, rows, error))
    return NULL;
  return take_data (rows, error);
}
