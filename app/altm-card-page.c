/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-card-page.h"

#include "altm-page-header.h"
#include "altm-scroller.h"
#include "altm-structure-card.h"

struct _AltmCardPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmStructureCard *card;
};

G_DEFINE_FINAL_TYPE (AltmCardPage, altm_card_page, GTK_TYPE_WIDGET)

static void
altm_card_page_dispose (GObject *object)
{
  g_clear_pointer (&ALTM_CARD_PAGE (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (altm_card_page_parent_class)->dispose (object);
}

static void
altm_card_page_class_init (AltmCardPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_card_page_dispose;
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_STRUCTURE_CARD);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-card-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmCardPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmCardPage, card);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_card_page_init (AltmCardPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * altm_card_page_new:
 *
 * The parameters are those of altm_structure_card_show().
 */
GtkWidget *
altm_card_page_new (AltmSession *session, const char *structure, const char *structure_type, const char *reference)
{
  AltmCardPage *self = g_object_new (ALTM_TYPE_CARD_PAGE, NULL);

  altm_structure_card_show (self->card, session, structure, structure_type, reference);
  altm_structure_card_show_qr (self->card);
  return GTK_WIDGET (self);
}
