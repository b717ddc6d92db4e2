/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-lines.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define DELETE 0x7f
#define C1_LEAD 0xc2 /* U+0080 to U+009F in UTF-8: this byte and one below 0xa0 */
#define C1_END 0xa0

/* JSON escapes the control characters below U+0020 alone; a terminal also obeys those from U+007F to U+009F,
 * and what a tablet sent may hold them. They stand in strings alone, where an escape says the same. */
static gboolean
write_escaped (const char *text, FILE *output)
{
  gboolean is_written = TRUE;

  for (const guint8 *at = (const guint8 *) text; is_written && *at != '\0'; at++)
    if (*at == C1_LEAD && at[1] < C1_END)
      is_written = fprintf (output, "\\u%04x", *++at) >= 0;
    else if (*at == DELETE)
      is_written = fprintf (output, "\\u%04x", DELETE) >= 0;
    else
      is_written = fputc (*at, output) != EOF;
  return is_written && fputc ('\n', output) != EOF;
}

/**
 * altm_hq_lines_write:
 * @value: what is shown to people, or to their programs
 * @output: where it goes
 *
 * Writes a line of NDJSON that is safe on a terminal. What was made of @value on the way is wiped.
 *
 * Returns: %TRUE, or %FALSE with a %G_FILE_ERROR
 */
gboolean
altm_hq_lines_write (json_t *value, FILE *output, GError **error)
{
  char *text = altm_json_write (value);
  gboolean is_written = write_escaped (text, output);
  int number = errno;

  sodium_memzero (text, strlen (text));
  g_free (text);
  if (!is_written)
    g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (number), g_strerror (number));
  return is_written;
}

/**
 * altm_hq_lines_write_all:
 * @values: an array, of which each is written as altm_hq_lines_write() does
 *
 * Returns: %TRUE, or %FALSE with a %G_FILE_ERROR
 */
gboolean
altm_hq_lines_write_all (json_t *values, FILE *output, GError **error)
{
  json_t *value;
  gsize i;

  json_array_foreach (values, i, value)
    if (!altm_hq_lines_write (value, output, error))
      return FALSE;
  return TRUE;
}
