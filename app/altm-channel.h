/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-lists.h"

G_BEGIN_DECLS

/**
 * AltmChannelFields: the fields of a contact that not every channel has; the others are on each form.
 * @ALTM_CHANNEL_ORIGIN: at whose request
 * @ALTM_CHANNEL_SCHOOL: themes at school
 * @ALTM_CHANNEL_MINUTES: how long it took
 * @ALTM_CHANNEL_ATTEMPT: nobody may have been reached
 */
typedef enum
{
  ALTM_CHANNEL_ORIGIN = 1 << 0,
  ALTM_CHANNEL_SCHOOL = 1 << 1,
  ALTM_CHANNEL_MINUTES = 1 << 2,
  ALTM_CHANNEL_ATTEMPT = 1 << 3,
} AltmChannelFields;

/**
 * AltmChannel: what a channel brings with it in the app. The lists say what can be chosen; this says
 * what comes first, and what is on the form at all. Arrays of codes are ended by %NULL.
 * @code: of the list `canal`; %NULL for one that the app does not know
 * @fields: an #AltmChannelFields
 * @setting, @origin: (nullable): what is chosen as the form opens
 * @settings: which ones fit; the only one is not asked for
 * @publics: who is met most; the first is chosen as the form opens
 * @registers: the tiles that come first
 */
typedef struct
{
  const char *code;
  const char *icon_name;
  guint fields;
  const char *setting;
  const char *origin;
  const char *settings[7];
  const char *publics[6];
  const char *registers[9];
} AltmChannel;

const AltmChannel *altm_channel_find (const char *code);

G_END_DECLS
