/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-register.h"

/* What comes first is what fits the register; a code that the lists haven't got is left out. The
 * last one serves registers that HQ added. */
static const AltmRegister registers[] = {
  { "presence_active", "system-users-symbolic",
    { "tranquillite", "isolement", "cadre_de_vie", "occupation_espace",
      "acces_droits", "logement" },
    { "ecoute", "information", "orientation", "sensibilisation" },
    { "informe", "oriente", "en_cours", "sans_suite", "refus" } },
  { "situations_conflictuelles", "altm-conflict-symbolic",
    { "conflit_voisinage", "nuisances", "occupation_espace", "incivilites",
      "conflit_usage", "cadre_de_vie" },
    { "mediation_conflit", "ecoute", "rappel_regle", "desamorcage" },
    { "apaise", "resolu", "en_cours", "refus" } },
  { "lever_incomprehensions", "dialog-question-symbolic",
    { "acces_droits", "numerique", "langue", "logement", "budget", "postal_bancaire" },
    { "information", "aide_demarche", "aide_numerique", "interpretariat" },
    { "informe", "resolu", "oriente", "en_cours" } },
  { "veille_sociale_technique", "view-reveal-symbolic",
    { "cadre_de_vie", "nuisances", "occupation_espace", "tranquillite",
      "isolement", "travaux_relogement" },
    { "veille_signalement", "ecoute", "information", "relais_secours" },
    { "relais_passe", "en_cours", "sans_suite" } },
  { "mise_en_relation", "altm-link-symbolic",
    { "acces_droits", "logement", "sante", "alimentation", "emploi_formation", "numerique" },
    { "mise_en_relation", "orientation", "accompagnement_physique", "aide_demarche" },
    { "oriente", "relais_passe", "en_cours", "refus" } },
  { "concertation", "altm-talk-symbolic",
    { "cadre_de_vie", "travaux_relogement", "conflit_usage", "tranquillite",
      "logement", "mobilite" },
    { "ecoute", "information", "mise_en_relation", "atelier" },
    { "informe", "resolu", "en_cours", "sans_suite" } },
  { "projets_collectifs", "altm-project-symbolic",
    { "isolement", "cadre_de_vie", "education_parentalite", "emploi_formation",
      "langue", "mobilite" },
    { "atelier", "information", "sensibilisation", "mise_en_relation" },
    { "informe", "en_cours", "sans_suite" } },
  { "informer_sensibiliser", "altm-announce-symbolic",
    { "sanitaire", "cadre_de_vie", "incivilites", "acces_droits", "sante", "numerique" },
    { "sensibilisation", "information", "rappel_regle", "atelier" },
    { "informe", "oriente", "refus", "sans_suite" } },
  { NULL, "document-edit-symbolic", { NULL }, { NULL }, { NULL } },
};

/**
 * altm_register_find:
 * @code: a code of the list `registre`
 *
 * Returns: (transfer none): what the app knows of it; a general one for codes it does not know
 */
const AltmRegister *
altm_register_find (const char *code)
{
  gsize i = 0;

  while (registers[i].code != NULL && g_strcmp0 (registers[i].code, code) != 0)
    i++;
  return &registers[i];
}
