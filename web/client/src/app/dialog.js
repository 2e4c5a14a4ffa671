// Dialogs and drawers: data-open-dialog="ID" on a button, or on a link whose address works alone; data-close-dialog inside.
// A link with hx-get fills the body; until then the drawer says that it is loading. A <dialog data-open> from htmx opens itself.
import { on, onPiece } from './page.js';

on('click', '[data-open-dialog]', (opener, event) => {
  const dialog = document.getElementById(opener.dataset.openDialog);
  if (!dialog || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (opener.hasAttribute('hx-get')) dialog.querySelector('.body').textContent = '正在载入…';
  dialog.showModal();
});

on('click', '[data-close-dialog]', (button) => button.closest('dialog').close());

// A click beside it closes what is only read; a dialog with a form stays, lest something typed is lost.
document.addEventListener('click', ({ target, clientX, clientY }) => {
  if (!target.matches?.('dialog[open]') || target.querySelector('form[method="post"]')) return;
  const { left, right, top, bottom } = target.getBoundingClientRect();
  if (clientX < left || clientX > right || clientY < top || clientY > bottom) target.close();
});

onPiece((root) => root.querySelectorAll('dialog[data-open]:not([open])').forEach((dialog) => {
  dialog.removeAttribute('data-open');
  dialog.showModal();
}));
