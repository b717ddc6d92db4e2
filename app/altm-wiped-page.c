/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-wiped-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-format.h"
#include "altm-page-header.h"

struct _AltmWipedPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  AdwStatusPage *status_page;
};

G_DEFINE_FINAL_TYPE (AltmWipedPage, altm_wiped_page, GTK_TYPE_WIDGET)

enum
{
  ENROL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
enrol_cb (AltmWipedPage *self)
{
  g_signal_emit (self, signals[ENROL], 0);
}

static void
altm_wiped_page_dispose (GObject *object)
{
  g_clear_pointer (&ALTM_WIPED_PAGE (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (altm_wiped_page_parent_class)->dispose (object);
}

static void
altm_wiped_page_class_init (AltmWipedPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_wiped_page_dispose;
  signals[ENROL] = g_signal_new ("enrol", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-wiped-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmWipedPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmWipedPage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmWipedPage, status_page);
  gtk_widget_class_bind_template_callback (widget_class, enrol_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_wiped_page_init (AltmWipedPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  altm_page_header_set_has_back (self->header, FALSE);
}

/**
 * altm_wiped_page_new:
 * @wiped: when, in microseconds since 1970-01-01 UTC
 */
GtkWidget *
altm_wiped_page_new (gint64 wiped)
{
  AltmWipedPage *self = g_object_new (ALTM_TYPE_WIPED_PAGE, NULL);
  g_autofree char *day = altm_format_day (wiped);
  g_autofree char *clock = altm_format_time (wiped);
  /* Translators: a day, then a time of day. */
  g_autofree char *text = g_strdup_printf (_("Headquarters had it emptied on %1$s at %2$s. They had received everything that "
                                             "was recorded on it first.\n\nTo use it again, ask them for a code."),
                                           day, clock);

  adw_status_page_set_description (self->status_page, text);
  return GTK_WIDGET (self);
}
