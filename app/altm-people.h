/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-json.h"

G_BEGIN_DECLS

/**
 * AltmPeople: how many people a contact was with, and how many of them were of which age and gender. It is never in a
 * state that the record type refuses: neither sum exceeds the people, and there is nobody only in an attempt.
 */
typedef struct _AltmPeople AltmPeople;

AltmPeople *altm_people_new (void);
void altm_people_free (AltmPeople *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmPeople, altm_people_free)

int altm_people_get (AltmPeople *self);
int altm_people_get_least (AltmPeople *self);
void altm_people_set (AltmPeople *self, int people);
void altm_people_set_attempt (AltmPeople *self, gboolean is_attempt);
int altm_people_get_count (AltmPeople *self, const char *field, const char *code);
void altm_people_set_count (AltmPeople *self, const char *field, const char *code, int count);
int altm_people_get_left (AltmPeople *self, const char *field);
void altm_people_load (AltmPeople *self, json_t *data);
void altm_people_save (AltmPeople *self, json_t *data);

G_END_DECLS
