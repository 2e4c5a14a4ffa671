// Composes the editor: bpmn-js, the properties panel of Camunda 8, its rules for what may be drawn, map, simulation, Chinese.
import BpmnModeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule } from 'bpmn-js-properties-panel';
import camundaCloud from 'camunda-bpmn-js-behaviors/lib/camunda-cloud';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';
import tokenSimulation from 'bpmn-js-token-simulation';
import minimap from 'diagram-js-minimap';
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything';
import handlingModule from './handling.js';
import translateModule from './translate.js';

export const moddleExtensions = { zeebe };

export function createEditor(canvas, panel, lists) {
  return new BpmnModeler({
    container: canvas,
    propertiesPanel: { parent: panel },
    moddleExtensions,
    additionalModules: [
      BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule, camundaCloud,
      tokenSimulation, minimap, CreateAppendAnythingModule, translateModule, handlingModule(lists),
    ],
  });
}
