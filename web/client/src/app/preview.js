// Files open in a drawer (the one data-previews names, where there is one), so that one stays where one is reading; with Ctrl, and what no
// browser shows, in a window of their own. A link looks the same without JavaScript.
import { element, icon, on } from './page.js';

const PICTURES = /\.(jpe?g|png|gif|webp|bmp)$/i;

function shown(link) {
  const name = link.textContent.trim();
  if (PICTURES.test(name)) return Object.assign(document.createElement('img'), { src: link.href, alt: name });
  if (!/\.pdf$/i.test(name)) return null;
  return Object.assign(document.createElement('object'), { data: link.href, type: 'application/pdf', ariaLabel: name });
}

// The drawer the page has for it, or one made for the first file that is looked at.
function drawer(link) {
  const named = link.closest('[data-previews]')?.dataset.previews ?? 'file-preview';
  const found = document.getElementById(named);
  if (found) return found;
  const close = element('button', { type: 'button', className: 'close', 'aria-label': '关闭', 'data-close-dialog': '' }, icon('M5 5l10 10M15 5L5 15'));
  const made = element('dialog', { id: named, className: 'dialog drawer wide', 'aria-labelledby': `${named}-title` },
    element('header', {}, element('h2', { id: `${named}-title` }), close), element('div', { className: 'body' }));
  document.body.append(made);
  return made;
}

on('click', '.file a.name', (link, event) => {
  const view = shown(link);
  const dialog = view && drawer(link);
  if (!view || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  dialog.querySelector('h2').textContent = link.textContent.trim();
  const away = Object.assign(document.createElement('a'), { href: link.href, target: '_blank', rel: 'noopener', textContent: '在新窗口打开' });
  dialog.querySelector('.body').replaceChildren(view, away);
  dialog.showModal();
});
