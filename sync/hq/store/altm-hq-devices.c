/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-devices.h"

#include <sodium.h>
#include <string.h>

#include "altm-hq-log.h"
#include "altm-time.h"
#include "altm-token.h"
#include "altm-uuid.h"

#define CODE_LETTERS 10
#define NAME_LETTERS 3

void
altm_hq_device_clear (AltmHqDevice *self)
{
  g_clear_pointer (&self->device_id, g_free);
}

void
altm_hq_enrolment_clear (AltmHqEnrolment *self)
{
  g_clear_pointer (&self->device_id, g_free);
  g_clear_pointer (&self->token, altm_token_free);
}

/**
 * altm_hq_devices_name_code:
 * @now: when it was made, microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): what people tell a code by without knowing it: its first characters, too
 *   few to guess the rest from, and when it was made
 */
char *
altm_hq_devices_name_code (const char *code, gint64 now)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *at = altm_time_format (now, utc);

  return g_strdup_printf ("%.*s %s", NAME_LETTERS, code, at);
}

/**
 * altm_hq_devices_new_code:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Makes an enrolment code: 10 letters and digits that no one mixes up (50 random bits), in two
 * groups, for one use within %ALTM_CODE_LIFETIME. The store keeps its hash and its name.
 *
 * Returns: (transfer full): the code, or %NULL with an %ALTM_STORE_ERROR
 */
char *
altm_hq_devices_new_code (AltmHqStore *store, gint64 now, GError **error)
{
  static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autofree char *code = g_new0 (char, CODE_LETTERS + 2);
  g_autofree char *name = NULL;
  guint8 sha256[crypto_hash_sha256_BYTES];

  for (int i = 0; i < CODE_LETTERS; i++)
    code[i < CODE_LETTERS / 2 ? i : i + 1] = letters[randombytes_uniform (sizeof letters - 1)];
  code[CODE_LETTERS / 2] = '-';
  altm_token_hash (code, sha256);
  name = altm_hq_devices_name_code (code, now);
  if (!altm_sql_run (sql, error, "DELETE FROM codes WHERE expires_at < ?", "i", now) ||
      !altm_sql_run (sql, error, "INSERT INTO codes (code, expires_at, name) VALUES (?, ?, ?)", "his", sha256,
                     now + ALTM_CODE_LIFETIME, name))
    return NULL;
  return g_steal_pointer (&code);
}

/* A device whose answer was lost asks again: the same device, a fresh token. */
static gboolean
renew_token (AltmHqStore *store, gint64 device, AltmHqEnrolment *enrolment, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  guint8 sha256[crypto_hash_sha256_BYTES];

  enrolment->token = altm_token_new (sha256);
  enrolment->device_id = altm_sql_get_text (sql, "SELECT device_id FROM devices WHERE n = ?", "i", device);
  return altm_sql_run (sql, error, "UPDATE devices SET token = ? WHERE n = ?", "hi", sha256, device);
}

static gboolean
insert_device (AltmHqStore *store, const char *name, const char *install_id, gint64 forked_from, gint64 now,
               AltmHqEnrolment *enrolment, GError **error)
{
  guint8 sha256[crypto_hash_sha256_BYTES];

  enrolment->token = altm_token_new (sha256);
  enrolment->device_id = altm_uuid_new_v4 ();
  return altm_sql_run (altm_hq_store_get_sql (store), error,
                       "INSERT INTO devices (device_id, name, install_id, token, forked_from, enrolled_at)"
                       " VALUES (?, ?, ?, ?, NULLIF (?, 0), ?)",
                       "ssshii", enrolment->device_id, name, install_id, sha256, forked_from, now);
}

/* Which tablet used which code. */
static gboolean
log_enrolment (AltmHqStore *store, const guint8 *code, const char *name, gint64 now, const AltmHqEnrolment *enrolment,
               GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autofree char *used = altm_sql_get_text (sql, "SELECT name FROM codes WHERE code = ?", "h", code);
  const AltmHqEntry entry = { now, name, "enrolled", enrolment->device_id, used, NULL };

  return altm_sql_run (sql, error, "UPDATE devices SET code = ? WHERE device_id = ?", "ss", used, enrolment->device_id) &&
         altm_hq_log_add (sql, &entry, error);
}

static gboolean
log_fork (AltmHqStore *store, const AltmHqDevice *device, const char *name, gint64 now, const AltmHqEnrolment *enrolment,
          GError **error)
{
  const AltmHqEntry entry = { now, name != NULL ? name : device->device_id, "forked", enrolment->device_id,
                              device->device_id, NULL };

  return altm_hq_log_add (altm_hq_store_get_sql (store), &entry, error);
}

