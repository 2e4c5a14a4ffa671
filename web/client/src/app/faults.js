// An answer that is an error never replaces a piece of the page: its sentence becomes a toast and what was typed stays.
// 422 is no fault, it is the form with what must be corrected. The sentence is [data-message] of the server's error page.
import { showToast } from './toast.js';

const SENTENCES = {
  401: '登录已过期，请重新登录；填写的内容仍在本页。',
  403: '您没有办理此事的权限。',
  404: '没有找到，它可能已被移走。',
  409: '此事已有变化，请刷新页面后再办理。',
  503: '系统正忙，请稍后再试。',
};

document.addEventListener('htmx:before:swap', (event) => {
  const { status } = event.detail.ctx.response ?? {};
  if (!status || status < 400 || status === 422) return;
  event.preventDefault();
  const page = new DOMParser().parseFromString(event.detail.ctx.text ?? '', 'text/html');
  showToast(page.querySelector('[data-message]')?.textContent.trim() || SENTENCES[status] || '没有办成，请稍后再试。', 'bad');
});

document.addEventListener('htmx:error', () => showToast('网络中断，请稍后再试；填写的内容仍在本页。', 'bad'));
