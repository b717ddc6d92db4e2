/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-json.h"

G_BEGIN_DECLS

char *altm_card_text_vcard (json_t *structure);
char *altm_card_text_tel (const char *phone);

G_END_DECLS
