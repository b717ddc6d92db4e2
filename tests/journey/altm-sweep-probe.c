/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What sweep.py preloads into the app to look at its widgets: AT-SPI tells neither whether a label is
 * cut nor how large a target is at a scale of the text that was chosen a moment ago. The app itself
 * knows nothing of it. A line with words between tabs comes in on the socket $ALTM_PROBE, and JSON
 * goes out. */

#include <adwaita.h>

#include "altm-probe.h"

/* GtkSettings has the resolution in 1024ths of a dot per inch. */
#define RESOLUTION (96 * 1024)

/* What rounding may take off a length, in pixels. */
#define TOLERANCE 1.5

typedef void (*Visitor) (GtkWidget *widget, gpointer data);

/* All that is mapped, the window's own buttons apart: they are the desktop's. */
static void
walk (GtkWidget *widget, Visitor visit, gpointer data)
{
  if (!gtk_widget_get_mapped (widget) || gtk_widget_get_opacity (widget) <= 0.01 || GTK_IS_WINDOW_CONTROLS (widget))
    return;
  visit (widget, data);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    walk (child, visit, data);
}

static void
walk_windows (Visitor visit, gpointer data)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      walk (window, visit, data);
    }
}

static gboolean
is_field (GtkWidget *widget)
{
  return GTK_IS_TEXT_VIEW (widget) || (GTK_IS_EDITABLE (widget) && !GTK_IS_TEXT (widget));
}

/* What is chosen in a list that pops up is shown in an item, too, which is not pressed by itself. */
static gboolean
is_shown_choice (GtkWidget *widget)
{
  return gtk_widget_get_ancestor (widget, GTK_TYPE_POPOVER) == NULL &&
         (gtk_widget_get_ancestor (widget, ADW_TYPE_COMBO_ROW) != NULL ||
          gtk_widget_get_ancestor (widget, GTK_TYPE_DROP_DOWN) != NULL);
}

/* A row of a list that is pressed as a whole; the type of one in a long list has no public name. */
static gboolean
is_item (GtkWidget *widget)
{
  return (g_str_equal (G_OBJECT_TYPE_NAME (widget), "GtkListItemWidget") && !is_shown_choice (widget)) ||
         (GTK_IS_LIST_BOX_ROW (widget) && gtk_list_box_row_get_activatable (GTK_LIST_BOX_ROW (widget)));
}

/* A switch that its row turns is pressed anywhere on that row, which is looked at itself. */
static gboolean
is_switch (GtkWidget *widget)
{
  GtkWidget *row = gtk_widget_get_ancestor (widget, ADW_TYPE_ACTION_ROW);

  return GTK_IS_SWITCH (widget) &&
         (row == NULL || adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row)) != widget);
}

static gboolean
is_target (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || is_switch (widget) || GTK_IS_CHECK_BUTTON (widget) || is_field (widget) ||
         is_item (widget);
}

static void
gather_text (GtkWidget *widget, gpointer data)
{
  GString *text = data;
  const char *label = GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : "";

  if (*label != '\0')
    g_string_append_printf (text, "%s%s", text->len == 0 ? "" : " / ", label);
}

/* What a person would call it by, in a report. */
static char *
describe (GtkWidget *widget)
{
  g_autoptr (GString) text = g_string_new (NULL);

  walk (widget, gather_text, text);
  if (text->len == 0 && gtk_widget_get_tooltip_text (widget) != NULL)
    g_string_append (text, gtk_widget_get_tooltip_text (widget));
  if (text->len == 0 && gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)) != NULL)
    g_string_append (text, gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)));
  return g_strdup (text->str);
}

static gboolean
is_outside (const graphene_rect_t *bounds, GtkWidget *around, gboolean is_scrolled)
{
  gboolean is_beside = bounds->origin.x < -TOLERANCE ||
                       bounds->origin.x + bounds->size.width > gtk_widget_get_width (around) + TOLERANCE;
  gboolean is_beyond = bounds->origin.y < -TOLERANCE ||
                       bounds->origin.y + bounds->size.height > gtk_widget_get_height (around) + TOLERANCE;

  return is_beside || (is_beyond && !is_scrolled);
}

/* By what cuts what is drawn outside of it. What is scrolled is reached by scrolling. */
static gboolean
is_clipped (GtkWidget *widget)
{
  gboolean is_scrolled = FALSE;
  graphene_rect_t bounds;

  for (GtkWidget *around = gtk_widget_get_parent (widget); around != NULL; around = gtk_widget_get_parent (around))
    {
      is_scrolled = is_scrolled || GTK_IS_SCROLLABLE (around) || GTK_IS_SCROLLED_WINDOW (around);
      if (!GTK_IS_ROOT (around) && gtk_widget_get_overflow (around) != GTK_OVERFLOW_HIDDEN)
        continue;
      if (gtk_widget_compute_bounds (widget, around, &bounds) && is_outside (&bounds, around, is_scrolled))
        return TRUE;
    }
  return FALSE;
}

