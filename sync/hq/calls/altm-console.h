/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-receiver.h"
#include "altm-worker.h"

G_BEGIN_DECLS

/**
 * AltmConsole: what people at HQ see in a browser, below /console: pages, and the calls that these make. It reads the
 * store by a connection of its own, and has what is to be changed done by the receiver's thread.
 */
typedef struct _AltmConsole AltmConsole;

AltmConsole *altm_console_new (const char *store, AltmWorker *receiver, GError **error);
void altm_console_free (AltmConsole *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmConsole, altm_console_free)

gboolean altm_console_has (const char *path);
gsize altm_console_most_bytes (const char *method, const char *path);
AltmReply *altm_console_answer (AltmConsole *self, const AltmRequest *request, gint64 now);

G_END_DECLS
