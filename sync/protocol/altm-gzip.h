/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GBytes *altm_gzip_deflate (GBytes *bytes);
GBytes *altm_gzip_inflate (GBytes *bytes, gsize most, GError **error);

G_END_DECLS