static const char *
find_cut (GtkLabel *label)
{
  PangoLayout *layout = gtk_label_get_layout (label);
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  if (pango_layout_is_ellipsized (layout))
    return "ellipsised";
  if (width > gtk_widget_get_width (GTK_WIDGET (label)) + TOLERANCE)
    return "wider than its place";
  if (height > gtk_widget_get_height (GTK_WIDGET (label)) + TOLERANCE)
    return "higher than its place";
  return is_clipped (GTK_WIDGET (label)) ? "cut by what is around it" : "";
}

static void
look_at_label (GtkLabel *label, json_t *found)
{
  const char *text = gtk_label_get_text (label);

  if (*text != '\0')
    json_array_append_new (found, json_pack ("{s:s, s:s, s:s}", "kind", "label", "text", text, "cut",
                                             find_cut (label)));
}

static void
look_at_target (GtkWidget *widget, json_t *found)
{
  g_autofree char *text = describe (widget);
  graphene_rect_t bounds;

  if (gtk_widget_compute_bounds (widget, GTK_WIDGET (gtk_widget_get_root (widget)), &bounds))
    json_array_append_new (found, json_pack ("{s:s, s:s, s:s, s:[f, f, f, f]}", "kind", "target", "type",
                                             G_OBJECT_TYPE_NAME (widget), "text", text, "box", bounds.origin.x,
                                             bounds.origin.y, bounds.size.width, bounds.size.height));
}

/* The text of its own that a field is made of. */
static GtkWidget *
find_text (GtkWidget *field)
{
  while (GTK_IS_EDITABLE (field) && gtk_editable_get_delegate (GTK_EDITABLE (field)) != NULL)
    field = GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (field)));
  return field;
}

/* What the on-screen keyboard is told of it, which chooses its keys by that. */
static void
look_at_field (GtkWidget *widget, json_t *found)
{
  g_autofree char *text = describe (widget);
  GtkInputPurpose purpose;
  GtkInputHints hints;

  g_object_get (find_text (widget), "input-purpose", &purpose, "input-hints", &hints, NULL);
  json_array_append_new (found, json_pack ("{s:s, s:s, s:i, s:i}", "kind", "field", "text", text, "purpose",
                                           (int) purpose, "hints", (int) hints));
}

static void
look_at (GtkWidget *widget, gpointer data)
{
  if (is_field (widget))
    look_at_field (widget, data);

  if (GTK_IS_WINDOW (widget))
    json_array_append_new (data, json_pack ("{s:s, s:i, s:i}", "kind", "window", "width", gtk_widget_get_width (widget),
                                            "height", gtk_widget_get_height (widget)));
  if (GTK_IS_LABEL (widget))
    look_at_label (GTK_LABEL (widget), data);
  else if (is_target (widget))
    look_at_target (widget, data);
}

static json_t *
look (char **words)
{
  json_t *found = json_array ();

  walk_windows (look_at, found);
  return found;
}

static json_t *
set_scale (char **words)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", (int) (RESOLUTION * g_ascii_strtod (words[1], NULL)), NULL);
  return json_true ();
}

static json_t *
set_theme (char **words)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), g_str_equal (words[1], "dark")
                                                                          ? ADW_COLOR_SCHEME_FORCE_DARK
                                                                          : ADW_COLOR_SCHEME_FORCE_LIGHT);
  return json_true ();
}

/* A widget of one of the names, and of the kind that is looked for; @within: G_TYPE_INVALID where it may be anywhere. */
typedef struct
{
  char **names;
  gboolean (*is_it) (GtkWidget *widget);
  GType within;
  GtkWidget *found;
} Search;

static gboolean
is_named (GtkWidget *widget, const char *name)
{
  g_autofree char *differs = NULL;

  if (ADW_IS_PREFERENCES_ROW (widget) &&
      g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), name) == 0)
    return TRUE;
  if (GTK_IS_LABEL (widget))
    return g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), name);
  if (!gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL))
    return FALSE;
  differs = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name);
  return differs == NULL;
}

static void
compare_name (GtkWidget *widget, gpointer data)
{
  Search *search = data;

  for (char **name = search->names; *name != NULL && search->found == NULL; name++)
    if (is_named (widget, *name))
      search->found = widget;
}

/* The innermost wins, as under a finger. */
static void
compare (GtkWidget *widget, gpointer data)
{
  Search *search = data;
  Search inside = { .names = search->names };

  if (!search->is_it (widget) || !gtk_widget_is_sensitive (widget))
    return;
  if (search->within != G_TYPE_INVALID && gtk_widget_get_ancestor (widget, search->within) == NULL)
    return;
  walk (widget, compare_name, &inside);
  if (inside.found != NULL || *search->names == NULL)
    search->found = widget;
}

