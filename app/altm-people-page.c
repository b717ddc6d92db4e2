/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-people-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-choice-list.h"
#include "altm-holder.h"
#include "altm-navigation.h"
#include "altm-page-header.h"

/* From so many on, a name is found sooner by typing than by scrolling. */
#define SEARCHED 8

struct _AltmPeoplePage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  GtkWidget *alone_button;
  GtkEditable *search_entry;
  AltmChoiceList *mediators;

  AltmSession *session;
  gboolean asks_partner;
  char *by;
};

G_DEFINE_FINAL_TYPE (AltmPeoplePage, altm_people_page, GTK_TYPE_WIDGET)

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
matches (AltmPeoplePage *self, json_t *mediator)
{
  const char *text = gtk_editable_get_text (self->search_entry);
  g_autofree char *words = g_strjoin (" ", altm_json_get_string (mediator, "name") ?: "",
                                      altm_json_get_string (mediator, "team") ?: "", NULL);

  return *text == '\0' || g_str_match_string (text, words, TRUE);
}

static gboolean
is_offered (AltmPeoplePage *self, json_t *mediator)
{
  const char *code = altm_json_get_string (mediator, "code");

  return altm_lists_find_mediator (altm_session_get_lists (self->session), code) != NULL
         && g_strcmp0 (code, self->by) != 0 && matches (self, mediator);
}

/* Who has used this tablet is most likely to use it again. */
static gboolean
is_at_home (AltmPeoplePage *self, const char *code)
{
  const AltmShift *last = altm_session_get_shift (self->session);
  size_t i;
  json_t *partner;

  if (altm_holder_is_set (self->session, code) || (last != NULL && g_strcmp0 (last->by, code) == 0))
    return TRUE;
  if (last != NULL)
    json_array_foreach (last->partners, i, partner)
      if (g_strcmp0 (json_string_value (partner), code) == 0)
        return TRUE;
  return FALSE;
}

static guint
add_mediators (AltmPeoplePage *self, gboolean at_home)
{
  json_t *mediators = altm_lists_get_mediators (altm_session_get_lists (self->session));
  guint n_found = 0;
  size_t i;
  json_t *mediator;

  json_array_foreach (mediators, i, mediator)
    {
      const char *code = altm_json_get_string (mediator, "code");

      if (!is_offered (self, mediator) || is_at_home (self, code) != at_home)
        continue;
      if (n_found++ < ALTM_CHOICES_SHOWN)
        altm_choice_list_add (self->mediators, code, altm_holder_name (self->session, code),
                              altm_json_get_string (mediator, "team"), NULL);
    }
  return n_found - MIN (n_found, ALTM_CHOICES_SHOWN);
}

static void
fill (AltmPeoplePage *self)
{
  guint n_left_out;

  if (self->session == NULL)
    return;
  altm_choice_list_clear (self->mediators);
  n_left_out = add_mediators (self, TRUE) + add_mediators (self, FALSE);
  altm_choice_list_end (self->mediators, n_left_out);
}

static void
show (AltmPeoplePage *self)
{
  if (self->by == NULL)
    altm_page_header_set_titles (self->header, _("Who are you?"), NULL);
  else
    altm_page_header_set_titles (self->header, _("With whom?"), altm_holder_name (self->session, self->by));
  gtk_widget_set_visible (self->alone_button, self->by != NULL);
  gtk_editable_set_text (self->search_entry, "");
  fill (self);
}

static void
end (AltmPeoplePage *self, const char *by, const char *partner)
{
  g_autoptr (AltmPeoplePage) kept = g_object_ref (self);

  altm_navigation_pop (GTK_WIDGET (self));
  g_signal_emit (self, signals[CHOSEN], 0, by, partner);
}

static void
mediator_cb (AltmPeoplePage *self, const char *code)
{
  g_autofree char *chosen = g_strdup (code);

  if (self->by != NULL || !self->asks_partner)
    {
      end (self, self->by != NULL ? self->by : chosen, self->by != NULL ? chosen : NULL);
      return;
    }
  self->by = g_steal_pointer (&chosen);
  show (self);
}

static void
alone_cb (AltmPeoplePage *self)
{
  end (self, self->by, NULL);
}

static void
altm_people_page_dispose (GObject *object)
{
  AltmPeoplePage *self = ALTM_PEOPLE_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->by, g_free);
  G_OBJECT_CLASS (altm_people_page_parent_class)->dispose (object);
}

static void
altm_people_page_class_init (AltmPeoplePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_people_page_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  g_type_ensure (ALTM_TYPE_CHOICE_LIST);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-people-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmPeoplePage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmPeoplePage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmPeoplePage, alone_button);
  gtk_widget_class_bind_template_child (widget_class, AltmPeoplePage, search_entry);
  gtk_widget_class_bind_template_callback (widget_class, altm_navigation_pop);
  gtk_widget_class_bind_template_child (widget_class, AltmPeoplePage, mediators);
  gtk_widget_class_bind_template_callback (widget_class, fill);
  gtk_widget_class_bind_template_callback (widget_class, mediator_cb);
  gtk_widget_class_bind_template_callback (widget_class, alone_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_people_page_init (AltmPeoplePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_set (gtk_editable_get_delegate (self->search_entry), "input-hints", GTK_INPUT_HINT_NO_SPELLCHECK, NULL);
}

GtkWidget *
altm_people_page_new (AltmSession *session, gboolean asks_partner)
{
  AltmPeoplePage *self = g_object_new (ALTM_TYPE_PEOPLE_PAGE, NULL);
  json_t *mediators = altm_lists_get_mediators (altm_session_get_lists (session));

  self->session = g_object_ref (session);
  self->asks_partner = asks_partner;
  gtk_widget_set_visible (GTK_WIDGET (self->search_entry), json_array_size (mediators) >= SEARCHED);
  show (self);
  return GTK_WIDGET (self);
}
