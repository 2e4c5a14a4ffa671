// Saves a form while one types: <form data-autosave="URL"> with a <span data-saved>. Posts the fields 0.8 s after the last
// change. The answer is JSON: {"saved_at": "10:32", "fields": {"draft_version": "4"}}; `fields` go into fields of those names.
// A refusal (409, 422 …) may say {"message": "…"}. After each save the form gets the event `autosaved`, for
// hx-trigger="autosaved from:#FORM". Without a network or a valid session what was typed stays in the page and, kept apart
// by account and form, in this tab; it is sent again when that is possible, also after signing in anew. Signing out wipes it.
import { account, csrfHeaders, formBody, onPiece } from './page.js';

const WAIT = 800;
const RETRY = 15_000;
const PREFIX = 'draft:';
const timers = new WeakMap();
const busy = new WeakSet();

const keyOf = (form) => `${PREFIX}${account()}:${form.dataset.autosave}`;
const clock = () => new Date().toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false });

function say(form, words, failed = false) {
  const place = form.querySelector('[data-saved]') ?? document.querySelector(`[data-saved="${form.id}"]`);
  if (!place) return;
  place.textContent = words;
  place.classList.toggle('failed', failed);
}

function later(form, wait) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), wait));
}

async function save(form) {
  if (!form.isConnected || 'sending' in form.dataset) return;
  if (busy.has(form)) {
    later(form, WAIT);
    return;
  }
  busy.add(form);
  const body = formBody(form);
  say(form, '正在保存…');
  try {
    await settle(form, body, await post(form, body));
  } catch {
    keep(form, body, '网络中断，内容已保留，恢复后自动保存');
  } finally {
    busy.delete(form);
  }
}

const post = (form, body) => fetch(form.dataset.autosave, {
  method: 'POST', headers: { ...csrfHeaders(), Accept: 'application/json' }, body,
});

async function settle(form, body, answer) {
  if (answer.ok && !answer.redirected) {
    const saved = await answer.json().catch(() => ({}));
    for (const [name, value] of Object.entries(saved.fields ?? {})) {
      const field = form.elements.namedItem(name);
      if (field) field.value = value;
    }
    sessionStorage.removeItem(keyOf(form));
    delete form.dataset.unsaved;
    say(form, `已自动保存 ${saved.saved_at ?? clock()}`);
    form.dispatchEvent(new CustomEvent('autosaved', { bubbles: true }));
  } else if (answer.status === 401 || answer.redirected) {
    keep(form, body, '登录已过期，内容已保留，重新登录后自动保存');
  } else if (answer.status >= 500) {
    keep(form, body, '系统正忙，内容已保留，稍后自动保存');
  } else {
    const { message } = await answer.json().catch(() => ({}));
    say(form, message || '没有保存成功，请核对填写的内容', true);
  }
}

function keep(form, body, words) {
  body.delete('csrf_token');
  form.dataset.unsaved = '';
  sessionStorage.setItem(keyOf(form), String(body));
  say(form, words, true);
  later(form, RETRY);
}

// What an earlier page could not save is saved first; the page is then drawn anew from it.
async function resume(form) {
  const kept = sessionStorage.getItem(keyOf(form));
  if (!kept || !account()) return;
  say(form, '正在恢复未保存的内容…');
  const answer = await post(form, new URLSearchParams(kept)).catch(() => null);
  if (answer?.ok && !answer.redirected) {
    sessionStorage.removeItem(keyOf(form));
    location.reload();
  } else if (answer && answer.status < 500 && answer.status !== 401) {
    sessionStorage.removeItem(keyOf(form));
    const { message } = await answer.json().catch(() => ({}));
    say(form, message || '上次未保存的内容已不能恢复，请核对后重新填写', true);
  }
}

const formOf = (event) => event.target.form?.closest('form[data-autosave]') ?? event.target.closest?.('form[data-autosave]');

for (const type of ['input', 'change']) {
  document.addEventListener(type, (event) => {
    const form = formOf(event);
    if (form) later(form, WAIT);
  });
}

window.addEventListener('online', () => document.querySelectorAll('form[data-unsaved]').forEach(save));

window.addEventListener('beforeunload', (event) => {
  if (document.querySelector('form[data-unsaved]:not([data-sending])')) event.preventDefault();
});

document.addEventListener('submit', ({ target }) => {
  if ('signOut' in target.dataset) wipe();
  else if ('autosave' in target.dataset) clearTimeout(timers.get(target));
});

function wipe() {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}

const resumed = new WeakSet();
onPiece((root) => root.querySelectorAll('form[data-autosave]').forEach((form) => {
  if (resumed.has(form)) return;
  resumed.add(form);
  resume(form);
}));
