/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-daily-notice.h"

#include <glib/gi18n.h>

#include "altm-daily.h"

struct _AltmDailyNotice
{
  GObject parent_instance;

  GApplication *application; /* which owns this */
  AltmSession *session;
  AltmDailyNoticeKind kind;
  char *day;
  guint number;
  gboolean is_shown;
};

G_DEFINE_FINAL_TYPE (AltmDailyNotice, altm_daily_notice, G_TYPE_OBJECT)

static guint
count_due (AltmSession *session, gint64 now)
{
  return altm_follow_ups_count_due (altm_session_get_follow_ups (session));
}

static const char *
get_due_told (AltmSession *session)
{
  return altm_follow_ups_get_told (altm_session_get_follow_ups (session));
}

static char *
tell_due (guint number)
{
  return g_strdup_printf (ngettext ("%u referral to follow up today", "%u referrals to follow up today", number), number);
}

static guint
count_late (AltmSession *session, gint64 now)
{
  return (guint) altm_daily_count_late (altm_session_get_summary (session), now);
}

static char *
tell_late (guint number)
{
  /* Translators: of the records, the oldest has waited for three days; sending is the name of a page. */
  return g_strdup_printf (ngettext ("%u record has waited for three days to be sent. Open sending to see why.",
                                    "%u records wait to be sent, the oldest for three days. Open sending to see why.",
                                    number), number);
}

/* By AltmDailyNoticeKind. By its name the notification of a day takes the place of the one of the day before. */
static const struct
{
  const char *name;
  const char *setting; /* of the store: the day on which it was told last */
  const char *action;
  guint (*count) (AltmSession *session, gint64 now);
  const char *(*get_told) (AltmSession *session);
  char *(*tell) (guint number);
} kinds[] = {
  [ALTM_DAILY_NOTICE_DUE] = { "due", "due_told", "app.show-tab::due", count_due, get_due_told, tell_due },
  [ALTM_DAILY_NOTICE_LATE] = { "late", "late_told", "app.show-tab::sending", count_late, altm_session_get_late_told, tell_late },
};

/* A day that was told, and the setting that it goes to. */
typedef struct
{
  const char *setting;
  char *day;
} Told;

static void
told_free (gpointer data)
{
  Told *self = data;

  g_free (self->day);
  g_free (self);
}

static gboolean
note_day (AltmStore *store, gpointer data, GError **error)
{
  Told *told = data;

  return altm_store_set_setting (store, told->setting, told->day, error);
}

static void
send (AltmDailyNotice *self)
{
  g_autofree char *text = kinds[self->kind].tell (self->number);
  g_autoptr (GNotification) notice = g_notification_new (text);

  g_notification_set_default_action (notice, kinds[self->kind].action);
  g_application_send_notification (self->application, kinds[self->kind].name, notice);
  self->is_shown = TRUE;
}

/* It is on the disk before it is told: a restart does not tell it again. Where that failed, it is told at the next
 * occasion. */
static void
noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmDailyNotice) self = user_data;
  g_autoptr (GError) error = NULL;

  if (altm_session_finish (ALTM_SESSION (source), result, &error))
    {
      if (self->application != NULL)
        send (self);
      return;
    }
  g_warning ("What is to be told today is not: %s", error->message);
  g_clear_pointer (&self->day, g_free);
}

/* The latest of the day that the store has, and the one that is being noted there. */
static const char *
get_told (AltmDailyNotice *self)
{
  const char *told = kinds[self->kind].get_told (self->session);

  return g_strcmp0 (self->day, told) > 0 ? self->day : told;
}

/* What is no longer so is not left standing there. */
static void
withdraw (AltmDailyNotice *self)
{
  if (self->is_shown && self->application != NULL)
    g_application_withdraw_notification (self->application, kinds[self->kind].name);
  self->is_shown = FALSE;
}

static void
look (AltmDailyNotice *self)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  gint64 now = g_get_real_time ();
  guint number = kinds[self->kind].count (self->session, now);
  Told *told;

  if (number == 0)
    withdraw (self);
  if (!altm_daily_is_to_tell (get_told (self), number, now, zone))
    return;
  g_free (self->day);
  self->day = altm_follow_up_format_day (now, 0, zone);
  self->number = number;
  told = g_new0 (Told, 1);
  told->setting = kinds[self->kind].setting;
  told->day = g_strdup (self->day);
  altm_session_run_async (self->session, note_day, told, told_free, noted_cb, g_object_ref (self));
}

static void
altm_daily_notice_finalize (GObject *object)
{
  AltmDailyNotice *self = ALTM_DAILY_NOTICE (object);

  g_clear_weak_pointer (&self->application);
  g_clear_object (&self->session);
  g_free (self->day);
  G_OBJECT_CLASS (altm_daily_notice_parent_class)->finalize (object);
}

static void
altm_daily_notice_class_init (AltmDailyNoticeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = altm_daily_notice_finalize;
}

static void
altm_daily_notice_init (AltmDailyNotice *self)
{
}

/**
 * altm_daily_notice_new:
 * @session: one that is open
 */
AltmDailyNotice *
altm_daily_notice_new (GApplication *application, AltmSession *session, AltmDailyNoticeKind kind)
{
  AltmDailyNotice *self = g_object_new (ALTM_TYPE_DAILY_NOTICE, NULL);

  g_set_weak_pointer (&self->application, application);
  self->session = g_object_ref (session);
  self->kind = kind;
  /* They are read after the session, whenever that is. */
  g_signal_connect_object (altm_session_get_follow_ups (session), "changed", G_CALLBACK (look), self,
                           G_CONNECT_SWAPPED);
  return self;
}
