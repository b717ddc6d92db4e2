/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-navigation.h"

#include <adwaita.h>

struct _AltmNavigation
{
  GtkWidget parent_instance;

  AdwLeaflet *leaflet;
  GPtrArray *pages;
  guint top;
  guint prune_source;
};

G_DEFINE_FINAL_TYPE (AltmNavigation, altm_navigation, GTK_TYPE_WIDGET)

/* Pages above the one that is shown are done with, once they are out of sight. */
static void
prune (AltmNavigation *self)
{
  while (self->pages->len > self->top + 1)
    {
      GtkWidget *page = self->pages->pdata[self->pages->len - 1];

      g_ptr_array_set_size (self->pages, self->pages->len - 1);
      adw_leaflet_remove (self->leaflet, page);
    }
}

static gboolean
prune_cb (gpointer user_data)
{
  AltmNavigation *self = user_data;

  self->prune_source = 0;
  if (!adw_leaflet_get_child_transition_running (self->leaflet))
    prune (self);
  return G_SOURCE_REMOVE;
}

static void
transition_cb (AltmNavigation *self)
{
  if (self->prune_source == 0 && !adw_leaflet_get_child_transition_running (self->leaflet))
    self->prune_source = g_idle_add (prune_cb, self);
}

/* The focus goes to the page itself: to a field, it would bring up the on-screen keyboard. */
static void
show_top (AltmNavigation *self)
{
  GtkWidget *page = self->pages->pdata[self->top];

  adw_leaflet_set_visible_child (self->leaflet, page);
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
 */
void
altm_navigation_push (GtkWidget *from, GtkWidget *page)
{
  AltmNavigation *self = get_navigation (from);
  g_autoptr (GtkWidget) owned = g_object_ref_sink (page);
  guint position;

  if (!find_page (self, from, &position) || position != self->top)
    return;
  prune (self);
  adw_leaflet_append (self->leaflet, page);
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
 * @page: a page that was pushed: those above it go
 */
void
altm_navigation_pop_to (GtkWidget *page)
{
  AltmNavigation *self = get_navigation (page);

  if (find_page (self, page, &self->top))
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

static void
back_action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AltmNavigation *self = ALTM_NAVIGATION (widget);

  altm_navigation_pop (self->pages->pdata[self->top]);
}

static void
altm_navigation_dispose (GObject *object)
{
  AltmNavigation *self = ALTM_NAVIGATION (object);

  g_clear_handle_id (&self->prune_source, g_source_remove);
  if (self->leaflet != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->leaflet));
  self->leaflet = NULL;
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
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-navigation.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmNavigation, leaflet);
  gtk_widget_class_bind_template_callback (widget_class, transition_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "navigation.back", NULL, back_action_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "navigation.back", NULL);
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

  adw_leaflet_append (self->leaflet, first_page);
  g_ptr_array_add (self->pages, first_page);
  return GTK_WIDGET (self);
}
