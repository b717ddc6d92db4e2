/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-follow-up.h"

#include "altm-latest.h"
#include "altm-store-private.h"
#include "altm-time.h"
#include "altm-word.h"

/* For how long what HQ said of a referral is news. */
#define NEWS_LASTS (2 * G_TIME_SPAN_DAY)

/* What became of these is known: nobody has to ask again. */
static const char *const closed_statuses[] = { "refusee", "prise_en_charge", "sans_retour", "close", NULL };

/**
 * altm_follow_up_free:
 * @self: (nullable): freed
 */
void
altm_follow_up_free (AltmFollowUp *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->place);
  g_free (self->structure);
  g_free (self->structure_type);
  g_free (self->reference);
  g_free (self->status);
  g_free (self->hq_status);
  g_free (self);
}

/**
 * altm_follow_up_is_closed:
 * @status: (nullable): a code of the list orientation_statut
 *
 * Returns: whether nothing more is awaited; a code that this version does not know is open
 */
gboolean
altm_follow_up_is_closed (const char *status)
{
  return status != NULL && g_strv_contains (closed_statuses, status);
}

/**
 * altm_follow_up_is_due:
 *
 * Returns: whether the structure or the person is to be asked again, today or since earlier
 */
gboolean
altm_follow_up_is_due (const AltmFollowUp *self)
{
  return self->kind == ALTM_FOLLOW_UP_OVERDUE || self->kind == ALTM_FOLLOW_UP_TODAY;
}

/**
 * altm_follow_up_is_news:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: whether HQ had the last word on it, in the last two days
 */
gboolean
altm_follow_up_is_news (const AltmFollowUp *self, gint64 now)
{
  return self->is_hq_newer && now - self->hq_time < NEWS_LASTS;
}

static void
set_day (GDate *day, gint64 time, GTimeZone *zone)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = g_date_time_to_timezone (utc, zone);

  g_date_clear (day, 1);
  g_date_set_dmy (day, (GDateDay) g_date_time_get_day_of_month (local), (GDateMonth) g_date_time_get_month (local),
                  (GDateYear) g_date_time_get_year (local));
}

static gboolean
parse_day (GDate *day, const char *text)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  gint64 time;

  if (!altm_date_parse (text, utc, &time))
    return FALSE;
  set_day (day, time, utc);
  return TRUE;
}

static char *
format_day (const GDate *day)
{
  return g_strdup_printf ("%04d-%02d-%02d", g_date_get_year (day), g_date_get_month (day), g_date_get_day (day));
}

/**
 * altm_follow_up_format_day:
 * @now: microseconds since 1970-01-01 UTC
 * @days: how many days after the one of @now
 * @zone: in which the days are told; days are those of the calendar, of whatever length
 *
 * Returns: (transfer full): that day, YYYY-MM-DD
 */
char *
altm_follow_up_format_day (gint64 now, int days, GTimeZone *zone)
{
  GDate day;

  set_day (&day, now, zone);
  if (days > 0)
    g_date_add_days (&day, (guint) days);
  return format_day (&day);
}

static void
take_status (AltmFollowUp *self, json_t *data, const AltmWord *word, AltmState state, gint64 settled_at, gint64 skew)
{
  const char *status = altm_json_get_string (data, "status");

  if (word != NULL)
    {
      self->hq_status = g_strdup (word->status);
      self->hq_time = word->time;
      self->is_hq_newer = altm_word_is_last (word, state, settled_at, skew);
    }
  self->status = g_strdup (self->is_hq_newer ? word->status : status);
}

static void
take_due (AltmFollowUp *self, json_t *data, const GDate *today, GTimeZone *zone)
{
  if (!parse_day (&self->due, altm_json_get_string (data, "due")))
    {
      set_day (&self->due, self->time, zone);
      g_date_add_days (&self->due, ALTM_FOLLOW_UP_DAYS);
    }
  self->days = g_date_days_between (today, &self->due);
  if (altm_follow_up_is_closed (self->status))
    self->kind = ALTM_FOLLOW_UP_CLOSED;
  else if (self->days < 0)
    self->kind = ALTM_FOLLOW_UP_OVERDUE;
  else
    self->kind = self->days == 0 ? ALTM_FOLLOW_UP_TODAY : ALTM_FOLLOW_UP_LATER;
}

static AltmFollowUp *
read_row (AltmRows *rows, GHashTable *words, gint64 skew, const GDate *today, GTimeZone *zone)
{
  g_autoptr(AltmFollowUp) self = g_new0 (AltmFollowUp, 1);
  g_auto(AltmLine) line = { NULL };

  if (!altm_line_read (&line, sqlite3_column_blob (rows, 0), (gsize) sqlite3_column_bytes (rows, 0), NULL) ||
      line.is_deleted || line.data == NULL)
    return NULL;
  self->id = g_strdup (line.id);
  self->time = line.time;
  self->place = g_strdup (line.place);
  self->structure = g_strdup (altm_json_get_string (line.data, "structure"));
  self->structure_type = g_strdup (altm_json_get_string (line.data, "structure_type"));
  self->reference = g_strdup (altm_json_get_string (line.data, "reference"));
  take_status (self, line.data, g_hash_table_lookup (words, line.id), (AltmState) sqlite3_column_int (rows, 1),
               sqlite3_column_int64 (rows, 2), skew);
  take_due (self, line.data, today, zone);
  return g_steal_pointer (&self);
}

