/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-channel.h"

/* A setting is chosen beforehand only where the channel all but says it. */
static const AltmChannel channels[] = {
  { "espace_public", "altm-street-symbolic",
    ALTM_CHANNEL_ORIGIN, "rue_place", "aller_vers",
    { "rue_place", "parc_square", "abords_immeuble", "commerce", "transport", "equipement_public" },
    { "habitant", "usager_espace", "groupe_jeunes", "commercant", "sans_abri" },
    { "presence_active", "situations_conflictuelles", "lever_incomprehensions", "veille_sociale_technique" } },
  { "habitat", "altm-building-symbolic",
    ALTM_CHANNEL_ORIGIN | ALTM_CHANNEL_MINUTES, "hall_parties_communes", NULL,
    { "hall_parties_communes", "abords_immeuble", "parking_cave" },
    { "habitant", "gardien_bailleur", "groupe_jeunes", "parent_famille", "senior" },
    { "situations_conflictuelles", "presence_active", "veille_sociale_technique", "informer_sensibiliser" } },
  { "chantier", "altm-works-symbolic",
    ALTM_CHANNEL_ORIGIN, "chantier", NULL,
    { "chantier", "abords_immeuble", "rue_place", "hall_parties_communes" },
    { "habitant", "commercant", "usager_espace", "gardien_bailleur", "professionnel" },
    { "informer_sensibiliser", "lever_incomprehensions", "concertation", "veille_sociale_technique" } },
  { "ecole", "altm-school-symbolic",
    ALTM_CHANNEL_ORIGIN | ALTM_CHANNEL_SCHOOL | ALTM_CHANNEL_MINUTES, "ecole_college", NULL,
    { "ecole_college", "abords_ecole" },
    { "enfant", "parent_famille", "groupe_jeunes", "professionnel" },
    { "situations_conflictuelles", "presence_active", "informer_sensibiliser", "lever_incomprehensions" } },
  { "etablissement", "altm-venue-symbolic",
    0, NULL, NULL,
    { "piscine", "etablissement_nuit", "equipement_public", "rue_place" },
    { "usager_espace", "groupe_jeunes", "habitant", "parent_famille", "professionnel" },
    { "presence_active", "situations_conflictuelles", "informer_sensibiliser", "veille_sociale_technique" } },
  { "domicile", "user-home-symbolic",
    ALTM_CHANNEL_ORIGIN | ALTM_CHANNEL_MINUTES | ALTM_CHANNEL_ATTEMPT, "domicile", NULL,
    { "domicile" },
    { "habitant", "senior", "parent_famille" },
    { "lever_incomprehensions", "mise_en_relation", "presence_active", "informer_sensibiliser" } },
  { "permanence", "altm-reception-symbolic",
    ALTM_CHANNEL_ORIGIN | ALTM_CHANNEL_MINUTES, "equipement_public", "demande_usager",
    { "equipement_public", "hall_parties_communes", "commerce" },
    { "habitant", "parent_famille", "senior", "commercant" },
    { "lever_incomprehensions", "mise_en_relation", "informer_sensibiliser", "situations_conflictuelles" } },
  { "bureau_poste", "altm-post-symbolic", ALTM_CHANNEL_ORIGIN, "bureau_poste", NULL,
    { "bureau_poste" }, { "client_poste" }, { NULL } },
  { "telephone", "call-start-symbolic",
    ALTM_CHANNEL_ORIGIN | ALTM_CHANNEL_MINUTES | ALTM_CHANNEL_ATTEMPT, "a_distance", NULL,
    { "a_distance" }, { "habitant", "commercant", "enfant", "parent_famille" }, { NULL } },
  { NULL, "mark-location-symbolic",
    ALTM_CHANNEL_ORIGIN | ALTM_CHANNEL_MINUTES, NULL, NULL, { NULL }, { NULL }, { NULL } },
};

/**
 * altm_channel_find:
 * @code: (nullable): a code of the list `canal`
 *
 * Returns: (transfer none): what the app knows of it; a general one for codes it does not know, which HQ may have added
 */
const AltmChannel *
altm_channel_find (const char *code)
{
  gsize i = 0;

  while (channels[i].code != NULL && g_strcmp0 (channels[i].code, code) != 0)
    i++;
  return &channels[i];
}
