/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-store.h"
#include "altm-worker.h"

G_BEGIN_DECLS

#define ALTM_ENROLMENT_ERROR (altm_enrolment_error_quark ())

/**
 * AltmEnrolmentError:
 * @ALTM_ENROLMENT_ERROR_LINK: not an enrolment link, or an address that may not be used
 *   (plain http to anything but loopback)
 * @ALTM_ENROLMENT_ERROR_CODE: HQ refused the code: wrong, used, or older than 15 minutes
 * @ALTM_ENROLMENT_ERROR_UNREACHABLE: no answer from HQ
 * @ALTM_ENROLMENT_ERROR_UNTRUSTED: the certificate is not one to trust
 * @ALTM_ENROLMENT_ERROR_ANSWER: what answered is no HQ of this protocol
 */
typedef enum
{
  ALTM_ENROLMENT_ERROR_LINK,
  ALTM_ENROLMENT_ERROR_CODE,
  ALTM_ENROLMENT_ERROR_UNREACHABLE,
  ALTM_ENROLMENT_ERROR_UNTRUSTED,
  ALTM_ENROLMENT_ERROR_ANSWER,
} AltmEnrolmentError;

GQuark altm_enrolment_error_quark (void);
gboolean altm_enrolment_parse_link (const char *link, char **url, char **code, char **ca_sha256,
                                    GError **error);
gboolean altm_enrolment_run (AltmStore *store, const char *url, const char *code, const char *ca_file,
                             const char *ca_sha256, GError **error);
void altm_enrolment_run_async (AltmWorker *store, const char *url, const char *code,
                               const char *ca_file, const char *ca_sha256,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean altm_enrolment_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
