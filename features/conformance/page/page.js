// Filters the rows of a page, and fills in what a scenario did when somebody opens it. Runs in the reader's browser.
const data = JSON.parse(document.getElementById('data').textContent);
const rows = [...document.querySelectorAll('tr[data-verdict]')];
const search = document.querySelector('input[type=search]');
const kind = document.querySelector('select');
const only = document.querySelector('input[type=checkbox]');
const buttons = [...document.querySelectorAll('.verdicts button')];

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const shown = new Set(buttons.filter(pressed).map((button) => button.dataset.verdict));
  for (const row of rows) {
    row.hidden = !(shown.has(row.dataset.verdict)
      && (kind.value === '' || kind.value === row.dataset.kind)
      && (!only.checked || 'only' in row.dataset)
      && words.every((word) => row.dataset.search.includes(word)));
  }
  for (const section of document.querySelectorAll('section[data-rows]')) {
    section.querySelector('.nothing').hidden = [...section.querySelectorAll('tr[data-verdict]')].some((row) => !row.hidden);
  }
}

for (const control of [search, kind, only]) control.addEventListener('input', filter);
// The first click shows one result alone, further ones add and take away; when none is left, all are shown again.
const pressed = (button) => button.getAttribute('aria-pressed') === 'true';
const press = (button, on) => button.setAttribute('aria-pressed', String(on));
for (const button of buttons) {
  button.addEventListener('click', () => {
    if (buttons.every(pressed)) for (const other of buttons) press(other, other === button);
    else press(button, !pressed(button));
    if (!buttons.some(pressed)) for (const other of buttons) press(other, true);
    filter();
  });
}

function block(parent, title, text, folded = false) {
  if (text === undefined || text === '') return;
  const place = folded ? parent.appendChild(document.createElement('details')) : parent;
  const heading = place.appendChild(document.createElement(folded ? 'summary' : 'h4'));
  heading.textContent = title;
  place.appendChild(document.createElement('pre')).textContent = text;
}

function fill(details) {
  if (details.querySelector('.inside')) return;
  const scenario = data.scenarios[Number(details.dataset.scenario)];
  const inside = details.appendChild(document.createElement('div'));
  inside.className = 'inside';
  block(inside, scenario.divergence === undefined ? 'Why' : 'Known divergence', scenario.reason ?? scenario.divergence);
  block(inside, `Failed: ${scenario.step}`, scenario.message);
  for (const { argv, code, stdout, stderr } of scenario.runs) block(inside, `Run, exit code ${code}`, `$ vic-machine ${argv.join(' ')}\n${stdout}${stderr === '' ? '' : `\n[stderr]\n${stderr}`}`);
  if (scenario.changes !== undefined) block(inside, 'Changes in the world', scenario.changes.length === 0 ? 'none' : scenario.changes.join('\n'));
  block(inside, 'SOAP calls', scenario.trace, true);
  block(inside, 'Again', scenario.again);
}

document.addEventListener('toggle', ({ target }) => {
  if (target.open && target.dataset.scenario !== undefined) fill(target);
}, true);
for (const details of document.querySelectorAll('details[open][data-scenario]')) fill(details);

function show() {
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = row?.querySelector('details');
  if (details) details.open = true;
}
addEventListener('hashchange', show);
show();
filter();
