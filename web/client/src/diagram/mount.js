// Starts a part on every element that matches, now and whenever htmx brings a new one, each once.

export function mountAll(selector, start) {
  const mounted = new WeakSet();
  const mount = () => {
    for (const host of document.querySelectorAll(selector)) {
      if (mounted.has(host)) continue;
      mounted.add(host);
      host.dataset.state = 'loading';
      start(host).then(
        () => { host.dataset.state = 'ready'; },
        (fault) => {
          host.dataset.state = 'failed';
          host.append(sorry());
          console.error(fault);
        },
      );
    }
  };
  mount();
  document.addEventListener('htmx:after:swap', mount);
}

function sorry() {
  const note = document.createElement('p');
  note.className = 'diagram-failed';
  note.setAttribute('role', 'status');
  note.textContent = '流程图没有显示出来，请刷新页面再试；文字说明不受影响。';
  return note;
}
