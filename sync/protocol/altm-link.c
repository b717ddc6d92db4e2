/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-link.h"

#include <string.h>

#define SCHEME "altm-field:enrol?"

/**
 * altm_link_is_code:
 * @code: (nullable): anything
 *
 * Returns: whether it can be an enrolment code: 8 to 64 characters of [A-Z0-9-]
 */
gboolean
altm_link_is_code (const char *code)
{
  gsize length = code != NULL ? strlen (code) : 0;

  return length >= 8 && length <= 64 && strspn (code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == length;
}

static gboolean
is_loopback (GUri *uri)
{
  static const char *const names[] = { "127.0.0.1", "::1", "localhost" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (g_uri_get_host (uri), names[i]) == 0)
      return TRUE;
  return FALSE;
}

/**
 * altm_link_read_address:
 * @url: (nullable): HQ's address as someone typed it, such as "https://hq.example.org"
 *
 * Returns: (transfer full) (nullable): the address without a slash at its end, or %NULL where it
 *   is none that may be used: plain http is for loopback alone
 */
char *
altm_link_read_address (const char *url)
{
  g_autoptr(GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;
  char *address;

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL || g_uri_get_userinfo (uri) != NULL)
    return NULL;
  if (strcmp (g_uri_get_scheme (uri), "https") != 0 &&
      !(strcmp (g_uri_get_scheme (uri), "http") == 0 && is_loopback (uri)))
    return NULL;
  address = g_strdup (url);
  while (g_str_has_suffix (address, "/"))
    address[strlen (address) - 1] = '\0';
  return address;
}

static gboolean
is_sha256 (const char *text)
{
  return strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
}

/**
 * altm_link_read:
 * @link: `altm-field:enrol?u=URL&c=CODE&ca=SHA256-HEX`; `ca` may be absent
 * @url: (out) (transfer full): HQ's address
 * @code: (out) (transfer full): the code
 * @ca_sha256: (out) (transfer full) (nullable): the SHA-256 of the private CA's DER, in hex
 *
 * Returns: whether it is such a link, with an address that may be used
 */
gboolean
altm_link_read (const char *link, char **url, char **code, char **ca_sha256)
{
  g_autoptr(GHashTable) parts = NULL;
  g_autofree char *address = NULL;
  const char *ca;

  if (link == NULL || !g_str_has_prefix (link, SCHEME))
    return FALSE;
  parts = g_uri_parse_params (link + strlen (SCHEME), -1, "&", G_URI_PARAMS_NONE, NULL);
  if (parts == NULL)
    return FALSE;
  address = altm_link_read_address (g_hash_table_lookup (parts, "u"));
  ca = g_hash_table_lookup (parts, "ca");
  if (address == NULL || !altm_link_is_code (g_hash_table_lookup (parts, "c")) ||
      (ca != NULL && !is_sha256 (ca)))
    return FALSE;
  *url = g_steal_pointer (&address);
  *code = g_strdup (g_hash_table_lookup (parts, "c"));
  *ca_sha256 = g_strdup (ca);
  return TRUE;
}

/**
 * altm_link_hash_certificate:
 * @certificate: of HQ's own authority
 *
 * Returns: (transfer full): the SHA-256 of its DER in hex, by which a link names it
 */
char *
altm_link_hash_certificate (GTlsCertificate *certificate)
{
  g_autoptr(GByteArray) der = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
}
