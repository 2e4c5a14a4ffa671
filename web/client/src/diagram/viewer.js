// A read-only diagram whose colours are CSS variables, so that it follows the page between light and dark.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

export const COLOURS = {
  defaultFillColor: 'var(--diagram-fill)',
  defaultStrokeColor: 'var(--diagram-stroke)',
  defaultLabelColor: 'var(--diagram-label)',
};

export async function readText(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}

// The wheel belongs to the page until somebody clicks into the diagram; otherwise scrolling past it would get stuck.
function giveWheelOnClick(canvas, viewer) {
  const zoomScroll = viewer.get('zoomScroll');
  canvas.addEventListener('pointerdown', () => zoomScroll.toggle(true));
  canvas.addEventListener('pointerleave', () => zoomScroll.toggle(false));
}

export async function openViewer(host, xml) {
  const canvas = document.createElement('div');
  canvas.className = 'diagram-canvas';
  host.append(canvas);
  const viewer = new NavigatedViewer({ container: canvas, bpmnRenderer: COLOURS, zoomScroll: { enabled: false } });
  await viewer.importXML(xml);
  fit(viewer);
  giveWheelOnClick(canvas, viewer);
  return viewer;
}

// Fits the whole drawing, but never blows a small one up beyond its drawn size.
export function fit(viewer) {
  const canvas = viewer.get('canvas');
  if (canvas.zoom('fit-viewport', 'auto') > 1) canvas.zoom(1, 'auto');
}
