// Forms drawn again by htmx (`rerender` in web/form/inputs.html) wait in one queue a form: answers come in the order in which
// things were chosen, so an older one never takes back what a newer one brought. Each is sent with what the form holds when
// its turn comes. A choice that went along with an earlier one is left out, as when arrow keys run through the options; so is
// a button whose row was drawn anew meanwhile, for its number may be another row's.
import { formBody } from './page.js';

const inLine = (element) => element.getAttribute('hx-sync') === 'closest form:queue all';
const unsent = new WeakSet();

document.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
  if (inLine(ctx.sourceElement)) unsent.add(ctx.request.form);
});

document.addEventListener('htmx:before:request', (event) => {
  const { ctx } = event.detail;
  const { sourceElement: source, request, target } = ctx;
  if (!inLine(source)) return;
  const button = source.matches('button') ? source : null;
  if (button ? !button.isConnected : !unsent.has(request.form)) {
    event.preventDefault();
    return;
  }
  unsent.delete(request.form);
  request.body = formBody(request.form, button);
  if (!target.isConnected) ctx.target = document.getElementById(target.id) ?? target;
});
