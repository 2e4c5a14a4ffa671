// 外观, 行距 and 快捷键 take effect at once; a cookie keeps them for the next page, the server for the account.
import { csrfHeaders, formBody, preferencesUrl, setCookie } from './page.js';

document.addEventListener('submit', (event) => {
  const form = event.target;
  const chosen = event.submitter;
  if (!('preferences' in form.dataset) || !chosen) return;
  event.preventDefault();
  document.documentElement.dataset[chosen.name] = chosen.value;
  setCookie(chosen.name, chosen.value);
  for (const button of form.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button === chosen));
  // Kept for the account where that works; the cookie holds it for this browser anyway.
  fetch(preferencesUrl(), { method: 'POST', headers: csrfHeaders(), body: formBody(form, chosen) }).catch(() => {});
});
