/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hold.h"
#include "altm-worker.h"

G_BEGIN_DECLS

/**
 * AltmSenderState: what the sender is at.
 * @ALTM_SENDER_IDLE: nothing to do, or waiting for its next try
 * @ALTM_SENDER_SENDING: talking with HQ
 * @ALTM_SENDER_OFFLINE: HQ was not reached; it tries again by itself
 * @ALTM_SENDER_NOT_ENROLLED: this tablet is not enrolled, or HQ no longer knows it
 * @ALTM_SENDER_TOO_OLD: HQ no longer takes this version of the protocol
 * @ALTM_SENDER_FAILED: the store or HQ failed in another way; see altm_sender_get_reason()
 */
typedef enum
{
  ALTM_SENDER_IDLE,
  ALTM_SENDER_SENDING,
  ALTM_SENDER_OFFLINE,
  ALTM_SENDER_NOT_ENROLLED,
  ALTM_SENDER_TOO_OLD,
  ALTM_SENDER_FAILED,
} AltmSenderState;

#define ALTM_TYPE_SENDER (altm_sender_get_type ())
G_DECLARE_FINAL_TYPE (AltmSender, altm_sender, ALTM, SENDER, GObject)

/**
 * AltmSender: sends what is queued whenever HQ can be reached, on the main loop of the thread
 * that made it, touching the store only through the worker that owns it.
 *
 * Over a network that counts what goes over it, and on a low battery, it asks for HQ's news alone, unless
 * #AltmSender:on-metered or #AltmSender:on-low-battery says otherwise or someone asks it to send.
 *
 * #AltmSender::changed is emitted after each change of its state, of what holds it back, and after each receipt.
 */
AltmSender *altm_sender_new (AltmWorker *store);
void altm_sender_start (AltmSender *self);
void altm_sender_send_soon (AltmSender *self);
void altm_sender_send_now (AltmSender *self);
void altm_sender_hand_over (AltmSender *self);
AltmSenderState altm_sender_get_state (AltmSender *self);
AltmHold altm_sender_get_hold (AltmSender *self);
const char *altm_sender_get_reason (AltmSender *self);

G_END_DECLS
