/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-privacy-warning.h"

#include <glib/gi18n.h>

#include "altm-privacy.h"
#include "altm-scroller.h"

struct _AltmPrivacyWarning
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *label;

  char *text_kind;
  GtkWidget *source;
  AltmPrivacyKind found;
};

G_DEFINE_FINAL_TYPE (AltmPrivacyWarning, altm_privacy_warning, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_TEXT_KIND,
  N_PROPS,
};

static const struct
{
  AltmPrivacyKind kind;
  const char *what;
} signs[] = {
  { ALTM_PRIVACY_PHONE, N_("This looks like a telephone number.") },
  { ALTM_PRIVACY_EMAIL, N_("This looks like an e-mail address.") },
  { ALTM_PRIVACY_NIR, N_("This looks like a social security number.") },
  { ALTM_PRIVACY_IBAN, N_("This looks like a bank account number.") },
};

/* The first that fits says why. The two years are those of CNIL's délibération 2023-095. */
static const struct
{
  const char *text_kind;
  AltmPrivacyKind kinds;
  const char *why;
} reasons[] = {
  { "note", ALTM_PRIVACY_PHONE | ALTM_PRIVACY_EMAIL,
    N_("Headquarters can read the note for two years: say what, not who. If the person agrees, refer "
       "them.") },
  { "note", ALTM_PRIVACY_ANY,
    N_("Headquarters can read the note for two years, and has no need of it: take it out.") },
  { "referral", ALTM_PRIVACY_PHONE | ALTM_PRIVACY_EMAIL,
    N_("The partner reads this text: leave in only what they need.") },
  { "referral", ALTM_PRIVACY_ANY,
    N_("The partner reads this text. The person can show it there if it is needed: take it out.") },
  { "clear", ALTM_PRIVACY_PHONE,
    N_("This text is not sealed: a service’s number may stay, a person’s may not.") },
  { "clear", ALTM_PRIVACY_ANY,
    N_("This text is not sealed, and cannot be saved with it: take it out.") },
};

static char *
compose (const char *text_kind, AltmPrivacyKind found)
{
  gsize sign = 0, reason = 0;

  while (signs[sign].kind != found)
    sign++;
  while (!g_str_equal (reasons[reason].text_kind, text_kind) || !(reasons[reason].kinds & found))
    reason++;
  return g_strdup_printf ("%s %s", _(signs[sign].what), _(reasons[reason].why));
}

/* As an alert it is read out when it comes, and as the field's description when one is back there. */
static void
tell (AltmPrivacyWarning *self, const char *message)
{
  gtk_label_set_label (self->label, message);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, message, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->source),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, message, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), *message != '\0');
}

/* What was found is told once, not at each letter that follows. */
static void
look_at (AltmPrivacyWarning *self, const char *text)
{
  AltmPrivacyKind found = altm_privacy_find (text, ALTM_PRIVACY_ANY, NULL, NULL);
  AltmPrivacyKind refused = altm_privacy_find (text, ALTM_PRIVACY_NOT_IN_CLEAR, NULL, NULL);
  g_autofree char *message = NULL;

  if (g_str_equal (self->text_kind, "clear") && refused != ALTM_PRIVACY_NONE)
    found = refused;
  if (found == self->found)
    return;
  self->found = found;
  if (found != ALTM_PRIVACY_NONE)
    message = compose (self->text_kind, found);
  tell (self, message == NULL ? "" : message);
}

static void
entry_changed_cb (AltmPrivacyWarning *self, GtkEditable *entry)
{
  look_at (self, gtk_editable_get_text (entry));
}

static void
buffer_changed_cb (AltmPrivacyWarning *self, GtkTextBuffer *buffer)
{
  g_autofree char *text = NULL;
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  look_at (self, text);
}

static void
set_source (AltmPrivacyWarning *self, GtkWidget *source)
{
  g_set_weak_pointer (&self->source, source);
  altm_scroller_set_companion (source, GTK_WIDGET (self));
}

/**
 * altm_privacy_warning_watch:
 * @entry: what is typed into; it must live as long as @self is shown
 */
void
altm_privacy_warning_watch (AltmPrivacyWarning *self, GtkEditable *entry)
{
  set_source (self, GTK_WIDGET (entry));
  g_signal_connect_object (entry, "changed", G_CALLBACK (entry_changed_cb), self, G_CONNECT_SWAPPED);
  entry_changed_cb (self, entry);
}

/**
 * altm_privacy_warning_watch_view:
 * @view: what is typed into; it must live as long as @self is shown
 */
void
altm_privacy_warning_watch_view (AltmPrivacyWarning *self, GtkTextView *view)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);

  set_source (self, GTK_WIDGET (view));
  g_signal_connect_object (buffer, "changed", G_CALLBACK (buffer_changed_cb), self, G_CONNECT_SWAPPED);
  buffer_changed_cb (self, buffer);
}

static void
altm_privacy_warning_set_property (GObject *object, guint property, const GValue *value,
                                   GParamSpec *pspec)
{
  AltmPrivacyWarning *self = ALTM_PRIVACY_WARNING (object);

  switch (property)
    {
    case PROP_TEXT_KIND:
      g_free (self->text_kind);
      self->text_kind = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
altm_privacy_warning_dispose (GObject *object)
{
  AltmPrivacyWarning *self = ALTM_PRIVACY_WARNING (object);

  if (self->source != NULL)
    altm_scroller_set_companion (self->source, NULL);
  g_clear_weak_pointer (&self->source);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (altm_privacy_warning_parent_class)->dispose (object);
}

static void
altm_privacy_warning_finalize (GObject *object)
{
  g_free (ALTM_PRIVACY_WARNING (object)->text_kind);
  G_OBJECT_CLASS (altm_privacy_warning_parent_class)->finalize (object);
}

static void
altm_privacy_warning_class_init (AltmPrivacyWarningClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = altm_privacy_warning_set_property;
  object_class->dispose = altm_privacy_warning_dispose;
  object_class->finalize = altm_privacy_warning_finalize;
  g_object_class_install_property (object_class, PROP_TEXT_KIND,
                                   g_param_spec_string ("text-kind", NULL, NULL, "note",
                                                        G_PARAM_WRITABLE | G_PARAM_CONSTRUCT |
                                                          G_PARAM_STATIC_STRINGS));
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/altm/Field/altm-privacy-warning.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmPrivacyWarning, box);
  gtk_widget_class_bind_template_child (widget_class, AltmPrivacyWarning, label);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
altm_privacy_warning_init (AltmPrivacyWarning *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
