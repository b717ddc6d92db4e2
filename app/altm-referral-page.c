/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-referral-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "altm-chips.h"
#include "altm-choice-list.h"
#include "altm-format.h"
#include "altm-navigation.h"
#include "altm-page-header.h"
#include "altm-referral-details-page.h"
#include "altm-referral.h"

/* Before the id of a choice that is a type of structure alone. */
#define TYPE_PREFIX "type:"

struct _AltmReferralPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkEditable *search_entry;
  AltmChips *types;
  AltmChoiceList *structures;
  GtkWidget *check_box;

  AltmSession *session;
  json_t *themes;
  json_t *needs;
  gboolean is_child;
  char *contact;
};

G_DEFINE_FINAL_TYPE (AltmReferralPage, altm_referral_page, GTK_TYPE_WIDGET)

enum
{
  REFERRED,
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
holds (json_t *codes, const char *code)
{
  size_t i;
  json_t *entry;

  json_array_foreach (codes, i, entry)
    if (g_strcmp0 (json_string_value (entry), code) == 0)
      return TRUE;
  return FALSE;
}

/* The types that the themes call for, in the order of the needs, each once. */
static json_t *
gather_needs (AltmSession *session, json_t *themes)
{
  AltmLists *lists = altm_session_get_lists (session);
  json_t *needs = json_array ();
  size_t i, j;
  json_t *theme, *type;

  json_array_foreach (themes, i, theme)
    {
      json_t *types = altm_lists_get_needs (lists, json_string_value (theme));

      json_array_foreach (types, j, type)
        if (!holds (needs, json_string_value (type)))
          json_array_append (needs, type);
    }
  return needs;
}

/* The theme that a referral to @type is about: the first that calls for it. */
static const char *
theme_for (AltmReferralPage *self, const char *type)
{
  AltmLists *lists = altm_session_get_lists (self->session);
  size_t i;
  json_t *theme;

  json_array_foreach (self->themes, i, theme)
    if (holds (altm_lists_get_needs (lists, json_string_value (theme)), type))
      return json_string_value (theme);
  return json_string_value (json_array_get (self->themes, 0));
}

/* What is searched in: the type that is chosen, else those that the themes call for, else all.
 * Whoever types words looks for a structure by its name, whatever its type. */
static json_t *
types_to_search (AltmReferralPage *self, const char *text)
{
  const char *chosen = altm_chips_get_code (self->types);

  if (chosen != NULL)
    return json_pack ("[s]", chosen);
  if (*text != '\0' || json_array_size (self->needs) == 0)
    return NULL;
  return json_incref (self->needs);
}

static void
add_types (AltmReferralPage *self, json_t *types)
{
  size_t i;
  json_t *type;

  json_array_foreach (types, i, type)
    {
      const char *code = json_string_value (type);
      const char *label = altm_session_get_label (self->session, "structure_type", code);
      g_autofree char *id = g_strconcat (TYPE_PREFIX, code, NULL);

      altm_choice_list_add (self->structures, id, label,
                            _("This kind of service, without saying which"),
                            "view-more-horizontal-symbolic");
    }
}

static void
add_structure (AltmReferralPage *self, json_t *structure)
{
  gboolean is_to_check = altm_lists_is_to_check (structure);
  const char *commune = altm_json_get_string (structure, "commune");
  const char *type = altm_session_get_label (self->session, "structure_type",
                                             altm_json_get_string (structure, "type"));
  const char *parts[] = { commune == NULL ? "" : commune, type,
                          is_to_check ? _("address to be checked") : "", NULL };
  g_autofree char *details = altm_format_join (parts);

  altm_choice_list_add (self->structures, altm_json_get_string (structure, "id"),
                        altm_json_get_string (structure, "name"), details,
                        is_to_check ? "dialog-question-symbolic" : "mark-location-symbolic");
}

/* What the sign on the rows means, and what to do then, is said once above them. */
static void
show_check (AltmReferralPage *self, GPtrArray *found, guint n_shown)
{
  gboolean is_any = FALSE;

  for (guint i = 0; i < n_shown; i++)
    is_any = is_any || altm_lists_is_to_check (found->pdata[i]);
  gtk_widget_set_visible (self->check_box, is_any);
}

static void
search_cb (AltmReferralPage *self)
{
  const char *text = gtk_editable_get_text (self->search_entry);
  g_autoptr (json_t) types = types_to_search (self, text);
  const AltmShift *shift = altm_session_get_shift (self->session);
  const char *place = shift == NULL ? NULL : shift->place;
  g_autoptr (GPtrArray) found = NULL;
  guint n_shown;

  found = altm_lists_search_structures (altm_session_get_lists (self->session), types, place, text);
  n_shown = MIN (found->len, ALTM_CHOICES_SHOWN);
  altm_choice_list_clear (self->structures);
  if (altm_chips_get_code (self->types) != NULL)
    add_types (self, types);
  for (guint i = 0; i < n_shown; i++)
    add_structure (self, found->pdata[i]);
  if (*text == '\0' && altm_chips_get_code (self->types) == NULL)
    add_types (self, types);
  altm_choice_list_end (self->structures, found->len - n_shown);
  show_check (self, found, n_shown);
}

static void
referred_cb (AltmReferralPage *self, AltmReferral *referral)
{
  g_signal_emit (self, signals[REFERRED], 0, referral);
}

static void
open_details (AltmReferralPage *self, const char *structure, const char *type)
{
  AltmReferral *referral = altm_referral_new (structure, type, theme_for (self, type));
  GtkWidget *page = altm_referral_details_page_new (self->session, referral, self->is_child, self->contact);

  g_signal_connect_object (page, "referred", G_CALLBACK (referred_cb), self, G_CONNECT_SWAPPED);
  altm_navigation_push (GTK_WIDGET (self), page);
}

static const char *
type_of (AltmReferralPage *self, const char *structure)
{
  AltmLists *lists = altm_session_get_lists (self->session);

  return altm_json_get_string (altm_lists_find_structure (lists, structure), "type");
}

static void
chosen_cb (AltmReferralPage *self, const char *id)
{
  gboolean is_type = g_str_has_prefix (id, TYPE_PREFIX);
  const char *structure = is_type ? NULL : id;
  const char *type = is_type ? id + strlen (TYPE_PREFIX) : type_of (self, id);

  if (self->contact != NULL)
    {
      open_details (self, structure, type);
      return;
    }
  g_signal_emit (self, signals[CHOSEN], 0, structure, type);
  altm_navigation_pop (GTK_WIDGET (self));
}

static void
fill_types (AltmReferralPage *self)
{
  g_autoptr (GPtrArray) first = g_ptr_array_new ();
  size_t i;
  json_t *type;

  json_array_foreach (self->needs, i, type)
    g_ptr_array_add (first, (gpointer) json_string_value (type));
  g_ptr_array_add (first, NULL);
  altm_chips_fill (self->types, self->session, "structure_type",
                   (const char *const *) first->pdata, NULL);
}

static void
altm_referral_page_dispose (GObject *object)
{
  AltmReferralPage *self = ALTM_REFERRAL_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->themes, json_decref);
  g_clear_pointer (&self->needs, json_decref);
  g_clear_pointer (&self->contact, g_free);
  G_OBJECT_CLASS (altm_referral_page_parent_class)->dispose (object);
}

