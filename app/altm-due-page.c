/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-due-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-due-row.h"
#include "altm-due-words.h"
#include "altm-scroller.h"

/* So many rows of a kind are shown, and the rest is told as a number. */
#define SHOWN 50

struct _AltmDuePage
{
  GtkWidget parent_instance;

  GtkStack *stack;
  GtkBox *groups_box;

  AltmSession *session;
  char *shown;
};

G_DEFINE_FINAL_TYPE (AltmDuePage, altm_due_page, GTK_TYPE_WIDGET)

static const char *const headings[] = {
  [ALTM_FOLLOW_UP_OVERDUE] = N_("Late"),
  [ALTM_FOLLOW_UP_TODAY] = N_("Today"),
  [ALTM_FOLLOW_UP_LATER] = N_("Later"),
  [ALTM_FOLLOW_UP_CLOSED] = N_("Nothing more to do"),
};

static void
row_cb (GtkListBox *list, GtkListBoxRow *row, AltmDuePage *self)
{
  altm_due_row_open (row, self->session);
}

static GtkWidget *
new_heading (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, class);
  return label;
}

static GtkWidget *
add_group (AltmDuePage *self, AltmFollowUpKind kind)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _(headings[kind]), -1);
  g_signal_connect_object (list, "row-activated", G_CALLBACK (row_cb), self, 0);
  gtk_box_append (self->groups_box, new_heading (_(headings[kind]), "heading"));
  gtk_box_append (self->groups_box, list);
  return list;
}

static void
add_more (AltmDuePage *self, guint n_more)
{
  g_autofree char *text = g_strdup_printf (ngettext ("and %u more", "and %u more", n_more), n_more);

  gtk_box_append (self->groups_box, new_heading (text, "caption"));
}

static void
fill_group (AltmDuePage *self, AltmFollowUpKind kind)
{
  GPtrArray *referrals = altm_follow_ups_get_list (altm_session_get_follow_ups (self->session));
  GtkWidget *list = NULL;
  guint n_found = 0;

  for (guint i = 0; i < referrals->len; i++)
    {
      const AltmFollowUp *referral = referrals->pdata[i];

      if (referral->kind != kind || n_found++ >= SHOWN)
        continue;
      if (list == NULL)
        list = add_group (self, kind);
      gtk_list_box_append (GTK_LIST_BOX (list), altm_due_row_new (self->session, referral, g_get_real_time ()));
    }
  if (n_found > SHOWN)
    add_more (self, n_found - SHOWN);
}

static void
fill (AltmDuePage *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->groups_box))) != NULL)
    gtk_box_remove (self->groups_box, child);
  for (guint kind = 0; kind < G_N_ELEMENTS (headings); kind++)
    fill_group (self, kind);
}

/* All that the rows say: what is the same is left on the screen, with the focus in it. */
static char *
tell_all (AltmDuePage *self)
{
  GPtrArray *referrals = altm_follow_ups_get_list (altm_session_get_follow_ups (self->session));
  GString *told = g_string_new (NULL);

  for (guint i = 0; i < referrals->len; i++)
    {
      const AltmFollowUp *referral = referrals->pdata[i];
      g_autofree char *due = altm_due_words_due (self->session, referral);
      g_autofree char *hq = altm_due_words_hq (self->session, referral, g_get_real_time ());

      g_string_append_printf (told, "%s/%d/%s/%s\n", referral->id, referral->kind, due, hq == NULL ? "" : hq);
    }
  return g_string_free (told, FALSE);
}

static void
update (AltmDuePage *self)
{
  g_autofree char *told = tell_all (self);

  gtk_stack_set_visible_child_name (self->stack, *told == '\0' ? "empty" : "list");
  if (g_strcmp0 (told, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&told);
  fill (self);
}

static void
altm_due_page_dispose (GObject *object)
{
  AltmDuePage *self = ALTM_DUE_PAGE (object);

  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->stack));
  self->stack = NULL;
  g_clear_object (&self->session);
  g_clear_pointer (&self->shown, g_free);
  G_OBJECT_CLASS (altm_due_page_parent_class)->dispose (object);
}

static void
altm_due_page_class_init (AltmDuePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_due_page_dispose;
  g_type_ensure (ALTM_TYPE_SCROLLER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-due-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmDuePage, stack);
  gtk_widget_class_bind_template_child (widget_class, AltmDuePage, groups_box);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_due_page_init (AltmDuePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
altm_due_page_new (AltmSession *session)
{
  AltmDuePage *self = g_object_new (ALTM_TYPE_DUE_PAGE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (altm_session_get_follow_ups (session), "changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
