/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-kept-box.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-dialog.h"
#include "altm-navigation.h"
#include "altm-unlock-page.h"
#include "altm-wrap-layout.h"

struct _AltmKeptBox
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *label;
  GtkWidget *unlock_button;

  AltmSession *session;
  AltmKept kept;
  gboolean is_person;
};

G_DEFINE_FINAL_TYPE (AltmKeptBox, altm_kept_box, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_IS_PERSON,
  N_PROPS,
};

enum
{
  REPLACE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* By whether it is about a person. */
static const char *const sealed_texts[] = {
  N_("Your note is kept, sealed. Unlock to go on with it, or replace it."),
  N_("What you entered about the person is kept, sealed. Unlock to go on with it, or replace it."),
};

static const char *const unreadable_texts[] = {
  N_("The note that was begun can’t be read any more on this tablet. Replace it."),
  N_("What was entered about the person can’t be read any more on this tablet. Replace it."),
};

static void
unlock_cb (AltmKeptBox *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_unlock_page_new (self->session));
}

static void
replace_cb (AltmKeptBox *self)
{
  g_signal_emit (self, signals[REPLACE], 0);
}

/**
 * altm_kept_box_set_kept:
 *
 * Shows itself, and what there is to do, or hides.
 */
void
altm_kept_box_set_kept (AltmKeptBox *self, AltmKept kept)
{
  const char *const *texts = kept == ALTM_KEPT_UNREADABLE ? unreadable_texts : sealed_texts;

  self->kept = kept;
  gtk_label_set_label (self->label, _(texts[self->is_person]));
  gtk_widget_set_visible (self->unlock_button, kept != ALTM_KEPT_UNREADABLE);
  gtk_widget_set_visible (GTK_WIDGET (self), kept != ALTM_KEPT_NOT);
}

/**
 * altm_kept_box_ask:
 *
 * The form is to be saved, and what is kept has to be read for that: asks for the PIN first. In the moment
 * in which it is being read there is nothing to say.
 */
void
altm_kept_box_ask (AltmKeptBox *self)
{
  if (self->kept == ALTM_KEPT_UNREADABLE)
    altm_dialog_tell (GTK_WIDGET (self), _("It can’t be read any more"),
                      _("A text that was begun for this record can’t be read any more on this tablet. Replace it or "
                        "remove it, then save."),
                      NULL, NULL);
  else if (!altm_lock_keeper_is_unlocked (altm_session_get_keeper (self->session)))
    altm_dialog_ask (GTK_WIDGET (self), _("Unlock first?"),
                     _("What you wrote is kept, sealed. It is saved with the rest once it is unlocked."),
                     _("Back"), _("Unlock"), ADW_RESPONSE_SUGGESTED, G_CALLBACK (unlock_cb), self);
}

/**
 * altm_kept_tell_gone:
 * @from: a form
 *
 * The keys were destroyed, and what was kept with them.
 */
void
altm_kept_tell_gone (GtkWidget *from)
{
  if (gtk_widget_get_root (from) != NULL)
    altm_dialog_tell (from, _("The sealed text is gone"),
                      _("The PIN of this tablet was reset, or its tries are spent: what was begun in private can’t be "
                        "read any more. The rest of the page is kept."),
                      NULL, NULL);
}

void
altm_kept_box_set_session (AltmKeptBox *self, AltmSession *session)
{
  g_set_object (&self->session, session);
}

static void
altm_kept_box_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  AltmKeptBox *self = ALTM_KEPT_BOX (object);

  switch (property)
    {
    case PROP_IS_PERSON:
      self->is_person = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
altm_kept_box_dispose (GObject *object)
{
  AltmKeptBox *self = ALTM_KEPT_BOX (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_kept_box_parent_class)->dispose (object);
}

static void
altm_kept_box_class_init (AltmKeptBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->set_property = altm_kept_box_set_property;
  G_OBJECT_CLASS (klass)->dispose = altm_kept_box_dispose;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_IS_PERSON,
                                   g_param_spec_boolean ("is-person", NULL, NULL, FALSE,
                                                         G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  signals[REPLACE] = g_signal_new ("replace", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  g_type_ensure (ALTM_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-kept-box.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmKeptBox, box);
  gtk_widget_class_bind_template_child (widget_class, AltmKeptBox, label);
  gtk_widget_class_bind_template_child (widget_class, AltmKeptBox, unlock_button);
  gtk_widget_class_bind_template_callback (widget_class, unlock_cb);
  gtk_widget_class_bind_template_callback (widget_class, replace_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
altm_kept_box_init (AltmKeptBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
