/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-place-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-choice-list.h"
#include "altm-dialog.h"
#include "altm-navigation.h"
#include "altm-page-header.h"

struct _AltmPlacePage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  GtkWidget *people_group;
  AdwComboRow *by_row;
  AdwComboRow *partner_row;
  GtkEditable *search_entry;
  AltmChoiceList *places;

  AltmSession *session;
  char *channel;
  gboolean is_starting;
};

G_DEFINE_FINAL_TYPE (AltmPlacePage, altm_place_page, GTK_TYPE_WIDGET)

static const char *const street_kinds[] = { "qpv", "other", "school", "commune", NULL };
static const char *const office_kinds[] = { "post_office", NULL };

static const char *const *
kinds_of (const char *channel)
{
  return g_strcmp0 (channel, "bureau_poste") == 0 ? office_kinds : street_kinds;
}

static void
add_place (AltmPlacePage *self, json_t *place)
{
  const char *name = altm_json_get_string (place, "name");
  const char *commune = altm_json_get_string (place, "commune");
  const char *address = altm_json_get_string (place, "address");
  gboolean is_commune = g_strcmp0 (altm_json_get_string (place, "kind"), "commune") == 0;
  g_autofree char *details = NULL;

  if (address != NULL)
    details = g_strdup_printf ("%s, %s", address, commune);
  else
    details = g_strdup (is_commune ? _("Elsewhere in this town") : commune);
  altm_choice_list_add (self->places, altm_json_get_string (place, "id"), name, details, NULL);
}

static void
search_cb (AltmPlacePage *self)
{
  AltmLists *lists = altm_session_get_lists (self->session);
  const char *const *kinds = kinds_of (self->channel);
  const char *text = gtk_editable_get_text (self->search_entry);
  guint n_found = 0;

  altm_choice_list_clear (self->places);
  for (gsize kind = 0; kinds[kind] != NULL; kind++)
    {
      g_autoptr (GPtrArray) found = altm_lists_search_places (lists, kinds[kind], text);

      for (guint i = 0; i < found->len; i++)
        if (n_found++ < ALTM_CHOICES_SHOWN)
          add_place (self, found->pdata[i]);
    }
  altm_choice_list_end (self->places, n_found - MIN (n_found, ALTM_CHOICES_SHOWN));
}

/* The first row of both is nobody. */
static const char *
mediator_of (AltmPlacePage *self, AdwComboRow *row)
{
  json_t *mediators = altm_lists_get_mediators (altm_session_get_lists (self->session));
  guint selected = adw_combo_row_get_selected (row);

  if (selected == 0 || selected == GTK_INVALID_LIST_POSITION)
    return NULL;
  return altm_json_get_string (json_array_get (mediators, selected - 1), "code");
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmPlacePage) self = user_data;
  g_autoptr (GError) error = NULL;

  self->is_starting = FALSE;
  if (!altm_session_finish (ALTM_SESSION (source), result, &error))
    {
      altm_dialog_show_unsaved (GTK_WIDGET (self), error);
      return;
    }
  if (gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    altm_navigation_pop (GTK_WIDGET (self));
}

static void
place_chosen_cb (AltmPlacePage *self, const char *place)
{
  const char *partner = mediator_of (self, self->partner_row);
  g_autoptr (json_t) partners = partner == NULL ? NULL : json_pack ("[s]", partner);

  if (self->is_starting)
    return;
  self->is_starting = TRUE;
  altm_session_start_shift_async (self->session, self->channel, place,
                                  mediator_of (self, self->by_row), partners, started_cb,
                                  g_object_ref (self));
}

static void
fill_people (AltmPlacePage *self, AdwComboRow *row, const char *nobody, const char *chosen)
{
  json_t *mediators = altm_lists_get_mediators (altm_session_get_lists (self->session));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;
  size_t i;
  json_t *mediator;

  gtk_string_list_append (names, nobody);
  json_array_foreach (mediators, i, mediator)
    {
      gtk_string_list_append (names, altm_json_get_string (mediator, "name"));
      if (chosen != NULL && g_strcmp0 (altm_json_get_string (mediator, "code"), chosen) == 0)
        selected = i + 1;
    }
  adw_combo_row_set_model (row, G_LIST_MODEL (names));
  adw_combo_row_set_selected (row, selected);
}

static void
fill_group (AltmPlacePage *self)
{
  json_t *mediators = altm_lists_get_mediators (altm_session_get_lists (self->session));
  const AltmShift *last = altm_session_get_shift (self->session);
  const char *partner = last == NULL ? NULL
                                     : json_string_value (json_array_get (last->partners, 0));

  gtk_widget_set_visible (self->people_group, json_array_size (mediators) > 0);
  fill_people (self, self->by_row, _("Not said"), last == NULL ? NULL : last->by);
  fill_people (self, self->partner_row, _("Nobody"), partner);
}

static void
altm_place_page_dispose (GObject *object)
{
  AltmPlacePage *self = ALTM_PLACE_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->channel, g_free);
  G_OBJECT_CLASS (altm_place_page_parent_class)->dispose (object);
}

static void
altm_place_page_class_init (AltmPlacePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_place_page_dispose;
  g_type_ensure (ALTM_TYPE_CHOICE_LIST);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-place-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmPlacePage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmPlacePage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmPlacePage, people_group);
  gtk_widget_class_bind_template_child (widget_class, AltmPlacePage, by_row);
  gtk_widget_class_bind_template_child (widget_class, AltmPlacePage, partner_row);
  gtk_widget_class_bind_template_child (widget_class, AltmPlacePage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, AltmPlacePage, places);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, place_chosen_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_place_page_init (AltmPlacePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
altm_place_page_new (AltmSession *session, const char *channel)
{
  AltmPlacePage *self = g_object_new (ALTM_TYPE_PLACE_PAGE, NULL);

  self->session = g_object_ref (session);
  self->channel = g_strdup (channel);
  altm_page_header_set_titles (self->header, _("Where are you?"),
                               altm_session_get_label (session, "canal", channel));
  fill_group (self);
  search_cb (self);
  return GTK_WIDGET (self);
}
