// Ticked rows: the box in the head ticks all, Shift ticks a range, the bar shows how many and rises only then.
import { on, onPiece } from './page.js';

const picks = () => [...document.querySelectorAll('[data-pick]')];
let last = null;

export function showPicked() {
  const boxes = picks();
  const picked = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest('tr')?.classList.toggle('picked', box.checked);
  for (const all of document.querySelectorAll('[data-pick-all]')) {
    all.checked = boxes.length > 0 && picked.length === boxes.length;
    all.indeterminate = picked.length > 0 && picked.length < boxes.length;
  }
  for (const bar of document.querySelectorAll('[data-bulk]')) {
    bar.toggleAttribute('data-idle', picked.length === 0);
    bar.querySelector('[data-bulk-count]').textContent = bar.dataset.words.replace('{n}', picked.length);
  }
}

function pickAll(checked) {
  for (const box of picks()) box.checked = checked;
  showPicked();
}

on('change', '[data-pick-all]', (all) => pickAll(all.checked));
on('click', '[data-bulk-clear]', () => pickAll(false));
on('click', '[data-pick]', (box, event) => {
  const boxes = picks();
  const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
  if (event.shiftKey && from >= 0) boxes.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
  last = box;
  showPicked();
});

onPiece(showPicked);
