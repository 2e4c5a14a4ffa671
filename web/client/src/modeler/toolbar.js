// The buttons above the drawing.
import { element as make } from '../app/page.js';
import { fit } from '../diagram/viewer.js';
import { download } from './store.js';

// The palette lies over the left of the drawing.
export const PALETTE = 120;

function button(words, act, { kind = '', hint = '', confirm = '' } = {}) {
  const made = make('button', { type: 'button', className: `button small ${kind}`.trim(), title: hint }, words);
  if (confirm) made.dataset.confirm = confirm;
  made.addEventListener('click', act);
  return made;
}

export function addToolbar(modeler, store, host) {
  const stack = modeler.get('commandStack');
  const undo = button('撤销', () => stack.undo(), { hint: 'Ctrl+Z' });
  const redo = button('重做', () => stack.redo(), { hint: 'Ctrl+Y' });
  const name = (host.dataset.name || 'diagram.bpmn').split('/').pop();
  const saveFile = async () => download(name, 'application/xml', (await modeler.saveXML({ format: true })).xml);
  const savePicture = async () => download(name.replace(/\.bpmn$/, '.svg'), 'image/svg+xml', (await modeler.saveSVG()).svg);
  const simulate = button('模拟运行', () => modeler.get('toggleMode').toggleMode(), { hint: '看令牌怎样走，不影响任何案件' });
  modeler.on('tokenSimulation.toggleMode', ({ active }) => simulate.setAttribute('aria-pressed', String(active)));
  const bar = make('div', { className: 'modeler-tools', role: 'toolbar', 'aria-label': '流程图' },
    undo, redo,
    button('显示全图', () => fit(modeler, PALETTE)),
    simulate,
    button('下载', saveFile, { hint: 'BPMN 文件' }), button('下载图片', savePicture, { hint: 'SVG 图片' }),
    make('span', { className: 'grow' }));
  if (store.discard) bar.append(button('放弃修改', store.discard, { kind: 'danger', confirm: '草稿中的修改将全部放弃，回到已发布的版本，是否继续？' }));
  if (store.save) bar.append(button('保存草稿', store.save, { hint: 'Ctrl+S' }));
  if (store.publish) bar.append(button('发布', store.publish, { kind: 'primary', confirm: '发布后，新开始的案件按这一版办理；正在办理的案件仍按原来的版本。是否发布？' }));
  host.append(bar);

  const refresh = () => {
    undo.disabled = !stack.canUndo();
    redo.disabled = !stack.canRedo();
  };
  modeler.on('commandStack.changed', refresh);
  refresh();
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== 's' || !store.save) return;
    event.preventDefault();
    store.save();
  });
}
