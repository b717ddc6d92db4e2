/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-main-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-draft-bar.h"
#include "altm-due-page.h"
#include "altm-format.h"
#include "altm-holder.h"
#include "altm-journal-page.h"
#include "altm-navigation.h"
#include "altm-offer-bar.h"
#include "altm-post-office-page.h"
#include "altm-sending-page.h"
#include "altm-settings-page.h"
#include "altm-shift-page.h"
#include "altm-street-page.h"
#include "altm-telephone-page.h"

/* From this width on the header has room for where one is and for the switcher. */
#define WIDE 900

/* Below it, where one is needs the room that the words of the status would take. */
#define NARROW 600

struct _AltmMainPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AdwHeaderBar *header_bar;
  GtkLabel *title_label;
  GtkLabel *subtitle_label;
  GtkWidget *switcher;
  AdwViewSwitcherBar *switcher_bar;
  GtkWidget *search_button;
  GtkWidget *status_button;
  GtkImage *status_image;
  GtkLabel *status_label;
  AltmOfferBar *offer_bar;
  AdwViewStack *stack;
  AltmDraftBar *draft_bar;
  AdwBin *entry_bin;
  AdwBin *journal_bin;
  AdwViewStackPage *due_stack_page;
  AdwBin *due_bin;
  AdwBin *sending_bin;

  AltmSession *session;
  char *shift;
  gboolean is_narrow;
};

G_DEFINE_FINAL_TYPE (AltmMainPage, altm_main_page, GTK_TYPE_WIDGET)

static void
set_titles (AltmMainPage *self, const char *title, const char *subtitle)
{
  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->subtitle_label, subtitle);
}

static void
tell_shift (AltmMainPage *self)
{
  const AltmShift *shift = altm_session_get_shift (self->session);
  g_autofree char *clock = altm_format_moment (shift->start, g_get_real_time ());
  g_autofree char *since = g_strdup_printf (_("since %s"), clock);
  const char *pair = json_array_size (shift->partners) > 0 ? _("in a pair") : "";
  const char *who = shift->by == NULL ? pair : altm_holder_name (self->session, shift->by);
  const char *parts[] = { altm_session_get_label (self->session, "canal", shift->channel),
                          who, since,
                          NULL };
  g_autofree char *subtitle = altm_format_join (parts);

  set_titles (self, altm_session_get_place_name (self->session, shift->place), subtitle);
}

static void
tell_entry (AltmMainPage *self)
{
  g_autofree char *day = altm_format_day (g_get_real_time ());

  if (altm_session_is_on_shift (self->session))
    tell_shift (self);
  else
    set_titles (self, _("Hello"), day);
}

static void
tell_journal (AltmMainPage *self)
{
  g_autofree char *day = altm_format_day (g_get_real_time ());

  set_titles (self, _("Journal"), day);
}

static void
tell_due (AltmMainPage *self)
{
  guint n_due = altm_follow_ups_count_due (altm_session_get_follow_ups (self->session));
  g_autofree char *due = g_strdup_printf (ngettext ("%u referral to follow up today", "%u referrals to follow up today",
                                                    n_due), n_due);

  set_titles (self, C_("tab", "Follow-up"), n_due == 0 ? _("Nothing to follow up today") : due);
}

static void
tell_sending (AltmMainPage *self)
{
  set_titles (self, _("Sending"), _("What waits, what was received"));
}

static GtkWidget *
new_journal (AltmMainPage *self)
{
  return altm_journal_page_new (self->session);
}

static GtkWidget *
new_due (AltmMainPage *self)
{
  return altm_due_page_new (self->session);
}

/* What is to be said of sending in training. */
static GtkWidget *
new_unsent (void)
{
  GtkWidget *page = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "altm-training-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _("Nothing is sent in training"));
  adw_status_page_set_description (ADW_STATUS_PAGE (page),
                                   _("What you recorded before goes on being sent. To record for good, leave training."));
  return page;
}

static GtkWidget *
new_sending (AltmMainPage *self)
{
  if (altm_session_is_training (self->session))
    return new_unsent ();
  return altm_sending_page_new (self->session);
}

/* The pages by their name in the stack; those with a maker are made when they are first seen. */
static const struct
{
  const char *name;
  void (*tell) (AltmMainPage *self);
  GtkWidget *(*make) (AltmMainPage *self);
} tabs[] = {
  { "entry", tell_entry, NULL },
  { "journal", tell_journal, new_journal },
  { "due", tell_due, new_due },
  { "sending", tell_sending, new_sending },
};

