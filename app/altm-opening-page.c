/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-opening-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _AltmOpeningPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AdwStatusPage *status_page;
  GtkWidget *again_button;
};

G_DEFINE_FINAL_TYPE (AltmOpeningPage, altm_opening_page, GTK_TYPE_WIDGET)

static void
altm_opening_page_dispose (GObject *object)
{
  g_clear_pointer (&ALTM_OPENING_PAGE (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (altm_opening_page_parent_class)->dispose (object);
}

static void
altm_opening_page_class_init (AltmOpeningPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_opening_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-opening-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmOpeningPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmOpeningPage, status_page);
  gtk_widget_class_bind_template_child (widget_class, AltmOpeningPage, again_button);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_opening_page_init (AltmOpeningPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
tell_problem (AltmOpeningPage *self, const AltmProblem *problem)
{
  adw_status_page_set_icon_name (self->status_page, "dialog-warning-symbolic");
  adw_status_page_set_title (self->status_page, _(problem->title));
  adw_status_page_set_description (self->status_page, _(problem->advice));
  gtk_widget_set_visible (self->again_button, TRUE);
}

/**
 * altm_opening_page_new:
 * @problem: (nullable): why the store could not be opened, %NULL while it is being opened
 *
 * Its button, which is there with a @problem, opens the store again (`app.open-store`).
 */
GtkWidget *
altm_opening_page_new (const AltmProblem *problem)
{
  AltmOpeningPage *self = g_object_new (ALTM_TYPE_OPENING_PAGE, NULL);

  if (problem != NULL)
    tell_problem (self, problem);
  return GTK_WIDGET (self);
}
