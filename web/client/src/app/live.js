// Pages that follow what happens (hx-sse:connect): htmx may have looked at the page before the extension was there.
window.addEventListener('load', () => {
  for (const place of document.querySelectorAll('[data-watch]')) if (!place._htmx?.sse) window.htmx.process(place);
});
