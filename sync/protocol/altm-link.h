/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean altm_link_read (const char *link, char **url, char **code, char **ca_sha256);
gboolean altm_link_is_code (const char *code);
char *altm_link_read_address (const char *url);
char *altm_link_hash_certificate (GTlsCertificate *certificate);

G_END_DECLS
