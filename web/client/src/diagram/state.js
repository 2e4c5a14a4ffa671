// Puts the state of a case on the drawing: markers for where it has been, is and failed, a pulsing token, counts.

const KINDS = { done: 'at-done', active: 'at-active', failed: 'at-failed', flows: 'at-done' };
const TOKENS = 'state';

export function showState(viewer, state) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const overlays = viewer.get('overlays');
  overlays.remove({ type: TOKENS });
  for (const element of registry.getAll()) {
    for (const marker of new Set(Object.values(KINDS))) canvas.removeMarker(element, marker);
  }
  for (const [kind, marker] of Object.entries(KINDS)) {
    for (const id of state[kind] || []) if (registry.get(id)) canvas.addMarker(id, marker);
  }
  for (const id of state.active || []) if (registry.get(id)) addToken(overlays, registry.get(id), 'active');
  for (const id of state.failed || []) if (registry.get(id)) addToken(overlays, registry.get(id), 'failed');
  for (const [id, count] of Object.entries(state.counts || {})) {
    if (registry.get(id)) addCount(overlays, registry.get(id), count);
  }
}

function addToken(overlays, element, kind) {
  const token = document.createElement('span');
  token.className = `token token-${kind}`;
  token.title = kind === 'failed' ? '出现异常' : '正在办理';
  overlays.add(element, TOKENS, { position: { top: -9, left: -9 }, html: token });
}

function addCount(overlays, element, count) {
  const badge = document.createElement('span');
  badge.className = 'token-count';
  badge.textContent = count;
  overlays.add(element, TOKENS, { position: { top: -11, right: 12 }, html: badge });
}
