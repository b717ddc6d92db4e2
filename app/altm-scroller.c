/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-scroller.h"

/* Under this name a field knows what is to be seen along with it. */
#define COMPANION "altm-scroller-companion"

/* Room left around the field in focus. */
#define MARGIN 12

struct _AltmScroller
{
  GtkWidget parent_instance;

  GtkScrolledWindow *scrolled;
  guint reveal_source;
};

G_DEFINE_FINAL_TYPE (AltmScroller, altm_scroller, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_CHILD,
  N_PROPS,
};

static GtkWidget *
get_focus_inside (AltmScroller *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root == NULL ? NULL : gtk_root_get_focus (root);

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    return NULL;
  return focus;
}

/* The focus is in a part of the field: a row's text, say. */
static GtkWidget *
find_companion (AltmScroller *self, GtkWidget *focus)
{
  GtkWidget *found = NULL;

  for (; found == NULL && focus != GTK_WIDGET (self); focus = gtk_widget_get_parent (focus))
    found = g_object_get_data (G_OBJECT (focus), COMPANION);
  return found != NULL && gtk_widget_get_mapped (found) ? found : NULL;
}

static void
reveal (AltmScroller *self, const graphene_rect_t *bounds)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  double top = gtk_adjustment_get_value (adjustment) + bounds->origin.y;

  gtk_adjustment_clamp_page (adjustment, top - MARGIN, top + bounds->size.height + MARGIN);
}

/* Where the two do not fit, the field itself is what must be seen. */
static void
reveal_focus (AltmScroller *self)
{
  GtkWidget *focus = get_focus_inside (self);
  GtkWidget *viewport = gtk_scrolled_window_get_child (self->scrolled);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  GtkWidget *companion = focus == NULL ? NULL : find_companion (self, focus);
  graphene_rect_t bounds, beside, both;

  if (focus == NULL || !gtk_widget_compute_bounds (focus, viewport, &bounds))
    return;
  if (companion != NULL && gtk_widget_compute_bounds (companion, viewport, &beside))
    {
      graphene_rect_union (&bounds, &beside, &both);
      if (both.size.height + 2 * MARGIN <= gtk_adjustment_get_page_size (adjustment))
        bounds = both;
    }
  reveal (self, &bounds);
}

/**
 * altm_scroller_set_companion:
 * @field: what can have the focus
 * @companion: (nullable): what is to be seen along with it while it has, a warning say; it must
 *   be taken away again before it goes
 */
void
altm_scroller_set_companion (GtkWidget *field, GtkWidget *companion)
{
  g_object_set_data (G_OBJECT (field), COMPANION, companion);
}

static gboolean
reveal_cb (gpointer user_data)
{
  AltmScroller *self = user_data;

  self->reveal_source = 0;
  reveal_focus (self);
  return G_SOURCE_REMOVE;
}

static void
resized_cb (AltmScroller *self)
{
  if (self->reveal_source == 0)
    self->reveal_source = g_idle_add (reveal_cb, self);
}

static void
altm_scroller_set_property (GObject *object, guint property, const GValue *value,
                            GParamSpec *pspec)
{
  if (property == PROP_CHILD)
    gtk_scrolled_window_set_child (ALTM_SCROLLER (object)->scrolled, g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
altm_scroller_dispose (GObject *object)
{
  AltmScroller *self = ALTM_SCROLLER (object);

  g_clear_handle_id (&self->reveal_source, g_source_remove);
  if (self->scrolled != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->scrolled));
  self->scrolled = NULL;
  G_OBJECT_CLASS (altm_scroller_parent_class)->dispose (object);
}

static void
altm_scroller_class_init (AltmScrollerClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = altm_scroller_set_property;
  G_OBJECT_CLASS (klass)->dispose = altm_scroller_dispose;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_CHILD,
                                   g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET,
                                                        G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
altm_scroller_init (AltmScroller *self)
{
  GtkAdjustment *adjustment;

  self->scrolled = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_scrolled_window_set_policy (self->scrolled, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_parent (GTK_WIDGET (self->scrolled), GTK_WIDGET (self));
  adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  g_signal_connect_object (adjustment, "notify::page-size", G_CALLBACK (resized_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "notify::upper", G_CALLBACK (resized_cb), self,
                           G_CONNECT_SWAPPED);
}
