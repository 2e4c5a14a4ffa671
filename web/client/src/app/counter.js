// A live «12 / 400» under a text field: <span data-counter="FIELD_ID" data-max="400">. Counts as the server does: code
// points, a line break as one, so an emoji or a rare surname character is one.
import { onPiece } from './page.js';

const lengthOf = (text) => [...text.replace(/\r\n/g, '\n')].length;

function show(output) {
  const field = document.getElementById(output.dataset.counter);
  if (!field) return;
  const max = Number(output.dataset.max || 0);
  const used = lengthOf(field.value);
  output.textContent = max > 0 ? `${used} / ${max}` : `${used}`;
  output.classList.toggle('over', max > 0 && used > max);
}

document.addEventListener('input', (event) => {
  if (event.target.id) document.querySelectorAll(`[data-counter="${CSS.escape(event.target.id)}"]`).forEach(show);
});

onPiece((root) => root.querySelectorAll('[data-counter]').forEach(show));
