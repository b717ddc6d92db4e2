/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-record.h"

G_BEGIN_DECLS

/** ALTM_LINE_VERSION: the newest `v` of a line that this program writes and reads. */
#define ALTM_LINE_VERSION 1

/** ALTM_LINE_BYTES: the longest line that a tablet queues, and the least that HQ must take. */
#define ALTM_LINE_BYTES (16 * 1024)

/**
 * AltmLine: one revision of a record. Texts belong to @root where it is set (a line that was
 * read), else to the caller.
 * @seq: the device's counter, 1 or more
 * @lists: version of the lists its codes are of, 0 where it names none
 * @at: RFC 3339; @time: the same in microseconds since 1970-01-01 UTC
 * @data: (nullable): absent only when @is_deleted
 * @private_text: (nullable): `KEYID.BASE64`; @has_private: whether the key is there, maybe as null
 */
typedef struct
{
  json_t *root;
  gint64 version;
  gint64 seq;
  const char *id;
  gint64 rev;
  const char *type;
  const char *at;
  gint64 time;
  const char *by;
  const char *shift;
  const char *place;
  gint64 lists;
  gboolean is_deleted;
  json_t *data;
  gboolean has_private;
  const char *private_text;
} AltmLine;

void altm_line_clear (AltmLine *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AltmLine, altm_line_clear)

gboolean altm_line_read (AltmLine *self, const char *bytes, gsize length, GError **error);
gboolean altm_line_check (const AltmLine *self, AltmLists *lists, GError **error);
gboolean altm_line_is_frozen (const char *bytes, gsize length, const guint8 *sha256, gsize sha256_length);
char *altm_line_write (const AltmLine *self);

G_END_DECLS
