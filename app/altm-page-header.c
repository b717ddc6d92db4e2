/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-page-header.h"

struct _AltmPageHeader
{
  GtkWidget parent_instance;

  GtkWidget *header_bar;
  GtkWidget *back_button;
  GtkLabel *title_label;
  GtkLabel *subtitle_label;
};

G_DEFINE_FINAL_TYPE (AltmPageHeader, altm_page_header, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_SUBTITLE,
  N_PROPS,
};

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

void
altm_page_header_set_titles (AltmPageHeader *self, const char *title, const char *subtitle)
{
  set_text (self->title_label, title);
  set_text (self->subtitle_label, subtitle);
}

/* A screen reader says what the page is when the focus goes to it. */
void
altm_page_header_name (AltmPageHeader *self, GtkWidget *page)
{
  gtk_accessible_update_relation (GTK_ACCESSIBLE (page), GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->title_label,
                                  self->subtitle_label, NULL, -1);
}

void
altm_page_header_set_has_back (AltmPageHeader *self, gboolean has_back)
{
  gtk_widget_set_visible (self->back_button, has_back);
}

static void
altm_page_header_set_property (GObject *object, guint property, const GValue *value,
                               GParamSpec *pspec)
{
  AltmPageHeader *self = ALTM_PAGE_HEADER (object);
  const char *text = g_value_get_string (value);

  switch (property)
    {
    case PROP_TITLE:
      set_text (self->title_label, text);
      break;
    case PROP_SUBTITLE:
      set_text (self->subtitle_label, text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
altm_page_header_dispose (GObject *object)
{
  g_clear_pointer (&ALTM_PAGE_HEADER (object)->header_bar, gtk_widget_unparent);
  G_OBJECT_CLASS (altm_page_header_parent_class)->dispose (object);
}

static void
altm_page_header_class_init (AltmPageHeaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = altm_page_header_set_property;
  object_class->dispose = altm_page_header_dispose;
  g_object_class_install_property (object_class, PROP_TITLE,
                                   g_param_spec_string ("title", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_SUBTITLE,
                                   g_param_spec_string ("subtitle", NULL, NULL, NULL, flags));

  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-page-header.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmPageHeader, header_bar);
  gtk_widget_class_bind_template_child (widget_class, AltmPageHeader, back_button);
  gtk_widget_class_bind_template_child (widget_class, AltmPageHeader, title_label);
  gtk_widget_class_bind_template_child (widget_class, AltmPageHeader, subtitle_label);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_page_header_init (AltmPageHeader *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
