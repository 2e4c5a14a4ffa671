// Short messages at the foot of the page. The server's come by htmx into #toasts; scripts call showToast.
import { element, icon, on } from './page.js';

const SIGNS = {
  good: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM6.8 10.2l2.3 2.3 4.2-4.8',
  bad: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM7.3 7.3l5.4 5.4M12.7 7.3l-5.4 5.4',
  info: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 9.2v4.6M10 6.2v.2',
};
const CLOSE = 'M5 5l10 10M15 5L5 15';
const SECONDS = { bad: 12, warn: 12 };

// `action` is {words, act}: one thing that can still be done, such as 撤销.
export function showToast(text, kind = 'info', action = null) {
  const toast = element('div', { className: `toast ${kind}` }, icon(SIGNS[kind] ?? SIGNS.info), element('span', {}, text));
  toast.setAttribute('data-toast', '');
  if (action) {
    const button = element('button', { type: 'button', className: 'link' }, action.words);
    button.addEventListener('click', () => { toast.remove(); action.act(); });
    toast.append(button);
  }
  toast.append(element('button', { type: 'button', className: 'close', 'aria-label': '关闭', 'data-toast-close': '' }, icon(CLOSE)));
  document.getElementById('toasts').append(toast);
}

function dismissLater(toast) {
  const kind = Object.keys(SECONDS).find((name) => toast.classList.contains(name));
  const wait = () => setTimeout(() => toast.remove(), 1000 * (SECONDS[kind] ?? 6));
  let timer = wait();
  // Whoever reads or aims at it has time.
  for (const type of ['pointerenter', 'focusin']) toast.addEventListener(type, () => clearTimeout(timer));
  for (const type of ['pointerleave', 'focusout']) toast.addEventListener(type, () => { timer = wait(); });
}

on('click', '[data-toast-close]', (button) => button.closest('[data-toast]').remove());

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node.dataset?.toast !== undefined) dismissLater(node);
  }
}).observe(document.getElementById('toasts'), { childList: true });
