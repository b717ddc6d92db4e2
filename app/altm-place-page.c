/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-place-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-choice-list.h"
#include "altm-dialog.h"
#include "altm-holder.h"
#include "altm-navigation.h"
#include "altm-page-header.h"
#include "altm-people-page.h"
#include "altm-shift-move.h"

struct _AltmPlacePage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  GtkWidget *people_group;
  AdwActionRow *people_row;
  GtkEditable *search_entry;
  AltmChoiceList *places;

  AltmSession *session;
  char *channel;
  char *by;
  char *partner;
  char *place;
  char *moved;
  gboolean is_starting;
};

G_DEFINE_FINAL_TYPE (AltmPlacePage, altm_place_page, GTK_TYPE_WIDGET)

/* The kinds of places at which there is a shift in a channel, those that it is about first. The last line is all others'. */
static const struct
{
  const char *channel;
  const char *kinds[5];
} kinds_by_channel[] = {
  { "bureau_poste", { "post_office" } },
  { "ecole", { "school", "qpv", "other", "commune" } },
  { "etablissement", { "other", "qpv", "school", "commune" } },
  { "permanence", { "other", "qpv", "school", "commune" } },
  { NULL, { "qpv", "other", "school", "commune" } },
};

static const char *const *
kinds_of (const char *channel)
{
  gsize i = 0;

  while (kinds_by_channel[i].channel != NULL && g_strcmp0 (kinds_by_channel[i].channel, channel) != 0)
    i++;
  return kinds_by_channel[i].kinds;
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
start (AltmPlacePage *self, const char *place)
{
  g_autoptr (json_t) partners = self->partner == NULL ? NULL : json_pack ("[s]", self->partner);

  if (self->is_starting)
    return;
  self->is_starting = TRUE;
  altm_session_start_shift_async (self->session, self->channel, place, self->by, partners, started_cb,
                                  g_object_ref (self));
}

/* What is handed to the store's thread. */
typedef struct
{
  char *shift;
  char *place;
} Move;

static void
move_free (gpointer data)
{
  Move *self = data;

  g_free (self->shift);
  g_free (self->place);
  g_free (self);
}

static gboolean
move_in_store (AltmStore *store, gpointer data, GError **error)
{
  const Move *move = data;

  return altm_shift_move (store, move->shift, move->place, g_get_real_time (), error);
}

static void
move_to (AltmPlacePage *self, const char *place)
{
  Move *move;

  if (self->is_starting)
    return;
  self->is_starting = TRUE;
  move = g_new0 (Move, 1);
  move->shift = g_strdup (self->moved);
  move->place = g_strdup (place);
  altm_session_run_async (self->session, move_in_store, move, move_free, started_cb, g_object_ref (self));
}

static void
show_people (AltmPlacePage *self)
{
  g_autoptr (json_t) partners = self->partner == NULL ? NULL : json_pack ("[s]", self->partner);
  const AltmShift shift = { .by = self->by, .partners = partners };
  g_autofree char *people = altm_holder_describe_shift (self->session, &shift);

  adw_action_row_set_subtitle (self->people_row, self->by == NULL ? _("Choose") : people);
}

static void
people_chosen_cb (AltmPlacePage *self, const char *by, const char *partner)
{
  g_autofree char *place = g_steal_pointer (&self->place);

  g_free (self->by);
  g_free (self->partner);
  self->by = g_strdup (by);
  self->partner = g_strdup (partner);
  show_people (self);
  if (place != NULL)
    start (self, place);
}

static void
ask_people (AltmPlacePage *self, const char *place)
{
  GtkWidget *page = altm_people_page_new (self->session, TRUE);

  g_free (self->place);
  self->place = g_strdup (place);
  g_signal_connect_object (page, "chosen", G_CALLBACK (people_chosen_cb), self, G_CONNECT_SWAPPED);
  altm_navigation_push (GTK_WIDGET (self), page);
}

static void
people_cb (AltmPlacePage *self)
{
  ask_people (self, NULL);
}

static void
place_chosen_cb (AltmPlacePage *self, const char *place)
{
  if (self->moved != NULL)
    move_to (self, place);
  else if (altm_holder_is_known (self->session, self->by))
    start (self, place);
  else
    ask_people (self, place);
}

/* Those of the last shift, whom HQ may have retired since. */
static void
remember_people (AltmPlacePage *self)
{
  AltmLists *lists = altm_session_get_lists (self->session);
  const AltmShift *last = altm_session_get_shift (self->session);
  const char *partner = last == NULL ? NULL : json_string_value (json_array_get (last->partners, 0));

  if (last == NULL || altm_lists_find_mediator (lists, last->by) == NULL)
    return;
  self->by = g_strdup (last->by);
  if (altm_lists_find_mediator (lists, partner) != NULL)
    self->partner = g_strdup (partner);
}

static void
altm_place_page_dispose (GObject *object)
{
  AltmPlacePage *self = ALTM_PLACE_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->channel, g_free);
  g_clear_pointer (&self->by, g_free);
  g_clear_pointer (&self->partner, g_free);
  g_clear_pointer (&self->place, g_free);
  g_clear_pointer (&self->moved, g_free);
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
  gtk_widget_class_bind_template_child (widget_class, AltmPlacePage, people_row);
  gtk_widget_class_bind_template_child (widget_class, AltmPlacePage, search_entry);
  gtk_widget_class_bind_template_callback (widget_class, altm_navigation_pop);
  gtk_widget_class_bind_template_child (widget_class, AltmPlacePage, places);
  gtk_widget_class_bind_template_callback (widget_class, people_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, place_chosen_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_place_page_init (AltmPlacePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_set (gtk_editable_get_delegate (self->search_entry), "input-hints", GTK_INPUT_HINT_NO_SPELLCHECK, NULL);
}

static AltmPlacePage *
new_page (AltmSession *session, const char *channel)
{
  AltmPlacePage *self = g_object_new (ALTM_TYPE_PLACE_PAGE, NULL);

  self->session = g_object_ref (session);
  self->channel = g_strdup (channel);
  search_cb (self);
  return self;
}

/**
 * altm_place_page_new:
 * @channel: in which the shift will be, a code of the list canal
 */
GtkWidget *
altm_place_page_new (AltmSession *session, const char *channel)
{
  AltmPlacePage *self = new_page (session, channel);

  altm_page_header_set_titles (self->header, _("Where are you?"), altm_session_get_label (session, "canal", channel));
  gtk_widget_set_visible (self->people_group, altm_lists_has_mediators (altm_session_get_lists (session)));
  remember_people (self);
  show_people (self);
  return GTK_WIDGET (self);
}

/**
 * altm_place_page_new_to_move:
 * @shift: a shift, whose place was chosen wrongly; what was recorded in it goes along
 */
GtkWidget *
altm_place_page_new_to_move (AltmSession *session, const AltmLine *shift)
{
  AltmPlacePage *self = new_page (session, altm_json_get_string (shift->data, "channel"));

  self->moved = g_strdup (shift->id);
  altm_page_header_set_titles (self->header, _("Where was this shift?"), _("What was recorded in it goes along."));
  gtk_widget_set_visible (self->people_group, FALSE);
  return GTK_WIDGET (self);
}
