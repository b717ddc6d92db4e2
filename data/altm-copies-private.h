/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the other files of data/ see of readable copies; nobody else does. */

#include "altm-copies.h"

G_BEGIN_DECLS

/** AltmCopier: seals readable copies to a tablet's public key. */
typedef struct _AltmCopier AltmCopier;

AltmCopier *altm_copier_new (const char *key, GError **error);
void altm_copier_free (AltmCopier *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmCopier, altm_copier_free)
GBytes *altm_copier_seal (AltmCopier *self, const char *what, json_t *private);
json_t *altm_copier_open (AltmSealPair *pair, const char *what, const guint8 *copy, gsize length);

GBytes *altm_copies_make (AltmStore *store, const char *id, gint64 rev, json_t *private);
gboolean altm_copies_forget (AltmStore *store, const char *id, GError **error);

G_END_DECLS
