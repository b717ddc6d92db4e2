/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-sending-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-enrolment-page.h"
#include "altm-format.h"
#include "altm-journal.h"
#include "altm-navigation.h"
#include "altm-problem-row.h"
#include "altm-reader.h"
#include "altm-record-page.h"

/* More problems than these are one problem, for HQ to settle. */
#define PROBLEMS_SHOWN 30

/* A clock that is less far off than this harms no figure. */
#define SKEW_SHOWN (5 * G_TIME_SPAN_MINUTE)

struct _AltmSendingPage
{
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkLabel *count_label;
  GtkLabel *waiting_label;
  GtkLabel *oldest_label;
  GtkLabel *receipt_label;
  GtkLabel *skew_label;
  GtkLabel *state_label;
  GtkWidget *send_button;
  GtkLabel *send_label;
  GtkWidget *enrol_card;
  GtkWidget *short_card;
  GtkWidget *problems_box;
  GtkListBox *problems_list;

  AltmSession *session;
  AltmJournal *problems;
  gboolean is_asked;
};

G_DEFINE_FINAL_TYPE (AltmSendingPage, altm_sending_page, GTK_TYPE_WIDGET)

/* What keeps something that waits from being sent. While it is sent, or HQ is not reached, that is all there is to say. */
static AltmHold
get_hold (AltmSession *session)
{
  AltmSender *sender = altm_session_get_sender (session);
  gboolean is_held = altm_sender_get_state (sender) == ALTM_SENDER_IDLE && altm_session_get_summary (session)->waiting > 0;

  return is_held ? altm_sender_get_hold (sender) : ALTM_HOLD_NONE;
}

/**
 * altm_sending_tell_state:
 *
 * Returns: (transfer none): translated, what the sender is at, or what it waits for
 */
const char *
altm_sending_tell_state (AltmSession *session)
{
  static const char *const texts[] = {
    [ALTM_SENDER_IDLE] = N_("Sends by itself as soon as there is a network."),
    [ALTM_SENDER_SENDING] = N_("Sending…"),
    [ALTM_SENDER_OFFLINE] = N_("No network: that is normal. Everything is kept and will be sent "
                               "by itself."),
    [ALTM_SENDER_NOT_ENROLLED] = N_("Headquarters does not know this tablet any more. "
                                    "Everything is kept."),
    [ALTM_SENDER_TOO_OLD] = N_("This app is too old for headquarters: update it. Recording goes "
                               "on, and everything is kept."),
    [ALTM_SENDER_FAILED] = N_("Sending did not work; it will be tried again by itself. "
                              "Everything is kept."),
  };

  static const char *const holds[] = {
    [ALTM_HOLD_METERED] = N_("Mobile network with counted data: sending waits for Wi-Fi."),
    [ALTM_HOLD_BATTERY] = N_("The battery is low: sending waits until it is being charged."),
    [ALTM_HOLD_NETWORK] = N_("No network: that is normal. Everything is kept and will be sent by itself."),
  };
  AltmHold hold = get_hold (session);

  return hold == ALTM_HOLD_NONE ? _(texts[altm_sender_get_state (altm_session_get_sender (session))]) : _(holds[hold]);
}

static void
set_text (GtkLabel *label, char *text)
{
  g_autofree char *owned = text;

  gtk_label_set_label (label, owned == NULL ? "" : owned);
  gtk_widget_set_visible (GTK_WIDGET (label), owned != NULL);
}

static char *
tell_waiting (int waiting)
{
  if (waiting == 0)
    return g_strdup (_("nothing waits on this tablet"));
  return g_strdup (ngettext ("record waits on this tablet", "records wait on this tablet",
                             waiting));
}

static char *
tell_oldest (const AltmOutboxSummary *summary)
{
  g_autofree char *moment = NULL;

  if (summary->waiting == 0 || summary->oldest == 0)
    return NULL;
  moment = altm_format_moment (summary->oldest, g_get_real_time ());
  return g_strdup_printf (_("the oldest: %s"), moment);
}

static char *
tell_receipt (const AltmOutboxSummary *summary)
{
  g_autofree char *moment = NULL;

  if (summary->last_receipt == 0)
    return g_strdup (_("nothing was received by headquarters yet"));
  moment = altm_format_moment (summary->last_receipt, g_get_real_time ());
  /* Translators: a time of day, then how many records. */
  return g_strdup_printf (ngettext ("headquarters’ last receipt: %1$s, %2$d record",
                                    "headquarters’ last receipt: %1$s, %2$d records",
                                    summary->last_count),
                          moment, (int) summary->last_count);
}

static char *
tell_skew (gint64 skew)
{
  gint64 off = ABS (skew);
  int minutes = off / G_TIME_SPAN_MINUTE;
  int hours = off / G_TIME_SPAN_HOUR;
  int days = off / G_TIME_SPAN_DAY;

  if (off <= SKEW_SHOWN)
    return NULL;
  if (hours < 2)
    return g_strdup_printf (
      ngettext ("The clock of this tablet is %d minute off. Records are sent all the same.",
                "The clock of this tablet is %d minutes off. Records are sent all the same.", minutes),
      minutes);
  if (days < 2)
    return g_strdup_printf (
      ngettext ("The clock of this tablet is %d hour off. Records are sent all the same.",
                "The clock of this tablet is %d hours off. Records are sent all the same.", hours),
      hours);
  return g_strdup_printf (
    ngettext ("The clock of this tablet is %d day off. Records are sent all the same.",
              "The clock of this tablet is %d days off. Records are sent all the same.", days),
    days);
}

