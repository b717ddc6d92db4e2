/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "altm-hq-care.h"
#include "altm-hq-orders.h"
#include "altm-uuid.h"
#include "altm-world.h"

gint64
altm_hq_now (AltmWorld *self)
{
  return self->now + self->hq_clock;
}

static gboolean
is_excused (AltmWorld *self)
{
  return altm_torn_disk_is_dead (self->hq_disk) || altm_torn_disk_get_fault (self->hq_disk) != ALTM_DISK_FAULT_NONE ||
         altm_torn_disk_has_failed (self->hq_disk);
}

static GHashTable *
read_keys (AltmWorld *self)
{
  AltmSql *sql = altm_hq_store_get_sql (self->hq);
  GHashTable *keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GError) error = NULL;
  AltmRows *rows;

  altm_torn_disk_suspend (self->hq_disk);
  rows = altm_sql_query (sql, &error, "SELECT id || '/' || rev FROM journal", "");
  while (altm_sql_step (sql, rows, &error))
    g_hash_table_add (keys, g_strdup (altm_rows_text (rows, 0)));
  altm_rows_end (rows);
  altm_torn_disk_resume (self->hq_disk);
  if (error != NULL)
    altm_world_fail (self, "HQ cannot be read: %s", error->message);
  return keys;
}

/* No receipt without a commit: what HQ answered for is there after whatever happened to it. */
static void
check_promises (AltmWorld *self)
{
  g_autoptr(GHashTable) keys = read_keys (self);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->promised);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (keys, key))
      altm_world_fail (self, "HQ gave a receipt for %s and has it no more", (char *) key);
}

void
altm_hq_open (AltmWorld *self)
{
  g_autoptr(GError) error = NULL;

  self->hq = altm_hq_store_open (self->hq_path, altm_hq_now (self), &error);
  altm_world_say (self, "HQ opens: %s", error != NULL ? error->message : "good");
  self->receiver = (AltmReceiver) { self->hq, "HQ", NULL };
  if (altm_torn_disk_is_dead (self->hq_disk))
    altm_hq_go_down (self, TRUE);
  else if (self->hq != NULL)
    check_promises (self);
  else if (!is_excused (self))
    altm_world_fail (self, "HQ does not open: %s", error->message);
}

void
altm_hq_close (AltmWorld *self)
{
  g_clear_pointer (&self->hq, altm_hq_store_close);
}

void
altm_hq_go_down (AltmWorld *self, gboolean has_lost_power)
{
  altm_world_say (self, "HQ %s", has_lost_power ? "loses its power" : "is killed");
  altm_torn_disk_die (self->hq_disk);
  altm_hq_close (self);
  altm_torn_disk_revive (self->hq_disk, has_lost_power);
}

static void
promise (AltmWorld *self, const AltmRequest *request, const AltmReply *reply)
{
  g_autoptr(json_t) receipt = altm_json_parse (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body), NULL);
  const char *device = request->path + strlen ("/v1/devices/");
  g_autofree char *device_id = g_strndup (device, strcspn (device, "/"));
  AltmSql *sql = altm_hq_store_get_sql (self->hq);
  AltmRows *rows;

  if (json_array_size (json_object_get (receipt, "problems")) > 0)
    return;
  altm_torn_disk_suspend (self->hq_disk);
  rows = altm_sql_query (sql, NULL,
                         "SELECT id || '/' || rev FROM notes JOIN journal ON journal.n = notes.line"
                         " WHERE notes.device = (SELECT n FROM devices WHERE device_id = ?)",
                         "s", device_id);
  while (altm_sql_step (sql, rows, NULL))
    g_hash_table_add (self->promised, g_strdup (altm_rows_text (rows, 0)));
  altm_rows_end (rows);
  altm_torn_disk_resume (self->hq_disk);
}

static AltmAnswer *
make_answer (const AltmReply *reply)
{
  AltmAnswer *answer = altm_road_new_answer (reply->status, "");

  g_bytes_unref (answer->body);
  answer->body = g_bytes_ref (reply->body);
  answer->content_type = g_strdup (reply->content_type);
  answer->etag = g_strdup (reply->etag);
  answer->retry_after = reply->retry_after;
  return answer;
}

