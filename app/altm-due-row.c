/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-due-row.h"

#include "altm-due-words.h"
#include "altm-follow-page.h"
#include "altm-format.h"
#include "altm-navigation.h"

struct _AltmDueRow
{
  GtkListBoxRow parent_instance;

  GtkLabel *title_label;
  GtkLabel *details_label;
  GtkLabel *hq_label;
  GtkWidget *due_box;
  GtkImage *due_image;
  GtkLabel *due_label;

  char *id;
};

G_DEFINE_FINAL_TYPE (AltmDueRow, altm_due_row, GTK_TYPE_LIST_BOX_ROW)

static void
altm_due_row_finalize (GObject *object)
{
  g_free (ALTM_DUE_ROW (object)->id);
  G_OBJECT_CLASS (altm_due_row_parent_class)->finalize (object);
}

static void
altm_due_row_class_init (AltmDueRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = altm_due_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-due-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmDueRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, AltmDueRow, details_label);
  gtk_widget_class_bind_template_child (widget_class, AltmDueRow, hq_label);
  gtk_widget_class_bind_template_child (widget_class, AltmDueRow, due_box);
  gtk_widget_class_bind_template_child (widget_class, AltmDueRow, due_image);
  gtk_widget_class_bind_template_child (widget_class, AltmDueRow, due_label);
}

static void
altm_due_row_init (AltmDueRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_due (AltmDueRow *self, AltmFollowUpKind kind, const char *due)
{
  const char *classes[] = { altm_due_words_class (kind), NULL };

  gtk_widget_set_css_classes (self->due_box, classes);
  gtk_image_set_from_icon_name (self->due_image, altm_due_words_icon (kind));
  gtk_label_set_label (self->due_label, due);
}

/**
 * altm_due_row_new:
 * @referral: what the row tells; nothing of it is kept but its id
 * @now: microseconds since 1970-01-01 UTC
 */
GtkWidget *
altm_due_row_new (AltmSession *session, const AltmFollowUp *referral, gint64 now)
{
  AltmDueRow *self = g_object_new (ALTM_TYPE_DUE_ROW, NULL);
  const char *title = altm_due_words_title (session, referral);
  g_autofree char *details = altm_due_words_details (session, referral);
  g_autofree char *due = altm_due_words_due (session, referral);
  g_autofree char *hq = altm_due_words_hq (session, referral, now);
  const char *parts[] = { title, details, due, hq, NULL };
  g_autofree char *name = altm_format_join (parts);

  self->id = g_strdup (referral->id);
  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->details_label, details);
  gtk_label_set_label (self->hq_label, hq == NULL ? "" : hq);
  gtk_widget_set_visible (GTK_WIDGET (self->hq_label), hq != NULL);
  show_due (self, referral->kind, due);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return GTK_WIDGET (self);
}

/**
 * altm_due_row_open:
 * @row: an #AltmDueRow, or another one, with which nothing is done
 *
 * Opens the page of its referral.
 */
void
altm_due_row_open (GtkListBoxRow *row, AltmSession *session)
{
  if (ALTM_IS_DUE_ROW (row))
    altm_navigation_push (GTK_WIDGET (row), altm_follow_page_new (session, ALTM_DUE_ROW (row)->id));
}
