// The settings of every element of a definition as flat text, so that two versions can be compared name by name.

const SKIPPED = new Set(['id', 'di', 'incoming', 'outgoing', 'sourceRef', 'targetRef', 'flowElements', 'flowNodeRef', 'attachedToRef', 'laneSets', 'lanes', 'artifacts', 'extensionElements', 'rootElements', 'diagrams', 'participants', 'messageFlows', 'processRef', 'eventDefinitions', 'default']);
const NAMES = {
  name: '名称', conditionExpression: '条件', isExecutable: '可执行', cancelActivity: '中断', isInterrupting: '中断', documentation: '说明',
  'zeebe:FormDefinition formId': '表单', 'zeebe:AssignmentDefinition candidateGroups': '候选角色组', 'zeebe:AssignmentDefinition assignee': '办理人',
  'zeebe:TaskSchedule dueDate': '到期时间', 'zeebe:TaskDefinition type': '服务种类', 'zeebe:TaskDefinition retries': '重试次数',
  'zeebe:CalledDecision decisionId': '决策标识', 'zeebe:CalledElement processId': '调用的流程', 'zeebe:Script expression': '脚本', 'zeebe:VersionTag value': '版本标签',
};

// id → {element, settings: name → text}
export function settingsOf(definitions) {
  const found = new Map();
  walk(definitions, (element) => found.set(element.id, { element, settings: settings(element) }));
  return found;
}

function walk(container, visit) {
  const inner = ['rootElements', 'flowElements', 'participants', 'messageFlows', 'artifacts'].flatMap((name) => container[name] ?? []);
  for (const element of inner) {
    visit(element);
    walk(element, visit);
  }
  for (const laneSet of container.laneSets ?? []) laneSet.get('lanes').forEach(visit);
}

function settings(element) {
  const found = new Map();
  for (const { ns, isReference } of element.$descriptor.properties) {
    const name = ns.localName;
    const value = element.get(name);
    if (!SKIPPED.has(name) && value !== undefined && !isReference) found.set(NAMES[name] ?? name, text(value));
  }
  for (const definition of element.eventDefinitions ?? []) found.set('事件', `${found.get('事件') ?? ''}${text(definition)}`);
  for (const extension of element.extensionElements?.values ?? []) flatten(extension, found);
  return found;
}

function flatten(extension, found) {
  const inner = extension.properties ?? extension.inputParameters ?? extension.outputParameters;
  if (extension.$type === 'zeebe:Properties') {
    for (const { name, value } of inner) found.set(`属性 ${name}`, value ?? '');
    return;
  }
  for (const [name, value] of Object.entries(extension)) {
    if (name.startsWith('$')) continue;
    const full = `${extension.$type} ${name}`;
    found.set(NAMES[full] ?? full.replace('zeebe:', ''), text(value));
  }
}

// Moddle elements know no cycles below extension elements; references are written as their id.
function text(value) {
  if (Array.isArray(value)) return value.map(text).join('；');
  if (value === null || typeof value !== 'object') return String(value);
  if (value.body !== undefined) return value.body;
  if (value.text !== undefined) return value.text;
  return Object.entries(value)
    .filter(([name]) => !name.startsWith('$') && name !== 'id')
    .map(([name, inner]) => (inner?.id && inner.$type ? `${name} ${inner.name ?? inner.id}` : `${name} ${text(inner)}`))
    .join('，');
}
