// The group «办理设置» in front of the stock groups: who, by when, with which form, which service; for staff, in their words.
import { CheckboxEntry, NumberFieldEntry, SelectEntry, TextFieldEntry, isCheckboxEntryEdited, isNumberFieldEntryEdited, isSelectEntryEdited, isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { h } from '@bpmn-io/properties-panel/preact';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { useService } from 'bpmn-js-properties-panel';
import { findExtension, readProperty, writeAttribute, writeProperty } from './zeebe.js';

const DAYS = /^=\s*add working days\(\s*(?:now|today)\(\)\s*,\s*(\d+)\s*\)\s*$/;
const SERVICES = ['bpmn:ServiceTask', 'bpmn:SendTask', 'bpmn:BusinessRuleTask', 'bpmn:ScriptTask'];

// An attribute of an extension element as a value of the panel.
const attribute = (modeler, place) => ({
  get: (element) => findExtension(element, place.type)?.get(place.name) ?? '',
  set: (element, value) => writeAttribute(modeler, element, place, value),
});
const FORM = { type: 'zeebe:FormDefinition', name: 'formId', essential: true };
const GROUPS = { type: 'zeebe:AssignmentDefinition', name: 'candidateGroups' };
const DUE = { type: 'zeebe:TaskSchedule', name: 'dueDate' };
const SERVICE = { type: 'zeebe:TaskDefinition', name: 'type', essential: true };

const property = (modeler, name) => ({
  get: (element) => readProperty(element, name),
  set: (element, value) => writeProperty(modeler, element, name, value),
});

const entry = (Component, isEdited, options) => ({
  id: options.id,
  isEdited,
  component: function Entry({ element }) {
    const debounce = useService('debounceInput');
    const { value, ...rest } = options;
    return h(Component, { element, debounce, getValue: () => value.get(element), setValue: (chosen) => value.set(element, chosen), ...rest });
  },
});

const text = (options) => entry(TextFieldEntry, isTextFieldEntryEdited, options);
const number = (options) => entry(NumberFieldEntry, isNumberFieldEntryEdited, options);
const checkbox = (options) => entry(CheckboxEntry, isCheckboxEntryEdited, options);

// A choice among what is stored. A value that is not among it (drawn elsewhere) stays and is shown as it is.
function select(element, { choices, ...options }) {
  const value = options.value.get(element);
  const known = choices.some((choice) => choice.value === value);
  const list = [{ value: '', label: '（未设置）' }, ...choices, ...(value && !known ? [{ value, label: `自定义：${value}` }] : [])];
  return entry(SelectEntry, isSelectEntryEdited, { ...options, getOptions: () => list });
}

const workingDays = (modeler) => {
  const due = attribute(modeler, DUE);
  return {
    get: (element) => DAYS.exec(due.get(element))?.[1],
    set: (element, days) => due.set(element, days ? `=add working days(now(), ${days})` : ''),
  };
};

function userTaskEntries(modeler, lists, element) {
  const due = attribute(modeler, DUE).get(element);
  const custom = due && !DAYS.test(due);
  return [
    select(element, { id: 'handling-form', label: '表单', choices: lists.forms, value: attribute(modeler, FORM) }),
    select(element, { id: 'handling-groups', label: '由谁办理', choices: lists.groups, value: attribute(modeler, GROUPS) }),
    ...(custom ? [] : [number({ id: 'handling-days', label: '办理期限（工作日）', min: 1, max: 250, value: workingDays(modeler) })]),
    text({ id: 'handling-status', label: '列表中显示的状态', description: '不填时显示环节名称', value: property(modeler, 'status') }),
    checkbox({ id: 'handling-revocable', label: '办理后可以撤回', value: {
      get: (target) => readProperty(target, 'revocable') === 'true',
      set: (target, checked) => writeProperty(modeler, target, 'revocable', checked ? 'true' : ''),
    } }),
  ];
}

const serviceEntries = (modeler, lists, element) => [
  select(element, { id: 'handling-service', label: '服务种类', choices: lists.services, value: attribute(modeler, SERVICE) }),
];

const actionEntries = (modeler) => [
  text({ id: 'handling-action', label: '按钮文字', description: '等待期间显示为一个按钮，例如 撤回、废弃', value: property(modeler, 'action') }),
  text({ id: 'handling-action-group', label: '谁看到这个按钮', value: property(modeler, 'action_group') }),
];

const deadlineEntries = (modeler) => [
  text({ id: 'handling-deadline', label: '年度计划中的期限', description: '例如 declaration_close；改动年度计划时一并顺延', value: property(modeler, 'deadline') }),
];

const definitionOf = (element, type) => element.businessObject.eventDefinitions?.some((definition) => is(definition, type));

function entriesFor(modeler, lists, element) {
  if (is(element, 'bpmn:UserTask')) return userTaskEntries(modeler, lists, element);
  if (SERVICES.some((type) => is(element, type))) return serviceEntries(modeler, lists, element);
  if (is(element, 'bpmn:Event') && definitionOf(element, 'bpmn:TimerEventDefinition')) return deadlineEntries(modeler);
  if (is(element, 'bpmn:BoundaryEvent') && definitionOf(element, 'bpmn:MessageEventDefinition')) return actionEntries(modeler);
  return [];
}

// After the stock provider (500), so that the group can be put right behind 基本信息.
const AFTER_STOCK = 400;

export default function handlingModule(lists) {
  class Handling {
    static $inject = ['propertiesPanel', 'bpmnjs'];

    constructor(propertiesPanel, bpmnjs) {
      this.modeler = bpmnjs;
      propertiesPanel.registerProvider(AFTER_STOCK, this);
    }

    getGroups(element) {
      return (groups) => {
        const entries = entriesFor(this.modeler, lists, element);
        if (!entries.length) return groups;
        const ours = { id: 'handling', label: '办理设置', entries, shouldOpen: true };
        const after = groups.findIndex((group) => group.id === 'general') + 1;
        return [...groups.slice(0, after), ours, ...groups.slice(after)];
      };
    }
  }
  return { __init__: ['handling'], handling: ['type', Handling] };
}
