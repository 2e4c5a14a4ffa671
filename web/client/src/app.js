// The small JavaScript of every page. Pages read and submit without it; each part makes one thing pleasanter.
// Parts listen on the document, so what htmx swaps in needs no registration; what must look at new elements uses onPiece.
import './app/autosave.js';
import './app/ballot.js';
import './app/bulk.js';
import './app/confirm.js';
import './app/counter.js';
import './app/dialog.js';
import './app/faults.js';
import './app/guard.js';
import './app/keys.js';
import './app/list.js';
import './app/live.js';
import './app/menu.js';
import './app/preferences.js';
import './app/preview.js';
import './app/rerender.js';
import './app/rows.js';
import './app/summary.js';
import './app/toasts.js';
import './app/upload.js';
