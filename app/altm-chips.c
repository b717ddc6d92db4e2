/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-chips.h"

#include <glib/gi18n.h>

#include "altm-chip.h"
#include "altm-wrap-layout.h"

/* How many chips are shown where no frequent ones are named. */
#define SHOWN_FIRST 6

struct _AltmChips
{
  GtkWidget parent_instance;

  AltmSession *session;
  char *list;
  char *name;
  char *more_label;
  guint maximum;
  GPtrArray *chips;
  GtkWidget *more;
};

G_DEFINE_FINAL_TYPE (AltmChips, altm_chips, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_MAXIMUM,
  PROP_MORE_LABEL,
  PROP_NAME,
  N_PROPS,
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
is_chosen (GtkWidget *chip)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (chip));
}

static guint
count_chosen (AltmChips *self)
{
  guint chosen = 0;

  for (guint i = 0; i < self->chips->len; i++)
    chosen += is_chosen (self->chips->pdata[i]);
  return chosen;
}

static void
release_others (AltmChips *self, GtkWidget *kept)
{
  for (guint i = 0; i < self->chips->len; i++)
    if (self->chips->pdata[i] != kept)
      gtk_toggle_button_set_active (self->chips->pdata[i], FALSE);
}

/* Where several may be chosen and all are, the others cannot be pressed, which says why. */
static void
update_sensitive (AltmChips *self)
{
  gboolean has_room = self->maximum == 1 || count_chosen (self) < self->maximum;

  for (guint i = 0; i < self->chips->len; i++)
    gtk_widget_set_sensitive (self->chips->pdata[i],
                              has_room || is_chosen (self->chips->pdata[i]));
}

static void
toggled_cb (GtkWidget *chip, AltmChips *self)
{
  if (self->maximum == 1 && is_chosen (chip))
    release_others (self, chip);
  update_sensitive (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
show_all (AltmChips *self)
{
  for (guint i = 0; i < self->chips->len; i++)
    gtk_widget_show (self->chips->pdata[i]);
  if (self->more != NULL)
    gtk_widget_hide (self->more);
}

/* The keyboard's focus goes to the first chip that was hidden, since the button goes away. */
static void
more_cb (GtkButton *button, AltmChips *self)
{
  GtkWidget *next = NULL;

  for (guint i = 0; i < self->chips->len && next == NULL; i++)
    if (!gtk_widget_get_visible (self->chips->pdata[i]))
      next = self->chips->pdata[i];
  show_all (self);
  if (next != NULL)
    gtk_widget_grab_focus (next);
}

static void
add_more (AltmChips *self)
{
  self->more = gtk_button_new_with_label (self->more_label);
  gtk_widget_add_css_class (self->more, "chip");
  gtk_widget_add_css_class (self->more, "more");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->more), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  self->name, -1);
  g_signal_connect (self->more, "clicked", G_CALLBACK (more_cb), self);
  gtk_widget_set_parent (self->more, GTK_WIDGET (self));
}

/**
 * altm_chips_add:
 * @code: of no list
 * @label: what it is called
 *
 * Adds a choice of the form's own behind those of the list, as large as they are. To be called after altm_chips_fill().
 */
void
altm_chips_add (AltmChips *self, const char *code, const char *label)
{
  GtkWidget *chip = altm_chip_new (code, label);

  g_signal_connect (chip, "toggled", G_CALLBACK (toggled_cb), self);
  gtk_widget_set_parent (chip, GTK_WIDGET (self));
  g_ptr_array_add (self->chips, chip);
}

static void
add_chip (AltmChips *self, const char *code)
{
  altm_chips_add (self, code, altm_session_get_label (self->session, self->list, code));
}

static void
clear (AltmChips *self)
{
  GtkWidget *child;

  g_ptr_array_set_size (self->chips, 0);
  self->more = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
}

static gboolean
is_offered (json_t *entry, const char *const *without)
{
  const char *code = altm_json_get_string (entry, "code");

  if (json_is_true (json_object_get (entry, "retired")))
    return FALSE;
  return without == NULL || !g_strv_contains (without, code);
}

static void
hide_from (AltmChips *self, guint first)
{
  for (guint i = first; i < self->chips->len; i++)
    gtk_widget_hide (self->chips->pdata[i]);
}

/**
 * altm_chips_fill:
 * @list: a list of the vocabulary
 * @first: (nullable): codes that are shown at once, ended by %NULL; otherwise the list's first
 * @without: (nullable): codes that are not offered here
 */
