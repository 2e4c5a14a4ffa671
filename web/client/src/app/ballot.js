// A secret ballot: marks live in the page until they are cast. The batch buttons mark rows here, the summary counts them here,
// and what is sent is one character a dossier. Without JavaScript the same buttons post and the page is drawn again.
import { on } from './page.js';

const radios = (form, value) => form.querySelectorAll(`input[type="radio"][value="${value}"]`);
const placeOf = (radio) => Number(radio.name.slice(1));

function marksOf(form) {
  const marks = Array(Number(form.closest('[data-ballot]').dataset.places)).fill('0');
  for (const radio of form.querySelectorAll('input[type="radio"]:checked')) marks[placeOf(radio)] = radio.value;
  return marks;
}

function showCount(form) {
  const count = form.querySelector('[data-ballot-count]');
  const marked = form.querySelectorAll('input[type="radio"]:checked').length;
  count.textContent = `已选 ${marked} / ${count.dataset.total}`;
}

on('change', '[data-ballot-form]', (form) => showCount(form));

on('click', '[data-ballot-mark]', (button, event) => {
  event.preventDefault();
  const form = button.form;
  const every = button.dataset.ballotMark === 'all';
  for (const radio of radios(form, every ? '1' : button.dataset.ballotMark)) {
    if (every || radio.closest('tr').querySelector('[data-pick]').checked) radio.checked = true;
  }
  showCount(form);
});

on('click', '[data-ballot-summary]', (button, event) => {
  event.preventDefault();
  const marks = marksOf(button.form);
  const dialog = document.getElementById('ballot-summary');
  dialog.querySelector('[data-ballot-paper]').value = marks.join('');
  const blank = [...radios(button.form, '1')].map(placeOf).filter((place) => marks[place] === '0');
  for (const sum of dialog.querySelectorAll('[data-ballot-sum]')) {
    const mark = sum.dataset.ballotSum;
    sum.textContent = mark === '0' ? blank.length : marks.filter((one) => one === mark).length;
  }
  const words = dialog.querySelector('[data-ballot-blank]');
  words.hidden = blank.length === 0;
  words.querySelector('span').textContent = `第 ${blank.map((place) => place + 1).join('、')} 份`;
  dialog.showModal();
});
