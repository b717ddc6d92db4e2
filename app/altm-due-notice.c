/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-due-notice.h"

#include <glib/gi18n.h>

/* By this id the notification of a day takes the place of the one of the day before. */
#define NOTICE "due"

struct _AltmDueNotice
{
  GObject parent_instance;

  GApplication *application; /* which owns this */
  AltmSession *session;
  char *day;
  guint n_due;
};

G_DEFINE_FINAL_TYPE (AltmDueNotice, altm_due_notice, G_TYPE_OBJECT)

static gboolean
note_day (AltmStore *store, gpointer data, GError **error)
{
  return altm_store_set_setting (store, "due_told", data, error);
}

static void
send (AltmDueNotice *self)
{
  g_autofree char *text = g_strdup_printf (ngettext ("%u referral to follow up today", "%u referrals to follow up today",
                                                     self->n_due), self->n_due);
  g_autoptr (GNotification) notice = g_notification_new (text);

  g_notification_set_default_action (notice, "app.show-due");
  g_application_send_notification (self->application, NOTICE, notice);
}

/* It is on the disk before it is told: a restart does not tell it again. Where that failed, it is told at the next
 * occasion. */
static void
noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmDueNotice) self = user_data;
  g_autoptr (GError) error = NULL;

  if (altm_session_finish (ALTM_SESSION (source), result, &error))
    {
      if (self->application != NULL)
        send (self);
      return;
    }
  g_warning ("What is due today is not told: %s", error->message);
  g_clear_pointer (&self->day, g_free);
}

/* The latest of the day that the store has, and the one that is being noted there. */
static const char *
get_told (AltmDueNotice *self, AltmFollowUps *follow_ups)
{
  const char *told = altm_follow_ups_get_told (follow_ups);

  return g_strcmp0 (self->day, told) > 0 ? self->day : told;
}

static void
look (AltmDueNotice *self)
{
  AltmFollowUps *follow_ups = altm_session_get_follow_ups (self->session);
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  gint64 now = g_get_real_time ();
  guint n_due = altm_follow_ups_count_due (follow_ups);

  if (!altm_follow_up_is_to_tell (get_told (self, follow_ups), n_due, now, zone))
    return;
  g_free (self->day);
  self->day = altm_follow_up_format_day (now, 0, zone);
  self->n_due = n_due;
  altm_session_run_async (self->session, note_day, g_strdup (self->day), g_free, noted_cb, g_object_ref (self));
}

static void
altm_due_notice_finalize (GObject *object)
{
  AltmDueNotice *self = ALTM_DUE_NOTICE (object);

  g_clear_weak_pointer (&self->application);
  g_clear_object (&self->session);
  g_free (self->day);
  G_OBJECT_CLASS (altm_due_notice_parent_class)->finalize (object);
}

static void
altm_due_notice_class_init (AltmDueNoticeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = altm_due_notice_finalize;
}

static void
altm_due_notice_init (AltmDueNotice *self)
{
}

/**
 * altm_due_notice_new:
 * @session: one that is open
 */
AltmDueNotice *
altm_due_notice_new (GApplication *application, AltmSession *session)
{
  AltmDueNotice *self = g_object_new (ALTM_TYPE_DUE_NOTICE, NULL);

  g_set_weak_pointer (&self->application, application);
  self->session = g_object_ref (session);
  g_signal_connect_object (altm_session_get_follow_ups (session), "changed", G_CALLBACK (look), self,
                           G_CONNECT_SWAPPED);
  return self;
}
