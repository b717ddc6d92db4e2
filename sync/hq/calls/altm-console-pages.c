/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-private.h"

#include <sodium.h>
#include <string.h>

#include "altm-gzip.h"
#include "altm-hq-resources.h"

#define FOLDER "/org/altm/Field/hq/console/"

/* What is shown comes from HQ alone, and nothing in a page is run or drawn that is not a file of the console's; Bootstrap's
 * own icons are data: images in its style sheet. */
#define POLICY                                                                                                         \
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self';" \
  " form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

static const struct
{
  const char *ending;
  const char *type;
} types[] = {
  { ".html", "text/html; charset=utf-8" },       { ".css", "text/css; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },   { ".json", "application/json" },
  { ".svg", "image/svg+xml" },
};

static const char *
find_type (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (path, types[i].ending))
      return types[i].type;
  return "application/octet-stream";
}

static AltmReply *
redirect (void)
{
  AltmReply *reply = altm_reply_new (308, "text/plain", g_strdup (""));

  reply->location = "/console/";
  return reply;
}

static char *
write_tag (GBytes *bytes)
{
  guint8 sha256[crypto_hash_sha256_BYTES];
  char hex[2 * crypto_hash_sha256_BYTES + 1];

  crypto_hash_sha256 (sha256, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return g_strdup_printf ("\"%.16s\"", sodium_bin2hex (hex, sizeof hex, sha256, sizeof sha256));
}

/**
 * altm_console_zip:
 * @reply: its body goes as gzip where whoever asks takes that
 */
void
altm_console_zip (const AltmRequest *request, AltmReply *reply)
{
  g_autoptr(GBytes) plain = NULL;

  if (request->accept_encoding == NULL || strstr (request->accept_encoding, "gzip") == NULL)
    return;
  plain = g_steal_pointer (&reply->body);
  reply->body = altm_gzip_deflate (plain);
  reply->content_encoding = "gzip";
}

/* The address of a page is the same whatever is behind it: what the program was built with may change with the next. */
static AltmReply *
reply_with_file (const AltmRequest *request, const char *path, GBytes *bytes)
{
  AltmReply *reply = altm_reply_new (200, find_type (path), g_strdup (""));

  reply->policy = POLICY;
  reply->cache_control = "no-cache";
  reply->etag = write_tag (bytes);
  if (request->if_none_match != NULL && strstr (request->if_none_match, reply->etag) != NULL)
    {
      reply->status = 304;
      return reply;
    }
  g_bytes_unref (reply->body);
  reply->body = g_bytes_ref (bytes);
  altm_console_zip (request, reply);
  return reply;
}

/**
 * altm_console_get_page:
 *
 * Returns: (transfer full): a file of the console's, which are built into the program: /console/ is index.html
 */
AltmReply *
altm_console_get_page (const AltmRequest *request)
{
  const char *name = request->path + MIN (strlen ("/console/"), strlen (request->path));
  g_autofree char *path = g_strconcat (FOLDER, *name != '\0' ? name : "index.html", NULL);
  g_autoptr(GBytes) bytes = NULL;
  AltmReply *reply;

  if (strcmp (request->method, "GET") != 0)
    {
      reply = altm_reply_new_problem (ALTM_PROBLEM_METHOD_NOT_ALLOWED, NULL);
      reply->allow = "GET";
      return reply;
    }
  if (!g_str_has_prefix (request->path, "/console/"))
    return redirect ();
  bytes = g_resource_lookup_data (altm_hq_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  return bytes != NULL ? reply_with_file (request, path, bytes) : altm_reply_new_problem (ALTM_PROBLEM_NOT_FOUND, NULL);
}
