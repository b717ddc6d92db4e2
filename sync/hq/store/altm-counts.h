/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AltmCount: how often something was counted.
 * @what: its number in the table `counted`
 * @count: 1 or more where it is kept
 */
typedef struct
{
  guint what;
  gint64 count;
} AltmCount;

/** AltmCounts: a #GArray of #AltmCount, each @what once. */
typedef GArray AltmCounts;

AltmCounts *altm_counts_new (void);
void altm_counts_add (AltmCounts *self, guint what, gint64 count);

GBytes *altm_counts_pack (AltmCounts *self);
gboolean altm_counts_unpack (AltmCounts *self, const guint8 *bytes, gsize length);
const guint8 *altm_counts_read (const guint8 *at, const guint8 *end, AltmCount *count);

G_END_DECLS
