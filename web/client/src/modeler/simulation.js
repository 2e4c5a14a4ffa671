// The words of the token simulation, which asks no translator: its few fixed texts are replaced as they appear.
const WORDS = new Map([
  ['Token Simulation', '模拟运行'], ['Toggle Simulation Log', '模拟记录'], ['Simulation Log', '模拟记录'], ['No Entries', '还没有记录'],
  ['Reset Simulation', '重新开始'], ['Play/Pause Simulation', '继续或暂停'], ['Pause Simulation', '已暂停'], ['Play Simulation', '已继续'],
  ['Set animation speed = Slow', '慢速'], ['Set animation speed = Normal', '正常速度'], ['Set animation speed = Fast', '快速'],
  ['Set Sequence Flow', '选择走哪条线'], ['Trigger Event', '触发事件'], ['Add pause point', '在此停留'], ['Remove pause point', '不在此停留'],
  ['Remove pause point', '不在此停留'], ['Finished', '完成'], ['Process Finished', '流程完成'], ['Canceled', '取消'], ['Terminated', '终止'],
  ['Process started', '流程开始'], ['Process finished', '流程完成'], ['Process canceled', '流程取消'], ['Found unsupported elements', '有不支持模拟的元素'], ['Not supported', '不支持模拟'],
  ['Start Event', '开始事件'], ['End Event', '结束事件'], ['Intermediate Event', '中间事件'], ['Boundary Event', '边界事件'], ['Gateway', '网关'],
  ['Exclusive Gateway', '排他网关'], ['Parallel Gateway', '并行网关'], ['Inclusive Gateway', '包容网关'], ['Event-based Gateway', '事件网关'], ['Task', '任务'], ['Process', '流程'], ['SubProcess', '子流程'],
]);

function put(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const words = WORDS.get(node.data.trim());
    if (words) node.data = words;
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const title = node.getAttribute('title');
  if (title?.startsWith('Focus process instance')) node.title = title.replace('Focus process instance', '只看这一个流程');
  else if (WORDS.has(title)) node.title = WORDS.get(title);
  node.childNodes.forEach(put);
}

export function translateSimulation(container) {
  container.querySelectorAll('[class*="bts-"]').forEach(put);
  new MutationObserver((changes) => {
    for (const { addedNodes, target } of changes) {
      if (target.closest?.('[class*="bts-"]')) put(target);
      addedNodes.forEach((node) => { if (node.matches?.('[class*="bts-"]')) put(node); });
    }
  }).observe(container, { childList: true, subtree: true });
}
