/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sodium.h>
#include <glib/gstdio.h>
#include <string.h>

#include "altm-flow.h"
#include "altm-notes.h"
#include "altm-store-private.h"
#include "altm-time.h"
#include "altm-uuid.h"
#include "altm-world.h"

#define OFFICE "12945A"
#define COUNTER "entres"
#define PLACE "QN06913M"

void
altm_pressed_free (AltmPressed *self)
{
  g_free (self->type);
  g_free (self->id);
  g_free (self->referral_id);
  g_clear_pointer (&self->data, json_decref);
  g_clear_pointer (&self->private, json_decref);
  g_clear_pointer (&self->referral, json_decref);
  g_free (self);
}

static GHashTable *
new_taps (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static GHashTable *
copy_taps (GHashTable *taps)
{
  GHashTable *copy = new_taps ();
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, taps);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (copy, g_strdup (key), value);
  return copy;
}

/**
 * altm_tablet_new:
 *
 * Returns: (transfer none): another tablet of the world's, off and not enrolled
 */
AltmTablet *
altm_tablet_new (AltmWorld *world)
{
  AltmTablet *self = g_new0 (AltmTablet, 1);

  self->world = world;
  self->n = world->tablets->len;
  self->folder = g_strdup_printf ("%s/tablet-%u", world->folder, self->n);
  self->path = g_build_filename (self->folder, "store", NULL);
  g_assert_cmpint (g_mkdir (self->folder, 0700), ==, 0);
  self->disk = altm_torn_disks_add (world->disks, self->folder);
  self->taps = new_taps ();
  self->maybe = new_taps ();
  self->again = g_ptr_array_new_with_free_func ((GDestroyNotify) altm_pressed_free);
  g_ptr_array_add (world->tablets, self);
  return self;
}

gint64
altm_tablet_now (AltmTablet *self)
{
  return self->world->now + self->clock;
}

/**
 * altm_tablet_excuses:
 * @error: what an operation of this tablet's said
 *
 * Returns: whether its disk was failing; if not, the error is one
 */
gboolean
altm_tablet_excuses (AltmTablet *self, const GError *error, const char *what)
{
  gboolean is_excused = altm_torn_disk_is_dead (self->disk) || altm_torn_disk_get_fault (self->disk) != ALTM_DISK_FAULT_NONE ||
                        altm_torn_disk_has_failed (self->disk);

  if (!is_excused)
    altm_world_fail (self->world, "tablet %u: %s: %s", self->n, what, error != NULL ? error->message : "nothing");
  return is_excused;
}

/* A tablet that was emptied shows nothing any more, and is nobody's. */
static void
notice_emptied (AltmTablet *self)
{
  g_autofree char *device = NULL;
  gboolean was_enrolled = self->is_enrolled;

  altm_torn_disk_suspend (self->disk);
  device = altm_store_get_setting (self->store, "device_id");
  altm_torn_disk_resume (self->disk);
  self->is_enrolled = device != NULL;
  if (device != NULL || !was_enrolled)
    return;
  altm_world_say (self->world, "tablet %u is empty", self->n);
  altm_ledger_let_go (self);
  self->is_refused = TRUE;
}

void
altm_tablet_open (AltmTablet *self)
{
  g_autoptr(GError) error = NULL;

  self->store = altm_store_open (self->path, &error);
  altm_world_say (self->world, "tablet %u opens: %s", self->n, error != NULL ? error->message : "good");
  if (altm_torn_disk_is_dead (self->disk))
    altm_tablet_go_down (self, TRUE);
  else if (self->store == NULL)
    altm_tablet_excuses (self, error, "does not open");
  else
    {
      notice_emptied (self);
      altm_ledger_check_tablet (self);
    }
}

/** altm_tablet_close: the app is closed as it should be. */
void
altm_tablet_close (AltmTablet *self)
{
  g_clear_pointer (&self->push, altm_push_free);
  self->exchange = 0;
  g_clear_pointer (&self->store, altm_store_close);
}

/** altm_tablet_go_down: it was killed, or lost its power; it is off afterwards. */
void
altm_tablet_go_down (AltmTablet *self, gboolean has_lost_power)
{
  altm_world_say (self->world, "tablet %u %s", self->n, has_lost_power ? "loses its power" : "is killed");
  altm_world_count (self->world, has_lost_power ? "power cut of a tablet" : "SIGKILL of a tablet",
                    self->exchange != 0 ? self->step : "record");
  altm_torn_disk_die (self->disk);
  altm_tablet_close (self);
  altm_torn_disk_revive (self->disk, has_lost_power);
}

