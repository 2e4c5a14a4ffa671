// What stands around a drawing: zoom buttons and the legend.
import { fit } from './viewer.js';

export function makeButton(label, sign, onClick) {
  const button = document.createElement('button');
  button.type = 'button';
  button.title = label;
  button.setAttribute('aria-label', label);
  button.textContent = sign;
  button.addEventListener('click', onClick);
  return button;
}

export function addToolbar(host, viewer) {
  const bar = document.createElement('div');
  bar.className = 'diagram-tools';
  bar.setAttribute('role', 'group');
  bar.setAttribute('aria-label', '缩放');
  const canvas = viewer.get('canvas');
  bar.append(
    makeButton('放大', '+', () => canvas.zoom(Math.min(canvas.zoom() * 1.25, 4))),
    makeButton('缩小', '−', () => canvas.zoom(Math.max(canvas.zoom() / 1.25, 0.2))),
    makeButton('显示全图', '⤢', () => fit(viewer)),
  );
  host.append(bar);
}

// entries: [[kind, words]]; kind names the colours of the key (done, active, failed, added, changed, removed, '').
export function addLegend(host, entries) {
  const legend = document.createElement('ul');
  legend.className = 'diagram-legend';
  legend.setAttribute('aria-label', '图例');
  for (const [kind, words] of entries) {
    const line = document.createElement('li');
    const key = document.createElement('i');
    key.className = kind ? `key key-${kind}` : 'key';
    line.append(key, words);
    legend.append(line);
  }
  host.append(legend);
}
