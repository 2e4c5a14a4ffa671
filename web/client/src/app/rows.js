// Repeated rows: <button name="_add" value="education"> and <button name="_remove" value="education[1]"> inside
// <div data-rows id="rows-education">. Without JavaScript they submit the form; here the same answer comes by itself and
// only the rows are put in its place, so that nothing else on the page moves. Buttons with hx-post are left to htmx.
import { csrfHeaders, formBody, on } from './page.js';
import { showToast } from './toast.js';

const BUTTONS = 'button[name="_add"]:not([hx-post]), button[name="_remove"]:not([hx-post])';

on('click', BUTTONS, async (button, event) => {
  const rows = button.closest('[data-rows][id]');
  if (!rows || event.defaultPrevented) return;
  event.preventDefault();
  if (rows.getAttribute('aria-busy') === 'true') return;
  rows.setAttribute('aria-busy', 'true');
  try {
    const answer = await postRows(button, rows);
    if (answer) putRows(rows, answer, button.name === '_add');
    else button.form.requestSubmit(button);
  } catch {
    showToast('网络中断，没有完成；填写的内容仍在本页。', 'bad');
  } finally {
    rows.removeAttribute('aria-busy');
  }
});

async function postRows(button, rows) {
  const answer = await fetch(button.getAttribute('formaction') || button.form.action, {
    method: 'POST',
    headers: { ...csrfHeaders(), 'HX-Request': 'true', 'HX-Target': `${rows.tagName.toLowerCase()}#${rows.id}` },
    body: formBody(button.form, button),
  });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return page.getElementById(rows.id);
}

function putRows(rows, answer, added) {
  rows.replaceWith(answer);
  window.htmx?.process(answer);
  const fields = [...answer.querySelectorAll('input:not([type="hidden"]), select, textarea')];
  const first = (answer.querySelectorAll('[data-row]').length || 1) - 1;
  const fresh = answer.querySelectorAll('[data-row]')[first]?.querySelector('input:not([type="hidden"]), select, textarea');
  (added ? fresh ?? fields.at(-1) : answer.querySelector('button[name="_add"]'))?.focus();
  answer.dispatchEvent(new Event('change', { bubbles: true }));
  document.dispatchEvent(new CustomEvent('htmx:after:swap'));
}
