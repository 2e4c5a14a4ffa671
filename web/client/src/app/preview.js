// Files of a dossier open in the drawer data-previews names, so that one stays where one is reading; with Ctrl, and what no
// browser shows, in a window of their own. A link looks the same without JavaScript.
import { on } from './page.js';

const PICTURES = /\.(jpe?g|png|gif|webp|bmp)$/i;

function shown(link) {
  const name = link.textContent.trim();
  if (PICTURES.test(name)) return Object.assign(document.createElement('img'), { src: link.href, alt: name });
  if (!/\.pdf$/i.test(name)) return null;
  return Object.assign(document.createElement('object'), { data: link.href, type: 'application/pdf', ariaLabel: name });
}

on('click', '[data-previews] .file a.name', (link, event) => {
  const dialog = document.getElementById(link.closest('[data-previews]').dataset.previews);
  const view = dialog && shown(link);
  if (!view || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  dialog.querySelector('h2').textContent = link.textContent.trim();
  const away = Object.assign(document.createElement('a'), { href: link.href, target: '_blank', rel: 'noopener', textContent: '在新窗口打开' });
  dialog.querySelector('.body').replaceChildren(view, away);
  dialog.showModal();
});