static void
show_tab (AltmMainPage *self)
{
  const char *name = adw_view_stack_get_visible_child_name (self->stack);

  for (gsize i = 0; i < G_N_ELEMENTS (tabs); i++)
    {
      AdwBin *bin;

      if (g_strcmp0 (tabs[i].name, name) != 0)
        continue;
      tabs[i].tell (self);
      gtk_widget_set_visible (self->search_button, tabs[i].make == new_journal);
      if (tabs[i].make == NULL)
        continue;
      bin = ADW_BIN (adw_view_stack_get_child_by_name (self->stack, name));
      if (adw_bin_get_child (bin) == NULL)
        adw_bin_set_child (bin, tabs[i].make (self));
    }
}

static void
tab_cb (AltmMainPage *self)
{
  if (self->session != NULL)
    show_tab (self);
}

/* The channels that are recorded otherwise than on the street. */
static const struct
{
  const char *channel;
  GtkWidget *(*make) (AltmSession *session);
} entry_pages[] = {
  { "bureau_poste", altm_post_office_page_new },
  { "telephone", altm_telephone_page_new },
};

static GtkWidget *
new_entry_page (AltmMainPage *self)
{
  if (!altm_session_is_on_shift (self->session))
    return altm_shift_page_new (self->session);
  for (gsize i = 0; i < G_N_ELEMENTS (entry_pages); i++)
    if (g_strcmp0 (altm_session_get_shift (self->session)->channel, entry_pages[i].channel) == 0)
      return entry_pages[i].make (self->session);
  return altm_street_page_new (self->session);
}

/* The page for recording is another one with each shift that starts or ends. */
static void
show_entry (AltmMainPage *self)
{
  gboolean is_on_shift = altm_session_is_on_shift (self->session);
  const char *shift = is_on_shift ? altm_session_get_shift (self->session)->id : "";

  if (g_strcmp0 (shift, self->shift) == 0)
    return;
  g_free (self->shift);
  self->shift = g_strdup (shift);
  adw_bin_set_child (self->entry_bin, new_entry_page (self));
}

/* The sign, and how many there are, say it without the words too. */
static void
show_status (AltmMainPage *self, const char *icon_name, int number, char *text)
{
  g_autofree char *owned = text;
  g_autofree char *brief = number > 0 ? g_strdup_printf ("%d", number) : g_strdup ("");
  g_autofree char *name = g_strdup_printf (_("%s. Open sending."), text);
  const char *label = self->is_narrow ? brief : text;

  gtk_image_set_from_icon_name (self->status_image, icon_name);
  gtk_label_set_label (self->status_label, label);
  gtk_widget_set_visible (GTK_WIDGET (self->status_label), *label != '\0');
  gtk_widget_set_tooltip_text (self->status_button, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->status_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* What will not get better by itself is marked, whatever else there is to say. */
static gboolean
has_problem (AltmMainPage *self)
{
  AltmSender *sender = altm_session_get_sender (self->session);
  AltmSenderState state = sender != NULL ? altm_sender_get_state (sender) : ALTM_SENDER_IDLE;

  return state == ALTM_SENDER_NOT_ENROLLED || state == ALTM_SENDER_TOO_OLD
         || altm_session_is_short (self->session)
         || altm_session_get_summary (self->session)->to_settle > 0;
}

static void
update_status (AltmMainPage *self)
{
  const AltmOutboxSummary *summary = altm_session_get_summary (self->session);
  int waiting = summary->waiting;
  int refused = summary->to_settle;
  const char *problem = has_problem (self) ? "dialog-warning-symbolic" : NULL;

  if (altm_session_is_training (self->session))
    show_status (self, problem != NULL ? problem : "altm-training-symbolic", 0, g_strdup (_("nothing is sent")));
  else if (waiting > 0)
    show_status (self, problem != NULL ? problem : "document-open-recent-symbolic", waiting,
                 g_strdup_printf (ngettext ("%d waiting", "%d waiting", waiting), waiting));
  else if (refused > 0)
    show_status (self, problem, refused,
                 g_strdup_printf (ngettext ("%d to settle", "%d to settle", refused), refused));
  else if (problem != NULL)
    show_status (self, problem, 0, g_strdup (_("to settle")));
  else
    show_status (self, "object-select-symbolic", 0, g_strdup (_("up to date")));
}

static void
update (AltmMainPage *self)
{
  show_entry (self);
  show_tab (self);
  update_status (self);
}

/* How many are due, on the tab itself. */
static void
update_due (AltmMainPage *self)
{
  guint n_due = altm_follow_ups_count_due (altm_session_get_follow_ups (self->session));

  adw_view_stack_page_set_badge_number (self->due_stack_page, n_due);
  adw_view_stack_page_set_needs_attention (self->due_stack_page, n_due > 0);
  show_tab (self);
}

/**
 * altm_main_page_show_tab:
 * @name: of a page of the switcher: "entry", "journal", "due" or "sending"
 *
 * Shows that page, in place of whatever was opened above it.
 */
void
altm_main_page_show_tab (AltmMainPage *self, const char *name)
{
  altm_navigation_pop_to (GTK_WIDGET (self));
  adw_view_stack_set_visible_child_name (self->stack, name);
}

static void
show_tab_action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  altm_main_page_show_tab (ALTM_MAIN_PAGE (widget), g_variant_get_string (parameter, NULL));
}

static void
status_cb (AltmMainPage *self)
{
  adw_view_stack_set_visible_child_name (self->stack, "sending");
}

static void
settings_cb (AltmMainPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_settings_page_new (self->session));
}

