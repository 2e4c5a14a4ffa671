// What every part needs to know of the page it stands on.

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? '';

export const account = () => meta('account');
export const preferencesUrl = () => meta('preferences');
export const csrfHeaders = () => ({ 'X-CSRF-Token': meta('csrf') });

// Runs `look` on the whole page now, and on it again whenever htmx has put something new in.
export function onPiece(look) {
  look(document);
  document.addEventListener('htmx:after:swap', () => look(document));
}

// Runs `act(element, event)` for events of that type inside an element that matches.
export function on(type, selector, act, options) {
  document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) act(element, event);
  }, options);
}

// The fields of a form as a plain form would send them, files left out; `submitter` is the button pressed.
export function formBody(form, submitter) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
  if (submitter?.name) body.append(submitter.name, submitter.value);
  return body;
}

export function setCookie(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}

// An icon of the page's own set, drawn the same way as shared/icon.html does.
export function icon(path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(document.createElementNS('http://www.w3.org/2000/svg', 'path'));
  svg.firstChild.setAttribute('d', path);
  return svg;
}

// element('span', { className: 'name' }, 'text', child): an element with properties, attributes (with a dash) and children.
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-')) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}
