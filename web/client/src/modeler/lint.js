// Checks while drawing: posts the diagram to data-lint-url 0.8 s after the last change and shows the findings
// ({"findings": [{"rule", "severity", "element", "message"}]}) as badges on the elements and as a list below that leads to them.
import { csrfHeaders, element as make } from '../app/page.js';

const WAIT = 800;
const BADGES = 'finding';
const WEIGHT = { error: 0, warning: 1 };
const WORDS = { error: '错误', warning: '提醒' };

export function addLint(modeler, url, host) {
  const list = make('ul', { className: 'findings-list' });
  const summary = make('summary', {}, '正在检查…');
  const box = make('details', { className: 'findings', 'aria-live': 'polite' }, summary, list);
  host.append(box);

  // `open` unfolds the list: what keeps a diagram from being published is shown, not only counted.
  const show = (found, open = false) => {
    const findings = [...found].sort((one, other) => WEIGHT[one.severity] - WEIGHT[other.severity]);
    showBadges(modeler, findings);
    list.replaceChildren(...findings.map((finding) => line(modeler, finding)));
    summary.textContent = count(findings);
    if (open && findings.length) box.open = true;
    box.dataset.severity = findings.some(({ severity }) => severity === 'error') ? 'error' : findings.length ? 'warning' : 'none';
  };

  let timer = 0;
  let turn = 0;
  const check = async () => {
    const mine = (turn += 1);
    const { xml } = await modeler.saveXML({ format: true });
    const answer = await fetch(url, { method: 'POST', headers: { ...csrfHeaders(), 'Content-Type': 'application/xml' }, body: xml }).catch(() => null);
    if (mine !== turn) return;
    if (answer?.ok) show((await answer.json()).findings);
    else summary.textContent = '暂时不能检查，请稍后再试';
  };
  modeler.on(['commandStack.changed', 'import.done'], () => {
    clearTimeout(timer);
    timer = setTimeout(check, WAIT);
  });
  return { check, show };
}

function count(findings) {
  if (!findings.length) return '检查通过，没有发现问题';
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const parts = [errors && `${errors} 个错误`, findings.length - errors && `${findings.length - errors} 个提醒`].filter(Boolean);
  return errors ? `${parts.join('，')}；有错误时不能发布` : parts.join('，');
}

function line(modeler, { severity, element: id, message, rule }) {
  const target = id && modeler.get('elementRegistry').get(id);
  const button = make('button', { type: 'button', title: rule, disabled: !target },
    make('b', { className: `finding-${severity}` }, WORDS[severity]), target ? `${target.businessObject.name || id}：` : '', message);
  button.addEventListener('click', () => lead(modeler, target));
  return make('li', {}, button);
}

export function lead(modeler, target) {
  modeler.get('canvas').scrollToElement(target, 80);
  modeler.get('selection').select(target);
}

function showBadges(modeler, findings) {
  const overlays = modeler.get('overlays');
  const registry = modeler.get('elementRegistry');
  overlays.remove({ type: BADGES });
  for (const [id, messages] of Object.entries(byElement(findings))) {
    const target = registry.get(id);
    if (!target || target === modeler.get('canvas').getRootElement()) continue;
    const severity = messages.some((finding) => finding.severity === 'error') ? 'error' : 'warning';
    const badge = make('span', { className: `finding-badge finding-${severity}`, title: messages.map(({ message }) => message).join('\n') }, '!');
    const position = target.waypoints ? { top: -8, left: -8 } : { top: -9, left: -9 };
    overlays.add(target, BADGES, { position, html: badge });
  }
}

function byElement(findings) {
  const groups = {};
  for (const finding of findings) if (finding.element) (groups[finding.element] ??= []).push(finding);
  return groups;
}
