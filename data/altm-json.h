/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <jansson.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

/** ALTM_JSON_DEPTH: the deepest nesting that is parsed (PROTOCOL: a line deeper than 64 is refused). */
#define ALTM_JSON_DEPTH 64

#define ALTM_JSON_ERROR (altm_json_error_quark ())

/**
 * AltmJsonError:
 * @ALTM_JSON_ERROR_SYNTAX: not one JSON object (RFC 8259), or a key stands twice in it
 * @ALTM_JSON_ERROR_DEPTH: nested deeper than %ALTM_JSON_DEPTH
 */
typedef enum
{
  ALTM_JSON_ERROR_SYNTAX,
  ALTM_JSON_ERROR_DEPTH,
} AltmJsonError;

GQuark altm_json_error_quark (void);
json_t *altm_json_parse (const char *bytes, gsize length, GError **error);
json_t *altm_json_load (GResource *resource, const char *path, GError **error);
char *altm_json_write (json_t *value);
const char *altm_json_get_string (json_t *object, const char *key);
gint64 altm_json_get_integer (json_t *object, const char *key, gint64 fallback);

G_END_DECLS
