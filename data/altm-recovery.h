/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-sql.h"
#include "altm-store.h"

G_BEGIN_DECLS

/** AltmRecoveryOpen: makes an empty store at @path, its schema up to date. */
typedef AltmSql *(*AltmRecoveryOpen) (const char *path, GError **error);

gboolean altm_recovery_run (const char *directory, AltmRecoveryOpen open, GError **error);
gboolean altm_recovery_finish (const char *directory, GError **error);
char *altm_recovery_find_folder (const char *directory);

G_END_DECLS
