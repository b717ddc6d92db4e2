/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-call.h"

#include <string.h>

#include "altm-problem.h"

/**
 * altm_call_new:
 * @path: (transfer full): its path and query
 *
 * Returns: (transfer full): a call without a body
 */
AltmCall *
altm_call_new (const char *method, char *path)
{
  AltmCall *self = g_new0 (AltmCall, 1);

  self->method = method;
  self->path = path;
  self->headers = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * altm_call_add_header:
 * @value: (transfer full): its value
 */
void
altm_call_add_header (AltmCall *self, const char *name, char *value)
{
  g_ptr_array_add (self->headers, g_strdup (name));
  g_ptr_array_add (self->headers, value);
}

/**
 * altm_call_set_json:
 * @body: (transfer full): an object
 */
void
altm_call_set_json (AltmCall *self, json_t *body)
{
  g_autoptr(json_t) owned = body;
  char *text = altm_json_write (owned);

  self->content_type = "application/json";
  self->body = g_bytes_new_take (text, strlen (text));
}

void
altm_call_free (AltmCall *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_ptr_array_unref (self->headers);
  g_free (self);
}

void
altm_answer_free (AltmAnswer *self)
{
  if (self == NULL)
    return;
  g_free (self->reason);
  g_free (self->content_type);
  g_free (self->etag);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

/**
 * altm_answer_read:
 *
 * Returns: (transfer full) (nullable): the JSON object it holds
 */
json_t *
altm_answer_read (const AltmAnswer *self)
{
  if (self->body == NULL)
    return NULL;
  return altm_json_parse (g_bytes_get_data (self->body, NULL), g_bytes_get_size (self->body), NULL);
}

/**
 * altm_answer_get_problem:
 *
 * Returns: (transfer full) (nullable): the NAME of the problem `/problems/NAME` it reports; %NULL
 *   where it reports none, so that it is not HQ's word
 */
char *
altm_answer_get_problem (const AltmAnswer *self)
{
  g_autoptr(json_t) root = altm_answer_read (self);
  const char *type = altm_json_get_string (root, "type");

  if (type == NULL || !g_str_has_prefix (type, ALTM_PROBLEM_PREFIX))
    return NULL;
  return g_strdup (type + strlen (ALTM_PROBLEM_PREFIX));
}
