import { mountAll } from '../diagram/mount.js';
import { readText } from '../diagram/viewer.js';
import { createEditor } from './editor.js';

mountAll('[data-bpmn-modeler]', async (host) => {
  const canvas = document.createElement('div');
  canvas.className = 'modeler-canvas';
  const panel = document.createElement('div');
  panel.className = 'modeler-panel';
  host.append(canvas, panel);
  const modeler = createEditor(canvas, panel);
  await modeler.importXML(await readText(host.dataset.xmlUrl));
  modeler.get('canvas').zoom('fit-viewport', 'auto');
});
