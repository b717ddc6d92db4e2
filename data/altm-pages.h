/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AltmPages: every version of every page of an SQLite file and its write-ahead log, read without
 * SQLite, which may refuse the file or leave out what it takes for a torn end (SQLite, Database
 * File Format).
 */
typedef struct _AltmPages AltmPages;

/**
 * AltmPage: one version of a page.
 * @number: from 1
 * @size: bytes in @data, fewer than a page's where the file ends in it
 * @data: belongs to the pages
 * @moment: when this version was written, for altm_pages_find(): its overflow pages are of then
 * @is_current: whether it is the newest, and in use; else what it holds may have been deleted since
 */
typedef struct
{
  guint32 number;
  gsize size;
  const guint8 *data;
  int moment;
  gboolean is_current;
} AltmPage;

typedef void (*AltmPageVisit) (const AltmPage *page, gpointer data);
typedef void (*AltmBytesVisit) (const char *bytes, gsize size, gpointer data);

AltmPages *altm_pages_read (const char *path, GError **error);
void altm_pages_free (AltmPages *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmPages, altm_pages_free)

gboolean altm_pages_check_log (const char *path, GError **error);
gsize altm_pages_get_size (AltmPages *self);
void altm_pages_visit_bytes (AltmPages *self, AltmBytesVisit visit, gpointer data);
void altm_pages_visit (AltmPages *self, AltmPageVisit visit, gpointer data);
gboolean altm_pages_find (AltmPages *self, guint32 number, int moment, AltmPage *page);

G_END_DECLS
