/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-private.h"

#include <qrencode.h>
#include <string.h>

/* Modules left white on each side (ISO/IEC 18004, 9.1). */
#define QUIET 4

/* More than any link has. */
#define MOST_TEXT 512

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QRcode, QRcode_free)

static gboolean
is_black (const QRcode *code, int x, int y)
{
  return code->data[y * code->width + x] & 1;
}

/* One rectangle for each run of black modules, so that no seam shows between them. */
static void
draw_row (GString *svg, const QRcode *code, int y)
{
  int end;

  for (int x = 0; x < code->width; x = end + 1)
    {
      for (end = x; end < code->width && is_black (code, end, y); end++)
        ;
      if (end > x)
        g_string_append_printf (svg, "M%d %dh%dv1h%dz", QUIET + x, QUIET + y, end - x, x - end);
    }
}

/* Black on white in dark colours too: not every camera reads the reverse. */
static char *
draw (const QRcode *code)
{
  GString *svg = g_string_new ("<svg xmlns=\"http://www.w3.org/2000/svg\" shape-rendering=\"crispEdges\"");
  int side = code->width + 2 * QUIET;

  g_string_append_printf (svg, " viewBox=\"0 0 %d %d\">", side, side);
  g_string_append_printf (svg, "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"", side, side);
  for (int y = 0; y < code->width; y++)
    draw_row (svg, code, y);
  g_string_append (svg, "\"/></svg>");
  return g_string_free (svg, FALSE);
}

/**
 * altm_console_draw_qr:
 *
 * {"text"}: what a camera reads, up to 512 bytes. It is no part of the address, which others than HQ may keep note of: a
 * code that enrols is in it.
 *
 * Returns: (transfer full): 200 {"svg"}, 400 where there is no text, or too long a one
 */
AltmReply *
altm_console_draw_qr (AltmConsoleCall *call)
{
  const char *text = altm_json_get_string (call->form, "text");
  g_autoptr(QRcode) code = NULL;
  g_autofree char *svg = NULL;

  if (text != NULL && *text != '\0' && strlen (text) <= MOST_TEXT)
    code = QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, TRUE);
  if (code == NULL)
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "text is 1 to 512 bytes");
  svg = draw (code);
  return altm_reply_new_json (200, json_pack ("{s:s}", "svg", svg));
}
