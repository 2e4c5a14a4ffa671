// The small JavaScript of every page. Pages read and submit without it; each part below makes one thing pleasanter.
// Parts listen on the document, so pieces that htmx swaps in need no registration.
import './app/counter.js';
