/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-emergency-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-choice-list.h"
#include "altm-dialog.h"
#include "altm-page-header.h"
#include "altm-scroller.h"

struct _AltmEmergencyPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmChoiceList *numbers;

  char *number;
};

G_DEFINE_FINAL_TYPE (AltmEmergencyPage, altm_emergency_page, GTK_TYPE_WIDGET)

/* France's; the most general one first. */
static const struct
{
  const char *number;
  const char *what;
  const char *when;
} numbers[] = {
  { "112", N_("112: any emergency"), N_("Somebody is in danger: ambulance, fire brigade, police") },
  { "119", N_("119: a child in danger"), N_("Or one who may be. Children can call too.") },
  { "3919", N_("3919: violence against women"), N_("Listens and advises, no name is asked. In danger: 112.") },
  { "115", N_("115: no roof"), N_("Somebody sleeps outside, or has nowhere to go tonight") },
};

/* Many tablets have no telephone: what to dial elsewhere is said then. */
static void
shown_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmEmergencyPage) self = user_data;
  g_autofree char *heading = NULL;

  if (gtk_show_uri_full_finish (GTK_WINDOW (source), result, NULL) || gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  heading = g_strdup_printf (_("Dial %s on a telephone"), self->number);
  altm_dialog_tell (GTK_WIDGET (self), heading, _("This tablet can’t call by itself."), NULL, NULL);
}

static void
number_cb (AltmEmergencyPage *self, const char *number)
{
  g_autofree char *uri = g_strconcat ("tel:", number, NULL);

  g_free (self->number);
  self->number = g_strdup (number);
  gtk_show_uri_full (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), uri, GDK_CURRENT_TIME, NULL, shown_cb,
                     g_object_ref (self));
}

static void
altm_emergency_page_dispose (GObject *object)
{
  AltmEmergencyPage *self = ALTM_EMERGENCY_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->number, g_free);
  G_OBJECT_CLASS (altm_emergency_page_parent_class)->dispose (object);
}

static void
altm_emergency_page_class_init (AltmEmergencyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_emergency_page_dispose;
  g_type_ensure (ALTM_TYPE_CHOICE_LIST);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  g_type_ensure (ALTM_TYPE_SCROLLER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-emergency-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmEmergencyPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmEmergencyPage, numbers);
  gtk_widget_class_bind_template_callback (widget_class, number_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_emergency_page_init (AltmEmergencyPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
altm_emergency_page_new (void)
{
  AltmEmergencyPage *self = g_object_new (ALTM_TYPE_EMERGENCY_PAGE, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    altm_choice_list_add (self->numbers, numbers[i].number, _(numbers[i].what), _(numbers[i].when), "call-start-symbolic");
  altm_choice_list_end (self->numbers, 0);
  return GTK_WIDGET (self);
}
