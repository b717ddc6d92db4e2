/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-worker.h"

G_BEGIN_DECLS

#define ALTM_TYPE_INDEXER (altm_indexer_get_type ())
G_DECLARE_FINAL_TYPE (AltmIndexer, altm_indexer, ALTM, INDEXER, GObject)

/**
 * AltmIndexer: brings the index of the journal's words up to date, in steps of some milliseconds of the store's thread; what
 * is recorded goes in between. #AltmIndexer::advanced is emitted when there is more to be found.
 */
AltmIndexer *altm_indexer_new (AltmWorker *worker);
void altm_indexer_run_soon (AltmIndexer *self);
void altm_indexer_run_now (AltmIndexer *self);

G_END_DECLS
