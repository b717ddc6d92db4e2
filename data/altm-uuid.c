/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-uuid.h"

#include <sodium.h>
#include <string.h>

/* Without printf, which leaves digits out where there is no memory, and says nothing. */
static char *
format_uuid (guint8 bytes[16], guint8 version)
{
  static const guint8 group_bytes[] = { 4, 2, 2, 2, 6 };
  char *text = g_malloc (37);
  char *end = text;

  bytes[6] = (bytes[6] & 0x0f) | (guint8) (version << 4);
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  for (gsize i = 0; i < G_N_ELEMENTS (group_bytes); i++)
    {
      sodium_bin2hex (end, 2 * (gsize) group_bytes[i] + 1, bytes, group_bytes[i]);
      bytes += group_bytes[i];
      end += 2 * group_bytes[i];
      *end++ = '-';
    }
  text[36] = '\0';
  return text;
}

/**
 * altm_uuid_new_v7:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): a UUIDv7 (RFC 9562, 5.7) of @now to the millisecond, the rest random
 */
char *
altm_uuid_new_v7 (gint64 now)
{
  guint8 bytes[16];
  guint64 milliseconds = (guint64) (now / 1000);

  randombytes_buf (bytes, sizeof bytes);
  for (int i = 0; i < 6; i++)
    bytes[i] = (guint8) (milliseconds >> (40 - 8 * i));
  return format_uuid (bytes, 7);
}

/**
 * altm_uuid_new_v4:
 *
 * Returns: (transfer full): a random UUID (RFC 9562, 5.4)
 */
char *
altm_uuid_new_v4 (void)
{
  guint8 bytes[16];

  randombytes_buf (bytes, sizeof bytes);
  return format_uuid (bytes, 4);
}

/**
 * altm_uuid_is_valid:
 * @text: (nullable): anything
 *
 * Returns: whether @text is a UUID in lower-case text
 */
gboolean
altm_uuid_is_valid (const char *text)
{
  if (text == NULL)
    return FALSE;
  for (int i = 0; i < 36; i++)
    {
      gboolean is_dash = i == 8 || i == 13 || i == 18 || i == 23;

      if (is_dash ? text[i] != '-' : !g_ascii_isxdigit (text[i]) || g_ascii_isupper (text[i]))
        return FALSE;
    }
  return text[36] == '\0';
}

/**
 * altm_uuid_is_v7:
 * @text: (nullable): anything
 *
 * Returns: whether @text is a UUIDv7 of RFC 9562 in lower-case text
 */
gboolean
altm_uuid_is_v7 (const char *text)
{
  return altm_uuid_is_valid (text) && text[14] == '7' && strchr ("89ab", text[19]) != NULL;
}
