/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-problem.h"

#include <glib/gi18n.h>
#include <string.h>

#include "altm-enrolment.h"
#include "altm-lock.h"
#include "altm-record.h"
#include "altm-store.h"

/* HQ's reasons, by the last part of their type (PROTOCOL: "Problem types are /problems/NAME").
 * The last one stands for those that a newer HQ may have. */
static const AltmProblem reasons[] = {
  { "not-json", N_("unreadable"),
    N_("It is kept here and at headquarters. Tell headquarters: this is a fault of the app.") },
  { "too-deep", N_("unreadable"),
    N_("It is kept here and at headquarters. Tell headquarters: this is a fault of the app.") },
  { "too-long", N_("too long"),
    N_("It is kept here. Tell headquarters, and record it again with a shorter note.") },
  { "missing-field", N_("something is missing"),
    N_("It is kept here and at headquarters, who can complete it. Record it again if they ask.") },
  { "wrong-type", N_("not filled in as expected"),
    N_("It is kept here and at headquarters, who can correct it. Record it again if they ask.") },
  { "out-of-range", N_("a number or a text is out of bounds"),
    N_("It is kept here and at headquarters, who can correct it. Record it again if they ask.") },
  { "unknown-code", N_("a choice or a place that is in no list"),
    N_("It is kept here and at headquarters. Ask them to add the choice to their lists; it will "
       "then be accepted.") },
  { "unknown-field", N_("something that headquarters does not know"),
    N_("It is kept here and at headquarters. Tell headquarters: their program or the app is too "
       "old.") },
  { "unknown-type", N_("a kind of record that headquarters does not know"),
    N_("It is kept here and at headquarters. Tell headquarters: their program or the app is too "
       "old.") },
  { "inconsistent", N_("details that contradict each other"),
    N_("It is kept here and at headquarters, who can correct it. Record it again if they ask.") },
  { "no-consent", N_("a name without the person’s agreement"),
    N_("It is kept here. Record the referral again without the name, or once the person has "
       "agreed.") },
  { "personal", N_("a text that identifies a person"),
    N_("It is kept here and at headquarters. Record it again without the e-mail address, the social "
       "security number or the bank account number.") },
  { "revoked", N_("this tablet is no longer allowed to send"),
    N_("Everything is kept here. Ask headquarters for a new code.") },
  { "conflict", N_("headquarters holds another version"),
    N_("Both versions are kept at headquarters, who will decide. Nothing to do here.") },
  { "twin", N_("perhaps recorded twice"),
    N_("Headquarters holds another record of the same moment and place. Check both: if they tell of the same, withdraw one; "
       "else call headquarters.") },
  { "asked", N_("headquarters asks for a correction"),
    N_("It is kept here and at headquarters. Correct it, or withdraw it; call headquarters if you do not see why.") },
  { NULL, N_("headquarters could not take it"),
    N_("It is kept here and at headquarters. Call headquarters.") },
};

/* By AltmStoreError. */
static const AltmProblem store_problems[] = {
  [ALTM_STORE_ERROR_IN_USE] = { "in-use", N_("The records are open elsewhere"),
    N_("Another program on this tablet is using them. Nothing is lost.\n\nClose the other "
       "program, then try again.") },
  [ALTM_STORE_ERROR_NEWER] = { "newer", N_("This app is too old"),
    N_("The records on this tablet were made by a newer version of the app. They are all there, "
       "untouched.\n\nUpdate the app, then open it again.") },
  [ALTM_STORE_ERROR_DAMAGED] = { "damaged", N_("The records cannot be read"),
    N_("The tablet’s storage is damaged. Nothing was deleted: the records are kept as they "
       "are.\n\nDo not reinstall anything. Call headquarters, and write on paper until then.") },
  [ALTM_STORE_ERROR_FULL] = { "full", N_("The tablet is full"),
    N_("There is no room left to record. What was saved before is safe.\n\nDelete photos or "
       "other files, then try again.") },
  [ALTM_STORE_ERROR_MISSING] = { "missing", N_("The records were not found"),
    N_("Nothing was deleted by the app.\n\nCall headquarters before you record anything.") },
  [ALTM_STORE_ERROR_FAILED] = { "failed", N_("The records cannot be opened"),
    N_("The tablet’s storage does not answer. Nothing was deleted.\n\nRestart the tablet, then "
       "try again. If it happens again, call headquarters.") },
};

static const AltmProblem full = {
  "full", N_("Not saved: the tablet is full"),
  N_("What you just entered is not saved; what was saved before is safe. Delete photos or other "
     "files, then try again."),
};

static const AltmProblem refused = {
  "refused", N_("Not saved"),
  N_("The app could not accept this record. What you entered is still on the screen: change it, "
     "then save again."),
};

static const AltmProblem personal = {
  "personal", N_("Not saved: a text identifies a person"),
  N_("What you entered is still on the screen. Take out of it the e-mail address, the social "
     "security number or the bank account number, then save again."),
};

static const AltmProblem unsaved = {
  "failed", N_("Not saved"),
  N_("The tablet’s storage did not answer. What you entered is still on the screen: save again. "
     "If it happens again, write it on paper and call headquarters."),
};

static const AltmProblem uncounted = {
  "uncounted", N_("Not counted"),
  N_("The tablet’s storage did not answer: the last taps were not counted. The counts on the "
     "screen are those on disk. If it happens again, count on paper and call headquarters."),
};

