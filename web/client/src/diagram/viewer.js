// A read-only diagram whose colours are CSS variables, so that it follows the page between light and dark.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

const COLOURS = {
  defaultFillColor: 'var(--diagram-fill)',
  defaultStrokeColor: 'var(--diagram-stroke)',
  defaultLabelColor: 'var(--diagram-label)',
};
const MARGIN = 24;

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

// Shows the whole drawing in the middle with a margin (`left` may be wider, for what lies over it), never larger than drawn.
export function fit(viewer, left = MARGIN) {
  const canvas = viewer.get('canvas');
  canvas.resized();
  const { inner, outer } = canvas.viewbox();
  const room = { width: outer.width - left - MARGIN, height: outer.height - 2 * MARGIN };
  const scale = Math.min(room.width / inner.width, room.height / inner.height, 1);
  if (!(scale > 0)) return;
  canvas.viewbox({
    x: inner.x - (left + (room.width - inner.width * scale) / 2) / scale,
    y: inner.y - (MARGIN + (room.height - inner.height * scale) / 2) / scale,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}
