// Saving, publishing and discarding a diagram. Save and publish post the XML with the header X-Base, the version it was
// drawn from, so that nobody's work is put over somebody else's. An answer is JSON, all keys optional:
//   {"message": "已保存草稿", "base": "8", "redirect": "/studio/…", "findings": […]}
// findings come with 422 and are shown as those of the lint; 409 means that another has saved in between.
import { csrfHeaders } from '../app/page.js';
import { showToast } from '../app/toast.js';

export function createStore(modeler, dataset, lint) {
  const { draftUrl, publishUrl, discardUrl, mayPublish } = dataset;
  const locked = dataset.readonly === '1';
  let { base = '' } = dataset;
  let changed = false;
  modeler.on('commandStack.changed', () => { changed = true; });
  window.addEventListener('beforeunload', (event) => { if (changed) event.preventDefault(); });

  async function send(url, body, words) {
    const headers = { ...csrfHeaders(), 'X-Base': base, Accept: 'application/json', ...(body ? { 'Content-Type': 'application/xml' } : {}) };
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => null);
    if (!answer) {
      showToast('网络中断，没有保存；图仍在本页，可以下载后保留。', 'bad');
      return;
    }
    const { message, redirect, findings, ...stored } = await answer.json().catch(() => ({}));
    base = stored.base ?? base;
    if (findings) lint?.show(findings, !answer.ok);
    if (answer.ok) changed = false;
    if (answer.ok && redirect) location.href = redirect;
    else showToast(message || (answer.ok ? words : refusal(answer.status)), answer.ok ? 'good' : 'bad');
  }

  const xml = async () => (await modeler.saveXML({ format: true })).xml;
  return {
    save: draftUrl && !locked && (async () => send(draftUrl, await xml(), '已保存草稿')),
    publish: publishUrl && mayPublish !== '' && (async () => send(publishUrl, await xml(), '已发布')),
    discard: discardUrl && !locked && (() => { changed = false; return send(discardUrl, null, '已放弃修改'); }),
  };
}

function refusal(status) {
  if (status === 401) return '登录已过期；请另开一页登录，再回到本页保存。';
  if (status === 409) return '已有别人保存了新的内容；请先下载本页的图，再刷新页面。';
  if (status === 422) return '图中有错误，没有发布，请按下面的提示修改。';
  return '没有保存成功，请稍后再试。';
}

export function download(name, type, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
