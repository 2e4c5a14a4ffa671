// The error summary takes the focus when it appears; its links lead into the field, also where the id is that of a group.
import { on, onPiece } from './page.js';

const FIELDS = 'input:not([type="hidden"]), select, textarea, button';

onPiece((root) => {
  const summary = root.querySelector('[data-error-summary]:not([data-seen])');
  if (!summary) return;
  summary.dataset.seen = '';
  summary.focus();
});

on('click', '[data-error-summary] a', (link, event) => {
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const field = target?.matches(FIELDS) ? target : target?.querySelector(FIELDS);
  if (!field) return;
  event.preventDefault();
  target.scrollIntoView({ block: 'center' });
  field.focus({ preventScroll: true });
});
