// A form is sent once: a second press while the first is under way does nothing. Forms that download (data-download) stay usable.
const AGAIN_AFTER = 10_000;

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'post' || 'download' in form.dataset) return;
  if ('sending' in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = '';
  event.submitter?.setAttribute('aria-busy', 'true');
  setTimeout(() => release(form), AGAIN_AFTER);
});

function release(form) {
  delete form.dataset.sending;
  form.querySelectorAll('[aria-busy="true"]').forEach((button) => button.removeAttribute('aria-busy'));
}

// Coming back by the browser's back button shows the page as it was left.
window.addEventListener('pageshow', () => document.querySelectorAll('form[data-sending]').forEach(release));
