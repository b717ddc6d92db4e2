// SPDX-License-Identifier: GPL-3.0-or-later
// Taking a list from a spreadsheet's file: HQ says what it would do, and does it only when that is asked for.

import { call } from './call.js';
import { makeDisclosure } from './definition.js';
import { once } from './desk.js';
import { make } from './dom.js';
import { makeFile } from './file-field.js';
import { isEmpty, makePlan, sayPlan } from './list-plan.js';
import { nameList } from './list-words.js';
import { explain } from './problem.js';
import { getLanguage, say } from './words.js';

// What HQ takes of a file, in bytes.
const MOST = 768 * 1024;

// In base64, so that HQ reads the very bytes: spreadsheets write several encodings.
function encode(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

function makeChosen(changed) {
  const file = makeFile({ id: 'list-file', label: say('list-import-file'), help: say('list-import-file-help'), accept: '.csv,.txt,text/csv', changed });
  const text = make('textarea', { class: 'form-control', id: 'list-text', rows: 4, spellcheck: 'false', autocomplete: 'off' });
  return { file: file.element, text, read: () => file.input.files[0] ?? (text.value.trim() ? new Blob([text.value]) : null) };
}

// `shown` is the list as HQ told it. Calls `done` with what was done, in words; `refresh` reads the list again.
export function makeListImport({ shown, signedOut, refresh, done }) {
  const { list } = shown;
  const region = make('p', { class: 'problem', role: 'alert' });
  const preview = make('div', { class: 'preview', role: 'status', tabindex: '-1' });
  const whole = make('input', { class: 'form-check-input', type: 'checkbox', id: 'list-whole', 'aria-describedby': 'list-whole-help', onchange: () => forget() });
  const chosen = makeChosen(() => look());
  let base = shown.version;

  // What is shown is always what the button does.
  function forget() {
    preview.replaceChildren();
    region.textContent = '';
  }

  async function tell(problem) {
    if (problem.name === 'signed-out') {
      signedOut(problem);
      return;
    }
    forget();
    if (problem.name === 'lists-stale') base = (await refresh())?.version ?? base;
    region.textContent = problem.name === 'lists-stale' ? say('list-import-stale') : explain(problem);
  }

  const write = async (isPreview) => ({ list, base, csv: await encode(chosen.read()), whole: whole.checked, preview: isPreview });

  function showPlan(plan) {
    const canTake = plan.errors.number === 0 && !isEmpty(plan);
    preview.replaceChildren(...makePlan(shown, plan),
      canTake ? make('button', { type: 'button', class: 'btn btn-primary', id: 'list-take', onclick: take(plan) }, say('list-import-now')) :
        make('p', { class: 'state' }, say(plan.errors.number > 0 ? 'list-import-refused' : 'list-import-nothing')));
    preview.focus();
  }

  const take = (plan) => once(async () => {
    try {
      await call('POST', 'lists', { form: await write(false) });
      done(say('list-import-done', { list: nameList(list), plan: sayPlan(plan) }));
    } catch (problem) {
      await tell(problem);
    }
  });

  async function look() {
    const blob = chosen.read();
    forget();
    if (!blob || blob.size > MOST) {
      region.textContent = say(blob ? 'list-problem-csv-size' : 'list-import-none');
      return;
    }
    try {
      showPlan((await call('POST', 'lists', { form: await write(true) })).plan);
    } catch (problem) {
      await tell(problem);
    }
  }

  chosen.text.addEventListener('input', forget);
  const form = make('form', { class: 'list-import', onsubmit: once(look) },
    make('p', {}, say('list-import-lead'), ' ',
      make('a', { href: `api/list-file?list=${list}&language=${getLanguage()}`, download: `${list}.csv` }, say('list-import-sample'))),
    chosen.file,
    make('div', { class: 'field' }, make('label', { class: 'form-label', for: 'list-text' }, say('list-import-text')), chosen.text),
    shown.fields.some(({ name }) => name === 'retired') ? make('div', { class: 'form-check' }, whole,
      make('label', { class: 'form-check-label', for: 'list-whole' }, say('list-import-whole')),
      make('p', { class: 'note', id: 'list-whole-help' }, say('list-import-whole-help'))) : null,
    make('button', { type: 'submit', class: 'btn btn-outline', id: 'list-look' }, say('list-import-look')), region, preview);
  const { button, box } = makeDisclosure({ label: say('list-import'), className: 'btn btn-outline', content: form, id: 'list-import' });
  button.id = 'list-import-button';
  box.classList.add('panel');
  return { button, box };
}