static void
altm_referral_page_class_init (AltmReferralPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_referral_page_dispose;
  signals[REFERRED] = g_signal_new ("referred", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  g_type_ensure (ALTM_TYPE_CHIPS);
  g_type_ensure (ALTM_TYPE_CHOICE_LIST);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/altm/Field/altm-referral-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmReferralPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralPage, search_entry);
  gtk_widget_class_bind_template_callback (widget_class, altm_navigation_pop);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralPage, types);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralPage, structures);
  gtk_widget_class_bind_template_child (widget_class, AltmReferralPage, check_box);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_referral_page_init (AltmReferralPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_set (gtk_editable_get_delegate (self->search_entry), "input-hints", GTK_INPUT_HINT_NO_SPELLCHECK, NULL);
}

/**
 * altm_referral_page_new:
 * @themes: (nullable): the contact's
 * @is_child: whether the person is a child
 * @contact: (nullable): id of the contact's record; %NULL where there is only a structure to choose
 */
GtkWidget *
altm_referral_page_new (AltmSession *session, json_t *themes, gboolean is_child, const char *contact)
{
  AltmReferralPage *self = g_object_new (ALTM_TYPE_REFERRAL_PAGE, NULL);

  self->session = g_object_ref (session);
  self->themes = json_incref (themes);
  self->needs = gather_needs (session, themes);
  self->is_child = is_child;
  self->contact = g_strdup (contact);
  fill_types (self);
  search_cb (self);
  return GTK_WIDGET (self);
}

/**
 * altm_referral_page_new_to_choose:
 *
 * Only to choose another structure; #AltmReferralPage::chosen tells which.
 */
GtkWidget *
altm_referral_page_new_to_choose (AltmSession *session)
{
  return altm_referral_page_new (session, NULL, FALSE, NULL);
}
