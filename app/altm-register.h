/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AltmRegister: what a register of activity brings with it in the app. The lists say what can be
 * chosen; this says what comes first. Arrays of codes are ended by %NULL.
 */
typedef struct
{
  const char *code;
  const char *icon_name;
  const char *themes[7];
  const char *actions[5];
  const char *results[6];
} AltmRegister;

const AltmRegister *altm_register_find (const char *code);

G_END_DECLS