/**
 * altm_problem_find:
 * @reason: (nullable): HQ's reason, as `/problems/NAME` or NAME
 *
 * Returns: (transfer none): what to say about it; its texts are still to be translated
 */
const AltmProblem *
altm_problem_find (const char *reason)
{
  const char *slash = reason == NULL ? NULL : strrchr (reason, '/');
  const char *name = slash == NULL ? reason : slash + 1;
  gsize i = 0;

  while (reasons[i].name != NULL && g_strcmp0 (reasons[i].name, name) != 0)
    i++;
  return &reasons[i];
}

/**
 * altm_problem_of_store:
 * @error: why the store was not opened
 */
const AltmProblem *
altm_problem_of_store (const GError *error)
{
  if (error->domain == ALTM_STORE_ERROR && error->code >= 0
      && error->code < (int) G_N_ELEMENTS (store_problems))
    return &store_problems[error->code];
  return &store_problems[ALTM_STORE_ERROR_FAILED];
}

/**
 * altm_problem_of_saving:
 * @error: why a record was not saved
 */
const AltmProblem *
altm_problem_of_saving (const GError *error)
{
  if (g_error_matches (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FULL))
    return &full;
  if (g_error_matches (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_PERSONAL))
    return &personal;
  return error->domain == ALTM_RECORD_ERROR ? &refused : &unsaved;
}

/**
 * altm_problem_of_counting:
 * @error: why a tap was not counted
 */
const AltmProblem *
altm_problem_of_counting (const GError *error)
{
  return g_error_matches (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FULL) ? &full : &uncounted;
}

/**
 * altm_problem_of_enrolment:
 *
 * Returns: (transfer none): translated, what went wrong and what to do
 */
const char *
altm_problem_of_enrolment (const GError *error)
{
  /* By AltmEnrolmentError. */
  static const char *const texts[] = {
    [ALTM_ENROLMENT_ERROR_LINK] = N_("This is no enrolment link and no address of headquarters. "
                                     "Check it, or ask for a new one."),
    [ALTM_ENROLMENT_ERROR_CODE] = N_("Headquarters did not accept the code: it is mistyped, "
                                     "already used, or older than 15 minutes. Ask for a new "
                                     "code."),
    [ALTM_ENROLMENT_ERROR_UNREACHABLE] = N_("Headquarters does not answer. Check the address "
                                            "and that the tablet is on a network, then try "
                                            "again. The code stays valid for 15 minutes."),
    [ALTM_ENROLMENT_ERROR_UNTRUSTED] = N_("The answer does not come for certain from "
                                          "headquarters, so nothing was sent. Use the enrolment "
                                          "link that headquarters shows."),
    [ALTM_ENROLMENT_ERROR_ANSWER] = N_("What answers at this address is not the ALTM "
                                       "headquarters. Check the address."),
  };

  if (error->domain == ALTM_ENROLMENT_ERROR && error->code >= 0
      && error->code < (int) G_N_ELEMENTS (texts))
    return _(texts[error->code]);
  if (error->domain == ALTM_STORE_ERROR)
    return _(altm_problem_of_saving (error)->title);
  return _("Enrolment did not work. Try again; if it happens again, call headquarters.");
}

static const char *
tell_vault_problem (const GError *error)
{
  /* By AltmVaultError; a weak secret's message is for people already. */
  static const char *const texts[] = {
    [ALTM_VAULT_ERROR_MISSING] = N_("There is no PIN any more. Set a new one in the settings."),
    [ALTM_VAULT_ERROR_DAMAGED] = N_("The keys of this tablet are damaged. Nothing that you recorded is lost. Ask "
                                    "headquarters to reset the PIN, then set a new one."),
    [ALTM_VAULT_ERROR_HOLDER] = N_("No PIN is set under this name. Choose another name."),
    [ALTM_VAULT_ERROR_SECRET] = N_("This is not the PIN. Try again."),
    [ALTM_VAULT_ERROR_MEMORY] = N_("Too little memory is free, so this try was not counted. Close other programs, "
                                   "then try again."),
  };

  if (error->code == ALTM_VAULT_ERROR_WEAK)
    return error->message;
  return _(texts[CLAMP (error->code, 0, (int) G_N_ELEMENTS (texts) - 1)]);
}

/**
 * altm_problem_of_lock:
 * @error: why private text was not unlocked, or its lock not changed
 *
 * Returns: (transfer none): what went wrong and what to do, translated; as long as @error
 */
const char *
altm_problem_of_lock (const GError *error)
{
  /* By AltmLockError. */
  static const char *const texts[] = {
    [ALTM_LOCK_ERROR_NOT_SET] = N_("There is no PIN any more. Set a new one in the settings."),
    [ALTM_LOCK_ERROR_WAIT] = N_("It is too early for another try. Wait a moment."),
    [ALTM_LOCK_ERROR_CHANGED] = N_("The lock was changed or closed meanwhile, so nothing was changed. Unlock, then try "
                                   "again."),
    [ALTM_LOCK_ERROR_WIPING] = N_("Headquarters is wiping this tablet: no PIN can be set any more. Call headquarters to use it "
                                  "again."),
  };

  if (error->domain == ALTM_VAULT_ERROR)
    return tell_vault_problem (error);
  if (error->domain == ALTM_LOCK_ERROR)
    return _(texts[CLAMP (error->code, 0, (int) G_N_ELEMENTS (texts) - 1)]);
  return _("The tablet’s storage did not answer, so nothing was changed. Try again; if it happens again, call "
           "headquarters.");
}
