/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "altm-worker.h"

G_BEGIN_DECLS

/**
 * AltmServer: the receiver on a TCP port of loopback: libsoup's server, with the limits that it
 * lacks. What tablets ask is answered by @receiver, a worker whose thing is an #AltmReceiver, and what is asked below
 * /console by @console, one whose thing is an #AltmConsole, and below /api by @api, one whose thing is an #AltmApi.
 */
typedef struct _AltmServer AltmServer;

AltmServer *altm_server_new (AltmWorker *receiver, AltmWorker *console, AltmWorker *api, const char *host, guint16 port, GError **error);
void altm_server_free (AltmServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmServer, altm_server_free)
char *altm_server_get_address (AltmServer *self);

G_END_DECLS
