// 版本比较: <div data-bpmn-diff data-left-url data-right-url [data-left-label data-right-label]>. Two drawings side by side that
// move together, what was added, removed, changed or moved marked in both, and a list that leads to each.
import { diff } from 'bpmn-js-differ';
import { BpmnModdle } from 'bpmn-moddle';
import { element as make } from '../app/page.js';
import { addLegend } from '../diagram/chrome.js';
import { mountAll } from '../diagram/mount.js';
import { fit, openViewer, readText } from '../diagram/viewer.js';
import { moddleExtensions } from './editor.js';
import { settingsOf } from './settings.js';
import { translate } from './translate.js';

const KINDS = [['added', '新增'], ['removed', '删除'], ['changed', '修改'], ['moved', '移动']];

async function readDefinitions(xml) {
  return (await new BpmnModdle(moddleExtensions).fromXML(xml)).rootElement;
}

// [{kind, id, element, details}] in the order of KINDS.
export async function compare(oldXml, newXml) {
  const [before, after] = await Promise.all([oldXml, newXml].map(readDefinitions));
  const found = diff(before, after);
  const changes = [
    ...Object.entries(found._added).map(([id, element]) => ({ kind: 'added', id, element, details: [] })),
    ...Object.entries(found._removed).map(([id, element]) => ({ kind: 'removed', id, element, details: [] })),
    ...changedSettings(before, after, found),
  ];
  const seen = new Set(changes.map(({ id }) => id));
  for (const [id, element] of Object.entries(found._layoutChanged)) if (!seen.has(id)) changes.push({ kind: 'moved', id, element, details: [] });
  return changes;
}

// The differ looks at the drawing; our settings live in extension elements, so both are compared in full.
function changedSettings(before, after, found) {
  const old = settingsOf(before);
  const changes = [];
  for (const [id, { element, settings }] of settingsOf(after)) {
    if (!old.has(id) || found._added[id]) continue;
    const names = new Set([...settings.keys(), ...old.get(id).settings.keys()]);
    const details = [...names]
      .map((name) => ({ name, before: old.get(id).settings.get(name) ?? '', after: settings.get(name) ?? '' }))
      .filter((detail) => detail.before !== detail.after);
    if (details.length) changes.push({ kind: 'changed', id, element, details });
  }
  return changes;
}

function mark(viewer, changes) {
  const registry = viewer.get('elementRegistry');
  for (const { kind, id } of changes) if (registry.get(id)) viewer.get('canvas').addMarker(id, `is-${kind}`);
}

// One follows the other, without an echo.
function moveTogether(one, other) {
  let following = false;
  const follow = (from, to) => from.on('canvas.viewbox.changed', ({ viewbox }) => {
    if (following) return;
    following = true;
    const { x, y, width, height } = viewbox;
    to.get('canvas').viewbox({ x, y, width, height });
    following = false;
  });
  follow(one, other);
  follow(other, one);
}

function line(change, words, viewers) {
  const type = translate(change.element.$type.replace('bpmn:', '').replace(/(\B[A-Z])/g, ' $1'));
  const button = make('button', { type: 'button' },
    make('b', { className: `change-${change.kind}` }, words), `${change.element.name || change.id}（${type}）`);
  button.addEventListener('click', () => viewers.forEach((viewer) => point(viewer, change.id)));
  const details = change.details.map(({ name, before, after }) => (
    make('li', {}, `${name}：`, make('del', {}, before || '（空）'), ' → ', make('ins', {}, after || '（空）'))));
  return make('li', {}, button, ...(details.length ? [make('ul', {}, ...details)] : []));
}

function point(viewer, id) {
  const target = viewer.get('elementRegistry').get(id);
  viewer.get('elementRegistry').forEach((other) => viewer.get('canvas').removeMarker(other, 'is-pointed'));
  if (!target) return;
  viewer.get('canvas').addMarker(target, 'is-pointed');
  viewer.get('canvas').scrollToElement(target, 120);
}

function pane(host, name) {
  const diagram = make('div', { className: 'diagram' });
  host.append(make('figure', {}, make('figcaption', {}, name), diagram));
  return diagram;
}

mountAll('[data-bpmn-diff]', async (host) => {
  const { leftUrl, rightUrl, leftLabel = '原版本', rightLabel = '新版本' } = host.dataset;
  const [oldXml, newXml] = await Promise.all([leftUrl, rightUrl].map(readText));
  const changes = await compare(oldXml, newXml);
  const both = make('div', { className: 'diff-panes' });
  const list = make('ol', { className: 'diff-list' });
  host.append(both, list);
  const [left, right] = [pane(both, leftLabel), pane(both, rightLabel)];
  const viewers = [await openViewer(left, oldXml), await openViewer(right, newXml)];
  viewers.forEach((viewer) => mark(viewer, changes));
  moveTogether(...viewers);
  fit(viewers[1]);
  for (const [kind, words] of KINDS) {
    list.append(...changes.filter((change) => change.kind === kind).map((change) => line(change, words, viewers)));
  }
  if (!changes.length) list.append(make('li', {}, '两个版本没有差别'));
  addLegend(host, KINDS);
});