static gboolean
use_code (AltmHqStore *store, const guint8 *code, const char *name, const char *install_id, gint64 now,
          AltmHqEnrolment *enrolment, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  gint64 device = altm_sql_get_integer (
    sql, -1, "SELECT IFNULL (device, 0) FROM codes WHERE code = ? AND expires_at >= ?", "hi", code, now);

  if (device > 0 &&
      altm_sql_get_integer (sql, 0, "SELECT 1 FROM devices WHERE n = ? AND install_id = ? AND revoked_at IS NULL",
                            "is", device, install_id))
    return renew_token (store, device, enrolment, error);
  if (device != 0)
    {
      g_set_error_literal (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING, "the code is wrong, used or too old");
      return FALSE;
    }
  return insert_device (store, name, install_id, 0, now, enrolment, error) &&
         altm_sql_run (sql, error, "UPDATE codes SET device = last_insert_rowid () WHERE code = ?", "h", code) &&
         log_enrolment (store, code, name, now, enrolment, error);
}

/**
 * altm_hq_devices_enrol:
 * @code: as someone typed it
 * @name: what the tablet is called
 * @install_id: the tablet's own random id
 * @enrolment: (out caller-allocates): its id and token
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_MISSING where the code is wrong, used by
 *   another tablet, or too old, or another %ALTM_STORE_ERROR
 */
gboolean
altm_hq_devices_enrol (AltmHqStore *store, const char *code, const char *name, const char *install_id, gint64 now,
                       AltmHqEnrolment *enrolment, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  guint8 sha256[crypto_hash_sha256_BYTES];

  altm_token_hash (code, sha256);
  return altm_sql_begin (sql, error) &&
         altm_sql_end (sql, use_code (store, sha256, name, install_id, now, enrolment, error), error);
}

/**
 * altm_hq_devices_fork:
 * @device: the device that found its store to be a copy
 * @install_id: the fresh random id of the copy
 * @enrolment: (out caller-allocates): the new device's id and token; the same pair answers the
 *   same device again
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_devices_fork (AltmHqStore *store, const AltmHqDevice *device, const char *install_id, gint64 now,
                      AltmHqEnrolment *enrolment, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autofree char *name = NULL;
  gint64 known;
  gboolean is_good;

  if (!altm_sql_begin (sql, error))
    return FALSE;
  known = altm_sql_get_integer (sql, 0, "SELECT n FROM devices WHERE forked_from = ? AND install_id = ?", "is",
                                device->n, install_id);
  name = altm_sql_get_text (sql, "SELECT name FROM devices WHERE n = ?", "i", device->n);
  is_good = known > 0 ? renew_token (store, known, enrolment, error)
                      : insert_device (store, name, install_id, device->n, now, enrolment, error) &&
                          log_fork (store, device, name, now, enrolment, error);
  return altm_sql_end (sql, is_good, error);
}

/**
 * altm_hq_devices_find:
 * @token: (nullable): what a call brought
 * @device: (out caller-allocates): whose token it is
 *
 * Returns: whether it is one
 */
gboolean
altm_hq_devices_find (AltmHqStore *store, const char *token, AltmHqDevice *device)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  guint8 sha256[crypto_hash_sha256_BYTES];
  g_autoptr(AltmRows) rows = NULL;

  if (token == NULL)
    return FALSE;
  altm_token_hash (token, sha256);
  rows = altm_sql_query (sql, NULL,
                         "SELECT n, device_id, revoked_at IS NOT NULL, held, high_seq, skew FROM devices WHERE token = ?",
                         "h", sha256);
  if (!altm_sql_step (sql, rows, NULL))
    return FALSE;
  device->n = sqlite3_column_int64 (rows, 0);
  device->device_id = g_strdup (altm_rows_text (rows, 1));
  device->is_revoked = sqlite3_column_int (rows, 2);
  device->held = sqlite3_column_int64 (rows, 3);
  device->high_seq = sqlite3_column_int64 (rows, 4);
  device->skew = sqlite3_column_int64 (rows, 5);
  return TRUE;
}

/**
 * altm_hq_devices_see:
 * @signs: what the call said
 * @now: microseconds since 1970-01-01 UTC
 *
 * Notes when the device was heard, what waits on it, and how far its clock is off.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_devices_see (AltmHqStore *store, const AltmHqDevice *device, const AltmHqSigns *signs, gint64 now,
                     GError **error)
{
  return altm_sql_run (altm_hq_store_get_sql (store), error,
                       "UPDATE devices SET last_seen = ?1,"
                       " pending = CASE WHEN ?2 < 0 THEN pending ELSE ?2 END,"
                       " oldest = CASE WHEN ?2 < 0 THEN oldest WHEN ?2 = 0 OR ?3 < 0 THEN NULL ELSE ?3 END,"
                       " skew = CASE WHEN ?4 < 0 THEN skew ELSE ?4 - ?1 END"
                       " WHERE n = ?5",
                       "iiiii", now, signs->pending, signs->oldest, signs->clock, device->n);
}