static gboolean
is_known (AltmWorld *self, const AltmTablet *tablet, const AltmRequest *request)
{
  g_auto(AltmHqDevice) device = { 0 };
  const char *token = request->authorization != NULL ? request->authorization + strlen ("Bearer ") : NULL;
  gboolean is_known;

  altm_torn_disk_suspend (self->hq_disk);
  is_known = altm_hq_devices_find (self->hq, token, &device);
  altm_torn_disk_resume (self->hq_disk);
  return is_known;
}

/**
 * altm_hq_answer:
 *
 * Returns: (transfer full) (nullable): HQ's answer, %NULL where none comes
 */
AltmAnswer *
altm_hq_answer (AltmWorld *self, AltmMessage *message)
{
  const AltmRequest *request = message->request;
  g_autoptr(AltmReply) reply = NULL;

  if (self->hq == NULL)
    return altm_road_new_answer (0, NULL);
  reply = altm_receiver_answer (&self->receiver, request, altm_hq_now (self));
  altm_world_say (self, "HQ answers tablet %u's %s with %u", message->tablet->n, message->step, reply->status);
  if (altm_torn_disk_is_dead (self->hq_disk))
    {
      gboolean has_lost_power = altm_chance_in (self->chance, 2);

      altm_world_count (self, has_lost_power ? "power cut of HQ" : "SIGKILL of HQ", message->step);
      altm_hq_go_down (self, has_lost_power);
      return altm_road_new_answer (0, NULL);
    }
  if (reply->status == 200 && strstr (request->path, "/batches/") != NULL)
    {
      promise (self, request, reply);
      g_ptr_array_add (self->receipts, g_bytes_ref (reply->body));
    }
  if (reply->status == 401 && is_known (self, message->tablet, request))
    altm_world_fail (self, "HQ says that it does not know tablet %u, and it does", message->tablet->n);
  if (reply->status >= 500)
    altm_world_count (self, "failing disk of HQ", message->step);
  if (reply->status >= 500 && !is_excused (self))
    altm_world_fail (self, "HQ answers %u to a %s", reply->status, message->step);
  return make_answer (reply);
}

/** altm_hq_has: whether @saved stands in HQ's journal with its bytes. */
gboolean
altm_hq_has (AltmWorld *self, const AltmSaved *saved)
{
  AltmSql *sql = altm_hq_store_get_sql (self->hq);
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, NULL, "SELECT 1 FROM journal WHERE id = ? AND rev = ? AND bytes = ?", "sib", saved->id,
                    saved->rev, saved->bytes);

  return altm_sql_step (sql, rows, NULL);
}

/** altm_hq_back_up: as `backup FILE`, while it serves. */
void
altm_hq_back_up (AltmWorld *self)
{
  g_autofree char *path = g_strdup_printf ("%s/backup-%u", self->folder, self->backups->len);
  g_autoptr(AltmHqStore) store = altm_hq_store_open_to_read (self->hq_path, NULL);
  AltmBackup *backup;

  if (store == NULL || !altm_sql_copy (altm_hq_store_get_sql (store), path, NULL))
    return;
  backup = g_new0 (AltmBackup, 1);
  backup->path = g_steal_pointer (&path);
  backup->keys = read_keys (self);
  g_ptr_array_add (self->backups, backup);
  altm_world_say (self, "HQ is backed up: %u", self->backups->len - 1);
}

/* What a system administrator does who puts an older copy of the machine in place. */
static void
put_file (AltmWorld *self, const char *from)
{
  g_autofree char *file = g_build_filename (self->hq_path, "hq.db", NULL);
  g_autofree char *log = g_strconcat (file, "-wal", NULL);
  g_autofree char *shared = g_strconcat (file, "-shm", NULL);

  g_remove (log);
  g_remove (shared);
  altm_world_copy_folder (from, file);
  self->is_quietly_restored = TRUE;
}

static void
keep_promises_of (AltmWorld *self, GHashTable *keys)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->promised);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (keys, key))
      g_hash_table_iter_remove (&iter);
}

/**
 * altm_hq_restore:
 * @by_command: by `restore FILE`, which makes a new epoch; else the file is put in place
 */
