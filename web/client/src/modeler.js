// The diagram editor (modeler/mount.js has its attributes) and the comparison of two versions (modeler/compare.js).
import './diagram/diagram.css';
import './modeler/modeler.css';
import './modeler/mount.js';
import './modeler/compare.js';
