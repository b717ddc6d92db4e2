/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-navigation.h"

#include <adwaita.h>

#include "altm-page-header.h"

/* From this width on, in pixels, there is room for the first page and another beside it. */
#define WIDE 900

/* What the first page then has of it: a hand's width, as on a telephone. */
#define BESIDE 420

/* More than any screen has, for where it is alone. */
#define ALONE 32767

struct _AltmNavigation
{
  GtkWidget parent_instance;

  AdwLeaflet *panes;
  AdwClamp *first_pane;
  AdwLeaflet *others;
  GtkWidget *placeholder;
  GPtrArray *pages;
  guint top;
  guint prune_source;
  gboolean has_two_panes;
};

G_DEFINE_FINAL_TYPE (AltmNavigation, altm_navigation, GTK_TYPE_WIDGET)

static gboolean
is_moving (AltmNavigation *self)
{
  return adw_leaflet_get_child_transition_running (self->panes) ||
         adw_leaflet_get_child_transition_running (self->others);
}

/* Pages above the one that is shown are done with, once they are out of sight. */
static void
prune (AltmNavigation *self)
{
  if (self->top == 0)
    adw_leaflet_set_visible_child (self->others, self->placeholder);
  while (self->pages->len > self->top + 1)
    {
      GtkWidget *page = self->pages->pdata[self->pages->len - 1];

      g_ptr_array_set_size (self->pages, self->pages->len - 1);
      adw_leaflet_remove (self->others, page);
    }
}

static gboolean
prune_cb (gpointer user_data)
{
  AltmNavigation *self = user_data;

  self->prune_source = 0;
  if (!is_moving (self))
    prune (self);
  return G_SOURCE_REMOVE;
}

static void
transition_cb (AltmNavigation *self)
{
  if (self->prune_source == 0 && !is_moving (self))
    self->prune_source = g_idle_add (prune_cb, self);
}

static AltmPageHeader *
find_header (GtkWidget *widget)
{
  AltmPageHeader *found = ALTM_IS_PAGE_HEADER (widget) ? ALTM_PAGE_HEADER (widget) : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_header (child);
  return found;
}

/* The focus goes to the page itself: to a field, it would bring up the on-screen keyboard. Where the
 * first page covers the others, they stay as they are until it has slid over them. */
static void
show_top (AltmNavigation *self)
{
  GtkWidget *page = self->pages->pdata[self->top];
  AltmPageHeader *header = find_header (page);

  if (header != NULL)
    altm_page_header_name (header, page);
  if (self->top > 0)
    adw_leaflet_set_visible_child (self->others, page);
  else if (self->has_two_panes)
    adw_leaflet_set_visible_child (self->others, self->placeholder);
  adw_leaflet_set_visible_child (self->panes, self->top > 0 ? GTK_WIDGET (self->others) : GTK_WIDGET (self->first_pane));
  gtk_widget_set_focusable (page, TRUE);
  gtk_widget_grab_focus (page);
  transition_cb (self);
}

/* The page that @widget is, or lies in. */
static gboolean
find_page (AltmNavigation *self, GtkWidget *widget, guint *position)
{
  for (guint i = 0; i < self->pages->len; i++)
    if (widget == self->pages->pdata[i] || gtk_widget_is_ancestor (widget, self->pages->pdata[i]))
      {
        *position = i;
        return TRUE;
      }
  return FALSE;
}

static AltmNavigation *
get_navigation (GtkWidget *from)
{
  return ALTM_NAVIGATION (gtk_widget_get_ancestor (from, ALTM_TYPE_NAVIGATION));
}

/**
 * altm_navigation_push:
 * @from: a widget that lies in a navigation
 * @page: shown above what is shown there; dropped where @from is no longer shown, as after the
 *   second tap of two in haste
 *
 * From the first page with another beside it, @page takes the other's place: a form that goes that
 * way leaves its draft on the disk.
 */
void
altm_navigation_push (GtkWidget *from, GtkWidget *page)
{
  AltmNavigation *self = get_navigation (from);
  g_autoptr (GtkWidget) owned = g_object_ref_sink (page);
  guint position;

  if (!find_page (self, from, &position))
    return;
  if (position == 0 && self->has_two_panes)
    self->top = 0;
  if (position != self->top)
    return;
  prune (self);
  adw_leaflet_append (self->others, page);
  g_ptr_array_add (self->pages, page);
  self->top++;
  show_top (self);
}

/**
 * altm_navigation_get_top:
 *
 * Returns: (transfer none): the page that is shown
 */
GtkWidget *
altm_navigation_get_top (AltmNavigation *self)
{
  return self->pages->pdata[self->top];
}

/**
 * altm_navigation_pop_to:
 * @page: a page that was pushed: those above it go; none do for the first page where it has a pane of its own
 */
void
altm_navigation_pop_to (GtkWidget *page)
{
  AltmNavigation *self = get_navigation (page);
  guint position;

  if (!find_page (self, page, &position) || (position == 0 && self->has_two_panes))
    return;
  self->top = position;
  show_top (self);
}

