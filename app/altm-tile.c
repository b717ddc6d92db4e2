/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-tile.h"

/* A tile that is no counter shows none. */
#define NO_COUNT -1

/* Letters by which a word may be wider than as many letters are on average. */
#define WIDE_LETTERS 2

struct _AltmTile
{
  GtkButton parent_instance;

  GtkImage *image;
  GtkLabel *caption_label;
  GtkLabel *count_label;

  char *code;
  gint64 count;
};

G_DEFINE_FINAL_TYPE (AltmTile, altm_tile, GTK_TYPE_BUTTON)

static void
altm_tile_finalize (GObject *object)
{
  g_free (ALTM_TILE (object)->code);
  G_OBJECT_CLASS (altm_tile_parent_class)->finalize (object);
}

static void
altm_tile_class_init (AltmTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = altm_tile_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-tile.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmTile, image);
  gtk_widget_class_bind_template_child (widget_class, AltmTile, caption_label);
  gtk_widget_class_bind_template_child (widget_class, AltmTile, count_label);
}

static void
altm_tile_init (AltmTile *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->count = NO_COUNT;
}

static int
find_longest_word (const char *caption)
{
  g_auto (GStrv) words = g_strsplit (caption, " ", -1);
  glong longest = 0;

  for (gsize i = 0; words[i] != NULL; i++)
    longest = MAX (longest, g_utf8_strlen (words[i], -1));
  return (int) longest;
}

/* Its natural width has room for each of its words whole: the columns of tiles are counted by that. */
static void
set_caption (AltmTile *self, const char *caption)
{
  gtk_label_set_label (self->caption_label, caption);
  gtk_label_set_max_width_chars (self->caption_label, find_longest_word (caption) + WIDE_LETTERS);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, caption, -1);
}

GtkWidget *
altm_tile_new (const char *code, const char *caption)
{
  AltmTile *self = g_object_new (ALTM_TYPE_TILE, NULL);

  self->code = g_strdup (code);
  set_caption (self, caption);
  return GTK_WIDGET (self);
}

const char *
altm_tile_get_code (AltmTile *self)
{
  return self->code;
}

const char *
altm_tile_get_caption (AltmTile *self)
{
  return gtk_label_get_label (self->caption_label);
}

void
altm_tile_set_icon_name (AltmTile *self, const char *icon_name)
{
  gtk_image_set_from_icon_name (self->image, icon_name);
  gtk_widget_show (GTK_WIDGET (self->image));
}

/**
 * altm_tile_set_count:
 *
 * Shows @count large; a screen reader has it as the button's description.
 */
void
altm_tile_set_count (AltmTile *self, gint64 count)
{
  g_autofree char *text = NULL;

  if (count == self->count)
    return;
  self->count = count;
  text = g_strdup_printf ("%" G_GINT64_FORMAT, count);
  gtk_label_set_label (self->count_label, text);
  gtk_widget_show (GTK_WIDGET (self->count_label));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}
