// Keys of a list: j and k move, x ticks, Enter opens; on a page of one of many they lead to the next and the one before. / and
// Ctrl+K go to the search. What carries data-key="a" or "r" is pressed by that key: a button of the page, or in a list the link
// of the row one is at, which goes to its part of the page it opens.
// data-wants="ID" names an input that has to say something first. They rest while one types, in dialogs, and where the account
// has switched them off (WCAG 2.1.4).
import { showPicked } from './bulk.js';

const rows = () => [...document.querySelectorAll('[data-list] tbody tr')].filter((row) => row.offsetParent);
const typing = (target) => target.closest?.('input:not([type="checkbox"]), select, textarea, [contenteditable], dialog');

function move(step) {
  const all = rows();
  if (!all.length) document.querySelector(`.page-head a[rel="${step > 0 ? 'next' : 'prev'}"]`)?.click();
  const at = all.findIndex((row) => row.classList.contains('at'));
  const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
  if (!next) return;
  all[at]?.classList.remove('at');
  next.classList.add('at');
  next.scrollIntoView({ block: 'nearest' });
  (next.querySelector('.lead a') ?? next.querySelector('a, input'))?.focus({ preventScroll: true });
}

function tick() {
  const box = document.querySelector('[data-list] tr.at [data-pick]');
  if (!box) return;
  box.checked = !box.checked;
  showPicked();
}

function open() {
  const row = document.querySelector('[data-list] tr.at[data-href]');
  if (row) location.href = row.dataset.href;
  return Boolean(row);
}

function press(key) {
  const row = document.querySelector('[data-list] tr.at');
  const link = row?.querySelector('a[data-key]');
  if (link) location.href = `${link.href}#${link.dataset.parts.split(' ')[key === 'a' ? 0 : 1]}`;
  const button = document.querySelector(`button[data-key="${key}"]`);
  if (link || !button) return Boolean(link);
  const wanted = document.getElementById(button.dataset.wants);
  if (wanted && !wanted.value.trim()) wanted.focus();
  else button.click();
  return true;
}

function search() {
  const box = document.querySelector('[data-search]');
  box?.focus();
  box?.select();
}

document.addEventListener('keydown', (event) => {
  const control = event.ctrlKey || event.metaKey;
  if (control && event.key === 'k') {
    event.preventDefault();
    search();
    return;
  }
  if (control || event.altKey || typing(event.target) || document.documentElement.dataset.keys === 'off') return;
  // On a focused link or button, Enter does what it says.
  if (event.key === 'Enter' && event.target === document.body) open();
  if ((event.key === 'a' || event.key === 'r') && press(event.key)) event.preventDefault();
  const act = { j: () => move(1), k: () => move(-1), x: tick, '/': search }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
