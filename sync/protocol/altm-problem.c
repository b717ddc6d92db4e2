/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-problem.h"

#include "altm-json.h"

static const struct
{
  guint status;
  const char *name;
  const char *title;
} problems[ALTM_N_PROBLEMS] = {
  [ALTM_PROBLEM_BAD_GZIP] = { 400, "bad-gzip", "The body is not whole gzip" },
  [ALTM_PROBLEM_BAD_REQUEST] = { 400, "bad-request", "The request is not one of this protocol" },
  [ALTM_PROBLEM_UNAUTHORIZED] = { 401, "unauthorized", "No token, or one that is not known" },
  [ALTM_PROBLEM_BAD_CODE] = { 403, "bad-code", "The enrolment code is wrong, used or too old" },
  [ALTM_PROBLEM_FOREIGN_DEVICE] = { 403, "foreign-device", "The token is another device's" },
  [ALTM_PROBLEM_REVOKED] = { 403, "revoked", "The device is revoked" },
  [ALTM_PROBLEM_NOT_FOUND] = { 404, "not-found", "There is nothing under this address" },
  [ALTM_PROBLEM_METHOD_NOT_ALLOWED] = { 405, "method-not-allowed", "Not a method of this address" },
  [ALTM_PROBLEM_BATCH_REUSED] = { 409, "batch-reused", "The batch's id was used for other bytes" },
  [ALTM_PROBLEM_SEQ_REUSED] = { 409, "seq-reused", "A seq was used for another revision" },
  [ALTM_PROBLEM_RESTORED] = { 409, "restored", "HQ's store was restored since; it is compared with first" },
  [ALTM_PROBLEM_TOO_LARGE] = { 413, "too-large", "More than is taken at once" },
  [ALTM_PROBLEM_UNSUPPORTED_TYPE] = { 415, "unsupported-type", "Not a type or encoding that is taken" },
  [ALTM_PROBLEM_STORE_FAILED] = { 500, "store-failed", "HQ could not store it; nothing was kept" },
  [ALTM_PROBLEM_BUSY] = { 503, "busy", "Too much at once; try again later" },
};

/**
 * altm_problem_get_status:
 *
 * Returns: its HTTP status
 */
guint
altm_problem_get_status (AltmProblem problem)
{
  return problems[problem].status;
}

/**
 * altm_problem_get_name:
 *
 * Returns: (transfer none): NAME of its type `/problems/NAME`
 */
const char *
altm_problem_get_name (AltmProblem problem)
{
  return problems[problem].name;
}

/**
 * altm_problem_write:
 * @detail: (nullable): what is wrong with this request, where there is more to say than its title
 *
 * Returns: (transfer full): the body of an answer of type application/problem+json (RFC 9457)
 */
char *
altm_problem_write (AltmProblem problem, const char *detail)
{
  g_autofree char *type = g_strconcat (ALTM_PROBLEM_PREFIX, problems[problem].name, NULL);
  g_autoptr(json_t) root = json_pack ("{s:s, s:s, s:i, s:s}", "type", type, "title",
                                      problems[problem].title, "status", (int) problems[problem].status,
                                      "detail", detail != NULL ? detail : problems[problem].title);

  return altm_json_write (root);
}
