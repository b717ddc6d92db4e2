/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-orders.h"

#include "altm-hq-log.h"
#include "altm-hq-news.h"
#include "altm-hq-remains.h"
#include "altm-time.h"

#define CANDIDATES_SHOWN 20

G_DEFINE_QUARK (altm-hq-orders-error-quark, altm_hq_orders_error)

/* A device as an order finds it. */
typedef struct
{
  gint64 n;
  char *device_id;
  char *name;
  gboolean is_revoked;
} Found;

typedef gboolean (*Carry) (AltmHqStore *store, const Found *found, const AltmHqOrder *order, GError **error);

static void
clear_found (Found *self)
{
  g_free (self->device_id);
  g_free (self->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, clear_found)

static gboolean G_GNUC_PRINTF (3, 4)
fail (GError **error, AltmHqOrdersError code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (ALTM_HQ_ORDERS_ERROR, (int) code, format, arguments));
  va_end (arguments);
  return FALSE;
}

/* An id names one device whatever others are called. */
static AltmRows *
query_candidates (AltmSql *sql, const char *device, GError **error)
{
  return altm_sql_query (sql, error,
                         "SELECT n, device_id, name, revoked_at IS NOT NULL, enrolled_at FROM devices"
                         " WHERE device_id = ?1 OR (name = ?1 AND NOT EXISTS"
                         "  (SELECT 1 FROM devices WHERE device_id = ?1)) ORDER BY n LIMIT ?2",
                         "si", device, (gint64) CANDIDATES_SHOWN);
}

static void
describe_candidate (GString *all, AltmRows *row)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *at = altm_time_format (sqlite3_column_int64 (row, 4), utc);

  g_string_append_printf (all, "%s%s (enrolled %s%s)", all->len > 0 ? ", " : "", altm_rows_text (row, 1), at,
                          sqlite3_column_int (row, 3) ? ", revoked" : "");
}

static gboolean
find_device (AltmSql *sql, const char *device, Found *found, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = query_candidates (sql, device, &problem);
  g_autoptr(GString) all = g_string_new (NULL);
  int n;

  for (n = 0; problem == NULL && altm_sql_step (sql, rows, &problem); n++)
    {
      describe_candidate (all, rows);
      if (n > 0)
        continue;
      found->n = sqlite3_column_int64 (rows, 0);
      found->device_id = g_strdup (altm_rows_text (rows, 1));
      found->name = g_strdup (altm_rows_text (rows, 2));
      found->is_revoked = sqlite3_column_int (rows, 3);
    }
  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (n == 0)
    return fail (error, ALTM_HQ_ORDERS_ERROR_NO_DEVICE, "%s: no tablet has this id or name; `devices` lists them", device);
  return n == 1 || fail (error, ALTM_HQ_ORDERS_ERROR_AMBIGUOUS,
                         "several tablets have this name; nothing was done. Give one of these ids: %s", all->str);
}

static gboolean
revoke_device (AltmHqStore *store, const Found *found, const AltmHqOrder *order, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);

  return altm_sql_run (sql, error, "UPDATE devices SET revoked_at = IFNULL (revoked_at, ?) WHERE n = ?", "ii", order->now,
                       found->n) &&
         altm_hq_remains_note (altm_hq_store_get_directory (store), sql, found->n, error);
}

/* Ordered once: the same order again changes nothing. */
static gboolean
wipe_device (AltmHqStore *store, const Found *found, const AltmHqOrder *order, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  gint64 at;

  if (!altm_sql_run (sql, error, "UPDATE devices SET wipe_ordered_at = IFNULL (wipe_ordered_at, ?) WHERE n = ?", "ii",
                     order->now, found->n) ||
      !revoke_device (store, found, order, error))
    return FALSE;
  at = altm_sql_get_integer (sql, order->now, "SELECT wipe_ordered_at FROM devices WHERE n = ?", "i", found->n);
  return altm_hq_news_order (sql, found->device_id, "wipe", at, error);
}

static gboolean
reset_pin (AltmHqStore *store, const Found *found, const AltmHqOrder *order, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);

  if (found->is_revoked)
    return fail (error, ALTM_HQ_ORDERS_ERROR_REVOKED,
                 "%s is revoked and reads no such news; enrol the tablet again with a new code", found->name);
  return altm_sql_run (sql, error, "UPDATE devices SET pin_reset_at = ? WHERE n = ?", "ii", order->now, found->n) &&
         altm_hq_news_order (sql, found->device_id, "pin-reset", order->now, error);
}

static gboolean
carry_out (AltmHqStore *store, const AltmHqOrder *order, const char *what, Carry carry, Found *found, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  AltmHqEntry entry = { order->now, order->who, what, NULL, NULL, order->why };

  if (!find_device (sql, order->device, found, error) || !carry (store, found, order, error))
    return FALSE;
  entry.subject = found->device_id;
  entry.detail = found->name;
  return altm_hq_log_add (sql, &entry, error);
}

static char *
give_order (AltmHqStore *store, const AltmHqOrder *order, const char *what, Carry carry, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_auto(Found) found = { 0 };

  if (!altm_sql_begin (sql, error) ||
      !altm_sql_end (sql, carry_out (store, order, what, carry, &found, error), error))
    return NULL;
  return g_steal_pointer (&found.device_id);
}

/**
 * altm_hq_orders_revoke:
 *
 * From now on nothing new is taken from the device, and it is told nothing but a wipe.
 *
 * Returns: (transfer full): its id, once this is on the disk, or %NULL with %ALTM_HQ_ORDERS_ERROR_NO_DEVICE
 *   or _AMBIGUOUS, or an %ALTM_STORE_ERROR
 */
