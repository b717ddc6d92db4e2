/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-remains.h"

#include <sodium.h>
#include <string.h>

#include "altm-hq-beside.h"
#include "altm-hq-news.h"
#include "altm-json.h"
#include "altm-store.h"

/* What is known of a device that is no longer trusted, so that it can be told again in a store which
 * never heard of it. Its token stands there as its hash, as in the store. */
#define DEVICE_QUERY                                                                                                   \
  "SELECT json_object ('device_id', device_id, 'name', name, 'install_id', install_id, 'token', hex (token),"          \
  " 'code', code, 'enrolled_at', enrolled_at, 'revoked_at', revoked_at, 'wipe_ordered_at', wipe_ordered_at,"           \
  " 'released_at', released_at, 'released_why', released_why) FROM devices"

/**
 * altm_hq_remains_note:
 * @directory: the store's folder
 * @sql: the store, with the device's row as it is about to be committed
 * @device: a device that is being revoked, wiped or released
 *
 * Notes the device in `STORE.revoked` (0600) beside the store, which is only ever added to and is on
 * the disk when this returns. A backup of the store knows nothing of what was ordered after it: this
 * file, and the store whose place it takes, say it when it is put back.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_FULL or _FAILED
 */
gboolean
altm_hq_remains_note (const char *directory, AltmSql *sql, gint64 device, GError **error)
{
  g_autofree char *path = altm_hq_beside_name (directory, ".revoked");
  g_autofree char *text = altm_sql_get_text (sql, DEVICE_QUERY " WHERE n = ?", "i", device);

  return text != NULL ? altm_hq_beside_append (path, text, error) : altm_sql_check (sql, error);
}

static gboolean
insert_device (AltmSql *to, json_t *device, GError **error)
{
  const char *hex = altm_json_get_string (device, "token");
  guint8 token[crypto_hash_sha256_BYTES];
  gsize length = 0;

  if (hex == NULL || sodium_hex2bin (token, sizeof token, hex, strlen (hex), NULL, &length, NULL) != 0 ||
      length != sizeof token)
    return TRUE;
  return altm_sql_run (to, error,
                       "INSERT OR IGNORE INTO devices (device_id, name, install_id, token, code, enrolled_at)"
                       " VALUES (?, ?, ?, ?, ?, ?)",
                       "ssshsi", altm_json_get_string (device, "device_id"), altm_json_get_string (device, "name"),
                       altm_json_get_string (device, "install_id"), token, altm_json_get_string (device, "code"),
                       altm_json_get_integer (device, "enrolled_at", 0));
}

/* What was ordered first stands and is never undone; of two releases it is the later, which came after the
 * order to wipe. */
static gboolean
update_device (AltmSql *to, json_t *device, GError **error)
{
  return altm_sql_run (to, error,
                       "UPDATE devices SET revoked_at = IFNULL (revoked_at, NULLIF (?2, 0)),"
                       " wipe_ordered_at = IFNULL (wipe_ordered_at, NULLIF (?3, 0)),"
                       " released_at = NULLIF (MAX (IFNULL (released_at, 0), ?4), 0),"
                       " released_why = CASE WHEN ?4 > IFNULL (released_at, 0) THEN ?5 ELSE released_why END"
                       " WHERE device_id = ?1",
                       "siiis", altm_json_get_string (device, "device_id"), altm_json_get_integer (device, "revoked_at", 0),
                       altm_json_get_integer (device, "wipe_ordered_at", 0),
                       altm_json_get_integer (device, "released_at", 0), altm_json_get_string (device, "released_why"));
}

static gboolean
carry_device (const char *text, gpointer data, GError **error)
{
  AltmSql *to = data;
  g_autoptr(json_t) device = altm_json_parse (text, strlen (text), NULL);
  const char *device_id = altm_json_get_string (device, "device_id");
  gint64 wiped_at = altm_json_get_integer (device, "wipe_ordered_at", 0);

  if (device_id == NULL || altm_json_get_string (device, "name") == NULL ||
      altm_json_get_string (device, "install_id") == NULL || altm_json_get_integer (device, "revoked_at", 0) == 0)
    return TRUE;
  return insert_device (to, device, error) && update_device (to, device, error) &&
         (wiped_at == 0 || altm_hq_news_order (to, device_id, "wipe", wiped_at, error));
}

static gboolean
carry_rows (AltmSql *from, AltmSql *to, GError **error)
{
  g_autoptr(GError) unread = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (from, &unread, DEVICE_QUERY " WHERE revoked_at IS NOT NULL", "");

  while (unread == NULL && altm_sql_step (from, rows, &unread))
    if (!carry_device (altm_rows_text (rows, 0), to, error))
      return FALSE;
  return TRUE;
}

/**
 * altm_hq_remains_carry:
 * @directory: the store's folder
 * @from: (nullable): the store whose place another takes; what can't be read of it is left out
 * @to: the one that takes its place
 *
 * Revokes in @to what @from or `STORE.revoked` says is revoked, with the wipes that were ordered and
 * the releases that were answered: a backup that is put back must not let a lost tablet in again.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR of @to or a %G_FILE_ERROR
 */
gboolean
altm_hq_remains_carry (const char *directory, AltmSql *from, AltmSql *to, GError **error)
{
  g_autofree char *path = altm_hq_beside_name (directory, ".revoked");

  return (from == NULL || carry_rows (from, to, error)) && altm_hq_beside_visit (path, carry_device, to, error);
}