/**
 * altm_navigation_pop:
 * @from: a page, or a widget in it, that goes with those above it
 */
void
altm_navigation_pop (GtkWidget *from)
{
  AltmNavigation *self = get_navigation (from);
  guint position;

  if (!find_page (self, from, &position) || position == 0 || position > self->top)
    return;
  self->top = position - 1;
  show_top (self);
}

/**
 * altm_navigation_set_width:
 * @width: what it has, in pixels
 *
 * Returns: what its first page has of it
 */
int
altm_navigation_set_width (AltmNavigation *self, int width)
{
  self->has_two_panes = width >= WIDE;
  adw_clamp_set_maximum_size (self->first_pane, self->has_two_panes ? BESIDE : ALONE);
  adw_clamp_set_tightening_threshold (self->first_pane, self->has_two_panes ? BESIDE : ALONE);
  gtk_widget_set_size_request (GTK_WIDGET (self->first_pane), self->has_two_panes ? BESIDE : -1, -1);
  if (self->has_two_panes)
    gtk_widget_add_css_class (GTK_WIDGET (self->first_pane), "beside");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->first_pane), "beside");
  adw_leaflet_set_can_unfold (self->panes, self->has_two_panes);
  return self->has_two_panes ? BESIDE : width;
}

static void
back_action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AltmNavigation *self = ALTM_NAVIGATION (widget);

  altm_navigation_pop (self->pages->pdata[self->top]);
}

/* As its back button does, which may ask first. */
static gboolean
back_key_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  AltmNavigation *self = ALTM_NAVIGATION (widget);

  return self->top > 0 && gtk_widget_activate_action (self->pages->pdata[self->top], ALTM_NAVIGATION_BACK, NULL);
}

static void
gather_main_button (GtkWidget *widget, GtkWidget **found)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_BUTTON (widget) && gtk_widget_has_css_class (widget, "suggested-action"))
    *found = widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gather_main_button (child, found);
}

/* What a page is for is done by the button at its foot: it saves, most often. */
static gboolean
main_key_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  AltmNavigation *self = ALTM_NAVIGATION (widget);
  GtkWidget *found = NULL;

  gather_main_button (self->pages->pdata[self->top], &found);
  if (found == NULL || !gtk_widget_is_sensitive (found))
    return FALSE;
  g_signal_emit_by_name (found, "clicked");
  return TRUE;
}

/* Two panes are narrower than they want to be until the window's new width is known here: were that their minimum, a
 * window that is made narrow would stay as wide as they are. */
static void
altm_navigation_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  AltmNavigation *self = ALTM_NAVIGATION (widget);

  gtk_widget_measure (GTK_WIDGET (self->panes), orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL && self->has_two_panes)
    *minimum = 0;
}

static void
altm_navigation_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  AltmNavigation *self = ALTM_NAVIGATION (widget);
  int least;

  gtk_widget_measure (GTK_WIDGET (self->panes), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  gtk_widget_allocate (GTK_WIDGET (self->panes), MAX (width, least), height, baseline, NULL);
}

static void
altm_navigation_dispose (GObject *object)
{
  AltmNavigation *self = ALTM_NAVIGATION (object);

  g_clear_handle_id (&self->prune_source, g_source_remove);
  if (self->panes != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->panes));
  self->panes = NULL;
  G_OBJECT_CLASS (altm_navigation_parent_class)->dispose (object);
}

static void
altm_navigation_finalize (GObject *object)
{
  g_ptr_array_unref (ALTM_NAVIGATION (object)->pages);
  G_OBJECT_CLASS (altm_navigation_parent_class)->finalize (object);
}

static void
altm_navigation_class_init (AltmNavigationClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_navigation_dispose;
  G_OBJECT_CLASS (klass)->finalize = altm_navigation_finalize;
  widget_class->measure = altm_navigation_measure;
  widget_class->size_allocate = altm_navigation_size_allocate;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-navigation.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmNavigation, panes);
  gtk_widget_class_bind_template_child (widget_class, AltmNavigation, first_pane);
  gtk_widget_class_bind_template_child (widget_class, AltmNavigation, others);
  gtk_widget_class_bind_template_child (widget_class, AltmNavigation, placeholder);
  gtk_widget_class_bind_template_callback (widget_class, transition_cb);
  gtk_widget_class_install_action (widget_class, ALTM_NAVIGATION_BACK, NULL, back_action_cb);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, back_key_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, GDK_ALT_MASK, back_key_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, main_key_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, GDK_CONTROL_MASK, main_key_cb, NULL);
}

static void
altm_navigation_init (AltmNavigation *self)
{
  self->pages = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
altm_navigation_new (GtkWidget *first_page)
{
  AltmNavigation *self = g_object_new (ALTM_TYPE_NAVIGATION, NULL);

  adw_clamp_set_child (self->first_pane, first_page);
  g_ptr_array_add (self->pages, first_page);
  return GTK_WIDGET (self);
}
