/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-record-type.h"

G_BEGIN_DECLS

#define ALTM_RECORD_ERROR (altm_record_error_quark ())

/**
 * AltmRecordError: why a record is refused; altm_record_error_name() gives the name on the wire.
 * @ALTM_RECORD_ERROR_NOT_JSON: its bytes are no JSON object
 * @ALTM_RECORD_ERROR_TOO_DEEP: nested deeper than %ALTM_JSON_DEPTH
 * @ALTM_RECORD_ERROR_TOO_LONG: longer than a line may be
 * @ALTM_RECORD_ERROR_MISSING_FIELD: a required field is missing
 * @ALTM_RECORD_ERROR_WRONG_TYPE: a field is not of its kind
 * @ALTM_RECORD_ERROR_OUT_OF_RANGE: a number, a text's length or a count is out of its bounds
 * @ALTM_RECORD_ERROR_UNKNOWN_CODE: a code is in no list
 * @ALTM_RECORD_ERROR_UNKNOWN_FIELD: a field that the type has not (on the tablet only)
 * @ALTM_RECORD_ERROR_UNKNOWN_TYPE: a type that this version does not know (on the tablet only)
 * @ALTM_RECORD_ERROR_INCONSISTENT: fields that contradict each other
 * @ALTM_RECORD_ERROR_NO_CONSENT: what identifies a person, without the person's agreement
 * @ALTM_RECORD_ERROR_PERSONAL: an e-mail address, a NIR or an IBAN in a text that goes in clear
 * @ALTM_RECORD_ERROR_REVOKED: the device is revoked (at HQ only)
 */
typedef enum
{
  ALTM_RECORD_ERROR_NOT_JSON,
  ALTM_RECORD_ERROR_TOO_DEEP,
  ALTM_RECORD_ERROR_TOO_LONG,
  ALTM_RECORD_ERROR_MISSING_FIELD,
  ALTM_RECORD_ERROR_WRONG_TYPE,
  ALTM_RECORD_ERROR_OUT_OF_RANGE,
  ALTM_RECORD_ERROR_UNKNOWN_CODE,
  ALTM_RECORD_ERROR_UNKNOWN_FIELD,
  ALTM_RECORD_ERROR_UNKNOWN_TYPE,
  ALTM_RECORD_ERROR_INCONSISTENT,
  ALTM_RECORD_ERROR_NO_CONSENT,
  ALTM_RECORD_ERROR_PERSONAL,
  ALTM_RECORD_ERROR_REVOKED,
} AltmRecordError;

GQuark altm_record_error_quark (void);
const char *altm_record_error_name (int code);
gboolean altm_record_check_data (const AltmRecordType *type,
                                 json_t *data,
                                 gboolean has_private,
                                 AltmLists *lists,
                                 GError **error);
gboolean altm_record_check_private (const AltmRecordType *type, json_t *private, GError **error);
gboolean altm_record_check_known (const AltmRecordType *type, json_t *data, GError **error);
gboolean altm_record_check_place (const char *place, AltmLists *lists, GError **error);

G_END_DECLS
