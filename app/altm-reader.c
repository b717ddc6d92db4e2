/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-reader.h"

#include <adwaita.h>

/* How long what was told stays there to be asked for again, in seconds. */
#define TOLD_SECONDS 3

/* What a screen reader says is mended here as it comes on the screen: GTK 4.8 calls what has no name by its type,
 * and much of that belongs to widgets of libadwaita's and GTK's own, which no template of ours reaches. */

static gboolean
has_name (gpointer accessible)
{
  return gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL) ||
         gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

static void
hush (gpointer accessible)
{
  if (!has_name (accessible))
    gtk_accessible_update_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
}

/* GTK labels a button by its icon, which would be said before the button's own name; newer GTK also by its words, which
 * would be said instead of it. */
static void
mend_button (GtkWidget *part)
{
  GtkWidget *button = gtk_widget_get_parent (part);

  if (GTK_IS_BUTTON (button) && gtk_test_accessible_has_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL))
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

/* A list is labelled by its group's title, which may be empty. */
static void
mend_list (GtkWidget *list)
{
  GtkWidget *group = gtk_widget_get_ancestor (list, ADW_TYPE_PREFERENCES_GROUP);

  if (group != NULL && *adw_preferences_group_get_title (ADW_PREFERENCES_GROUP (group)) == '\0')
    gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
  else
    hush (list);
}

/* The focus of a drop-down is on a button in it, which is called by what is chosen. */
static void
mend_choice (GtkWidget *label)
{
  GtkWidget *button = gtk_widget_get_ancestor (label, GTK_TYPE_TOGGLE_BUTTON);

  if (button != NULL && GTK_IS_DROP_DOWN (gtk_widget_get_parent (button)))
    gtk_accessible_update_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY, label, NULL, -1);
}

static void
mend_stacked (GtkWidget *widget)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  if (GTK_IS_STACK (parent))
    hush (gtk_stack_get_page (GTK_STACK (parent), widget));
}

static const struct
{
  GType (*get_type) (void);
  void (*mend) (GtkWidget *widget);
} mends[] = {
  { gtk_image_get_type, mend_button },
  { gtk_label_get_type, mend_button },
  { gtk_label_get_type, mend_choice },
  { gtk_list_box_get_type, mend_list },
  { gtk_widget_get_type, mend_stacked },
};

static gboolean
map_cb (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer user_data)
{
  GtkWidget *widget = g_value_get_object (values);

  for (gsize i = 0; i < G_N_ELEMENTS (mends); i++)
    if (g_type_is_a (G_OBJECT_TYPE (widget), mends[i].get_type ()))
      mends[i].mend (widget);
  return TRUE;
}

/**
 * altm_reader_start:
 *
 * From now on, what comes on the screen has a name that a screen reader can say. Called once GTK is initialised.
 */
void
altm_reader_start (void)
{
  g_type_ensure (GTK_TYPE_WIDGET);
  g_type_class_unref (g_type_class_ref (GTK_TYPE_WIDGET));
  g_signal_add_emission_hook (g_signal_lookup ("map", GTK_TYPE_WIDGET), 0, map_cb, NULL, NULL);
}

typedef struct
{
  GtkWindow *window;
  GtkWidget *teller;
  char *text;
} Telling;

static void
telling_free (gpointer user_data)
{
  Telling *telling = user_data;

  g_clear_object (&telling->window);
  g_clear_object (&telling->teller);
  g_free (telling->text);
  g_free (telling);
}

static gboolean
told_cb (gpointer user_data)
{
  Telling *telling = user_data;

  gtk_accessible_reset_property (GTK_ACCESSIBLE (telling->teller), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  return G_SOURCE_REMOVE;
}

/* What has the focus by now; a description of its own stays. */
static gboolean
tell_cb (gpointer user_data)
{
  Telling *telling = user_data;
  GtkWidget *focus = gtk_window_get_focus (telling->window);
  Telling *told;

  if (focus == NULL || gtk_test_accessible_has_property (GTK_ACCESSIBLE (focus), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION))
    return G_SOURCE_REMOVE;
  gtk_accessible_update_property (GTK_ACCESSIBLE (focus), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, telling->text, -1);
  told = g_new0 (Telling, 1);
  told->teller = g_object_ref (focus);
  g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, TOLD_SECONDS, told_cb, told, telling_free);
  return G_SOURCE_REMOVE;
}

/**
 * altm_reader_tell:
 * @widget: in a window
 * @text: what a screen reader says once the focus is where it is to be after what is done now
 *
 * GTK 4.8 has no announcements: Orca says what the description of what has the focus becomes.
 */
void
altm_reader_tell (GtkWidget *widget, const char *text)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  Telling *telling;

  if (root == NULL)
    return;
  telling = g_new0 (Telling, 1);
  telling->window = g_object_ref (GTK_WINDOW (root));
  telling->text = g_strdup (text);
  g_idle_add_full (G_PRIORITY_LOW, tell_cb, telling, telling_free);
}
