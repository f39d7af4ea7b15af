// Draws the state that the server sends, and sends back what is clicked. Everything on the page is built from text nodes: names are never markup.
const SVG = 'http://www.w3.org/2000/svg';
/** By simulator and person, the place chosen for the next deed that needs one; it outlives a drawing. */
const chosen = new Map();
/** Likewise, what is written for the next deed that needs words. */
const written = new Map();
const byId = id => document.getElementById(id);

/** @param {string} tag @param {Record<string, unknown>} [props] @param {(Node | string)[]} children */
function element(tag, props = {}, ...children) {
  const { class: className, ...rest } = props;
  const made = Object.assign(document.createElement(tag), rest);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function shape(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

async function post(path, body) {
  const answer = await fetch(path, { method: 'POST', body: JSON.stringify(body ?? {}) });
  const trouble = byId('trouble');
  trouble.textContent = answer.ok ? '' : await answer.text();
  trouble.hidden = answer.ok;
}

function placesOf(simulator, person, here) {
  const key = `${simulator.name} ${person.id}`;
  const select = element('select', { ariaLabel: `Place for ${person.name} in ${simulator.title}` });
  for (const place of simulator.places) select.append(element('option', { value: place }, place));
  select.value = chosen.get(key) ?? here?.place ?? simulator.places[0];
  chosen.set(key, select.value);
  select.addEventListener('change', () => chosen.set(key, select.value));
  return select;
}

function wordsOf(simulator, person) {
  const key = `${simulator.name} ${person.id}`;
  const input = element('input', {
    type: 'text',
    maxLength: 1000,
    placeholder: 'Words',
    ariaLabel: `Words of ${person.name} in ${simulator.title}`,
    value: written.get(key) ?? '',
  });
  input.addEventListener('input', () => written.set(key, input.value));
  return input;
}

function personOf(simulator, person) {
  const here = simulator.whereabouts.find(one => one.person === person.id);
  const status = here?.status ?? 'offline';
  const needsPlace = simulator.deeds.some(deed => deed.needsPlace);
  const needsWords = simulator.deeds.some(deed => deed.needsWords);
  const key = `${simulator.name} ${person.id}`;
  const buttons = simulator.deeds.map(({ deed, needsPlace, needsWords }) => {
    const button = element(
      'button',
      { type: 'button', ariaLabel: `${person.name}: ${deed} in ${simulator.title}` },
      deed,
    );
    button.addEventListener('click', () => {
      const place = needsPlace ? { place: chosen.get(key) } : {};
      const words = needsWords ? { words: written.get(key) ?? '' } : {};
      return post('/do', { simulator: simulator.name, person: person.id, deed, ...place, ...words });
    });
    return button;
  });
  return element(
    'li',
    { class: status },
    element('div', { class: 'face', ariaHidden: 'true' }, person.name[0]),
    element(
      'div',
      {},
      element('strong', {}, person.name),
      element('span', {}, here ? [status, here.place, here.words].filter(Boolean).join(', ') : 'not there'),
    ),
    element(
      'div',
      { class: 'deeds' },
      ...(needsPlace ? [placesOf(simulator, person, here)] : []),
      ...(needsWords ? [wordsOf(simulator, person)] : []),
      ...buttons,
    ),
  );
}

function planOf(plan, simulator, people) {
  const svg = shape('svg', {
    viewBox: `0 0 ${plan.width} ${plan.height}`,
    role: 'img',
    'aria-label': plan.name,
  });
  for (const { place, x, y, width, height } of plan.areas) {
    svg.append(
      shape('rect', { class: 'area', x, y, width, height, rx: 0.6 }),
      shape(
        'text',
        { class: 'name', x: x + width / 2, y: y + height - 0.8 },
        place.slice(place.indexOf('/') + 1),
      ),
    );
  }
  const taken = new Map();
  for (const { person, status, spot } of simulator.whereabouts) {
    if (spot?.plan !== plan.name) continue;
    // Who stands on the same tile is shown side by side.
    const tile = `${spot.x},${spot.y}`;
    const beside = taken.get(tile) ?? 0;
    taken.set(tile, beside + 1);
    const [x, y] = [spot.x + 0.5 + beside * 2.2, spot.y + 0.5];
    const name = people.find(one => one.id === person)?.name ?? person;
    svg.append(
      shape('circle', { class: `dot ${status}`, cx: x, cy: y, r: 1 }, shape('title', {}, name)),
      shape('text', { class: 'initial', x, y: y + 0.4 }, name[0]),
    );
  }
  return element('figure', {}, element('figcaption', {}, plan.name), svg);
}

function simulatorOf(simulator, people) {
  const able = simulator.deeds.length > 0;
  return element(
    'article',
    {},
    element('h2', {}, simulator.title),
    ...(able
      ? [element('ul', { class: 'people' }, ...people.map(person => personOf(simulator, person)))]
      : []),
    ...(simulator.plans.length > 0
      ? [element('div', { class: 'plans' }, ...simulator.plans.map(plan => planOf(plan, simulator, people)))]
      : []),
    element('pre', { ariaLabel: `Settings for ${simulator.title}` }, simulator.settings.join('\n')),
  );
}

function draw({ people, simulators, progress, lines }) {
  // A list that is open would close: the next change draws it.
  if (document.activeElement?.matches('select:open')) return;
  const focused = document.activeElement?.ariaLabel;
  const { selectionStart } = document.activeElement ?? {};
  byId('simulators').replaceChildren(...simulators.map(simulator => simulatorOf(simulator, people)));
  if (focused) {
    const again = document.querySelector(`[aria-label="${CSS.escape(focused)}"]`);
    again?.focus();
    if (selectionStart != null) again?.setSelectionRange(selectionStart, selectionStart);
  }
  byId('progress').max = Math.max(1, progress.of);
  byId('progress').value = progress.done;
  byId('lines').replaceChildren(...lines.map(line => element('li', {}, line)));
}

byId('play').addEventListener('click', () => post('/play'));
new EventSource('/state').addEventListener('message', ({ data }) => draw(JSON.parse(data)));
