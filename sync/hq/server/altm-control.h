/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "altm-worker.h"

G_BEGIN_DECLS

GSocketService *altm_control_listen (AltmWorker *receiver, const char *store, GError **error);
char *altm_control_ask (const char *store, const char *command, GError **error);

G_END_DECLS
