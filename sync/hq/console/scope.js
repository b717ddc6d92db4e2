// SPDX-License-Identifier: GPL-3.0-or-later
// Of what figures are, in words.

import { isOffice, nameCode, namePlaceInFull, nameTerritory } from './choices.js';

// Where, by which channel and of which team; empty where it is all.
export function nameChoices({ territory, place, channel, team }) {
  const names = [territory && nameTerritory(territory), place && namePlaceInFull(place), channel && nameCode('canal', channel), team];
  return names.filter(Boolean).join(' · ');
}

// Clients are counted in post offices alone.
export const hasClients = ({ place, channel }) => ['', 'bureau_poste'].includes(channel) && (!place || isOffice(place));
