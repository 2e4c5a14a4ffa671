// Shows a running case on its diagram: <div data-bpmn-viewer data-xml-url data-state-url [data-refresh-seconds]>.
// The state is JSON: done, active, failed (element ids), flows (sequence flows taken) and counts (element id → number).
// The server renders the same as text beside it; this picture is for whoever wants it.
import './diagram/diagram.css';
import { mountAll } from './diagram/mount.js';
import { openViewer, readText } from './diagram/viewer.js';
import { showState } from './diagram/state.js';
import { addLegend, addToolbar } from './diagram/chrome.js';

async function readState(host) {
  if (!host.dataset.stateUrl) return {};
  const answer = await fetch(host.dataset.stateUrl, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(`state ${answer.status}`);
  return answer.json();
}

function refreshEvery(seconds, host, viewer) {
  const timer = setInterval(async () => {
    if (!host.isConnected) {
      clearInterval(timer);
      viewer.destroy();
    } else if (!document.hidden) {
      // A failed refresh keeps the last known picture; the next one may succeed.
      await readState(host).then((state) => showState(viewer, state)).catch(() => {});
    }
  }, seconds * 1000);
}

// A click on an element marks its line of the text outline, and the other way round.
function linkOutline(viewer) {
  viewer.on('element.click', ({ element }) => {
    document.querySelectorAll('[data-element]').forEach((line) => {
      const same = line.dataset.element === element.id;
      line.classList.toggle('highlighted', same);
      if (same) line.scrollIntoView({ block: 'nearest' });
    });
  });
}

mountAll('[data-bpmn-viewer]', async (host) => {
  const [xml, state] = await Promise.all([readText(host.dataset.xmlUrl), readState(host)]);
  const viewer = await openViewer(host, xml);
  addToolbar(host, viewer);
  addLegend(host, [['done', '已经过'], ['active', '正在办理'], ['failed', '出现异常'], ['', '未到达']]);
  showState(viewer, state);
  linkOutline(viewer);
  const seconds = Number(host.dataset.refreshSeconds || 0);
  if (seconds > 0) refreshEvery(seconds, host, viewer);
});
