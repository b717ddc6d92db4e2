/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "altm-people.h"
#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_BREAKDOWN_ROW (altm_breakdown_row_get_type ())
G_DECLARE_FINAL_TYPE (AltmBreakdownRow, altm_breakdown_row, ALTM, BREAKDOWN_ROW, AdwExpanderRow)

/**
 * AltmBreakdownRow: the people of a contact by age and gender, folded away until somebody wants it.
 * #AltmBreakdownRow::changed is emitted when a tap changes what @people count.
 */
void altm_breakdown_row_set_people (AltmBreakdownRow *self, AltmSession *session, AltmPeople *people);
void altm_breakdown_row_update (AltmBreakdownRow *self);

G_END_DECLS
