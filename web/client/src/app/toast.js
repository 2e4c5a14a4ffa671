// Says something short at the foot of the page; toasts.js makes it go away.
import { element, icon } from './page.js';

const SIGNS = {
  good: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM6.8 10.2l2.3 2.3 4.2-4.8',
  bad: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM7.3 7.3l5.4 5.4M12.7 7.3l-5.4 5.4',
  info: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 9.2v4.6M10 6.2v.2',
};
const CLOSE = 'M5 5l10 10M15 5L5 15';

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
