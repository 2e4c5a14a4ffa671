// Reads and writes the zeebe: extension elements of an element, each write one step of undo.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

const valuesOf = (element) => getBusinessObject(element).get('extensionElements')?.get('values') ?? [];

export const findExtension = (element, type) => valuesOf(element).find((value) => value.$type === type);

// Sets one attribute of the extension of that type. An empty value takes the attribute away, and with it the extension where
// nothing else is set or the attribute is what the extension is for (`essential`: a form without an id, a job without a type).
export function writeAttribute(modeler, element, { type, name, essential = false }, value) {
  const old = findExtension(element, type);
  const kept = { ...(old ? attributesOf(old) : {}), [name]: value || undefined };
  const empty = Object.values(kept).every((other) => other === undefined) || (essential && !value);
  const others = valuesOf(element).filter((other) => other !== old);
  writeValues(modeler, element, empty ? others : [...others, modeler.get('bpmnFactory').create(type, kept)]);
}

// What is really written, without the defaults of the schema.
const attributesOf = (extension) => Object.fromEntries(
  extension.$descriptor.properties
    .filter(({ isAttr, ns }) => isAttr && Object.hasOwn(extension, ns.localName))
    .map(({ ns }) => [ns.localName, extension[ns.localName]]),
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
