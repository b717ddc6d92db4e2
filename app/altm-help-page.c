/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-help-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-page-header.h"
#include "altm-scroller.h"

struct _AltmHelpPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  GtkBox *text_box;
};

G_DEFINE_FINAL_TYPE (AltmHelpPage, altm_help_page, GTK_TYPE_WIDGET)

typedef struct
{
  const char *heading;
  const char *text;
} Part;

static const Part lock_parts[] = {
  { N_("What it is for"),
    N_("Notes and names that you record are sealed for headquarters at once. With a PIN, this tablet also keeps a copy "
       "that you can read again, and the PIN alone opens that copy. Recording, counting and sending never ask "
       "for it.") },
  { N_("If somebody finds the tablet"),
    N_("They can’t read a note or a name: after each wrong PIN they have to wait longer, and after ten the keys are "
       "destroyed. What waits is still sent, and headquarters keeps everything. The lock closes by itself when the "
       "tablet sleeps, when its screen is locked, and when nobody touches the app.") },
  { N_("If somebody copies its storage"),
    N_("Then nobody counts the tries. A PIN of 6 digits is one of a million: at two thirds of a second for each, one "
       "computer needs about a week for all of them, and many computers need hours. A passphrase of four words or more "
       "holds for years. Encrypting the tablet’s whole storage helps too: ask whoever set it up.") },
  { N_("What no PIN opens"),
    N_("What waits to be sent is sealed for headquarters: nobody can open it here, not even you, and so it is with "
       "whatever was recorded before a PIN was set.") },
  { N_("What is not locked"),
    N_("The figures: how many people, which themes, where, when, what came of it. They are in clear on the tablet, and name "
       "nobody. So write no name where a note is not sealed.") },
  { N_("If the tablet is lost"),
    N_("Call headquarters at once: they refuse it from then on, and have it wiped as soon as it is on a network. "
       "What had not been sent until then is sent first.") },
  { NULL },
};

static const Part forgotten_parts[] = {
  { N_("If a colleague has a PIN on this tablet"),
    N_("Ask them to unlock it in the settings. During a shift of yours, set a new PIN for yourself there: nothing is lost, "
       "and nobody else’s PIN changes.") },
  { N_("Call headquarters"),
    N_("Where nobody can, headquarters resets this tablet: all its PINs go, those of your colleagues too. It learns of it "
       "the next time that it sends; then each sets a new one in the settings.") },
  { N_("What is safe"),
    N_("Everything that you recorded: what waits is sent as before, and headquarters keeps the notes and names. You can go "
       "on recording meanwhile.") },
  { N_("What is gone"),
    N_("The copies of notes and names that could be read again on this tablet. Nobody can bring them back here. A note can "
       "still be replaced or removed.") },
  { N_("Don’t guess"), N_("After ten wrong tries the keys are destroyed, and the same copies are gone.") },
  { NULL },
};

/* By AltmHelp. */
static const struct
{
  const char *title;
  const Part *parts;
} topics[] = {
  [ALTM_HELP_LOCK] = { N_("What a PIN can and can’t do"), lock_parts },
  [ALTM_HELP_FORGOTTEN] = { N_("A forgotten PIN"), forgotten_parts },
};

static void
add_text (AltmHelpPage *self, const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (self->text_box, label);
}

static void
altm_help_page_dispose (GObject *object)
{
  g_clear_pointer (&ALTM_HELP_PAGE (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (altm_help_page_parent_class)->dispose (object);
}

static void
altm_help_page_class_init (AltmHelpPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_help_page_dispose;
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-help-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmHelpPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmHelpPage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmHelpPage, text_box);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_help_page_init (AltmHelpPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
altm_help_page_new (AltmHelp topic)
{
  AltmHelpPage *self = g_object_new (ALTM_TYPE_HELP_PAGE, NULL);

  altm_page_header_set_titles (self->header, _(topics[topic].title), NULL);
  for (const Part *part = topics[topic].parts; part->heading != NULL; part++)
    {
      add_text (self, _(part->heading), "heading");
      add_text (self, _(part->text), NULL);
    }
  return GTK_WIDGET (self);
}
