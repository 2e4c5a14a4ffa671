// Reads and writes the zeebe: extension elements of an element, each write one step of undo.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

const valuesOf = (element) => getBusinessObject(element).get('extensionElements')?.get('values') ?? [];

export const findExtension = (element, type) => valuesOf(element).find((value) => value.$type === type);

// Puts `attributes` on the extension of that type; where all of them are empty the extension goes away.
export function writeExtension(modeler, element, type, attributes) {
  const old = findExtension(element, type);
  const kept = Object.fromEntries(Object.entries({ ...(old ? plainAttributes(old) : {}), ...attributes }).filter(([, value]) => value));
  const others = valuesOf(element).filter((value) => value !== old);
  const fresh = Object.keys(kept).length ? [modeler.get('bpmnFactory').create(type, kept)] : [];
  writeValues(modeler, element, [...others, ...fresh]);
}

const plainAttributes = (extension) => Object.fromEntries(
  extension.$descriptor.properties
    .filter((property) => property.isAttr)
    .map((property) => property.ns.localName)
    .map((name) => [name, extension.get(name)])
    .filter(([, value]) => value !== undefined),
);

export const readProperty = (element, name) => (
  findExtension(element, 'zeebe:Properties')?.get('properties').find((property) => property.name === name)?.value ?? ''
);

// A zeebe:property, where our dialect keeps what Camunda has no word for (status, revocable, action …).
export function writeProperty(modeler, element, name, value) {
  const factory = modeler.get('bpmnFactory');
  const old = findExtension(element, 'zeebe:Properties');
  const others = (old?.get('properties') ?? []).filter((property) => property.name !== name);
  const list = [...others.map(({ name: key, value: text }) => [key, text]), ...(value ? [[name, value]] : [])];
  const fresh = list.length
    ? [factory.create('zeebe:Properties', { properties: list.map(([key, text]) => factory.create('zeebe:Property', { name: key, value: text })) })]
    : [];
  for (const property of fresh[0]?.get('properties') ?? []) property.$parent = fresh[0];
  writeValues(modeler, element, [...valuesOf(element).filter((other) => other !== old), ...fresh]);
}

function writeValues(modeler, element, values) {
  const owner = getBusinessObject(element);
  const extensionElements = modeler.get('bpmnFactory').create('bpmn:ExtensionElements', { values });
  extensionElements.$parent = owner;
  for (const value of values) value.$parent = extensionElements;
  modeler.get('modeling').updateModdleProperties(element, owner, { extensionElements: values.length ? extensionElements : undefined });
}
