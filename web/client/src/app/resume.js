// Sends a large file in parts (tus 1.0, see web/uploads/resumable.py): after a lost connection it goes on by itself, after the page
// was closed once the same file is chosen again. What is on its way is remembered in this browser.

const PART = 4 * 1048576;
const PAUSES = [1000, 2000, 4000, 8000, 15000, 30000];
const STORED = 'uploads';

export const isLarge = (file) => file.size > PART;

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const fingerprint = (file, { task = '', field = '' }) => [task, field, file.name, file.size, file.lastModified].join('|');

function memory(change) {
  try {
    const held = JSON.parse(localStorage.getItem(STORED) ?? '{}');
    if (change) { change(held); localStorage.setItem(STORED, JSON.stringify(held)); }
    return held;
  } catch { return {}; }
}
const forget = (print) => memory((held) => { delete held[print]; });

// What was begun for this input and is not whole: [{print, url, name, size}].
export function unfinished({ task = '', field = '' }) {
  return Object.entries(memory()).filter(([, one]) => one.task === task && one.field === field).map(([print, one]) => ({ print, ...one }));
}

export async function giveUp({ print, url }, headers) {
  forget(print);
  await fetch(url, { method: 'DELETE', headers }).catch(() => {});
}

// How much of it has arrived; null where the server does not know it any more.
export async function offsetOf({ print, url }) {
  const answer = await fetch(url, { method: 'HEAD', cache: 'no-store' });
  if (answer.ok) return Number(answer.headers.get('Upload-Offset'));
  if (answer.status === 404) forget(print);
  return null;
}

// Resolves to the server's JSON about the file; rejects with an Error whose message is a sentence to show.
export async function sendInParts(file, told, headers, onProgress) {
  const print = fingerprint(file, told);
  let url = memory()[print]?.url;
  let offset = url ? await offsetOf({ print, url }).catch(() => null) : null;
  if (offset === null) {
    url = await begin(file, told, headers);
    offset = 0;
    memory((held) => { held[print] = { url, name: file.name, size: file.size, task: told.task ?? '', field: told.field ?? '' }; });
  }
  for (let tries = 0; offset < file.size;) {
    try {
      const from = offset;
      offset = await sendPart(url, from, file.slice(from, from + PART), headers, (loaded) => onProgress((from + loaded) / file.size));
      tries = 0;
    } catch (fault) {
      if (fault.final) forget(print);
      if (fault.final || tries === PAUSES.length) throw fault;
      onProgress(offset / file.size, '网络中断，正在重新连接…');
      await pause(PAUSES[tries]);
      tries += 1;
      offset = await offsetOf({ print, url }).catch(() => null) ?? offset;
    }
  }
  const answer = await fetch(url, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error('文件已传完，但没有保存成功，请重试');
  forget(print);
  return (await answer.json()).file;
}

async function begin(file, told, headers) {
  const pairs = Object.entries({ filename: file.name, ...told }).filter(([, value]) => value);
  const metadata = pairs.map(([name, value]) => `${name} ${base64(String(value))}`).join(',');
  const all = { ...headers, Accept: 'application/json', 'Tus-Resumable': '1.0.0', 'Upload-Length': file.size, 'Upload-Metadata': metadata };
  const answer = await fetch('/uploads', { method: 'POST', headers: all }).catch(() => null);
  if (!answer) throw new Error('网络中断，没有传完，请重试');
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).message || '没有上传成功，请稍后重试');
  return answer.headers.get('Location');
}

// One part with progress; resolves to the next offset. A fault is `final` where the server will not have the file at all.
function sendPart(url, offset, part, headers, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (words, final = false) => reject(Object.assign(new Error(words), { final }));
    request.open('PATCH', url);
    request.responseType = 'json';
    const all = { ...headers, Accept: 'application/json', 'Tus-Resumable': '1.0.0', 'Upload-Offset': offset, 'Content-Type': 'application/offset+octet-stream' };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
    request.addEventListener('load', () => {
      if (request.status === 204) resolve(Number(request.getResponseHeader('Upload-Offset')));
      else if (request.status === 401) fail('登录已过期，请重新登录后再上传', false);
      else fail(request.response?.message || '没有上传成功，请稍后重试', [404, 413, 415, 422].includes(request.status));
    });
    for (const type of ['error', 'timeout', 'abort']) request.addEventListener(type, () => fail('网络中断，没有传完，请重试'));
    request.timeout = 120000;
    request.send(part);
  });
}

const pause = (time) => new Promise((resolve) => {
  const timer = setTimeout(resolve, time);
  window.addEventListener('online', () => { clearTimeout(timer); resolve(); }, { once: true });
});
