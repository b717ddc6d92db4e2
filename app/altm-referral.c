/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-referral.h"

#include <sodium.h>
#include <string.h>

#include "altm-uuid.h"

/* Letters and digits that are not mistaken for each other when they are read out or copied:
 * without 0 O, 1 I L, 2 Z, 5 S, 8 B, U V. */
static const char alphabet[] = "ACDEFGHJKMNPQRTWXY34679";

/* 23⁴, some 280,000: HQ counts under 2,000 referrals a year. */
#define REFERENCE_LENGTH 4

static char *
new_reference (void)
{
  char *reference = g_malloc0 (REFERENCE_LENGTH + 1);

  for (gsize i = 0; i < REFERENCE_LENGTH; i++)
    reference[i] = alphabet[g_random_int_range (0, sizeof alphabet - 1)];
  return reference;
}

AltmReferral *
altm_referral_new (const char *structure, const char *structure_type, const char *theme)
{
  AltmReferral *self = g_new0 (AltmReferral, 1);

  self->id = altm_uuid_new_v7 (g_get_real_time ());
  self->structure = g_strdup (structure);
  self->structure_type = g_strdup (structure_type);
  self->theme = g_strdup (theme);
  self->reference = new_reference ();
  self->status = g_strdup ("proposee");
  return self;
}

AltmReferral *
altm_referral_copy (const AltmReferral *self)
{
  AltmReferral *copy = g_memdup2 (self, sizeof *self);
  char **texts[] = { &copy->id, &copy->structure, &copy->structure_type, &copy->theme, &copy->reference,
                     &copy->status, &copy->mode, &copy->consent_of, &copy->name, &copy->phone,
                     &copy->purpose };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    *texts[i] = g_strdup (*texts[i]);
  return copy;
}

static void
forget (char **text)
{
  if (*text != NULL)
    sodium_memzero (*text, strlen (*text));
  g_clear_pointer (text, g_free);
}

/**
 * altm_referral_withdraw_consent:
 *
 * There is no agreement any more, and nothing of what was typed under it.
 */
void
altm_referral_withdraw_consent (AltmReferral *self)
{
  g_clear_pointer (&self->consent_of, g_free);
  self->is_refused = FALSE;
  altm_referral_forget_person (self);
}

/**
 * altm_referral_forget_person:
 *
 * What names the person goes; the agreement stays.
 */
void
altm_referral_forget_person (AltmReferral *self)
{
  forget (&self->name);
  forget (&self->phone);
  forget (&self->purpose);
}

void
altm_referral_free (AltmReferral *self)
{
  g_free (self->id);
  g_free (self->structure);
  g_free (self->structure_type);
  g_free (self->theme);
  g_free (self->reference);
  g_free (self->status);
  g_free (self->mode);
  altm_referral_withdraw_consent (self);
  g_free (self);
}

/**
 * altm_referral_get_target:
 *
 * Returns: (transfer none): the structure's name, else the label of its type
 */
const char *
altm_referral_get_target (const AltmReferral *self, AltmSession *session)
{
  json_t *structure = NULL;

  if (self->structure != NULL)
    structure = altm_lists_find_structure (altm_session_get_lists (session), self->structure);
  if (structure != NULL)
    return altm_json_get_string (structure, "name");
  return altm_session_get_label (session, "structure_type", self->structure_type);
}

static void
set_text (json_t *object, const char *key, const char *text)
{
  if (text != NULL && *text != '\0')
    json_object_set_new (object, key, json_string (text));
}

/**
 * altm_referral_to_data:
 * @lists: those that the record will name; where they say nothing of agreements, being older than
 *   this program, HQ is told that there is one and not whose
 * @contact: id of the contact that it comes from
 * @public: who the person is, as the contact says
 *
 * Returns: (transfer full): the `data` of its record
 */
json_t *
altm_referral_to_data (const AltmReferral *self, AltmLists *lists, const char *contact,
                       const char *public)
{
  json_t *data = json_object ();

  set_text (data, "contact", contact);
  set_text (data, "structure", self->structure);
  set_text (data, "structure_type", self->structure_type);
  set_text (data, "theme", self->theme);
  set_text (data, "mode", self->mode);
  set_text (data, "status", self->status);
  set_text (data, "reference", self->reference);
  json_object_set_new (data, "consent", json_boolean (self->consent_of != NULL));
  if (altm_lists_get_vocabulary (lists, "accord") == NULL)
    return data;
  set_text (data, "public", public);
  set_text (data, "consent_of", self->consent_of);
  return data;
}

/**
 * altm_referral_to_private:
 *
 * Returns: (nullable) (transfer full): the `private` of its record; %NULL without an agreement,
 *   whatever was typed before the person thought better of it
 */
json_t *
altm_referral_to_private (const AltmReferral *self)
{
  json_t *private;

  if (self->consent_of == NULL)
    return NULL;
  private = json_object ();
  set_text (private, "name", self->name);
  set_text (private, "phone", self->phone);
  set_text (private, "purpose", self->purpose);
  if (json_object_size (private) > 0)
    return private;
  json_decref (private);
  return NULL;
}

/**
 * altm_referral_to_draft:
 *
 * Returns: (transfer full): all but what names the person, as altm_referral_from_draft() reads it
 */
json_t *
altm_referral_to_draft (const AltmReferral *self)
{
  json_t *data = json_object ();

  set_text (data, "structure", self->structure);
  set_text (data, "structure_type", self->structure_type);
  set_text (data, "theme", self->theme);
  set_text (data, "reference", self->reference);
  set_text (data, "status", self->status);
  set_text (data, "mode", self->mode);
  set_text (data, "consent_of", self->consent_of);
  if (self->is_refused)
    json_object_set_new (data, "is_refused", json_true ());
  return data;
}

static void
take_text (char **text, json_t *object, const char *key)
{
  const char *found = altm_json_get_string (object, key);

  if (found == NULL)
    return;
  g_free (*text);
  *text = g_strdup (found);
}

/**
 * altm_referral_from_draft:
 * @draft: of a referral
 *
 * Returns: (transfer full): the referral, with the code that the person may have been given already
 */
AltmReferral *
altm_referral_from_draft (const AltmDraft *draft)
{
  AltmReferral *self = altm_referral_new (altm_json_get_string (draft->data, "structure"),
                                          altm_json_get_string (draft->data, "structure_type"),
                                          altm_json_get_string (draft->data, "theme"));

  take_text (&self->reference, draft->data, "reference");
  take_text (&self->status, draft->data, "status");
  take_text (&self->mode, draft->data, "mode");
  take_text (&self->consent_of, draft->data, "consent_of");
  self->is_refused = json_is_true (json_object_get (draft->data, "is_refused"));
  if (draft->id != NULL)
    {
      g_free (self->id);
      self->id = g_strdup (draft->id);
    }
  return self;
}

/**
 * altm_referral_set_private:
 * @private: (nullable): what altm_referral_to_private() gave; %NULL for nothing
 */
void
altm_referral_set_private (AltmReferral *self, json_t *private)
{
  altm_referral_forget_person (self);
  take_text (&self->name, private, "name");
  take_text (&self->phone, private, "phone");
  take_text (&self->purpose, private, "purpose");
}