/* What is due longest first; of what is closed, what was closed or made last. */
static int
compare (gconstpointer a, gconstpointer b)
{
  const AltmFollowUp *one = *(const AltmFollowUp *const *) a, *other = *(const AltmFollowUp *const *) b;

  if (one->kind != other->kind)
    return one->kind < other->kind ? -1 : 1;
  if (one->kind != ALTM_FOLLOW_UP_CLOSED && one->days != other->days)
    return one->days < other->days ? -1 : 1;
  if (one->kind == ALTM_FOLLOW_UP_CLOSED)
    return MAX (one->time, one->hq_time) > MAX (other->time, other->hq_time) ? -1 : 1;
  return one->time < other->time ? -1 : 1;
}

static void
free_item (gpointer data)
{
  altm_follow_up_free (data);
}

/**
 * altm_follow_up_list:
 * @now: microseconds since 1970-01-01 UTC
 * @zone: in which the days are told
 *
 * Reads the latest %ALTM_FOLLOW_UPS_READ referrals that were not withdrawn, with HQ's last word on each. In a thread
 * that owns @store.
 *
 * Returns: (transfer full) (element-type AltmFollowUp) (nullable): what is overdue, due today, due later, and closed,
 *   in this order; %NULL with an %ALTM_STORE_ERROR
 */
GPtrArray *
altm_follow_up_list (AltmStore *store, gint64 now, GTimeZone *zone, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func (free_item);
  g_autoptr(GHashTable) words = altm_word_load_all (store, error);
  g_autoptr(AltmRows) rows = NULL;
  g_autoptr(GError) problem = NULL;
  gint64 skew = altm_store_get_skew (store);
  GDate today;

  if (words == NULL)
    return NULL;
  set_day (&today, now, zone);
  rows = altm_sql_query (sql, &problem,
                         "SELECT bytes, state, settled_at FROM lines WHERE is_latest AND type = 'referral'"
                         " ORDER BY time DESC LIMIT ?",
                         "i", (gint64) ALTM_FOLLOW_UPS_READ);
  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    {
      AltmFollowUp *found = read_row (rows, words, skew, &today, zone);

      if (found != NULL)
        g_ptr_array_add (list, found);
    }
  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  g_ptr_array_sort (list, compare);
  return g_steal_pointer (&list);
}

static gboolean
check_is_there (const AltmLatest *latest, const char *id, GError **error)
{
  if (!latest->line.is_deleted && g_strcmp0 (latest->line.type, "referral") == 0)
    return TRUE;
  g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING, "There is no referral %s", id);
  return FALSE;
}

/* Never the type of another structure. */
static void
set_structure (json_t *data, const AltmFollowUpChange *change)
{
  if (change->structure_type == NULL)
    return;
  json_object_set_new (data, "structure_type", json_string (change->structure_type));
  json_object_del (data, "structure");
  if (change->structure != NULL)
    json_object_set_new (data, "structure", json_string (change->structure));
}

/**
 * altm_follow_up_change:
 * @id: of a referral
 * @change: what the mediator says of it
 * @now: microseconds since 1970-01-01 UTC
 *
 * Queues a new revision of the referral with the fields of the latest one, whichever page was looking at an older
 * one: what names the person stays as it is, sealed, and so does the agreement. Where @change says nothing of the
 * status, HQ's stays if it was the last word.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_MISSING where there is no such referral, %ALTM_RECORD_ERROR where it
 *   is refused, or another #AltmStoreError; nothing was saved then
 */
gboolean
altm_follow_up_change (AltmStore *store, const char *id, const AltmFollowUpChange *change, gint64 now, GError **error)
{
  g_autoptr(AltmLatest) latest = altm_latest_load (store, id, error);
  g_autoptr(json_t) data = NULL;
  AltmEntry entry = { 0 };

  if (latest == NULL || !check_is_there (latest, id, error))
    return FALSE;
  data = json_deep_copy (latest->line.data);
  if (!altm_word_adopt (store, &latest->line, latest->state, data, error))
    return FALSE;
  if (change->status != NULL)
    json_object_set_new (data, "status", json_string (change->status));
  if (change->due != NULL)
    json_object_set_new (data, "due", json_string (change->due));
  set_structure (data, change);
  entry.type = latest->line.type;
  entry.id = id;
  entry.by = latest->line.by;
  entry.shift = latest->line.shift;
  entry.data = data;
  return altm_outbox_add (store, &entry, 1, now, NULL, error);
}
