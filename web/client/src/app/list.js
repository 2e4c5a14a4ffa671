// Lists: the whole row opens, the rest of the filters unfolds in place, a choice of page size is sent at once.
import { on } from './page.js';

const OWN = 'a, button, input, select, textarea, label, summary';

on('click', 'tr[data-href]', (row, event) => {
  if (event.target.closest(OWN) || event.target.closest('.pick') || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, '_blank', 'noopener');
  else location.href = row.dataset.href;
});

on('click', '[data-more]', (link, event) => {
  event.preventDefault();
  const folded = link.closest('.filters').classList.toggle('folded');
  link.setAttribute('aria-expanded', String(!folded));
  link.querySelector('span').textContent = folded ? '展开' : '收起';
});

on('change', 'select[data-submit]', (select) => select.form.requestSubmit());
