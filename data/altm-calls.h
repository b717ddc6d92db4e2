/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"

G_BEGIN_DECLS

/** ALTM_CALLS: at most so many calls are on a list, which is more than half a day's. */
#define ALTM_CALLS 100

/** ALTM_CALL_NAME: the longest name of a call, in characters. */
#define ALTM_CALL_NAME 60

/**
 * AltmCallLine: one line of the list of those who are to be called.
 * @number: which line of the list it is, for as long as the list is there
 * @attempts: how often nobody was reached
 * @name: (nullable): whom to ask for, maybe empty; %NULL while the list is sealed
 * @phone: (nullable): the telephone number as it was typed; %NULL while the list is sealed
 */
typedef struct
{
  int number;
  int attempts;
  char *name;
  char *phone;
} AltmCallLine;

/**
 * AltmCalls: those who are still to be called, the next one first. What says who they are is kept apart from
 * the order of the calls, so that these go on while the tablet is locked. Of one thread.
 */
typedef struct _AltmCalls AltmCalls;

AltmCalls *altm_calls_new (void);
AltmCalls *altm_calls_new_from (json_t *data);
AltmCalls *altm_calls_copy (AltmCalls *self);
void altm_calls_free (AltmCalls *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmCalls, altm_calls_free)

guint altm_calls_get_n (AltmCalls *self);
const AltmCallLine *altm_calls_get (AltmCalls *self, guint place);
guint altm_calls_add (AltmCalls *self, const char *text, char **rest);
void altm_calls_remove (AltmCalls *self, guint place);
void altm_calls_postpone (AltmCalls *self);
json_t *altm_calls_to_data (AltmCalls *self);
json_t *altm_calls_to_private (AltmCalls *self);
void altm_calls_forget (AltmCalls *self);
void altm_calls_recall (AltmCalls *self, json_t *private);

char *altm_calls_name_form (const char *shift);
char *altm_calls_dial (const char *phone);
gboolean altm_calls_drop (AltmStore *store, const char *shift, GError **error);

G_END_DECLS
