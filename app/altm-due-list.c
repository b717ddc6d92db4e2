/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-due-list.h"

#include <glib/gi18n.h>

#include "altm-due-row.h"
#include "altm-format.h"

#define SHOWN 3

struct _AltmDueList
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *day_label;
  GtkWidget *heading;
  GtkListBox *list;
  GtkWidget *all_button;
  GtkLabel *all_label;

  AltmSession *session;
};

G_DEFINE_FINAL_TYPE (AltmDueList, altm_due_list, GTK_TYPE_WIDGET)

static void
row_cb (AltmDueList *self, GtkListBoxRow *row)
{
  altm_due_row_open (row, self->session);
}

static char *
tell_contacts (int n)
{
  return n == 0 ? g_strdup ("") : g_strdup_printf (ngettext ("%d contact", "%d contacts", n), n);
}

static char *
tell_referrals (int n)
{
  return n == 0 ? g_strdup ("") : g_strdup_printf (ngettext ("%d referral", "%d referrals", n), n);
}

static char *
tell_clients (int n)
{
  return n == 0 ? g_strdup ("") : g_strdup_printf (ngettext ("%d client", "%d clients", n), n);
}

static void
show_day (AltmDueList *self, const AltmDay *day)
{
  g_autofree char *contacts = tell_contacts ((int) day->contacts);
  g_autofree char *referrals = tell_referrals ((int) day->referrals);
  g_autofree char *clients = tell_clients ((int) day->clients);
  const char *parts[] = { contacts, referrals, clients, NULL };
  g_autofree char *joined = altm_format_join (parts);
  /* Translators: what was recorded today, as "3 contacts · 1 referral". */
  g_autofree char *text = g_strdup_printf (_("Today: %s"), joined);

  gtk_label_set_label (self->day_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->day_label), *joined != '\0');
}

/* What is due first, then what HQ has just reported. */
static void
take_rows (AltmDueList *self, GPtrArray *referrals, gboolean is_due, gint64 now, guint *n_shown)
{
  for (guint i = 0; i < referrals->len && *n_shown < SHOWN; i++)
    {
      const AltmFollowUp *referral = referrals->pdata[i];

      if (altm_follow_up_is_due (referral) != is_due || (!is_due && !altm_follow_up_is_news (referral, now)))
        continue;
      gtk_list_box_append (self->list, altm_due_row_new (self->session, referral, now));
      (*n_shown)++;
    }
}

static void
show_all_button (AltmDueList *self, guint n_due)
{
  g_autofree char *text = g_strdup_printf (ngettext ("See the %u to follow up", "See all %u to follow up", n_due), n_due);

  gtk_label_set_label (self->all_label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->all_button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (self->all_button, n_due > SHOWN);
}

static void
update (AltmDueList *self)
{
  AltmFollowUps *follow_ups = altm_session_get_follow_ups (self->session);
  GPtrArray *referrals = altm_follow_ups_get_list (follow_ups);
  gint64 now = g_get_real_time ();
  guint n_shown = 0;
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  take_rows (self, referrals, TRUE, now, &n_shown);
  take_rows (self, referrals, FALSE, now, &n_shown);
  gtk_widget_set_visible (self->heading, n_shown > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->list), n_shown > 0);
  show_all_button (self, altm_follow_ups_count_due (follow_ups));
  show_day (self, altm_follow_ups_get_day (follow_ups));
}

void
altm_due_list_set_session (AltmDueList *self, AltmSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (altm_session_get_follow_ups (session), "changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}

static void
altm_due_list_dispose (GObject *object)
{
  AltmDueList *self = ALTM_DUE_LIST (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_due_list_parent_class)->dispose (object);
}

static void
altm_due_list_class_init (AltmDueListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_due_list_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-due-list.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmDueList, box);
  gtk_widget_class_bind_template_child (widget_class, AltmDueList, day_label);
  gtk_widget_class_bind_template_child (widget_class, AltmDueList, heading);
  gtk_widget_class_bind_template_child (widget_class, AltmDueList, list);
  gtk_widget_class_bind_template_child (widget_class, AltmDueList, all_button);
  gtk_widget_class_bind_template_child (widget_class, AltmDueList, all_label);
  gtk_widget_class_bind_template_callback (widget_class, row_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_due_list_init (AltmDueList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
