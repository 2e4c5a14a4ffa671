// The diagram editor: <div data-bpmn-modeler …> (see modeler/mount.js) and the comparison of versions: <div data-bpmn-diff …>.
import './diagram/diagram.css';
import './modeler/modeler.css';
import './modeler/mount.js';