static void
search_cb (AltmMainPage *self)
{
  GtkWidget *page = adw_bin_get_child (self->journal_bin);

  if (page != NULL)
    altm_journal_page_search (ALTM_JOURNAL_PAGE (page));
}

/**
 * altm_main_page_offer:
 * @clicked: called with @object when the button is pressed
 * @object: kept until the offer is gone
 *
 * Says @text for some seconds, with a button. The offer before it is gone.
 */
void
altm_main_page_offer (AltmMainPage *self, const char *text, const char *button, GCallback clicked, GObject *object)
{
  altm_offer_bar_show (self->offer_bar, text, button, clicked, object);
}

/**
 * altm_main_page_set_width:
 * @width: that it has, in pixels
 * @is_beside: whether another page is at its right
 *
 * Puts into the header what there is room for.
 */
void
altm_main_page_set_width (AltmMainPage *self, int width, gboolean is_beside)
{
  gboolean is_wide = width >= WIDE;

  adw_header_bar_set_show_end_title_buttons (self->header_bar, !is_beside);
  self->is_narrow = width < NARROW;
  update_status (self);
  gtk_widget_set_visible (self->switcher, is_wide);
  gtk_widget_set_hexpand (self->status_button, is_wide);
  adw_view_switcher_bar_set_reveal (self->switcher_bar, !is_wide);
}

static void
altm_main_page_dispose (GObject *object)
{
  AltmMainPage *self = ALTM_MAIN_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->shift, g_free);
  G_OBJECT_CLASS (altm_main_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-main-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, header_bar);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, subtitle_label);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, switcher);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, switcher_bar);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, status_button);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, status_image);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, status_label);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, stack);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, offer_bar);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, draft_bar);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, entry_bin);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, journal_bin);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, due_stack_page);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, due_bin);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, sending_bin);
  gtk_widget_class_bind_template_callback (widget_class, tab_cb);
  gtk_widget_class_bind_template_callback (widget_class, status_cb);
  gtk_widget_class_bind_template_child (widget_class, AltmMainPage, search_button);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, settings_cb);
}

static gboolean
search_key_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  altm_main_page_show_tab (ALTM_MAIN_PAGE (widget), "journal");
  search_cb (ALTM_MAIN_PAGE (widget));
  return TRUE;
}

static void
bind_keys (GtkWidgetClass *widget_class)
{
  gtk_widget_class_add_binding (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, search_key_cb, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tabs); i++)
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_1 + i, GDK_ALT_MASK, "main.show-tab", "s", tabs[i].name);
}

static void
altm_main_page_class_init (AltmMainPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_main_page_dispose;
  g_type_ensure (ALTM_TYPE_DRAFT_BAR);
  g_type_ensure (ALTM_TYPE_OFFER_BAR);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "main.show-tab", "s", show_tab_action_cb);
  bind_keys (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_main_page_init (AltmMainPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->title_label,
                                  self->subtitle_label, NULL, -1);
}

GtkWidget *
altm_main_page_new (AltmSession *session)
{
  AltmMainPage *self = g_object_new (ALTM_TYPE_MAIN_PAGE, NULL);

  self->session = g_object_ref (session);
  altm_draft_bar_set_session (self->draft_bar, session);
  g_signal_connect_object (session, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (altm_session_get_follow_ups (session), "changed", G_CALLBACK (update_due), self,
                           G_CONNECT_SWAPPED);
  update (self);
  update_due (self);
  return GTK_WIDGET (self);
}
