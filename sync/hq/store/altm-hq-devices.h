/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-store.h"

G_BEGIN_DECLS

/** ALTM_CODE_LIFETIME: how long an enrolment code can be used, in microseconds. */
#define ALTM_CODE_LIFETIME (15 * 60 * G_USEC_PER_SEC)

/** AltmHqDevice: an enrolled tablet, as the store's row of it; @skew in microseconds. */
typedef struct
{
  gint64 n;
  char *device_id;
  gboolean is_revoked;
  gint64 held;
  gint64 high_seq;
  gint64 skew;
} AltmHqDevice;

/** AltmHqSigns: what a call says of the device's queue and clock; absent ones are -1. */
typedef struct
{
  gint64 pending;
  gint64 oldest;
  gint64 clock;
} AltmHqSigns;

/** AltmHqEnrolment: a device's id and its token, which is in no store. */
typedef struct
{
  char *device_id;
  char *token;
} AltmHqEnrolment;

void altm_hq_device_clear (AltmHqDevice *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AltmHqDevice, altm_hq_device_clear)
void altm_hq_enrolment_clear (AltmHqEnrolment *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AltmHqEnrolment, altm_hq_enrolment_clear)

char *altm_hq_devices_name_code (const char *code, gint64 now);
char *altm_hq_devices_new_code (AltmHqStore *store, gint64 now, GError **error);
gboolean altm_hq_devices_enrol (AltmHqStore *store, const char *code, const char *name, const char *install_id,
                                gint64 now, AltmHqEnrolment *enrolment, GError **error);
gboolean altm_hq_devices_fork (AltmHqStore *store, const AltmHqDevice *device, const char *install_id, gint64 now,
                               AltmHqEnrolment *enrolment, GError **error);
gboolean altm_hq_devices_find (AltmHqStore *store, const char *token, AltmHqDevice *device);
gboolean altm_hq_devices_see (AltmHqStore *store, const AltmHqDevice *device, const AltmHqSigns *signs,
                              gint64 now, GError **error);

G_END_DECLS
