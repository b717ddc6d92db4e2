/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "altm-stream.h"

G_BEGIN_DECLS

gboolean altm_sending_begin (SoupServerMessage *message, AltmStream *stream, GDestroyNotify done, gpointer data, GError **error);

G_END_DECLS