char *
altm_hq_orders_revoke (AltmHqStore *store, const AltmHqOrder *order, GError **error)
{
  return give_order (store, order, "revoked", revoke_device, error);
}

/**
 * altm_hq_orders_wipe:
 *
 * Revokes the device and puts a `wipe` into its news: at its next contact it destroys its keys and
 * readable copies, then, each queued line being answered, the rest.
 *
 * Returns: (transfer full): its id, or %NULL as altm_hq_orders_revoke()
 */
char *
altm_hq_orders_wipe (AltmHqStore *store, const AltmHqOrder *order, GError **error)
{
  return give_order (store, order, "wipe-ordered", wipe_device, error);
}

/**
 * altm_hq_orders_reset_pin:
 *
 * Puts a `pin-reset` into the device's news: what is queued stays, readable copies go, and a new PIN
 * can be set.
 *
 * Returns: (transfer full): its id, or %NULL with %ALTM_HQ_ORDERS_ERROR_REVOKED, or as
 *   altm_hq_orders_revoke()
 */
char *
altm_hq_orders_reset_pin (AltmHqStore *store, const AltmHqOrder *order, GError **error)
{
  return give_order (store, order, "pin-reset", reset_pin, error);
}

static gboolean
note_release (AltmHqStore *store, const AltmHqDevice *device, const char *why, gint64 now, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autofree char *name = altm_sql_get_text (sql, "SELECT name FROM devices WHERE n = ?", "i", device->n);
  const AltmHqEntry entry = { now, name != NULL ? name : device->device_id, "released", device->device_id, why, NULL };

  return altm_sql_run (sql, error,
                       "UPDATE devices SET released_at = ?1, released_why = ?2, revoked_at = IFNULL (revoked_at, ?1)"
                       " WHERE n = ?3",
                       "isi", now, why, device->n) &&
         altm_hq_remains_note (altm_hq_store_get_directory (store), sql, device->n, error) &&
         altm_hq_log_add (sql, &entry, error);
}

/**
 * altm_hq_orders_release:
 * @device: the device that says that it holds nothing any more
 * @why: `wiped` or `handed-over`
 * @now: microseconds since 1970-01-01 UTC
 *
 * Notes when and why the device was emptied, and revokes it. The first word counts, and after an order to
 * wipe the first since then: a handover whose answer was lost emptied nothing.
 *
 * Returns: %TRUE once this is on the disk, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_orders_release (AltmHqStore *store, const AltmHqDevice *device, const char *why, gint64 now, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  gboolean is_noted;

  if (!altm_sql_begin (sql, error))
    return FALSE;
  is_noted = altm_sql_get_integer (sql, 0, "SELECT released_at >= IFNULL (wipe_ordered_at, 0) FROM devices WHERE n = ?", "i",
                                   device->n) ||
             note_release (store, device, why, now, error);
  return altm_sql_end (sql, is_noted, error);
}

static void
set_time (json_t *root, const char *name, AltmRows *row, int column, GTimeZone *zone)
{
  g_autofree char *at = sqlite3_column_type (row, column) != SQLITE_NULL
                          ? altm_time_format (sqlite3_column_int64 (row, column), zone)
                          : NULL;

  json_object_set_new (root, name, at != NULL ? json_string (at) : json_null ());
}

static json_t *
describe_device (AltmRows *row, GTimeZone *zone)
{
  static const char *const times[] = {
    "enrolled_at", "last_seen", "oldest", "revoked_at", "wipe_ordered_at", "released_at", "pin_reset_at",
  };
  json_t *root = json_pack ("{s:s, s:s, s:s?, s:s?, s:s?, s:I, s:I}", "device_id", altm_rows_text (row, 0), "name",
                            altm_rows_text (row, 1), "code", altm_rows_text (row, 2), "forked_from",
                            altm_rows_text (row, 3), "released_why", altm_rows_text (row, 4), "pending",
                            (json_int_t) sqlite3_column_int64 (row, 5), "skew_s", (json_int_t) sqlite3_column_int64 (row, 6));

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    set_time (root, times[i], row, 7 + (int) i, zone);
  return root;
}

/**
 * altm_hq_orders_list:
 *
 * Returns: (transfer full): an array of the devices in the order of their enrolment: `device_id`, `name`, `code` (the name
 *   of the code that enrolled it), `forked_from`, `pending`, `skew_s`, and times in UTC, null where there is none:
 *   `enrolled_at`, `last_seen`, `oldest`, `revoked_at`, `wipe_ordered_at`, `released_at` with `released_why`,
 *   `pin_reset_at`; or %NULL with an %ALTM_STORE_ERROR
 */
json_t *
altm_hq_orders_list (AltmHqStore *store, GError **error)
{
  AltmSql *sql = altm_hq_store_get_sql (store);
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(json_t) devices = json_array ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, &problem,
    "SELECT device_id, name, code, (SELECT device_id FROM devices AS other WHERE other.n = devices.forked_from),"
    " released_why, pending, skew / 1000000, enrolled_at, last_seen, oldest, revoked_at, wipe_ordered_at, released_at,"
    " pin_reset_at FROM devices ORDER BY n",
    "");

  while (altm_sql_step (sql, rows, &problem))
    json_array_append_new (devices, describe_device (rows, utc));
  if (problem == NULL)
    return g_steal_pointer (&devices);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
