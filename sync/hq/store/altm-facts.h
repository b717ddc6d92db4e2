/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-calendar.h"
#include "altm-line.h"

G_BEGIN_DECLS

/**
 * AltmFacts: under what a record counts. Texts belong to the line and to the lists.
 * @hour: of client flow, the hour of the day; else -1
 */
typedef struct
{
  AltmMoment moment;
  int hour;
  const char *place;
  const char *channel;
  const char *team;
} AltmFacts;

/**
 * AltmFactVisit:
 * @figure: the figure that the record counts in
 * @code: the code of it, or the empty text
 * @is_most: whether the highest counts, instead of the sum
 */
typedef void (*AltmFactVisit) (const char *figure, const char *code, gint64 count, gboolean is_most, gpointer data);

void altm_facts_read (const AltmLine *line, gint64 time, GTimeZone *zone, AltmLists *lists, AltmFacts *facts);
gboolean altm_facts_is_most (const char *code);
void altm_facts_visit (const AltmLine *line, AltmFactVisit visit, gpointer data);

G_END_DECLS
