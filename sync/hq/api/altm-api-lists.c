/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-api-private.h"

#include <string.h>

#include "altm-hq-resources.h"

#define JSON_TYPE "application/json"
#define DOCUMENT "/org/altm/Field/hq/api/openapi.json"

static AltmReply *
reply_with_tag (const AltmRequest *request, char *etag, char *text)
{
  gboolean is_known = altm_request_has_tag (request, etag);
  AltmReply *reply = altm_reply_new (is_known ? 304 : 200, JSON_TYPE, is_known ? g_strdup ("") : g_steal_pointer (&text));

  g_free (text);
  reply->etag = etag;
  reply->cache_control = "no-cache";
  return reply;
}

/**
 * altm_api_get_document:
 *
 * Returns: (transfer full): 200 with the OpenAPI document, 304 for who has it
 */
AltmReply *
altm_api_get_document (AltmApiCall *call)
{
  g_autoptr(GBytes) bytes = g_resource_lookup_data (altm_hq_get_resource (), DOCUMENT, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);

  return reply_with_tag (call->request, g_strdup_printf ("\"%.16s\"", sha256), g_strndup (text, length));
}

/* A token is told of the teams that it is bound to. */
static json_t *
list_teams (AltmApiCall *call, AltmLists *lists)
{
  return json_array_size (call->token.teams) > 0 ? json_incref (call->token.teams) : altm_lists_list_teams (lists);
}

/**
 * altm_api_get_lists:
 *
 * Returns: (transfer full): 200 with the newest lists, 304 for who has them. Of mediators only the teams are told: who they are
 *   is nobody's business outside
 */
AltmReply *
altm_api_get_lists (AltmApiCall *call)
{
  static const char *const told[] = { "version", "vocabulary", "places", "structures", "needs", "campaigns" };
  AltmLists *lists = altm_hq_store_get_lists (call->store, 0);
  g_autoptr(json_t) root = json_pack ("{s:o}", "teams", list_teams (call, lists));
  g_autofree char *text = NULL, *sha256 = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (told); i++)
    json_object_set (root, told[i], json_object_get (altm_lists_get_root (lists), told[i]));
  text = altm_json_write (root);
  sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  return reply_with_tag (call->request, g_strdup_printf ("\"%.16s\"", sha256), g_steal_pointer (&text));
}
