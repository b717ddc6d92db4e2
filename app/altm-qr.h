/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_QR (altm_qr_get_type ())
G_DECLARE_FINAL_TYPE (AltmQr, altm_qr, ALTM, QR, GtkWidget)

/**
 * AltmQr: a QR code (ISO/IEC 18004), black on white whatever the theme, with its quiet zone.
 */
gboolean altm_qr_set_text (AltmQr *self, const char *text);

G_END_DECLS
