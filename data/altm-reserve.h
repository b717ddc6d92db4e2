/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-sql.h"

G_BEGIN_DECLS

/** ALTM_RESERVE_BYTES: what is kept. A record takes 16 kB, the end of a day of counting 45 kB, a
 * batch of 250 lines settled and folded into the file 150 kB: enough to go on for a while. */
#define ALTM_RESERVE_BYTES (1 << 20)

/**
 * AltmReserve: space on the disk, kept in a file of zeros (`reserve`) beside a store, that is given
 * up when the disk is full, so that what is being written still gets there.
 */
typedef struct _AltmReserve AltmReserve;

AltmReserve *altm_reserve_new (const char *directory);
void altm_reserve_free (AltmReserve *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmReserve, altm_reserve_free)

void altm_reserve_guard (AltmReserve *self, AltmSql *sql);
gboolean altm_reserve_make (AltmReserve *self);
gboolean altm_reserve_release (AltmReserve *self);
gboolean altm_reserve_is_there (AltmReserve *self);

G_END_DECLS