/* It stands out only where there is something to send; HQ's news are asked for all the same. */
static void
show_button (AltmSendingPage *self)
{
  const char *text = altm_hold_keeps_queue (get_hold (self->session)) ? _("Send now anyway") : _("Send now");

  if (altm_session_get_summary (self->session)->waiting > 0)
    gtk_widget_add_css_class (self->send_button, "suggested-action");
  else
    gtk_widget_remove_css_class (self->send_button, "suggested-action");
  gtk_label_set_label (self->send_label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->send_button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

/* What came of it is said to whoever asked for it and does not see the page; the button, which could not be pressed
 * meanwhile, has the focus again. */
static void
tell_outcome (AltmSendingPage *self, AltmSenderState state, int waiting)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (!self->is_asked || root == NULL || state == ALTM_SENDER_SENDING || (state == ALTM_SENDER_IDLE && waiting > 0))
    return;
  self->is_asked = FALSE;
  if (gtk_root_get_focus (root) == NULL)
    gtk_widget_grab_focus (self->send_button);
  altm_reader_tell (GTK_WIDGET (self), gtk_label_get_label (waiting == 0 ? self->waiting_label : self->state_label));
}

static void
update (AltmSendingPage *self)
{
  const AltmOutboxSummary *summary = altm_session_get_summary (self->session);
  AltmSenderState state = altm_sender_get_state (altm_session_get_sender (self->session));
  int waiting = summary->waiting;

  set_text (self->count_label, g_strdup_printf ("%d", waiting));
  set_text (self->waiting_label, tell_waiting (waiting));
  set_text (self->oldest_label, tell_oldest (summary));
  set_text (self->receipt_label, tell_receipt (summary));
  set_text (self->skew_label, tell_skew (altm_session_get_skew (self->session)));
  set_text (self->state_label, g_strdup (altm_sending_tell_state (self->session)));
  show_button (self);
  gtk_widget_set_visible (self->enrol_card, state == ALTM_SENDER_NOT_ENROLLED);
  gtk_widget_set_visible (self->short_card, altm_session_is_short (self->session));
  gtk_widget_set_visible (self->send_button, state != ALTM_SENDER_NOT_ENROLLED);
  gtk_widget_set_sensitive (self->send_button, state != ALTM_SENDER_SENDING);
  gtk_widget_set_visible (self->problems_box, summary->to_settle > 0);
  altm_journal_refresh (self->problems);
  tell_outcome (self, state, waiting);
}

static void
send_cb (AltmSendingPage *self)
{
  self->is_asked = TRUE;
  altm_sender_send_now (altm_session_get_sender (self->session));
}

static void
enrol_cb (AltmSendingPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_enrolment_page_new (self->session, TRUE));
}

static GtkWidget *
new_row_cb (gpointer item, gpointer user_data)
{
  return altm_problem_row_new (ALTM_SENDING_PAGE (user_data)->session, item);
}

static void
open_record_cb (AltmSendingPage *self, GtkListBoxRow *row)
{
  AltmJournalEntry *entry = altm_problem_row_get_entry (ALTM_PROBLEM_ROW (row));

  if (altm_journal_entry_is_loaded (entry))
    altm_navigation_push (GTK_WIDGET (self), altm_record_page_new (self->session, entry));
}

static void
problems_failed_cb (AltmJournal *problems, const GError *error)
{
  g_warning ("What was refused cannot be read: %s", error->message);
}

static void
open_problems (AltmSendingPage *self)
{
  g_autoptr (GtkSliceListModel) first = NULL;
  GListModel *model;

  self->problems = altm_journal_new (altm_session_get_directory (self->session), TRUE);
  g_signal_connect (self->problems, "failed", G_CALLBACK (problems_failed_cb), NULL);
  model = g_object_ref (G_LIST_MODEL (self->problems));
  first = gtk_slice_list_model_new (model, 0, PROBLEMS_SHOWN);
  gtk_list_box_bind_model (self->problems_list, G_LIST_MODEL (first), new_row_cb, self, NULL);
}

static void
altm_sending_page_dispose (GObject *object)
{
  AltmSendingPage *self = ALTM_SENDING_PAGE (object);

  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->problems);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_sending_page_parent_class)->dispose (object);
}

static void
altm_sending_page_class_init (AltmSendingPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_sending_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/altm/Field/altm-sending-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmSendingPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, AltmSendingPage, count_label);
  gtk_widget_class_bind_template_child (widget_class, AltmSendingPage, waiting_label);
  gtk_widget_class_bind_template_child (widget_class, AltmSendingPage, oldest_label);
  gtk_widget_class_bind_template_child (widget_class, AltmSendingPage, receipt_label);
  gtk_widget_class_bind_template_child (widget_class, AltmSendingPage, skew_label);
  gtk_widget_class_bind_template_child (widget_class, AltmSendingPage, state_label);
  gtk_widget_class_bind_template_child (widget_class, AltmSendingPage, send_button);
  gtk_widget_class_bind_template_child (widget_class, AltmSendingPage, send_label);
  gtk_widget_class_bind_template_child (widget_class, AltmSendingPage, enrol_card);
  gtk_widget_class_bind_template_child (widget_class, AltmSendingPage, short_card);
  gtk_widget_class_bind_template_child (widget_class, AltmSendingPage, problems_box);
  gtk_widget_class_bind_template_child (widget_class, AltmSendingPage, problems_list);
  gtk_widget_class_bind_template_callback (widget_class, send_cb);
  gtk_widget_class_bind_template_callback (widget_class, enrol_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_record_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_sending_page_init (AltmSendingPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
altm_sending_page_new (AltmSession *session)
{
  AltmSendingPage *self = g_object_new (ALTM_TYPE_SENDING_PAGE, NULL);

  self->session = g_object_ref (session);
  open_problems (self);
  g_signal_connect_object (session, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
