/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-handover-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-dialog.h"
#include "altm-page-header.h"
#include "altm-scroller.h"
#include "altm-sending-page.h"

struct _AltmHandoverPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkListBox *steps_list;
  GtkLabel *waiting_label;
  GtkWidget *problem_box;
  GtkLabel *problem_label;
  GtkWidget *send_button;
  GtkWidget *go_button;

  AltmSession *session;
  gboolean is_running;
};

G_DEFINE_FINAL_TYPE (AltmHandoverPage, altm_handover_page, GTK_TYPE_WIDGET)

static const char *const steps[] = {
  N_("1. Everything that waits is sent to headquarters."),
  N_("2. Headquarters notes that this tablet is handed over, and refuses it from then on."),
  N_("3. Records, keys and names are erased from this tablet."),
  N_("4. The next team enters a code of its own."),
};

static void
show_problem (AltmHandoverPage *self, const char *text)
{
  gtk_widget_set_visible (self->problem_box, text != NULL);
  gtk_label_set_label (self->problem_label, text == NULL ? "" : text);
}

static char *
tell_waiting (const AltmOutboxSummary *summary)
{
  int waiting = summary->waiting;

  if (waiting == 0)
    return g_strdup (_("Nothing waits: the tablet can be handed over."));
  return g_strdup_printf (ngettext ("%d record waits. It has to be sent first.",
                                    "%d records wait. They have to be sent first.", waiting),
                          waiting);
}

static char *
tell (AltmHandoverPage *self, AltmSenderState state)
{
  if (self->is_running && state == ALTM_SENDER_SENDING)
    return g_strdup (_("Handing over…"));
  return tell_waiting (altm_session_get_summary (self->session));
}

/* Offline is normal, but not here. */
static const char *
tell_problem (AltmHandoverPage *self, AltmSenderState state)
{
  if (state == ALTM_SENDER_IDLE)
    return NULL;
  if (state == ALTM_SENDER_OFFLINE)
    return _("No network: connect to Wi-Fi, then press “Send now”. Until then this tablet can’t go to another team.");
  return altm_sending_tell_state (self->session);
}

/* Once it is done this page goes with all others: the window then asks for a new code. */
static void
update (AltmHandoverPage *self)
{
  int waiting = altm_session_get_summary (self->session)->waiting;
  AltmSenderState state = altm_sender_get_state (altm_session_get_sender (self->session));
  g_autofree char *told = tell (self, state);

  if (state != ALTM_SENDER_SENDING)
    {
      self->is_running = FALSE;
      show_problem (self, tell_problem (self, state));
    }
  gtk_label_set_label (self->waiting_label, told);
  gtk_widget_set_visible (self->send_button, waiting > 0);
  gtk_widget_set_sensitive (self->send_button, state != ALTM_SENDER_SENDING);
  gtk_widget_set_visible (self->go_button, waiting == 0);
  gtk_widget_set_sensitive (self->go_button, !self->is_running);
}

static void
go_now (AltmHandoverPage *self)
{
  self->is_running = TRUE;
  show_problem (self, NULL);
  altm_sender_hand_over (altm_session_get_sender (self->session));
  update (self);
}

static void
go_cb (AltmHandoverPage *self)
{
  altm_dialog_ask (GTK_WIDGET (self), _("Hand this tablet over?"),
                   _("It is empty afterwards, and needs a new code from headquarters. This needs a network."),
                   _("Keep"), _("Hand over"), ADW_RESPONSE_DESTRUCTIVE, G_CALLBACK (go_now), self);
}

static void
send_cb (AltmHandoverPage *self)
{
  altm_sender_send_now (altm_session_get_sender (self->session));
}

static void
fill_steps (AltmHandoverPage *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      GtkWidget *label = gtk_label_new (_(steps[i]));
      GtkWidget *row = gtk_list_box_row_new ();

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_add_css_class (label, "record");
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
      gtk_list_box_append (self->steps_list, row);
    }
}

static void
altm_handover_page_dispose (GObject *object)
{
  AltmHandoverPage *self = ALTM_HANDOVER_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_handover_page_parent_class)->dispose (object);
}

static void
altm_handover_page_class_init (AltmHandoverPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_handover_page_dispose;
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-handover-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmHandoverPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmHandoverPage, steps_list);
  gtk_widget_class_bind_template_child (widget_class, AltmHandoverPage, waiting_label);
  gtk_widget_class_bind_template_child (widget_class, AltmHandoverPage, problem_box);
  gtk_widget_class_bind_template_child (widget_class, AltmHandoverPage, problem_label);
  gtk_widget_class_bind_template_child (widget_class, AltmHandoverPage, send_button);
  gtk_widget_class_bind_template_child (widget_class, AltmHandoverPage, go_button);
  gtk_widget_class_bind_template_callback (widget_class, send_cb);
  gtk_widget_class_bind_template_callback (widget_class, go_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_handover_page_init (AltmHandoverPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_steps (self);
}

GtkWidget *
altm_handover_page_new (AltmSession *session)
{
  AltmHandoverPage *self = g_object_new (ALTM_TYPE_HANDOVER_PAGE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