/** altm_tablet_enrol: with a new code, as the enrolment does it once HQ has answered. */
void
altm_tablet_enrol (AltmTablet *self)
{
  AltmWorld *world = self->world;
  g_auto(AltmHqEnrolment) device = { NULL };
  g_autoptr(GError) error = NULL;
  g_autofree char *install_id = altm_uuid_new_v4 ();
  g_autofree char *code = altm_hq_devices_new_code (world->hq, altm_hq_now (world), &error);

  if (code == NULL || !altm_hq_devices_enrol (world->hq, code, "tablet", install_id, altm_hq_now (world), &device, &error))
    return;
  {
    const AltmSetting settings[] = { { "device_id", device.device_id },
                                     { "token", device.token },
                                     { "epoch", altm_hq_store_get_epoch (world->hq) },
                                     { "install_id", install_id },
                                     { "seal_key", altm_hq_store_get_seal_key (world->hq) },
                                     { "lists_tag", NULL },
                                     { "wiping", NULL },
                                     { "wiped", NULL } };

    if (altm_notes_restart (self->store, settings, G_N_ELEMENTS (settings), &error))
      {
        self->is_enrolled = TRUE;
        self->is_refused = FALSE;
      }
    else
      altm_tablet_excuses (self, error, "is not enrolled");
  }
  altm_world_say (world, "tablet %u is enrolled as %s", self->n, device.device_id);
}

/** altm_tablet_take_stock: what is on its disk and was not there before is seen in the journal. */
void
altm_tablet_take_stock (AltmTablet *self)
{
  AltmSql *sql = altm_store_get_sql (self->store);
  g_autoptr(GError) error = NULL;
  AltmRows *rows;

  altm_torn_disk_suspend (self->disk);
  rows = altm_sql_query (sql, &error, "SELECT seq, id, rev, type, bytes FROM lines WHERE seq > ? ORDER BY seq", "i", self->seen);
  while (altm_sql_step (sql, rows, &error))
    {
      g_autoptr(GBytes) bytes = altm_rows_bytes (rows, 4);

      altm_ledger_add (self, altm_rows_text (rows, 1), sqlite3_column_int64 (rows, 2), altm_rows_text (rows, 3), bytes);
      self->seen = sqlite3_column_int64 (rows, 0);
    }
  altm_rows_end (rows);
  altm_torn_disk_resume (self->disk);
  if (error != NULL)
    altm_world_fail (self->world, "tablet %u cannot be read: %s", self->n, error->message);
}

static gboolean
save (AltmTablet *self, const AltmPressed *pressed, GError **error)
{
  AltmEntry entries[] = {
    { .type = pressed->type, .id = pressed->id, .rev = pressed->is_new, .is_deleted = pressed->is_deleted,
      .place = PLACE, .data = pressed->data, .private = pressed->private },
    { .type = "referral", .id = pressed->referral_id, .rev = 1, .place = PLACE, .data = pressed->referral },
  };
  g_auto(GStrv) ids = NULL;

  return altm_outbox_add (self->store, entries, pressed->referral != NULL ? 2 : 1, altm_tablet_now (self), &ids, error);
}

/**
 * altm_tablet_press:
 * @pressed: (transfer full): what a mediator saves
 *
 * Saved, it is in the ledger; where nobody said so, it is pressed again later, from its draft where the
 * tablet went down.
 */
void
altm_tablet_press (AltmTablet *self, AltmPressed *pressed)
{
  g_autoptr(GError) error = NULL;
  gboolean is_saved = save (self, pressed, &error);

  altm_world_say (self->world, "tablet %u saves a %s: %s", self->n, pressed->type, error != NULL ? error->message : "good");
  if (altm_torn_disk_is_dead (self->disk))
    altm_tablet_go_down (self, altm_chance_in (self->world->chance, 2));
  else if (is_saved)
    {
      altm_tablet_take_stock (self);
      altm_pressed_free (pressed);
      return;
    }
  else if (altm_tablet_excuses (self, error, "a good record is refused"))
    altm_world_count (self->world, "failing disk of a tablet", "record");
  g_ptr_array_add (self->again, pressed);
}

static void
count_tap (GHashTable *taps, const char *slot)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (taps, slot));

  g_hash_table_replace (taps, g_strdup (slot), GUINT_TO_POINTER (n + 1));
}

/** altm_tablet_tap: a client is counted. */
void
altm_tablet_tap (AltmTablet *self)
{
  gint64 now = altm_tablet_now (self);
  g_autofree char *slot = g_strdup_printf ("%" G_GINT64_FORMAT, now / (15 * G_TIME_SPAN_MINUTE));
  g_autoptr(GError) error = NULL;
  gboolean is_counted = altm_flow_count (self->store, OFFICE, COUNTER, 1, now, &error);

  if (altm_torn_disk_is_dead (self->disk))
    {
      count_tap (self->maybe, slot);
      altm_tablet_go_down (self, altm_chance_in (self->world->chance, 2));
    }
  else if (is_counted)
    count_tap (self->taps, slot);
  else if (altm_tablet_excuses (self, error, "a tap is refused"))
    count_tap (self->maybe, slot);
}

