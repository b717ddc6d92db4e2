/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-shift.h"

#include <string.h>

#include "altm-flow-private.h"
#include "altm-outbox-private.h"
#include "altm-shift-private.h"
#include "altm-store-private.h"
#include "altm-time.h"
#include "altm-uuid.h"

/**
 * altm_shift_free:
 * @self: (nullable): freed
 */
void
altm_shift_free (AltmShift *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->channel);
  g_free (self->place);
  g_free (self->by);
  g_clear_pointer (&self->partners, json_decref);
  g_free (self);
}

/* The setting `shift` is the last shift as one JSON object, `ended` once it has ended. */
static json_t *
load_setting (AltmStore *store)
{
  g_autofree char *text = altm_store_get_setting (store, "shift");

  return text != NULL ? altm_json_parse (text, strlen (text), NULL) : NULL;
}

static gboolean
save_setting (AltmStore *store, json_t *shift, GError **error)
{
  g_autofree char *text = altm_json_write (shift);

  return altm_store_set_setting (store, "shift", text, error);
}

static gboolean
queue_shift (AltmStore *store, json_t *shift, const char *ended, gint64 now, GError **error)
{
  g_autoptr(json_t) data = json_object ();
  AltmEntry entry = { .type = "shift", .data = data };

  entry.id = altm_json_get_string (shift, "id");
  entry.place = altm_json_get_string (shift, "place");
  entry.by = altm_json_get_string (shift, "by");
  json_object_set (data, "channel", json_object_get (shift, "channel"));
  if (json_array_size (json_object_get (shift, "partners")) > 0)
    json_object_set (data, "partners", json_object_get (shift, "partners"));
  if (ended != NULL)
    json_object_set_new (data, "ended", json_string (ended));
  return altm_outbox_add_within (store, &entry, 1, now, NULL, error) &&
         save_setting (store, shift, error);
}

static gboolean
end_within (AltmStore *store, json_t *shift, gint64 now, GError **error)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *ended = altm_time_format (now, zone);

  json_object_set_new (shift, "ended", json_integer (now));
  return altm_flow_queue_within (store, TRUE, now, error) && queue_shift (store, shift, ended, now, error);
}

static gboolean
is_running (json_t *shift)
{
  return shift != NULL && json_object_get (shift, "ended") == NULL;
}

/**
 * altm_shift_start:
 * @channel: a code of the list canal
 * @place: the id of a place
 * @by: (nullable): the mediator's code
 * @partners: (nullable): an array of mediators' codes
 * @now: microseconds since 1970-01-01 UTC
 *
 * Starts a shift and queues its record, in one transaction; one that still ran is ended first.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_RECORD_ERROR or %ALTM_STORE_ERROR
 */
gboolean
altm_shift_start (AltmStore *store, const char *channel, const char *place, const char *by,
                  json_t *partners, gint64 now, GError **error)
{
  g_autofree char *id = altm_uuid_new_v7 (now);
  g_autoptr(json_t) last = load_setting (store);
  g_autoptr(json_t) shift = json_pack ("{s:s, s:s, s:s, s:I, s:s*, s:O*}", "id", id, "channel", channel,
                                       "place", place, "start", (json_int_t) now, "by", by, "partners",
                                       partners);
  gboolean is_good;

  if (!altm_store_begin (store, error))
    return FALSE;
  is_good = (!is_running (last) || end_within (store, last, now, error)) &&
            queue_shift (store, shift, NULL, now, error);
  return altm_store_end (store, is_good, error);
}

/**
 * altm_shift_end:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Ends the running shift: queues what was counted in it and its own new revision.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_MISSING where none runs, or another error
 */
gboolean
altm_shift_end (AltmStore *store, gint64 now, GError **error)
{
  g_autoptr(json_t) shift = load_setting (store);

  if (!is_running (shift))
    {
      g_set_error_literal (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING, "no shift is running");
      return FALSE;
    }
  return altm_store_begin (store, error) &&
         altm_store_end (store, end_within (store, shift, now, error), error);
}

/* The last shift goes on, and ends, at that place; another one is none of this. */
gboolean
altm_shift_set_place_within (AltmStore *store, const char *id, const char *place, GError **error)
{
  g_autoptr(json_t) shift = load_setting (store);

  if (g_strcmp0 (altm_json_get_string (shift, "id"), id) != 0)
    return TRUE;
  json_object_set_new (shift, "place", json_string (place));
  return save_setting (store, shift, error);
}

static gint64
count_since (AltmStore *store, const char *type, const AltmShift *shift, gint64 end)
{
  return altm_sql_get_integer (altm_store_get_sql (store), 0,
                               "SELECT COUNT (*) FROM lines WHERE is_latest AND time BETWEEN ? AND ?"
                               " AND type = ? AND NOT is_deleted",
                               "iis", shift->start, end, type);
}

/**
 * altm_shift_load_last:
 *
 * Returns: (transfer full) (nullable): the shift that runs, else the last one, with what was
 *   recorded in it; %NULL where there has been none
 */
AltmShift *
altm_shift_load_last (AltmStore *store)
{
  g_autoptr(json_t) setting = load_setting (store);
  g_autoptr(AltmShift) shift = NULL;
  gint64 end;

  if (setting == NULL)
    return NULL;
  shift = g_new0 (AltmShift, 1);
  shift->id = g_strdup (altm_json_get_string (setting, "id"));
  shift->channel = g_strdup (altm_json_get_string (setting, "channel"));
  shift->place = g_strdup (altm_json_get_string (setting, "place"));
  shift->by = g_strdup (altm_json_get_string (setting, "by"));
  shift->partners = json_incref (json_object_get (setting, "partners"));
  shift->start = altm_json_get_integer (setting, "start", 0);
  shift->is_running = is_running (setting);
  end = altm_json_get_integer (setting, "ended", G_MAXINT64);
  shift->contacts = count_since (store, "contact", shift, end);
  shift->referrals = count_since (store, "referral", shift, end);
  shift->counted = altm_sql_get_integer (altm_store_get_sql (store), 0,
                                         "SELECT SUM (count) FROM flow_counts JOIN flow_slots USING (office, slot)"
                                         " WHERE code = 'entres' AND shift = ?",
                                         "s", shift->id);
  return g_steal_pointer (&shift);
}
