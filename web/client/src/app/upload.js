// The uploader (shared/upload.html has its attributes): drop zone, several files at once, progress, preview, replace, delete.
// htmx sends by fetch, which tells no progress, so files go by XMLHttpRequest, each to data-url, and the form keeps their ids.
// Large ones go in parts and on after a break (resume.js); a portrait is cropped first (crop.js); what the worker looks at waits.
import { cropPortrait } from './crop.js';
import { csrfHeaders, element, on, onPiece } from './page.js';
import { giveUp, isLarge, offsetOf, sendInParts, unfinished } from './resume.js';
import { sendFile } from './send_file.js';
import { showToast } from './toast.js';

const limits = ({ dataset }) => ({
  accept: (dataset.accept || '').toLowerCase().split(',').map((word) => word.trim()).filter(Boolean),
  maxMb: Number(dataset.maxMb || 0),
  maxFiles: Number(dataset.maxFiles || 1),
});
const listOf = (upload) => upload.querySelector('[data-upload-list]');
const LOOK_MS = 1200;
// where files go when they may also go in parts
const FILES = '/files';
const told = (upload) => Object.fromEntries(new URL(upload.dataset.url, location.href).searchParams);
const inParts = (upload) => new URL(upload.dataset.url, location.href).pathname === FILES;
const count = (upload) => listOf(upload).querySelectorAll('[data-file]:not(.failed)').length;
const sizeOf = (bytes) => (bytes >= 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`);
const limitOf = (mb) => (mb >= 1 ? `${Number(mb.toFixed(1))} MB` : sizeOf(mb * 1048576));

// The sentence that says why this file cannot be sent, or nothing. Written before the server has to say it.
function objection(file, { accept, maxMb }) {
  const ending = `.${file.name.split('.').pop().toLowerCase()}`;
  const named = accept.filter((word) => word.startsWith('.'));
  if (accept.includes('image/*') && file.type && !file.type.startsWith('image/')) return '请选择图片文件（jpg、png 等）';
  if (named.length && !named.includes(ending)) return `只能上传 ${named.map((word) => word.slice(1).toUpperCase()).join('、')} 文件`;
  if (maxMb && file.size > maxMb * 1048576) return `文件 ${sizeOf(file.size)}，超过了 ${limitOf(maxMb)}，请压缩后再上传`;
  if (file.size === 0) return '文件是空的，请检查后再上传';
  return '';
}

function addFiles(upload, files, replaced = null) {
  const { maxFiles } = limits(upload);
  const room = maxFiles - count(upload) + (replaced ? 1 : 0);
  if (files.length > room) showToast(`最多 ${maxFiles} 个文件，多出的没有上传。`, 'warn');
  for (const file of files.slice(0, Math.max(0, room))) addFile(upload, file, replaced);
}

async function addFile(upload, file, replaced) {
  const crop = 'portrait' in upload.dataset && !objection(file, limits(upload)) ? await cropPortrait(file) : undefined;
  if (crop === null) return;
  dropHints(upload, file);
  const item = element('li', { className: 'file' },
    element('span', { className: 'thumb' }, file.name.split('.').pop().slice(0, 4)),
    element('span', { className: 'name' }, file.name),
    element('span', { className: 'about' }, sizeOf(file.size)));
  item.setAttribute('data-file', '');
  if (replaced) replaced.after(item);
  else listOf(upload).append(item);
  const reason = objection(file, limits(upload));
  if (reason) fail(item, reason);
  else send(upload, item, file, replaced, crop);
}

function send(upload, item, file, replaced, crop) {
  const bar = element('progress', { max: 1, value: 0, 'aria-label': `正在上传 ${file.name}` });
  const about = item.querySelector('.about');
  item.append(bar);
  upload.classList.toggle('full', count(upload) >= limits(upload).maxFiles);
  const progress = (part, words = '') => {
    bar.value = part;
    about.textContent = words || (part < 1 ? `${sizeOf(file.size)} · ${Math.round(part * 100)}%` : '正在检查…');
  };
  sent(upload, file, crop, progress).then((stored) => finish(upload, item, stored, replaced), (fault) => {
    fail(item, fault.message, () => { item.classList.remove('failed'); trim(item); send(upload, item, file, replaced, crop); });
    refresh(upload);
  });
}

function sent(upload, file, crop, progress) {
  const url = new URL(upload.dataset.url, location.href);
  if (crop) url.searchParams.set('crop', crop);
  if (inParts(upload) && isLarge(file)) return sendInParts(file, Object.fromEntries(url.searchParams), csrfHeaders(), progress);
  return sendFile(url.pathname + url.search, file, csrfHeaders(), progress);
}

const trim = (item) => item.querySelectorAll(':scope > .buttons, :scope > .error, :scope > progress').forEach((part) => part.remove());

function finish(upload, item, stored, replaced) {
  const thumb = element('span', { className: 'thumb' });
  thumb.append(stored.thumbnail ? element('img', { src: stored.thumbnail, alt: '' }) : stored.name.split('.').pop());
  item.replaceChildren(
    element('input', { type: 'hidden', name: upload.dataset.field, value: stored.id }),
    thumb,
    element('a', { className: 'name', href: stored.url, target: '_blank', rel: 'noopener' }, stored.name),
    element('span', { className: 'about' }, sizeOf(stored.size)),
    element('span', { className: 'buttons' },
      element('button', { type: 'button', className: 'button quiet small', 'data-file-replace': '' }, '替换'),
      element('button', { type: 'button', className: 'button quiet small', 'data-file-delete': '', 'aria-label': `删除 ${stored.name}` }, '删除')));
  replaced?.remove();
  refresh(upload);
  tell(upload);
  if (stored.waiting) lookAgain(upload, item, stored);
}

// Until the worker has looked at it the file says so; what it refuses leaves the form.
function lookAgain(upload, item, stored) {
  const about = item.querySelector('.about');
  about.textContent = `${sizeOf(stored.size)} · 检查中…`;
  setTimeout(async () => {
    const answer = await fetch(`${stored.url}/state`, { headers: { Accept: 'application/json' } }).then((found) => found.json(), () => ({ state: 'waiting' }));
    if (!item.isConnected) return;
    if (answer.state === 'ready') finish(upload, item, answer.file, null);
    else if (answer.state === 'refused') { item.replaceChildren(element('span', { className: 'thumb' }, '!'), element('span', { className: 'name' }, stored.name)); fail(item, answer.message); refresh(upload); tell(upload); }
    else lookAgain(upload, item, stored);
  }, LOOK_MS);
}

// What was begun on this input before the page was left, until the same file is chosen again.
onPiece((root) => root.querySelectorAll('[data-upload]:not([data-hinted])').forEach((upload) => {
  upload.dataset.hinted = '';
  if (inParts(upload)) unfinished(told(upload)).forEach((begun) => hint(upload, begun));
}));

async function hint(upload, begun) {
  const offset = await offsetOf(begun).catch(() => null);
  if (offset === null) return;
  const item = element('li', { className: 'file failed' },
    element('span', { className: 'thumb' }, begun.name.split('.').pop().slice(0, 4)),
    element('span', { className: 'name' }, begun.name),
    element('span', { className: 'about' }, `已传 ${Math.floor((offset / begun.size) * 100)}%，没有传完`));
  item.setAttribute('data-file', '');
  item.dataset.begun = begun.name + begun.size;
  const remove = element('button', { type: 'button', className: 'button quiet small' }, '移除');
  remove.addEventListener('click', () => { item.remove(); giveUp(begun, csrfHeaders()); });
  item.append(element('span', { className: 'buttons' }, remove), element('p', { className: 'error' }, '请重新选择这个文件，会接着上次的位置上传'));
  listOf(upload).append(item);
}

const dropHints = (upload, file) => [...listOf(upload).querySelectorAll('[data-begun]')].filter(({ dataset }) => dataset.begun === file.name + file.size).forEach((item) => item.remove());

function fail(item, reason, again = null) {
  item.classList.add('failed');
  item.querySelector('progress')?.remove();
  const buttons = element('span', { className: 'buttons' });
  if (again) {
    const retry = element('button', { type: 'button', className: 'button quiet small' }, '重试');
    retry.addEventListener('click', again);
    buttons.append(retry);
  }
  buttons.append(element('button', { type: 'button', className: 'button quiet small', 'data-file-delete': '' }, '移除'));
  item.append(buttons, element('p', { className: 'error' }, reason));
}

function refresh(upload) {
  upload.classList.toggle('full', count(upload) >= limits(upload).maxFiles);
}

// The form learns of it as of any other field, so that autosave runs.
const tell = (upload) => upload.dispatchEvent(new Event('change', { bubbles: true }));

on('change', '[data-upload-input]', (input) => {
  const upload = input.closest('[data-upload]');
  const replaced = upload.replacing;
  upload.replacing = null;
  addFiles(upload, [...input.files], replaced?.isConnected ? replaced : null);
  input.value = '';
});

on('click', '[data-file-replace]', (button) => {
  const upload = button.closest('[data-upload]');
  upload.replacing = button.closest('[data-file]');
  upload.querySelector('[data-upload-input]').click();
});

on('click', '[data-file-delete]', (button) => {
  const upload = button.closest('[data-upload]');
  const item = button.closest('[data-file]');
  const place = item.nextElementSibling;
  item.remove();
  refresh(upload);
  upload.querySelector('[data-upload-input]').focus();
  if (item.classList.contains('failed')) return;
  tell(upload);
  showToast(`已删除 ${item.querySelector('.name').textContent}`, 'info', {
    words: '撤销',
    act: () => { listOf(upload).insertBefore(item, place?.isConnected ? place : null); refresh(upload); tell(upload); },
  });
});

for (const type of ['dragover', 'dragleave', 'drop']) {
  on(type, '[data-upload]', (upload, event) => {
    event.preventDefault();
    upload.classList.toggle('over', type === 'dragover');
    if (type === 'drop') addFiles(upload, [...event.dataTransfer.files]);
  });
}

// A file dropped beside the zone must not replace the page by itself.
for (const type of ['dragover', 'drop']) document.addEventListener(type, (event) => event.preventDefault());
