/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is preloaded into the app where GTK (4.18 among others) tells AT-SPI wrong places: it adds up each control's place
 * in what is around it, and leaves out the padding on the way; what is in a GtkStack's page it counts twice. Here places
 * are told so that they add up to where the control is drawn. The app itself knows nothing of it. */

#include <gtk/gtk.h>

/* Where that is in what it is told to be in, from edge to edge. A page is no widget: the stack is what is around. */
static gboolean
get_place (GtkAccessible *accessible, int *x, int *y, int *width, int *height)
{
  GtkWidget *widget = GTK_WIDGET (accessible);
  g_autoptr (GtkAccessible) told = gtk_accessible_get_accessible_parent (accessible);
  GtkWidget *parent = GTK_IS_WIDGET (told) ? GTK_WIDGET (told) : gtk_widget_get_parent (widget);
  graphene_rect_t place;
  graphene_rect_t around;

  *x = *y = *width = *height = 0;
  if (!gtk_widget_get_realized (widget) || !gtk_widget_compute_bounds (widget, parent == NULL ? widget : parent, &place))
    return TRUE;
  *width = (int) place.size.width;
  *height = (int) place.size.height;
  if (parent == NULL || !gtk_widget_compute_bounds (parent, parent, &around))
    return TRUE;
  *x = (int) (place.origin.x - around.origin.x);
  *y = (int) (place.origin.y - around.origin.y);
  return TRUE;
}

/* All of the stack's page is its child, which tells itself where in the stack it is. */
static gboolean
get_page_place (GtkAccessible *page, int *x, int *y, int *width, int *height)
{
  g_autoptr (GtkWidget) child = NULL;

  g_object_get (page, "child", &child, NULL);
  get_place (GTK_ACCESSIBLE (child), x, y, width, height);
  *x = *y = 0;
  return TRUE;
}

/* Types that are there already have a table of their own, and hand it on to those that come. */
static void
correct (GType type, gpointer get_bounds)
{
  g_autofree GType *children = g_type_children (type, NULL);
  gpointer class = g_type_class_peek (type);
  GtkAccessibleInterface *interface = class == NULL ? NULL : g_type_interface_peek (class, GTK_TYPE_ACCESSIBLE);

  if (interface != NULL)
    interface->get_bounds = get_bounds;
  for (GType *child = children; *child != 0; child++)
    correct (*child, get_bounds);
}

static void
correct_page (const char *name)
{
  GType type = g_type_from_name (name);

  if (type == 0)
    return;
  g_type_class_ref (type);
  correct (type, get_page_place);
}

/* Once the app's own loop turns, GTK is there. */
static gboolean
started_cb (gpointer data)
{
  correct (GTK_TYPE_WIDGET, get_place);
  correct_page ("GtkStackPage");
  correct_page ("AdwViewStackPage");
  return G_SOURCE_REMOVE;
}

/* Before main(). What the app starts is left alone. */
__attribute__ ((constructor)) static void
start (void)
{
  g_unsetenv ("LD_PRELOAD");
  g_idle_add_full (G_PRIORITY_HIGH, started_cb, NULL, NULL);
}
