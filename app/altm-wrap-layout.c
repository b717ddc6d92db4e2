/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-wrap-layout.h"

struct _AltmWrapLayout
{
  GtkLayoutManager parent_instance;

  int spacing;
};

G_DEFINE_FINAL_TYPE (AltmWrapLayout, altm_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

enum
{
  PROP_0,
  PROP_SPACING,
  N_PROPS,
};

/* One line of children: the first, the one after the last, its height, how much of the width
 * they leave over, and how many of them would like that. */
typedef struct
{
  GtkWidget *first;
  GtkWidget *end;
  int height;
  int left_over;
  int n_expanding;
} Line;

static int
child_width (GtkWidget *child, int available)
{
  int minimum, natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  return MAX (minimum, MIN (natural, available));
}

static int
child_height (GtkWidget *child, int width)
{
  int minimum, natural;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &minimum, &natural, NULL, NULL);
  return natural;
}

static void
fill_line (AltmWrapLayout *self, Line *line, GtkWidget *first, int available)
{
  int used = 0;
  GtkWidget *child;

  *line = (Line){ first, NULL, 0, 0, 0 };
  for (child = first; child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int width;

      if (!gtk_widget_should_layout (child))
        continue;
      width = child_width (child, available);
      if (used > 0 && used + self->spacing + width > available)
        break;
      used += (used > 0 ? self->spacing : 0) + width;
      line->height = MAX (line->height, child_height (child, width));
      line->n_expanding += gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL);
    }
  line->end = child;
  line->left_over = MAX (available - used, 0);
}

static void
measure_width (AltmWrapLayout *self, GtkWidget *widget, int *minimum, int *natural)
{
  *minimum = 0;
  *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, &child_natural,
                          NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural += child_natural + (*natural > 0 ? self->spacing : 0);
    }
}

static int
measure_height (AltmWrapLayout *self, GtkWidget *widget, int available)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  int height = 0;

  while (child != NULL)
    {
      Line line;

      fill_line (self, &line, child, available);
      if (line.height > 0)
        height += line.height + (height > 0 ? self->spacing : 0);
      child = line.end;
    }
  return height;
}

static void
altm_wrap_layout_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation,
                          int for_size, int *minimum, int *natural, int *minimum_baseline,
                          int *natural_baseline)
{
  AltmWrapLayout *self = ALTM_WRAP_LAYOUT (manager);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_width (self, widget, minimum, natural);
  else
    *minimum = *natural = measure_height (self, widget, for_size < 0 ? G_MAXINT / 2 : for_size);
}

static void
place_line (AltmWrapLayout *self, const Line *line, int y, int available, gboolean is_reversed)
{
  int x = 0;

  for (GtkWidget *child = line->first; child != line->end;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkAllocation place;

      if (!gtk_widget_should_layout (child))
        continue;
      place.width = child_width (child, available);
      if (gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
        place.width += line->left_over / line->n_expanding;
      place.height = line->height;
      place.x = is_reversed ? available - x - place.width : x;
      place.y = y;
      gtk_widget_size_allocate (child, &place, -1);
      x += place.width + self->spacing;
    }
}

static void
altm_wrap_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height,
                           int baseline)
{
  AltmWrapLayout *self = ALTM_WRAP_LAYOUT (manager);
  gboolean is_reversed = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkWidget *child = gtk_widget_get_first_child (widget);
  int y = 0;

  while (child != NULL)
    {
      Line line;

      fill_line (self, &line, child, width);
      place_line (self, &line, y, width, is_reversed);
      y += line.height > 0 ? line.height + self->spacing : 0;
      child = line.end;
    }
}

static GtkSizeRequestMode
altm_wrap_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
altm_wrap_layout_set_property (GObject *object, guint property, const GValue *value,
                               GParamSpec *pspec)
{
  if (property != PROP_SPACING)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
      return;
    }
  ALTM_WRAP_LAYOUT (object)->spacing = g_value_get_int (value);
  gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (object));
}

static void
altm_wrap_layout_class_init (AltmWrapLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->measure = altm_wrap_layout_measure;
  layout_class->allocate = altm_wrap_layout_allocate;
  layout_class->get_request_mode = altm_wrap_layout_get_request_mode;
  G_OBJECT_CLASS (klass)->set_property = altm_wrap_layout_set_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_SPACING,
                                   g_param_spec_int ("spacing", NULL, NULL, 0, 100, 8,
                                                     G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
}

static void
altm_wrap_layout_init (AltmWrapLayout *self)
{
  self->spacing = 8;
}