void
altm_hq_restore (AltmWorld *self, AltmBackup *backup, gboolean by_command)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *aside = NULL;

  altm_world_say (self, "HQ is restored %s", by_command ? "by its command" : "by copying a file");
  altm_torn_disk_settle (self->hq_disk);
  altm_hq_close (self);
  altm_torn_disk_settle (self->hq_disk);
  if (!by_command)
    put_file (self, backup->path);
  else if (!altm_hq_care_restore (self->hq_path, backup->path, self->now, &aside, &error))
    altm_world_fail (self, "HQ is not restored: %s", error->message);
  altm_torn_disk_settle (self->hq_disk);
  keep_promises_of (self, backup->keys);
  altm_ledger_check_gone (self, backup->keys);
  altm_hq_open (self);
}

static void
run_at_hq (AltmWorld *self, const char *sql)
{
  altm_torn_disk_suspend (self->hq_disk);
  g_assert_cmpint (sqlite3_exec (altm_sql_get_handle (altm_hq_store_get_sql (self->hq)), sql, NULL, NULL, NULL), ==, SQLITE_OK);
  altm_torn_disk_resume (self->hq_disk);
}

/** altm_hq_bring_lists: a version with one more theme; HQ reads its lists when it opens. */
void
altm_hq_bring_lists (AltmWorld *self)
{
  g_autofree char *sql = g_strdup_printf (
    "INSERT INTO lists SELECT version + 1, json_set (body, '$.version', version + 1, '$.vocabulary.theme[#]',"
    " json_object ('code', 'theme_%u', 'label_fr', 'Nouveau', 'label_en', 'New'))"
    " FROM lists ORDER BY version DESC LIMIT 1",
    self->lists++);

  run_at_hq (self, sql);
  altm_hq_close (self);
  altm_hq_open (self);
}

/** altm_hq_tell_news: a referral's status was set at HQ. */
void
altm_hq_tell_news (AltmWorld *self, AltmTablet *tablet)
{
  g_autofree char *device = altm_store_get_setting (tablet->store, "device_id");
  g_autofree char *sql = g_strdup_printf (
    "INSERT INTO news (device, id, kind, body) SELECT n, 'news-%u', 'message', json_object ('id', 'news-%u', 'kind',"
    " 'message', 'at', '2026-11-24T17:00:00Z', 'text', 'Bonjour') FROM devices WHERE device_id = '%s'",
    self->news, self->news, device);

  self->news++;
  run_at_hq (self, sql);
}

/** altm_hq_revoke: the tablet is reported lost. */
void
altm_hq_revoke (AltmWorld *self, AltmTablet *tablet)
{
  g_autofree char *device = altm_store_get_setting (tablet->store, "device_id");
  g_autofree char *sql = g_strdup_printf ("UPDATE devices SET revoked_at = 1 WHERE device_id = '%s'", device);

  altm_world_say (self, "tablet %u is revoked", tablet->n);
  run_at_hq (self, sql);
  tablet->is_refused = TRUE;
}

/** altm_hq_wipe: the tablet was stolen. */
void
altm_hq_wipe (AltmWorld *self, AltmTablet *tablet)
{
  g_autofree char *device = altm_store_get_setting (tablet->store, "device_id");
  const AltmHqOrder order = { device, "direction", "stolen", altm_hq_now (self) };
  g_autofree char *done = NULL;
  g_autoptr(GError) error = NULL;

  altm_world_say (self, "tablet %u is to be wiped", tablet->n);
  done = device != NULL ? altm_hq_orders_wipe (self->hq, &order, &error) : NULL;
  if (error != NULL && !is_excused (self) && error->domain != ALTM_HQ_ORDERS_ERROR)
    altm_world_fail (self, "HQ orders no wipe: %s", error->message);
}

/** altm_hq_has_revoked: also where a tablet is a copy of one that was. */
gboolean
altm_hq_has_revoked (AltmWorld *self, AltmTablet *tablet)
{
  g_autofree char *device = altm_store_get_setting (tablet->store, "device_id");

  return altm_sql_get_integer (altm_hq_store_get_sql (self->hq), 0,
                               "SELECT revoked_at IS NOT NULL FROM devices WHERE device_id = ?", "s", device);
}
