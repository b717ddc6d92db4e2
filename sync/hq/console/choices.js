// SPDX-License-Identifier: GPL-3.0-or-later
// What codes are called, and what can be chosen.

import { getLanguage, say } from './words.js';

let choices = { vocabulary: {}, places: [], structures: [], campaigns: [], teams: [] };

export function setChoices(read) {
  choices = read;
}

export const getTeams = () => choices.teams;
export const getCodes = (list) => (choices.vocabulary[list] ?? []).map((entry) => entry.code);

// A code that this console does not know yet is shown as it is.
export function nameCode(list, code) {
  const entry = (choices.vocabulary[list] ?? []).find((each) => each.code === code);
  return entry?.[`label_${getLanguage()}`] ?? entry?.label_fr ?? code;
}

export function namePlace(id) {
  const place = choices.places.find((each) => each.id === id);
  return place ? place.name : id;
}

export const isOffice = (id) => choices.places.some((place) => place.id === id && place.kind === 'post_office');

// Several communes have a neighbourhood that is called “Centre”.
const writeInFull = ({ kind, name, commune }) => (kind === 'qpv' && commune ? `${name} (${commune})` : name);

// By itself, where nothing else says what kind of place it is: post offices are called as their communes are.
export function namePlaceInFull(id) {
  const place = choices.places.find((each) => each.id === id);
  if (!place) return id;
  return isOffice(id) ? say('office-in-full', { name: place.name }) : writeInFull(place);
}

// A structure by its name and commune; one that is not in the lists by its kind.
export function nameStructure({ structure, structure_type: type }) {
  const found = choices.structures.find((each) => each.id === structure);
  if (!found) return type ? nameCode('structure_type', type) : structure;
  return found.commune ? `${found.name} (${found.commune})` : found.name;
}

const byName = (one, other) => one[1].localeCompare(other[1], 'fr');
const isNamed = (territory) => Boolean(territory) && territory !== '';

export function listTerritories() {
  const names = [...new Set(choices.places.map((place) => place.territory).filter(isNamed))];
  return names.map((name) => [name, nameTerritory(name)]).sort(byName);
}

export const listCommunes = () =>
  choices.places
    .filter((place) => place.kind === 'commune')
    .map((place) => [place.id, place.name])
    .sort(byName);

export function nameTerritory(name) {
  if (name.startsWith('insee:')) return namePlace(name);
  return { metropole_lyon: say('metropole_lyon'), saint_etienne_metropole: say('saint_etienne_metropole') }[name] ?? name;
}

const nameCommune = (id) => choices.places.find((place) => place.id === id)?.name;

// A place may lie in several communes, "Lyon ; Vénissieux", and an arrondissement of Lyon lies in Lyon.
function isIn(place, territory) {
  if (!territory) return true;
  if (!territory.startsWith('insee:')) return place.territory === territory;
  const insee = String(place.insee).replace(/^6938.$/, '69123');
  return `insee:${insee}` === territory || (place.commune ?? '').split(' ; ').includes(nameCommune(territory));
}

// Priority neighbourhoods, [id, name], with the communes that each lies in.
export const listNeighbourhoods = () =>
  choices.places
    .filter((place) => place.kind === 'qpv')
    .map((place) => [place.id, `${place.name} (${place.commune})`])
    .sort(byName);

const GROUPS = { qpv: 'places-qpv', post_office: 'places-office', commune: 'places-commune' };

// Groups of [id, name] that lie in the territory; places of HQ's own first.
export function listPlaces(territory) {
  const groups = { 'places-own': [], 'places-qpv': [], 'places-office': [], 'places-commune': [] };
  for (const place of choices.places.filter((each) => isIn(each, territory))) {
    groups[GROUPS[place.kind] ?? 'places-own'].push([place.id, writeInFull(place)]);
  }
  return Object.entries(groups)
    .filter(([, places]) => places.length > 0)
    .map(([group, places]) => [say(group), places.sort(byName)]);
}

export const hasPlace = (territory, id) => choices.places.some((place) => place.id === id && isIn(place, territory));
