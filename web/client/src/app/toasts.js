// Short messages at the foot of the page, from the server by htmx or from scripts, go away by themselves.
import { on } from './page.js';

const SECONDS = { bad: 12, warn: 12 };

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
