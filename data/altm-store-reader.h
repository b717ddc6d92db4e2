/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"
#include "altm-worker.h"

G_BEGIN_DECLS

AltmWorker *altm_store_reader_new (const char *directory);
AltmStore *altm_store_reader_get_store (gpointer thing, GError **error);

G_END_DECLS
