// Saving, publishing and discarding a diagram. Save and publish post the XML; an answer is JSON, all keys optional:
//   {"message": "已保存草稿", "redirect": "/studio/…", "findings": […]}   findings come with 422 and are shown as those of the lint
import { csrfHeaders } from '../app/page.js';
import { showToast } from '../app/toast.js';

export function createStore(modeler, { saveUrl, publishUrl, discardUrl }, lint) {
  let changed = false;
  modeler.on('commandStack.changed', () => { changed = true; });
  window.addEventListener('beforeunload', (event) => { if (changed) event.preventDefault(); });

  async function send(url, body, words) {
    const headers = { ...csrfHeaders(), Accept: 'application/json', ...(body ? { 'Content-Type': 'application/xml' } : {}) };
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => null);
    if (!answer) {
      showToast('网络中断，没有保存；图仍在本页，可以下载后保留。', 'bad');
      return;
    }
    const { message, redirect, findings } = await answer.json().catch(() => ({}));
    if (findings) lint?.show(findings);
    if (answer.ok) changed = false;
    if (answer.ok && redirect) location.href = redirect;
    else showToast(message || (answer.ok ? words : refusal(answer.status)), answer.ok ? 'good' : 'bad');
  }

  const xml = async () => (await modeler.saveXML({ format: true })).xml;
  return {
    save: saveUrl && (async () => send(saveUrl, await xml(), '已保存草稿')),
    publish: publishUrl && (async () => send(publishUrl, await xml(), '已发布')),
    discard: discardUrl && (() => { changed = false; return send(discardUrl, null, '已放弃修改'); }),
  };
}

function refusal(status) {
  if (status === 401) return '登录已过期；请另开一页登录，再回到本页保存。';
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
