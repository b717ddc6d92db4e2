/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-shift-summary.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-dialog.h"
#include "altm-format.h"

struct _AltmShiftSummary
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *label;

  AltmSession *session;
};

G_DEFINE_FINAL_TYPE (AltmShiftSummary, altm_shift_summary, GTK_TYPE_WIDGET)

static char *
tell_contacts (const AltmShift *shift)
{
  return g_strdup_printf (ngettext ("%d contact", "%d contacts", shift->contacts),
                          (int) shift->contacts);
}

static char *
tell_referrals (const AltmShift *shift)
{
  return g_strdup_printf (ngettext ("%d referral", "%d referrals", shift->referrals),
                          (int) shift->referrals);
}

static char *
tell_clients (const AltmShift *shift)
{
  return g_strdup_printf (ngettext ("%d client", "%d clients", shift->counted),
                          (int) shift->counted);
}

static char *
tell (const AltmShift *shift)
{
  gboolean is_office = g_strcmp0 (shift->channel, "bureau_poste") == 0;
  g_autofree char *contacts = tell_contacts (shift);
  g_autofree char *referrals = tell_referrals (shift);
  g_autofree char *clients = tell_clients (shift);
  const char *street[] = { contacts, referrals, NULL };

  return is_office ? g_steal_pointer (&clients) : altm_format_join (street);
}

static void
update (AltmShiftSummary *self)
{
  const AltmShift *shift = altm_session_get_shift (self->session);
  g_autofree char *text = NULL;

  if (shift == NULL)
    return;
  text = tell (shift);
  gtk_label_set_label (self->label, text);
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmShiftSummary) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!altm_session_finish (ALTM_SESSION (source), result, &error))
    altm_dialog_show_unsaved (GTK_WIDGET (self), error);
}

static void
end_confirmed_cb (AltmShiftSummary *self)
{
  altm_session_end_shift_async (self->session, ended_cb, g_object_ref (self));
}

static void
end_cb (AltmShiftSummary *self)
{
  const AltmShift *shift = altm_session_get_shift (self->session);
  g_autofree char *since = altm_format_moment (shift->start, g_get_real_time ());
  g_autofree char *told = tell (shift);
  g_autofree char *body = NULL;

  body = g_strdup_printf (_("Since %1$s: %2$s. Everything is saved."), since, told);
  altm_dialog_ask (GTK_WIDGET (self), _("End the shift?"), body, _("Stay on shift"), _("End"),
                   ADW_RESPONSE_SUGGESTED, G_CALLBACK (end_confirmed_cb), self);
}

void
altm_shift_summary_set_session (AltmShiftSummary *self, AltmSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
altm_shift_summary_dispose (GObject *object)
{
  AltmShiftSummary *self = ALTM_SHIFT_SUMMARY (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_shift_summary_parent_class)->dispose (object);
}

static void
altm_shift_summary_class_init (AltmShiftSummaryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_shift_summary_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/altm/Field/altm-shift-summary.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmShiftSummary, box);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftSummary, label);
  gtk_widget_class_bind_template_callback (widget_class, end_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_shift_summary_init (AltmShiftSummary *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
