/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-qr.h"

#include <qrencode.h>
#include <string.h>

/* Modules left white on each side (ISO/IEC 18004, 9.1). */
#define QUIET 4

/* By its designator (AIM ECI 26) a reader knows UTF-8, and need not guess. */
#define UTF8 26

/* The sides, in pixels: what a telephone reads at arm's length, and what a screen of 360 has room for. */
#define SMALLEST 280
#define LARGEST 420

struct _AltmQr
{
  GtkWidget parent_instance;

  QRcode *code;
};

G_DEFINE_FINAL_TYPE (AltmQr, altm_qr, GTK_TYPE_WIDGET)

static gboolean
is_black (const QRcode *code, int x, int y)
{
  return code->data[y * code->width + x] & 1;
}

/* One rectangle for each run of black modules, so that no seam shows between them. */
static void
draw_row (GtkSnapshot *snapshot, const QRcode *code, int y, float left, float top, float module)
{
  const GdkRGBA black = { 0, 0, 0, 1 };
  int end;

  for (int x = 0; x < code->width; x = end + 1)
    {
      for (end = x; end < code->width && is_black (code, end, y); end++)
        ;
      if (end > x)
        gtk_snapshot_append_color (snapshot, &black,
                                   &GRAPHENE_RECT_INIT (left + x * module, top, (end - x) * module, module));
    }
}

/* Modules are of whole pixels: a camera takes blurred edges badly. */
static void
altm_qr_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  const GdkRGBA white = { 1, 1, 1, 1 };
  const QRcode *code = ALTM_QR (widget)->code;
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int side, module, left, top;

  if (code == NULL)
    return;
  side = code->width + 2 * QUIET;
  module = MAX (MIN (width, height) / side, 1);
  left = (width - module * side) / 2;
  top = (height - module * side) / 2;
  gtk_snapshot_append_color (snapshot, &white, &GRAPHENE_RECT_INIT (left, top, module * side, module * side));
  for (int y = 0; y < code->width; y++)
    draw_row (snapshot, code, y, left + QUIET * module, top + (QUIET + y) * module, module);
}

static GtkSizeRequestMode
altm_qr_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
altm_qr_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                 int *minimum_baseline, int *natural_baseline)
{
  *minimum = SMALLEST;
  *natural = LARGEST;
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size > 0)
    *minimum = *natural = CLAMP (for_size, SMALLEST, LARGEST);
}

static void
altm_qr_finalize (GObject *object)
{
  g_clear_pointer (&ALTM_QR (object)->code, QRcode_free);
  G_OBJECT_CLASS (altm_qr_parent_class)->finalize (object);
}

static void
altm_qr_class_init (AltmQrClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = altm_qr_finalize;
  widget_class->snapshot = altm_qr_snapshot;
  widget_class->measure = altm_qr_measure;
  widget_class->get_request_mode = altm_qr_get_request_mode;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
altm_qr_init (AltmQr *self)
{
}

static QRcode *
encode (const char *text)
{
  QRinput *input = QRinput_new2 (0, QR_ECLEVEL_M);
  QRcode *code = NULL;

  if (input == NULL)
    return NULL;
  if (QRinput_appendECIheader (input, UTF8) == 0 &&
      QRinput_append (input, QR_MODE_8, (int) strlen (text), (const unsigned char *) text) == 0)
    code = QRcode_encodeInput (input);
  QRinput_free (input);
  return code;
}

/**
 * altm_qr_set_text:
 * @text: UTF-8; what a camera reads
 *
 * Returns: %FALSE where it is too long for a code; nothing is drawn then
 */
gboolean
altm_qr_set_text (AltmQr *self, const char *text)
{
  g_clear_pointer (&self->code, QRcode_free);
  self->code = encode (text);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return self->code != NULL;
}
