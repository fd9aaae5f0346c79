import { addressOf, exampleOf, groupsOf, matches, missingServices, typeName } from './model.js';
import { send, signIn, signOut } from './tryout.js';

const find = (id) => document.getElementById(id);

start().catch((error) => {
  find('operations').replaceChildren(make('p', { class: 'bad', role: 'alert' }, `/openapi/v1.json could not be read: ${error.message}`));
});

async function start() {
  listenToSignIn();
  const response = await fetch('/openapi/v1.json');
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  const api = await response.json();
  find('version').textContent = api.info.version;
  find('about').textContent = api.info.description;
  const missing = missingServices(api);
  find('missing').hidden = missing.length === 0;
  find('missing').textContent = `Left out for now: ${missing.map((service) => `${service.name} (${service.detail})`).join(', ')}`;

  const groups = groupsOf(api);
  const show = () => render(api, groups, find('filter').value.trim());
  find('filter').addEventListener('input', show);
  show();
  openFragment();
  window.addEventListener('hashchange', openFragment);
}

function render(api, groups, filter) {
  const shown = groups
    .map((group) => ({ ...group, operations: group.operations.filter((operation) => filter === '' || matches(operation, filter)) }))
    .filter((group) => group.operations.length > 0);
  find('contents').replaceChildren(...shown.map((group) => make('li', {}, group.name, make('ul', {}, ...group.operations.map(contentsLine)))));
  find('operations').replaceChildren(...(shown.length === 0
    ? [make('p', { class: 'quiet' }, filter === '' ? 'No service has told of its routes yet.' : 'Nothing fits the filter.')]
    : shown.flatMap((group) => [make('h2', {}, group.name), ...group.operations.map((operation) => operationPanel(api, operation))])));
}

function contentsLine(operation) {
  return make('li', {}, make('a', { href: `#${operation.id}` }, methodName(operation), make('span', {}, operation.path.replace(/^\/api/, ''))));
}

function operationPanel(api, operation) {
  const panel = make('details', { class: 'operation', id: operation.id },
    make('summary', {}, methodName(operation), make('code', {}, operation.path),
      make('span', { class: 'quiet' }, [operation.summary, operation.needsUser ? 'signed in' : ''].filter(Boolean).join(' · '))));

  // Hundreds of forms would make the page slow: each is made when it is looked at.
  panel.addEventListener('toggle', () => {
    if (panel.open && panel.children.length === 1) panel.append(operationDetails(api, operation));
  });
  return panel;
}

function operationDetails(api, operation) {
  const inputs = new Map();
  const box = make('div', {});
  if (operation.description) box.append(make('p', {}, operation.description));
  if (operation.parameters.length > 0) {
    box.append(make('h3', {}, 'Parameters'), make('table', {}, ...operation.parameters.map((parameter) => {
      const input = make('input', { 'aria-label': parameter.name, placeholder: parameter.required ? 'required' : '' });
      inputs.set(parameter.name, input);
      return make('tr', {}, make('td', {}, make('code', {}, parameter.name), ` ${parameter.in}`),
        make('td', {}, typeName(api, parameter.schema), make('br', {}), make('small', {}, parameter.description ?? '')), make('td', {}, input));
    })));
  }

  let body = null;
  if (operation.body) {
    body = make('textarea', { 'aria-label': 'Body', spellcheck: 'false' });
    body.value = /json/.test(operation.body.contentType) ? JSON.stringify(exampleOf(api, operation.body.schema), null, 2) : '';
    box.append(make('h3', {}, `Body · ${operation.body.contentType}`), body);
  }

  const answer = make('div', { 'aria-live': 'polite' });
  const button = make('button', { type: 'button' }, 'Send');
  button.addEventListener('click', () => tryOut(operation, inputs, body, button, answer));
  box.append(make('p', {}, button), answer, make('h3', {}, 'Answers'), make('table', {}, ...operation.responses.map((response) => responseRow(api, response))));
  return box;
}

function responseRow(api, response) {
  const example = response.schema && /json/.test(response.contentType) && response.status.startsWith('2')
    ? make('pre', {}, JSON.stringify(exampleOf(api, response.schema), null, 2))
    : make('span', { class: 'quiet' }, response.contentType);
  return make('tr', {}, make('td', {}, make('code', {}, response.status)), make('td', {}, response.description), make('td', {}, example));
}

async function tryOut(operation, inputs, body, button, answer) {
  const values = Object.fromEntries([...inputs].map(([name, input]) => [name, input.value.trim()]));
  const lacking = operation.parameters.find((parameter) => parameter.required && values[parameter.name] === '');
  if (lacking) {
    inputs.get(lacking.name).focus();
    answer.replaceChildren(make('p', { class: 'bad' }, `${lacking.name} is required.`));
    return;
  }

  const headers = Object.fromEntries(operation.parameters
    .filter((parameter) => parameter.in === 'header' && values[parameter.name] !== '')
    .map((parameter) => [parameter.name, values[parameter.name]]));
  if (body) headers['content-type'] = operation.body.contentType;
  const address = addressOf(operation, values);
  button.disabled = true;
  answer.replaceChildren(make('p', { class: 'quiet' }, `${operation.method.toUpperCase()} ${address} …`));
  try {
    const got = await send(operation.method, address, headers, body?.value);
    answer.replaceChildren(
      make('h3', {}, `${operation.method.toUpperCase()} ${address}`),
      make('p', { class: got.ok ? '' : 'bad' }, got.line),
      got.picture ? make('img', { class: 'answer', src: got.picture, alt: 'The answer' }) : make('pre', {}, got.text),
      make('details', {}, make('summary', {}, 'Headers'), make('pre', {}, got.headers)));
  } catch (error) {
    answer.replaceChildren(make('p', { class: 'bad', role: 'alert' }, `No answer: ${error.message}`));
  } finally {
    button.disabled = false;
  }
}

function listenToSignIn() {
  const form = find('sign-in');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    find('sign-in-trouble').textContent = '';
    try {
      const user = await signIn(find('email').value, find('password').value);
      find('signed-in').firstElementChild.textContent = `${user.name} (${user.roles.join(', ')})`;
      find('password').value = '';
      showSignedIn(true);
    } catch (error) {
      find('sign-in-trouble').textContent = error.message;
    }
  });
  find('sign-out').addEventListener('click', () => {
    signOut();
    showSignedIn(false);
  });
}

function showSignedIn(is) {
  find('sign-in').hidden = is;
  find('signed-in').hidden = !is;
}

// #getProducts opens that operation, so that a link can point to it.
function openFragment() {
  const panel = find(decodeURIComponent(location.hash.slice(1)));
  if (panel?.matches('details.operation')) {
    panel.open = true;
    panel.scrollIntoView();
  }
}

function methodName(operation) {
  return make('span', { class: `method ${operation.method}` }, operation.method);
}

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
