/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** AltmProblem: a whole request's error; altm_problem_write() gives its JSON. */
typedef enum
{
  ALTM_PROBLEM_BAD_GZIP,
  ALTM_PROBLEM_BAD_REQUEST,
  ALTM_PROBLEM_UNAUTHORIZED,
  ALTM_PROBLEM_BAD_CODE,
  ALTM_PROBLEM_FOREIGN_DEVICE,
  ALTM_PROBLEM_REVOKED,
  ALTM_PROBLEM_NOT_FOUND,
  ALTM_PROBLEM_METHOD_NOT_ALLOWED,
  ALTM_PROBLEM_BATCH_REUSED,
  ALTM_PROBLEM_SEQ_REUSED,
  ALTM_PROBLEM_RESTORED,
  ALTM_PROBLEM_TOO_LARGE,
  ALTM_PROBLEM_UNSUPPORTED_TYPE,
  ALTM_PROBLEM_STORE_FAILED,
  ALTM_PROBLEM_BUSY,
  ALTM_N_PROBLEMS,
} AltmProblem;

/** ALTM_PROBLEM_PREFIX: of a problem's `type` (RFC 9457). */
#define ALTM_PROBLEM_PREFIX "/problems/"

guint altm_problem_get_status (AltmProblem problem);
const char *altm_problem_get_name (AltmProblem problem);
char *altm_problem_write (AltmProblem problem, const char *detail);

G_END_DECLS