static GtkWidget *
find (char **names, gboolean (*is_it) (GtkWidget *widget), const char *within)
{
  Search search = { .names = names, .is_it = is_it, .within = within == NULL ? G_TYPE_INVALID : g_type_from_name (within) };

  walk_windows (compare, &search);
  return search.found;
}

static json_t *
press_widget (GtkWidget *widget)
{
  if (widget == NULL)
    return json_false ();
  if (GTK_IS_BUTTON (widget))
    g_signal_emit_by_name (widget, "clicked");
  else
    gtk_widget_activate (widget);
  return json_true ();
}

/* press NAME…, the same in other words */
static json_t *
press (char **words)
{
  return press_widget (find (words + 1, is_target, NULL));
}

/* press-in TYPE NAME…: in the widget of that type alone, where others are called so too */
static json_t *
press_in (char **words)
{
  return press_widget (find (words + 2, is_target, words[1]));
}

/* write TEXT NAME…; without a name, into whichever field there is */
static json_t *
write_text (char **words)
{
  GtkWidget *widget = find (words + 2, is_field, NULL);

  if (widget == NULL)
    return json_false ();
  if (GTK_IS_TEXT_VIEW (widget))
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (widget)), words[1], -1);
  else
    gtk_editable_set_text (GTK_EDITABLE (widget), words[1]);
  return json_true ();
}

static void
scroll_down (GtkWidget *widget, gpointer data)
{
  GtkAdjustment *adjustment;

  if (!GTK_IS_SCROLLED_WINDOW (widget))
    return;
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (widget));
  gtk_adjustment_set_value (adjustment, *(gboolean *) data ? gtk_adjustment_get_upper (adjustment) : 0);
}

static json_t *
scroll (char **words)
{
  gboolean is_down = g_str_equal (words[1], "down");

  walk_windows (scroll_down, &is_down);
  return json_true ();
}

/* A dialog's, where there is one. */
static GtkWidget *
find_focus (void)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWidget *focus = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (gtk_widget_get_mapped (GTK_WIDGET (window)) && (focus == NULL || gtk_window_get_modal (window)))
        focus = gtk_window_get_focus (window);
    }
  return focus;
}

/* focus NAME…: whether what has the focus is called so, whether it is one of a list's rows, and where it is */
static json_t *
tell_focus (char **words)
{
  GtkWidget *focus = find_focus ();
  Search inside = { .names = words + 1 };
  graphene_rect_t bounds;
  g_autofree char *text = NULL;

  if (focus == NULL || !gtk_widget_compute_bounds (focus, GTK_WIDGET (gtk_widget_get_root (focus)), &bounds))
    return json_null ();
  if (is_target (focus))
    walk (focus, compare_name, &inside);
  if (GTK_IS_TEXT (focus))
    compare_name (gtk_widget_get_parent (focus), &inside);
  text = describe (focus);
  return json_pack ("{s:b, s:b, s:s, s:s, s:[f, f, f, f]}", "is_it", inside.found != NULL, "is_row", is_item (focus),
                    "type", G_OBJECT_TYPE_NAME (focus), "text", text, "box", bounds.origin.x, bounds.origin.y,
                    bounds.size.width, bounds.size.height);
}

/* The innermost that needs more than that many pixels, shown or not: what is hidden in a stack widens it all the same. */
static GtkWidget *
find_wide (GtkWidget *widget, int width)
{
  GtkWidget *found = NULL;
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_visible (child))
      found = find_wide (child, width);
  return found != NULL || minimum <= width ? found : widget;
}

/* wide WIDTH: what is too wide for it */
static json_t *
tell_wide (char **words)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWidget *found = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (windows) && found == NULL; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (gtk_widget_get_mapped (window))
        found = find_wide (window, (int) g_ascii_strtoll (words[1], NULL, 10));
    }
  text = found == NULL ? g_strdup ("nothing by now") : describe (found);
  return json_pack ("{s:s, s:s}", "type", found == NULL ? "" : G_OBJECT_TYPE_NAME (found), "text", text);
}

static const AltmProbeVerb verbs[] = {
  { "look", 1, look },   { "scale", 2, set_scale },  { "theme", 2, set_theme },
  { "press", 2, press },
  { "press-in", 3, press_in }, { "write", 2, write_text }, { "scroll", 2, scroll },
  { "focus", 2, tell_focus },
  { "wide", 2, tell_wide },
  { NULL },
};

/* Before main(). */
__attribute__ ((constructor)) static void
start (void)
{
  altm_probe_listen ("ALTM_PROBE", verbs);
}
