/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-structure-card.h"

#include <glib/gi18n.h>

#include "altm-card-page.h"
#include "altm-card-text.h"
#include "altm-navigation.h"
#include "altm-qr.h"

struct _AltmStructureCard
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *name_label;
  GtkLabel *address_label;
  GtkWidget *phone_link;
  GtkLabel *phone_label;
  GtkLabel *hours_label;
  GtkWidget *check_box;
  GtkWidget *reference_box;
  GtkLabel *code_title;
  GtkLabel *reference_label;
  AltmQr *qr;
  GtkWidget *show_button;

  AltmSession *session;
  char *structure;
  char *structure_type;
  char *reference;
};

G_DEFINE_FINAL_TYPE (AltmStructureCard, altm_structure_card, GTK_TYPE_WIDGET)

static void
show_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static char *
tell_address (json_t *structure)
{
  const char *address = altm_json_get_string (structure, "address");
  const char *postcode = altm_json_get_string (structure, "postcode");
  const char *commune = altm_json_get_string (structure, "commune");

  return g_strdup_printf ("%s%s%s %s", address == NULL ? "" : address, address == NULL ? "" : "\n",
                          postcode == NULL ? "" : postcode, commune == NULL ? "" : commune);
}

static void
show_phone (AltmStructureCard *self, const char *phone)
{
  g_autofree char *tel = altm_card_text_tel (phone);
  g_autofree char *uri = tel == NULL ? NULL : g_strconcat ("tel:", tel, NULL);
  g_autofree char *name = uri == NULL ? NULL : g_strdup_printf (_("Call %s"), phone);

  gtk_widget_set_visible (self->phone_link, uri != NULL);
  if (uri == NULL)
    return;
  gtk_link_button_set_uri (GTK_LINK_BUTTON (self->phone_link), uri);
  gtk_label_set_label (self->phone_label, phone);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->phone_link), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static json_t *
find_structure (AltmStructureCard *self)
{
  return self->structure == NULL ? NULL
                                 : altm_lists_find_structure (altm_session_get_lists (self->session), self->structure);
}

/**
 * altm_structure_card_show:
 * @structure: (nullable): id of a structure
 * @structure_type: (nullable): what it is where no structure was named
 * @reference: (nullable): the code that the person is given
 */
void
altm_structure_card_show (AltmStructureCard *self, AltmSession *session, const char *structure,
                          const char *structure_type, const char *reference)
{
  json_t *found;
  g_autofree char *address = NULL;

  g_set_object (&self->session, session);
  g_free (self->structure);
  g_free (self->structure_type);
  g_free (self->reference);
  self->structure = g_strdup (structure);
  self->structure_type = g_strdup (structure_type);
  self->reference = g_strdup (reference);
  found = find_structure (self);
  address = found == NULL ? NULL : tell_address (found);
  show_text (self->name_label, found != NULL ? altm_json_get_string (found, "name")
                                             : altm_session_get_label (session, "structure_type", structure_type));
  show_text (self->address_label, address);
  show_phone (self, altm_json_get_string (found, "phone"));
  show_text (self->hours_label, altm_json_get_string (found, "hours"));
  show_text (self->reference_label, reference);
  gtk_widget_set_visible (self->reference_box, reference != NULL);
  gtk_widget_set_visible (self->check_box, altm_lists_is_to_check (found));
  gtk_widget_set_visible (self->show_button, found != NULL);
}

/**
 * altm_structure_card_show_qr:
 *
 * Shows the structure's QR code in the button's place: the card is before the person's eyes now, so what is for the
 * mediator's goes.
 */
void
altm_structure_card_show_qr (AltmStructureCard *self)
{
  json_t *found = find_structure (self);
  const char *name = altm_json_get_string (found, "name");
  g_autofree char *text = found == NULL ? NULL : altm_card_text_vcard (found);
  g_autofree char *told = g_strdup_printf (_("QR code: name, address and telephone of %s"), name == NULL ? "" : name);

  gtk_label_set_label (self->code_title, _("Your code: give it at the reception"));
  gtk_widget_set_visible (self->show_button, FALSE);
  gtk_widget_set_visible (self->check_box, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->qr), text != NULL && altm_qr_set_text (self->qr, text));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->qr), GTK_ACCESSIBLE_PROPERTY_LABEL, told, -1);
}

static void
show_cb (AltmStructureCard *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_card_page_new (self->session, self->structure, self->structure_type,
                                                               self->reference));
}

static void
altm_structure_card_dispose (GObject *object)
{
  AltmStructureCard *self = ALTM_STRUCTURE_CARD (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->structure, g_free);
  g_clear_pointer (&self->structure_type, g_free);
  g_clear_pointer (&self->reference, g_free);
  G_OBJECT_CLASS (altm_structure_card_parent_class)->dispose (object);
}

static void
altm_structure_card_class_init (AltmStructureCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_structure_card_dispose;
  g_type_ensure (ALTM_TYPE_QR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-structure-card.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmStructureCard, box);
  gtk_widget_class_bind_template_child (widget_class, AltmStructureCard, name_label);
  gtk_widget_class_bind_template_child (widget_class, AltmStructureCard, address_label);
  gtk_widget_class_bind_template_child (widget_class, AltmStructureCard, phone_link);
  gtk_widget_class_bind_template_child (widget_class, AltmStructureCard, phone_label);
  gtk_widget_class_bind_template_child (widget_class, AltmStructureCard, hours_label);
  gtk_widget_class_bind_template_child (widget_class, AltmStructureCard, check_box);
  gtk_widget_class_bind_template_child (widget_class, AltmStructureCard, reference_box);
  gtk_widget_class_bind_template_child (widget_class, AltmStructureCard, code_title);
  gtk_widget_class_bind_template_child (widget_class, AltmStructureCard, reference_label);
  gtk_widget_class_bind_template_child (widget_class, AltmStructureCard, qr);
  gtk_widget_class_bind_template_child (widget_class, AltmStructureCard, show_button);
  gtk_widget_class_bind_template_callback (widget_class, show_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_structure_card_init (AltmStructureCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
