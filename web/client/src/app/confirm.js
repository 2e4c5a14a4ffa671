// <button data-confirm="将一并审核所选的 {n} 份材料，是否继续？">: asks before the click does anything; {n} is how many rows are
// ticked. data-confirm-yes="废弃" names the button of the dialog, so that it says what will happen.
let allowed = null;

document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-confirm]');
  if (!button || button === allowed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(button);
}, true);

function ask(button) {
  const dialog = document.getElementById('confirm');
  const picked = document.querySelectorAll('[data-pick]:checked').length;
  dialog.querySelector('[data-confirm-text]').textContent = button.dataset.confirm.replace('{n}', picked);
  const yes = dialog.querySelector('[data-confirm-yes]');
  yes.textContent = button.dataset.confirmYes || '确定';
  yes.classList.toggle('danger', button.classList.contains('danger'));
  yes.classList.toggle('primary', !button.classList.contains('danger'));
  dialog.returnValue = '';
  dialog.addEventListener('close', () => {
    button.focus();
    if (dialog.returnValue !== 'yes') return;
    allowed = button;
    button.click();
    allowed = null;
  }, { once: true });
  dialog.showModal();
}
