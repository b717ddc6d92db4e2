/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-follow-ups.h"

#include "altm-store-reader.h"

struct _AltmFollowUps
{
  GObject parent_instance;

  AltmWorker *reader;
  GPtrArray *list;
  AltmDay day;
  char *told;
  gint64 now;
  gboolean is_reading;
  gboolean is_stale;
};

G_DEFINE_FINAL_TYPE (AltmFollowUps, altm_follow_ups, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What the reading thread is asked, and what it found. */
typedef struct
{
  gint64 now;
  GPtrArray *list;
  AltmDay day;
  char *told;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *self = data;

  g_clear_pointer (&self->list, g_ptr_array_unref);
  g_free (self->told);
  g_free (self);
}

static gpointer
read_all (gpointer thing, gpointer data, GError **error)
{
  const Reading *asked = data;
  AltmStore *store = altm_store_reader_get_store (thing, error);
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr(GPtrArray) list = store == NULL ? NULL : altm_follow_up_list (store, asked->now, zone, error);
  Reading *found;

  if (list == NULL)
    return NULL;
  found = g_new0 (Reading, 1);
  found->list = g_steal_pointer (&list);
  found->told = altm_store_get_setting (store, "due_told");
  altm_day_load (store, asked->now, zone, &found->day);
  return found;
}

static void
adopt (AltmFollowUps *self, Reading *reading)
{
  g_clear_pointer (&self->list, g_ptr_array_unref);
  self->list = g_steal_pointer (&reading->list);
  self->day = reading->day;
  g_free (self->told);
  self->told = g_steal_pointer (&reading->told);
  reading_free (reading);
}

static void read_now (AltmFollowUps *self);

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(AltmFollowUps) self = user_data;
  g_autoptr(GError) error = NULL;
  Reading *reading = altm_worker_run_finish (result, &error);

  self->is_reading = FALSE;
  if (reading == NULL)
    g_warning ("The referrals to follow up cannot be read: %s", error->message);
  else
    adopt (self, reading);
  if (self->is_stale)
    read_now (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
read_now (AltmFollowUps *self)
{
  Reading *asked = g_new0 (Reading, 1);

  asked->now = self->now;
  self->is_stale = FALSE;
  self->is_reading = TRUE;
  altm_worker_run_async (self->reader, read_all, asked, reading_free, reading_free, read_cb, g_object_ref (self));
}

/**
 * altm_follow_ups_refresh:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Looks at the store again; calls while that goes on are answered by one more reading.
 */
void
altm_follow_ups_refresh (AltmFollowUps *self, gint64 now)
{
  self->now = now;
  self->is_stale = self->is_reading;
  if (!self->is_reading)
    read_now (self);
}

/**
 * altm_follow_ups_get_list:
 *
 * Returns: (transfer none) (element-type AltmFollowUp): see altm_follow_up_list(); empty before the first reading, and
 *   good until the next #AltmFollowUps::changed
 */
GPtrArray *
altm_follow_ups_get_list (AltmFollowUps *self)
{
  return self->list;
}

/**
 * altm_follow_ups_find:
 * @id: of a referral
 *
 * Returns: (nullable) (transfer none): it, until the next #AltmFollowUps::changed
 */
const AltmFollowUp *
altm_follow_ups_find (AltmFollowUps *self, const char *id)
{
  for (guint i = 0; i < self->list->len; i++)
    if (g_strcmp0 (((AltmFollowUp *) self->list->pdata[i])->id, id) == 0)
      return self->list->pdata[i];
  return NULL;
}

/**
 * altm_follow_ups_count_due:
 *
 * Returns: how many are due today or since earlier
 */
guint
altm_follow_ups_count_due (AltmFollowUps *self)
{
  guint n_due = 0;

  for (guint i = 0; i < self->list->len; i++)
    n_due += altm_follow_up_is_due (self->list->pdata[i]);
  return n_due;
}

/**
 * altm_follow_ups_get_day:
 *
 * Returns: (transfer none): what was recorded today
 */
const AltmDay *
altm_follow_ups_get_day (AltmFollowUps *self)
{
  return &self->day;
}

/**
 * altm_follow_ups_get_told:
 *
 * Returns: (nullable) (transfer none): the day on which what is due was told last, YYYY-MM-DD
 */
const char *
altm_follow_ups_get_told (AltmFollowUps *self)
{
  return self->told;
}

static void
altm_follow_ups_finalize (GObject *object)
{
  AltmFollowUps *self = ALTM_FOLLOW_UPS (object);

  g_clear_pointer (&self->reader, altm_worker_unref);
  g_clear_pointer (&self->list, g_ptr_array_unref);
  g_free (self->told);
  G_OBJECT_CLASS (altm_follow_ups_parent_class)->finalize (object);
}

static void
altm_follow_ups_class_init (AltmFollowUpsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = altm_follow_ups_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
altm_follow_ups_init (AltmFollowUps *self)
{
  self->list = g_ptr_array_new ();
}

/**
 * altm_follow_ups_new:
 * @directory: the store's folder, which exists once altm_follow_ups_refresh() is called
 *
 * Returns: (transfer full): what reads it when altm_follow_ups_refresh() asks for it
 */
AltmFollowUps *
altm_follow_ups_new (const char *directory)
{
  AltmFollowUps *self = g_object_new (ALTM_TYPE_FOLLOW_UPS, NULL);

  self->reader = altm_store_reader_new (directory);
  return self;
}
