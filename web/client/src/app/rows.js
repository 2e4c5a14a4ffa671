// Repeated rows are added and removed by htmx (web/form/rows.html) or, without JavaScript, by submitting. Here only the focus
// follows: into the first field of a new row, back to «添加一行» when one is gone.
// A card that is folded or unfolded says so when it is posted (`_open`), so that the page drawn again leaves it as it was.
let pressed = null;

function listOf(button) {
  let list = button.parentElement;
  while (list && !list.querySelector(':scope > .row-add')) list = list.parentElement;
  return list;
}

document.addEventListener('click', (event) => {
  const button = event.target.closest?.('button[name="_add"], button[name="_remove"]');
  const list = button && listOf(button);
  if (list?.id) pressed = { id: list.id, added: button.name === '_add' };
});

document.addEventListener('htmx:after:swap', () => {
  const list = pressed && document.getElementById(pressed.id);
  if (!list) return;
  const rows = list.querySelectorAll('.rows > tbody > tr, :scope > .row-card');
  const target = pressed.added
    ? rows[rows.length - 1]?.querySelector('input:not([type="hidden"]), select, textarea')
    : list.querySelector('.row-add');
  pressed = null;
  target?.focus();
});

document.addEventListener('toggle', ({ target }) => {
  const mark = target.matches?.('details.row-card') && target.querySelector(':scope > input[name="_open"]');
  if (mark) mark.disabled = !target.open;
}, true);