void
altm_chips_fill (AltmChips *self, AltmSession *session, const char *list, const char *const *first,
                 const char *const *without)
{
  AltmLists *lists = altm_session_get_lists_with (session, list);
  gboolean has_first = first != NULL && first[0] != NULL;
  guint shown;
  size_t i;
  json_t *entry;

  clear (self);
  g_set_object (&self->session, session);
  g_free (self->list);
  self->list = g_strdup (list);
  for (i = 0; has_first && first[i] != NULL; i++)
    if (altm_lists_has_code (lists, list, first[i]))
      add_chip (self, first[i]);
  shown = has_first ? self->chips->len : SHOWN_FIRST;

  json_array_foreach (altm_lists_get_vocabulary (lists, list), i, entry)
    {
      const char *code = altm_json_get_string (entry, "code");

      if (is_offered (entry, without) && !(has_first && g_strv_contains (first, code)))
        add_chip (self, code);
    }

  /* A button that would bring out a single chip takes as much room as the chip. */
  if (self->chips->len <= shown + 1)
    return;
  hide_from (self, shown);
  add_more (self);
}

static GtkWidget *
find_chip (AltmChips *self, const char *code)
{
  for (guint i = 0; i < self->chips->len; i++)
    if (g_strcmp0 (altm_chip_get_code (self->chips->pdata[i]), code) == 0)
      return self->chips->pdata[i];
  return NULL;
}

/**
 * altm_chips_choose:
 * @code: (nullable): a code to choose, as if its chip had been pressed; shown even if it is not frequent, and
 *   even if it is not offered any more: what a record says is not lost on the way through a form
 */
void
altm_chips_choose (AltmChips *self, const char *code)
{
  GtkWidget *chip;

  if (code == NULL)
    return;
  if (find_chip (self, code) == NULL)
    add_chip (self, code);
  chip = find_chip (self, code);
  gtk_widget_show (chip);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (chip), TRUE);
}

/**
 * altm_chips_get_code:
 *
 * Returns: (nullable) (transfer none): the first code that is chosen
 */
const char *
altm_chips_get_code (AltmChips *self)
{
  for (guint i = 0; i < self->chips->len; i++)
    if (is_chosen (self->chips->pdata[i]))
      return altm_chip_get_code (self->chips->pdata[i]);
  return NULL;
}

/**
 * altm_chips_get_codes:
 *
 * Returns: (transfer full): an array of what is chosen
 */
json_t *
altm_chips_get_codes (AltmChips *self)
{
  json_t *codes = json_array ();

  for (guint i = 0; i < self->chips->len; i++)
    if (is_chosen (self->chips->pdata[i]))
      json_array_append_new (codes, json_string (altm_chip_get_code (self->chips->pdata[i])));
  return codes;
}

static void
set_name (AltmChips *self, const char *name)
{
  g_free (self->name);
  self->name = g_strdup (name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
altm_chips_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  AltmChips *self = ALTM_CHIPS (object);

  switch (property)
    {
    case PROP_MAXIMUM:
      self->maximum = g_value_get_uint (value);
      break;
    case PROP_MORE_LABEL:
      g_free (self->more_label);
      self->more_label = g_value_dup_string (value);
      break;
    case PROP_NAME:
      set_name (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
altm_chips_dispose (GObject *object)
{
  clear (ALTM_CHIPS (object));
  g_clear_object (&ALTM_CHIPS (object)->session);
  G_OBJECT_CLASS (altm_chips_parent_class)->dispose (object);
}

static void
altm_chips_finalize (GObject *object)
{
  AltmChips *self = ALTM_CHIPS (object);

  g_ptr_array_unref (self->chips);
  g_free (self->list);
  g_free (self->more_label);
  g_free (self->name);
  G_OBJECT_CLASS (altm_chips_parent_class)->finalize (object);
}

static void
altm_chips_class_init (AltmChipsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = altm_chips_set_property;
  object_class->dispose = altm_chips_dispose;
  object_class->finalize = altm_chips_finalize;
  g_object_class_install_property (object_class, PROP_MAXIMUM,
                                   g_param_spec_uint ("maximum", NULL, NULL, 1, 100, 1, flags));
  g_object_class_install_property (object_class, PROP_MORE_LABEL,
                                   g_param_spec_string ("more-label", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_NAME,
                                   g_param_spec_string ("choice", NULL, NULL, NULL, flags));
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), ALTM_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
altm_chips_init (AltmChips *self)
{
  self->maximum = 1;
  self->more_label = g_strdup (_("More…"));
  self->chips = g_ptr_array_new ();
}
