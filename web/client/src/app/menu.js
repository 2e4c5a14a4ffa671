// Menus of the top bar (<details class="menu">) close when one clicks elsewhere or presses Escape; the left navigation folds.
import { on, setCookie } from './page.js';

const closeAll = (except) => document.querySelectorAll('details.menu[open]').forEach((menu) => {
  if (menu !== except) menu.open = false;
});

document.addEventListener('click', (event) => closeAll(event.target.closest?.('details.menu')));

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  document.querySelector('details.menu[open] > summary')?.focus();
  closeAll();
  if (location.hash === '#nav') location.hash = '#main';
});

on('click', '[data-nav-toggle]', () => {
  const root = document.documentElement;
  const closed = root.dataset.nav !== 'closed';
  if (closed) root.dataset.nav = 'closed';
  else delete root.dataset.nav;
  setCookie('nav', closed ? 'closed' : 'open');
});
