// <div data-bpmn-modeler data-name data-xml-url data-forms-url data-groups-url data-job-types-url data-lint-url
//      data-draft-url data-publish-url data-discard-url data-base data-readonly data-may-publish>
// What has no address is not offered; data-readonly="1" leaves only looking, simulating and downloading, data-may-publish=""
// leaves out 发布; data-base is the version the draft began from (store.js).
import { mountAll } from '../diagram/mount.js';
import { fit, readText } from '../diagram/viewer.js';
import { element as make } from '../app/page.js';
import { createEditor } from './editor.js';
import { addLint } from './lint.js';
import { readLists } from './lists.js';
import { translateSimulation } from './simulation.js';
import { createStore } from './store.js';
import { PALETTE, addToolbar } from './toolbar.js';

mountAll('[data-bpmn-modeler]', async (host) => {
  const [xml, lists] = await Promise.all([readText(host.dataset.xmlUrl), readLists(host.dataset)]);
  host.classList.add('modeler');
  const canvas = make('div', { className: 'modeler-canvas' });
  const panel = make('div', { className: 'modeler-panel', role: 'region', 'aria-label': '属性' });
  const body = make('div', { className: 'modeler-body' }, canvas, panel);
  const modeler = createEditor(canvas, panel, lists);
  host.modeler = modeler;
  const lint = host.dataset.lintUrl ? addLint(modeler, host.dataset.lintUrl, host) : null;
  addToolbar(modeler, createStore(modeler, host.dataset, lint), host);
  host.insertBefore(body, host.querySelector('.findings'));
  host.prepend(host.querySelector('.modeler-tools'));
  translateSimulation(canvas);
  await modeler.importXML(xml);
  fit(modeler, PALETTE);
});