static void
end_push (AltmTablet *self, const GError *error)
{
  altm_world_say (self->world, "tablet %u ends its push: %s", self->n, error != NULL ? error->message : "done");
  if (g_error_matches (error, ALTM_PUSH_ERROR, ALTM_PUSH_ERROR_NOT_ENROLLED))
    self->is_refused = TRUE;
  else if (error != NULL && error->domain == ALTM_STORE_ERROR && !altm_torn_disk_is_dead (self->disk))
    altm_tablet_excuses (self, error, "a push fails");
  g_clear_pointer (&self->push, altm_push_free);
  self->exchange = 0;
  if (!altm_torn_disk_is_dead (self->disk))
    notice_emptied (self);
}

static void
go_on (AltmTablet *self, GError *problem)
{
  g_autoptr(GError) error = problem;
  g_autoptr(AltmCall) call = error == NULL ? altm_push_next (self->push, altm_tablet_now (self), &error) : NULL;

  /* A tablet that is to be emptied queues what was counted meanwhile. */
  if (call != NULL && !altm_torn_disk_is_dead (self->disk))
    altm_tablet_take_stock (self);
  if (call != NULL)
    altm_road_send (self, call);
  else
    end_push (self, error);
  if (altm_torn_disk_is_dead (self->disk))
    altm_tablet_go_down (self, altm_chance_in (self->world->chance, 2));
}

/** altm_tablet_begin_push: it sends what waits, the running slot of client flow included. */
void
altm_tablet_begin_push (AltmTablet *self)
{
  GError *error = NULL;

  self->push = altm_push_new (self->store);
  if (self->is_handed_over)
    altm_push_hand_over (self->push);
  self->is_handed_over = FALSE;
  if (altm_flow_queue (self->store, TRUE, altm_tablet_now (self), &error) && !altm_torn_disk_is_dead (self->disk))
    altm_tablet_take_stock (self);
  go_on (self, error);
}

/** altm_tablet_take_answer: to the call that it waits for. */
void
altm_tablet_take_answer (AltmTablet *self, const AltmAnswer *answer)
{
  GError *error = NULL;

  self->exchange = 0;
  altm_push_take (self->push, answer, altm_tablet_now (self), &error);
  go_on (self, error);
}

/** altm_tablet_keep_image: its disk is copied while it is off. */
void
altm_tablet_keep_image (AltmTablet *self)
{
  AltmWorld *world = self->world;
  AltmImage *image = g_new0 (AltmImage, 1);

  altm_tablet_take_stock (self);
  altm_tablet_close (self);
  image->folder = g_strdup_printf ("%s/image-%u", world->folder, world->images->len);
  image->tablet = self->n;
  image->is_enrolled = self->is_enrolled;
  image->seen = self->seen;
  image->taps = copy_taps (self->taps);
  image->maybe = copy_taps (self->maybe);
  altm_world_copy_folder (self->folder, image->folder);
  for (guint i = 0; i < world->saved->len; i++)
    {
      AltmSaved *saved = g_ptr_array_index (world->saved, i);

      if (saved->tablets & (G_GUINT64_CONSTANT (1) << self->n))
        saved->tablets |= G_GUINT64_CONSTANT (1) << (32 + world->images->len);
    }
  g_ptr_array_add (world->images, image);
  altm_world_say (world, "tablet %u is copied to image %u", self->n, world->images->len - 1);
}

static guint
index_of (AltmWorld *world, AltmImage *image)
{
  guint index = 0;

  g_assert (g_ptr_array_find (world->images, image, &index));
  return index;
}

/** altm_tablet_restore: an image is put on its disk, in place of what was there. */
void
altm_tablet_restore (AltmTablet *self, AltmImage *image)
{
  AltmWorld *world = self->world;
  guint64 own = G_GUINT64_CONSTANT (1) << self->n;
  guint64 copied = G_GUINT64_CONSTANT (1) << (32 + index_of (world, image));

  altm_world_say (world, "image %u is put on tablet %u", index_of (world, image), self->n);
  altm_tablet_close (self);
  altm_torn_disk_settle (self->disk);
  altm_world_copy_folder (image->folder, self->folder);
  self->is_enrolled = image->is_enrolled;
  self->seen = image->seen;
  g_hash_table_unref (self->taps);
  g_hash_table_unref (self->maybe);
  self->taps = copy_taps (image->taps);
  self->maybe = copy_taps (image->maybe);
  g_ptr_array_set_size (self->again, 0);
  for (guint i = 0; i < world->saved->len; i++)
    {
      AltmSaved *saved = g_ptr_array_index (world->saved, i);

      saved->tablets = (saved->tablets & ~own) | (saved->tablets & copied ? own : 0);
    }
}
