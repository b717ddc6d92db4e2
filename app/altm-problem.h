/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AltmProblem: what a problem is called and what to do, in the mediator's words.
 * @name: HQ's name for it, or %NULL at the end of a table
 * @title: what happened, for a title; @advice: what it means for the data, and what to do next
 */
typedef struct
{
  const char *name;
  const char *title;
  const char *advice;
} AltmProblem;

const AltmProblem *altm_problem_find (const char *reason);
const AltmProblem *altm_problem_of_store (const GError *error);
const AltmProblem *altm_problem_of_saving (const GError *error);
const AltmProblem *altm_problem_of_counting (const GError *error);
const char *altm_problem_of_enrolment (const GError *error);
const char *altm_problem_of_lock (const GError *error);

G_END_DECLS
