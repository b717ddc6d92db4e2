/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-columns-layout.h"

#define COLUMNS 2
#define SPACING 8

struct _AltmColumnsLayout
{
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (AltmColumnsLayout, altm_columns_layout, GTK_TYPE_LAYOUT_MANAGER)

/* The largest of the children's sizes. Returns: how many of them there are to lay out. */
static int
measure_largest (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural)
{
  int n_children = 0;

  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, orientation, for_size, &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
      n_children++;
    }
  return n_children;
}

static int
count_columns (GtkWidget *widget, int width)
{
  int minimum, natural;

  measure_largest (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural);
  return width >= COLUMNS * natural + (COLUMNS - 1) * SPACING ? COLUMNS : 1;
}

static int
column_width (int width, int n_columns)
{
  return (width - (n_columns - 1) * SPACING) / n_columns;
}

static int
measure_height (GtkWidget *widget, int width)
{
  int n_columns = width < 0 ? COLUMNS : count_columns (widget, width);
  int minimum, natural;
  int n_children = measure_largest (widget, GTK_ORIENTATION_VERTICAL, width < 0 ? -1 : column_width (width, n_columns),
                                    &minimum, &natural);
  int n_rows = (n_children + n_columns - 1) / n_columns;

  return MAX (n_rows * (natural + SPACING) - SPACING, 0);
}

static void
altm_columns_layout_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation, int for_size,
                             int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = *natural = measure_height (widget, for_size);
      return;
    }
  measure_largest (widget, orientation, -1, minimum, natural);
  *natural = COLUMNS * *natural + (COLUMNS - 1) * SPACING;
}

static void
altm_columns_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  gboolean is_reversed = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int n_columns = count_columns (widget, width);
  GtkAllocation place = { .width = column_width (width, n_columns) };
  int minimum, i = 0;

  measure_largest (widget, GTK_ORIENTATION_VERTICAL, place.width, &minimum, &place.height);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      if (!gtk_widget_should_layout (child))
        continue;
      place.x = i % n_columns * (place.width + SPACING);
      if (is_reversed)
        place.x = width - place.x - place.width;
      place.y = i / n_columns * (place.height + SPACING);
      gtk_widget_size_allocate (child, &place, -1);
      i++;
    }
}

static GtkSizeRequestMode
altm_columns_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
altm_columns_layout_class_init (AltmColumnsLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->measure = altm_columns_layout_measure;
  layout_class->allocate = altm_columns_layout_allocate;
  layout_class->get_request_mode = altm_columns_layout_get_request_mode;
}

static void
altm_columns_layout_init (AltmColumnsLayout *self)
{
}
